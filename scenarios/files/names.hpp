#pragma once

#include <string>
#include <string_view>

namespace drydock::scenarios {

/// Tells whether a text is a name in kebab-case of at most 100 characters: `flaky-stop`.
[[nodiscard]] bool is_kebab_case(std::string_view text);
/// Tells whether a text can be a workspace's alias: at most 100 letters, digits, `_`, `-` and `.`, beginning with a
/// letter or a digit.
[[nodiscard]] bool is_alias(std::string_view text);
/// Tells whether a text names another actor of a tape's sites: a workspace of that name could not be told from it.
[[nodiscard]] bool is_actor(std::string_view text);

/// Gives the UUID that the system gives to a workspace of this alias when the scenario names none. It is name-based:
/// the same in every run, case and process.
[[nodiscard]] std::string uuid_of_alias(std::string_view alias);
[[nodiscard]] bool is_uuid(std::string_view text);

}  // namespace drydock::scenarios
