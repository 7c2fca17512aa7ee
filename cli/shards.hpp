#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace drydock::cli {

/// The `index`-th (from 1) of so many parts of a search.
struct Shard {
  std::uint32_t index = 1;
  std::uint32_t of = 1;
};

/// Returns the value of a variable of the environment; empty where it is not set.
using VariableOf = std::function<std::optional<std::string>(const char* name)>;
[[nodiscard]] std::optional<std::string> variable_of_process(const char* name);

/// Returns the names of the schedulers that `--shard` takes.
[[nodiscard]] std::vector<std::string> scheduler_names();

/// Reads the value of `--shard`: I/N, or the name of a scheduler, whose variables are then read. Throws UsageError,
/// which says what was found, where they make no sense.
[[nodiscard]] Shard shard_of(const std::string& text, const VariableOf& environment);

}  // namespace drydock::cli
