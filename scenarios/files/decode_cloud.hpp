#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/files/fields.hpp"
#include "scenarios/scenario.hpp"

namespace drydock::scenarios {

/// Reads the `cloud` section of a scenario.
void decode_cloud(DiagnosticSink& report, const Node& node, cloud::Profile& profile);
/// Sets `pending`, `boot.hermes`, …; returns what is wrong, empty when set. `hint` may be filled.
[[nodiscard]] std::string set_cloud(cloud::Profile& profile, std::string_view path, std::string_view text,
                                    std::string& hint);
/// Gives every `cloud.…` path that `--set` takes.
[[nodiscard]] std::vector<std::string> cloud_paths();

/// A field of the cloud, for whoever asks what there is to set.
struct CloudSetting {
  std::string name;                // `cloud.pending`
  std::string type;                // `range`, `ranges`, `duration`, `positive`, `switch` or `word`
  std::string usual;               // its value in the profile; of `ranges` that of most names; empty: it has no word
  std::vector<std::string> words;  // which there are; none: its type says what it takes
  std::string meaning;
};
/// Lists the fields of the cloud, in the order of the documentation, with the values that a profile has; without one
/// those that they have where nobody sets them.
[[nodiscard]] std::vector<CloudSetting> cloud_settings(const cloud::Profile& profile = {});

/// Applies a `set` object to policy and cloud; gives its entries as texts in the order of the file.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> decode_settings(DiagnosticSink& report, const Node& node,
                                                                               model::Policy& policy,
                                                                               cloud::Profile& profile);
/// Applies knobs only (a policy file's `set`).
void decode_knobs(DiagnosticSink& report, const Node& node, model::Policy& policy);
/// Splits KEY=VALUE at its first `=`; empty where there is none.
[[nodiscard]] std::optional<std::pair<std::string, std::string>> split_setting(std::string_view text);
/// Applies `knob=value` or `cloud.path=value`; gives what is wrong, without a file position, or nothing.
[[nodiscard]] std::optional<Diagnostic> apply_setting(model::Policy& policy, cloud::Profile& profile,
                                                      const std::string& key, const std::string& value);

}  // namespace drydock::scenarios
