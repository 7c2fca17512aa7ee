#pragma once

#include <string>
#include <vector>

#include "scenarios/run.hpp"
#include "scenarios/scenario.hpp"
#include "sim/search/fills.hpp"
#include "sim/search/reading.hpp"

namespace drydock::scenarios {

/// Plays tapes of one case for a search, which reads verdicts and coverage and no more.
class TapePlayer final : public sim::search::Player {
 public:
  /// All three outlive the player.
  TapePlayer(const Scenario& scenario, const CaseSpec& played, const sim::search::Terrain& terrain)
      : scenario_(scenario), played_(played), terrain_(terrain) {}

  sim::search::Reading play(const sim::Tape& tape, sim::Fill* fill,
                            const sim::search::Wanted& wanted) override;

 private:
  const Scenario& scenario_;
  const CaseSpec& played_;
  const sim::search::Terrain& terrain_;
  Workbench workbench_;
};

/// What strategies need to know of the scenario; `orderings` is for whoever plays the calm run to say.
[[nodiscard]] sim::search::Terrain terrain_of(const Scenario& scenario);

/// The points of the delays that a range of the cloud decides (`cloud.pending`: `ec2.run.pending`, …).
[[nodiscard]] std::vector<std::string> points_of_range(std::string_view range);

}  // namespace drydock::scenarios
