#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/conform/matcher.hpp"
#include "scenarios/files/decoded.hpp"
#include "scenarios/logs/imported_log.hpp"
#include "scenarios/scenario.hpp"

namespace drydock::scenarios {

/// What is asked of `conform`, without the search.
struct LogQuestion {
  const ImportedLog* log = nullptr;
  const Scenario* scenario = nullptr;  // the world; null: the one that the log names
  std::string policy;                  // a preset or a file
  std::vector<std::pair<std::string, std::string>> set;
  Duration skew{};
};

/// The world in which a log is to be explained: what the log was asked is asked there, what it shows to have failed
/// fails there, and nothing else does. Both wait for a tape.
struct LogWorld {
  Scenario scenario;  // with one case, the policy's
  Scenario quick;     // the same, with hardly any calm: the search looks at trouble only
  Sightings sightings;
  std::vector<std::size_t> line_of;  // of each sighting: the log's event
  /// What of the events is visible, apart from requests, which are asked and not awaited.
  std::vector<VisibleKind> visible;
  /// Faults that are lines of the log themselves; of the others only what they bring about is.
  std::set<std::string> injected_names;
  /// Whether the requests are the log's; otherwise what the scenario asks is asked.
  bool asks_as_logged = false;

  [[nodiscard]] const CaseSpec& played() const { return scenario.cases.front(); }
  [[nodiscard]] const CaseSpec& quick_case() const { return quick.cases.front(); }
};

/// Steps that a log made are called so, and numbered by its events, from 1.
inline constexpr std::string_view kLogStep = "log-";

/// How long before the first line a world of its own begins, if nothing else is said.
inline constexpr Duration kLead = std::chrono::minutes{1};

/// The world that begins `lead` before the first line; with a scenario, when the scenario does.
[[nodiscard]] Decoded<LogWorld> make_log_world(const LogQuestion& question, Duration lead);

}  // namespace drydock::scenarios
