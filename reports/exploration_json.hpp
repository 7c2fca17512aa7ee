#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "reports/exploration.hpp"

namespace drydock::reports {

/// Writes a search as `drydock.exploration/1`, pretty-printed with a final line break. Of two searches of the same runs
/// only the keys of wall time differ: `runs_per_s`, `wall_s`, `found_after_s` and `shrink_s`
/// (of the whole and of each finding).
[[nodiscard]] std::string exploration_json(const ExplorationReport& report);

/// Writes one finding, with the keys that it has in a search, as a document of its own. `shrink` prints it, with the
/// number of decisions before and the file that was written.
[[nodiscard]] std::string finding_json(const scenarios::Finding& finding, const FindingFiles& files);

/// Holds what `exploration_json` wrote, or says why that cannot be read. Of a finding's outcome only the part is there
/// that the text report shows: its tape, its violation, its hash and the instant of its time zero.
struct ReadExploration {
  std::optional<ExplorationReport> report;
  std::string error;
};
[[nodiscard]] ReadExploration read_exploration(std::string_view text);

}  // namespace drydock::reports
