#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "cli/known.hpp"
#include "cli/options.hpp"

namespace drydock::cli {

/// Holds what `drydock mutate` was asked; the program that knows the mutants reads it as well.
struct MutateRequest {
  std::vector<std::string> names;  // none: all
  std::uint64_t runs = 0;          // seeds per case in the search
  unsigned jobs = 1;
  std::optional<KnownRequest> known;  // the memory of findings
  Format format = Format::text;
  bool colour = false;
};

/// Reads what `drydock mutate` is asked. Empty when help was asked for, which is then printed. Throws UsageError; the
/// names of mutants are not checked.
[[nodiscard]] std::optional<MutateRequest> read_mutate(const Arguments& arguments, Console& console);

/// Returns where the program with the mutants should be: beside the one that runs. Empty where that is not known.
[[nodiscard]] std::filesystem::path mutants_program();

/// Runs the program, which writes to our own streams, and returns its exit code; a signal that interrupts us is passed
/// on to it. Throws UsageError where there can be no further process, and std::runtime_error where a signal of another
/// origin ended the program.
[[nodiscard]] int run_program(const std::filesystem::path& program, const Arguments& arguments);

}  // namespace drydock::cli
