#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/policy.hpp"
#include "scenarios/outcome.hpp"
#include "scenarios/scenario.hpp"

namespace drydock::test {

using scenarios::Outcome;
using Settings = std::vector<std::pair<std::string, std::string>>;

/// A preset with some knobs turned. Throws std::invalid_argument with what is wrong.
[[nodiscard]] model::Policy policy_of(const std::string& preset, const Settings& set = {});

/// Reads a scenario, strictly. Throws std::invalid_argument with every diagnostic.
[[nodiscard]] scenarios::Scenario scenario_of(std::string_view json);

/// Plays one case of a scenario file's text (the only one, when it is not named) on a workbench of
/// its own.
[[nodiscard]] Outcome play(std::string_view json, std::string_view case_name = {}, const sim::Tape& tape = {});

/// The same for the body of a scenario (everything between the outer braces but format, name,
/// title and cases), under a preset with some settings.
[[nodiscard]] Outcome play_under(const std::string& preset, std::string_view body, const Settings& set = {},
                                 const sim::Tape& tape = {});

/// A scenario of this repository, by its file name.
[[nodiscard]] std::string shipped(const std::string& file);

/// Events of a kind; of a workspace when one is named; with `detail` in their detail when given.
[[nodiscard]] std::vector<scenarios::ShownEvent> events_of(const Outcome& outcome, std::string_view kind,
                                                           std::string_view workspace = {},
                                                           std::string_view detail = {});
[[nodiscard]] std::size_t count(const Outcome& outcome, std::string_view kind, std::string_view workspace = {},
                                std::string_view detail = {});
/// When the first such event was, in words; `never` when there was none.
[[nodiscard]] std::string first_at(const Outcome& outcome, std::string_view kind, std::string_view workspace = {},
                                   std::string_view detail = {});

/// `invariant of workspace`, once for each violation, in their order.
[[nodiscard]] std::vector<std::string> violations(const Outcome& outcome);
/// Those of one invariant.
[[nodiscard]] std::vector<std::string> of(const std::string& invariant, std::vector<std::string> violations);
/// One column of a workspace's final row, as text; `instance` is its most alive instance's state.
[[nodiscard]] std::string final_value(const Outcome& outcome, std::string_view workspace, const std::string& column);
/// The answer to a step. Throws std::invalid_argument when there is none.
[[nodiscard]] const scenarios::ShownResponse& response(const Outcome& outcome, std::string_view id);

}  // namespace drydock::test
