#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/files/decoded.hpp"
#include "scenarios/scenario.hpp"

namespace drydock::scenarios {

/// Reads one policy file's text; `extends` names a preset.
[[nodiscard]] Decoded<model::Policy> decode_policy(const std::string& file, std::string_view text);
/// Loads a preset by its name, or a policy file by its path (a name with a `/` or ending in `.json`).
[[nodiscard]] Decoded<model::Policy> load_policy(const std::string& name_or_path);
/// Gives the presets in order of time; those of no day come last.
[[nodiscard]] std::vector<std::string> preset_names();
/// Gives the day whose platform a preset is, such as `2026-05-19`; empty: it is of no day, or no preset.
[[nodiscard]] std::string preset_date(std::string_view name);
/// Splits a variant, `POLICY,KEY=VALUE,…`, at its commas: first the policy, then its settings. Commas inside of braces,
/// brackets and quotes belong to a value.
[[nodiscard]] std::vector<std::string> variant_parts(std::string_view variant);

/// Loads policies by name or path, each once. Paths are looked up beside the file that names them first.
class PolicyLoader {
 public:
  explicit PolicyLoader(std::string directory) : directory_(std::move(directory)) {}

  /// Gives the policy, or the errors for which there is none. The reference lives as long as the loader.
  const Decoded<model::Policy>& load(const std::string& name_or_path);
  /// Gives the name or path under which `load_policy` finds the same policy from anywhere.
  [[nodiscard]] std::string full_name(const std::string& name_or_path) const;

 private:
  std::string directory_;
  std::map<std::string, Decoded<model::Policy>> loaded_;
};

/// Reads a file's text; gives nothing, and sets the reason, when it cannot be read.
[[nodiscard]] std::optional<std::string> read_file(const std::string& path, std::string& reason);

/// Tells whether this is the path of a policy file: it has a `/` or ends in `.json`.
[[nodiscard]] bool is_policy_path(std::string_view name);
/// Gives the folder part of a path; empty when there is none.
[[nodiscard]] std::string folder_of(const std::string& file);

}  // namespace drydock::scenarios
