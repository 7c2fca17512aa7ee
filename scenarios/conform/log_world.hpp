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

/// A question to `conform`: a log, and the policy that is to explain it.
struct LogQuestion {
  const ImportedLog* log = nullptr;
  const Scenario* scenario = nullptr;  // the world; null: the one that the log names
  std::string policy;                  // a preset or a file
  std::vector<std::pair<std::string, std::string>> set;
  Duration skew{};
};

/// The world in which a log is to be explained. The requests that the log shows are sent there, and the calls that the
/// log shows to have failed may fail there, and no others; a tape decides which do.
struct LogWorld {
  Scenario scenario;  // with one case, the policy's
  Scenario quick;     // the same, with hardly any calm: the search looks at trouble only
  Sightings sightings;
  std::vector<std::size_t> line_of;  // of each sighting: the log's event
  /// The events that the log would show, apart from requests, which this world sends and need not look for.
  std::vector<VisibleKind> visible;
  /// The names of faults that are lines of the log themselves; other faults show only by what they bring about.
  std::set<std::string> injected_names;
  /// True when the requests are the log's; otherwise the scenario's own are sent.
  bool asks_as_logged = false;

  [[nodiscard]] const CaseSpec& played() const { return scenario.cases.front(); }
  [[nodiscard]] const CaseSpec& quick_case() const { return quick.cases.front(); }
};

/// Steps that a log made are called so, and numbered by its events, from 1.
inline constexpr std::string_view kLogStep = "log-";

/// A log's own world begins so long before the first line, if nothing else is said.
inline constexpr Duration kLead = std::chrono::minutes{1};

/// Makes the world that begins `lead` before the first line; with a scenario, when the scenario does.
[[nodiscard]] Decoded<LogWorld> make_log_world(const LogQuestion& question, Duration lead);

}  // namespace drydock::scenarios
