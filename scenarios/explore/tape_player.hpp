#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/explore/stage.hpp"
#include "scenarios/run.hpp"
#include "scenarios/scenario.hpp"
#include "sim/search/fills.hpp"
#include "sim/search/reading.hpp"

namespace drydock::scenarios {

class World;

/// Plays tapes of one case for a search, which reads verdicts and coverage and no more. The case's own invariants are
/// SQL over the whole record: runs are judged by them where they are confirmed.
class TapePlayer final : public sim::search::Player {
 public:
  /// The first three outlive the player. Where `options.stop` says so, a reading is `stopped`.
  TapePlayer(const Scenario& scenario, const CaseSpec& played, const sim::search::FillParameters& parameters,
             StageOptions options = {});

  sim::search::Reading play(const sim::Tape& tape, sim::Fill* fill, const sim::search::ReadingOptions& wanted) override;
  void begin_with(const sim::Tape& tape) override { stage_.begin_with(tape); }
  void confirm(sim::search::Reading& reading) override;

 private:
  const Scenario& scenario_;
  const CaseSpec& played_;
  CaseSpec unexpecting_;  // the same case without expectations, which nobody asks for here
  const sim::search::FillParameters& parameters_;
  Stage stage_;
  Workbench workbench_;  // confirms
};

/// A player that confirms every run: for whoever changes a tape as long as a case's own invariant stays broken.
class ConfirmingPlayer final : public sim::search::Player {
 public:
  explicit ConfirmingPlayer(sim::search::Player& player) : player_(player) {}

  sim::search::Reading play(const sim::Tape& tape, sim::Fill* fill,
                            const sim::search::ReadingOptions& wanted) override {
    sim::search::Reading reading = player_.play(tape, fill, wanted);
    if (!reading.stopped) player_.confirm(reading);
    return reading;
  }

 private:
  sim::search::Player& player_;
};

/// Names the metrics (scenarios/metrics.hpp) that `Reading::measures` holds of a run: those that are counts, and are at
/// rest what they are at the end of the calm.
[[nodiscard]] std::span<const std::string_view> search_measures();

/// Reads a run that has ended: its hash, its decisions and its verdict.
void read_run(const World& world, const sim::search::FillParameters& parameters,
              const sim::search::ReadingOptions& wanted, sim::search::Reading& reading);

/// Gives what strategies need to know of the scenario, all but `orderings`: that number is known once the calm run has
/// been played.
[[nodiscard]] sim::search::FillParameters fill_parameters_of(const Scenario& scenario);

/// Lists the points of the delays that a range of the cloud decides (`cloud.pending`: `ec2.run.pending`, …).
[[nodiscard]] std::vector<std::string> points_of_range(std::string_view range);

}  // namespace drydock::scenarios
