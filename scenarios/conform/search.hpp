#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "scenarios/conform/conform_options.hpp"
#include "scenarios/conform/log_player.hpp"
#include "scenarios/whatif/trials.hpp"
#include "sim/search/stopwatch.hpp"

namespace drydock::scenarios {

/// The search for a run that explains a log. It keeps the best runs so far, and changes one decision of one of them
/// that was asked before it and the log part; now and then several, or it starts anew. Runs are planned and judged in
/// batches of a fixed size, so that the number of threads changes nothing.
class LogSearch {
 public:
  /// A run worth going on from. `world` is an index of the worlds.
  struct Candidate {
    std::size_t world = 0;
    sim::Tape tape;
    LogRun run;
    std::size_t next = 0;  // the number of the neighbour that is played next
  };

  LogSearch(const std::vector<LogWorld>& worlds, const ConformOptions& options);

  /// Searches until a run explains the log, the budget is spent, or the user interrupts.
  void search();

  [[nodiscard]] const std::vector<Candidate>& best() const { return best_; }
  [[nodiscard]] std::uint64_t runs() const { return runs_; }
  [[nodiscard]] bool interrupted() const { return interrupted_; }
  [[nodiscard]] double wall_s() const { return stopwatch_.seconds(); }

 private:
  struct Plan {
    std::size_t world = 0;
    sim::Tape tape;
    std::optional<std::uint64_t> seed;
  };

  void play(const std::vector<Plan>& plans);
  void take(Plan plan, LogRun run);
  std::vector<Plan> plan_batch();
  std::optional<Plan> neighbour(Candidate& candidate);
  Plan jump(const Candidate& candidate, std::uint64_t dice);
  [[nodiscard]] bool done() const;
  [[nodiscard]] bool out_of_time() const;
  [[nodiscard]] bool is_interrupted() const;
  [[nodiscard]] std::uint64_t dice(std::uint64_t number) const;

  const std::vector<LogWorld>& worlds_;
  const ConformOptions& options_;
  Trials trials_;
  std::vector<Candidate> best_;  // the best first
  std::set<std::pair<std::size_t, std::map<sim::Tape::Key, std::uint32_t>>> known_;
  std::uint64_t planned_ = 0;
  std::uint64_t runs_ = 0;
  bool interrupted_ = false;
  sim::search::Stopwatch stopwatch_;
};

}  // namespace drydock::scenarios
