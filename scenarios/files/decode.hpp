#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/files/diagnostic.hpp"
#include "scenarios/scenario.hpp"

namespace drydock::scenarios {

template <typename T>
struct Decoded {
  /// Set exactly when there are no errors.
  std::optional<T> value;
  std::vector<Diagnostic> errors;
  /// Things that are legal and probably not meant (a probability that no seed ever rolls).
  std::vector<Diagnostic> warnings;
};

/// Reads one scenario file's text. A syntax error stops at the first; everything else is reported at once.
[[nodiscard]] Decoded<Scenario> decode_scenario(const std::string& file, std::string_view text);

/// Reads one policy file's text; `extends` names a preset.
[[nodiscard]] Decoded<model::Policy> decode_policy(const std::string& file, std::string_view text);

/// A preset by its name, or a policy file by its path (a name with a `/` or ending in `.json`).
[[nodiscard]] Decoded<model::Policy> load_policy(const std::string& name_or_path);
[[nodiscard]] std::vector<std::string> preset_names();

/// Applies `knob=value` or `cloud.path=value`; the diagnostic has no file position.
[[nodiscard]] std::optional<Diagnostic> apply_setting(model::Policy& policy, cloud::Profile& profile,
                                                      const std::string& key, const std::string& value);

/// Every `cloud.…` path that `--set` takes.
[[nodiscard]] std::vector<std::string> cloud_paths();

/// The UUID that the system gives to a workspace of this alias when the scenario names none. Name-based: the same in
/// every run, case and process.
[[nodiscard]] std::string uuid_of_alias(std::string_view alias);
[[nodiscard]] bool is_uuid(std::string_view text);

/// Reads `METHOD /path?query` as a step writes it; empty and a message when it is not a known request.
struct ParsedRequest {
  std::optional<RequestSpec> request;
  std::string error;
  std::string hint;
};
[[nodiscard]] ParsedRequest parse_request(std::string_view text);

/// The request vocabulary, one line each, for `list requests`.
struct RequestInfo {
  std::string_view pattern;  // `POST /workspaces/{w}/restart`
  std::string_view body;     // `{key, value}`
  std::string_view meaning;
};
[[nodiscard]] std::vector<RequestInfo> request_vocabulary();

}  // namespace drydock::scenarios
