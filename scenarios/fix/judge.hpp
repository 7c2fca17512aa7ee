#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/fix/around.hpp"
#include "scenarios/run.hpp"
#include "scenarios/scenario.hpp"
#include "sim/choices.hpp"
#include "sim/scheduler.hpp"
#include "sim/time.hpp"

namespace drydock::scenarios {

/// Says where a run ends that needs to say no more.
struct FixBounds {
  std::string_view ends_with;  // a promise: a run that breaks it in its trouble ends there; empty: none does
  std::uint64_t most_steps = sim::SchedulerLimits{}.steps;  // a run of more steps is cut short
  const sim::Tape* noted = nullptr;  // the questions at the sites of this tape are noted; null: none are
};

/// A question that a run asked, and when.
struct NotedQuestion {
  sim::Tape::Key key;
  sim::Instant at{};
};

/// What a search for fixes keeps of a run.
struct FixReading {
  std::set<std::string> broken;  // promises, by id
  std::vector<double> metrics;   // in the order of `metric_table`; none of a run that was not played to its end
  std::size_t unasked = 0;       // decisions of the tape that met no question
  std::uint64_t trace_hash = 0;  // up to where it was played
  std::uint64_t steps = 0;
  std::vector<NotedQuestion> noted;
  bool cut_short = false;  // a bound ended it: it says nothing of what would have followed
};

/// The failing run under other policies: the run itself, and the tapes around it.
struct FixVerdict {
  FixReading here;
  std::vector<FixReading> around;  // to the first in which the promise was broken
  std::string broken_by;           // of what holds here and not around: the first tape that breaks the promise
  bool holds_here = false;
  bool holds = false;  // here and in all around
  std::uint64_t runs = 0;
};

/// Plays a failing run, and those around it, with changes.
class FixJudge {
 public:
  /// All four outlive the judge.
  FixJudge(const Scenario& scenario, const sim::Tape& tape, const std::vector<NeighbourTape>& around,
           const std::string& invariant)
      : scenario_(scenario), tape_(tape), around_(around), invariant_(invariant) {}

  /// Plays the run and, where the promise holds there, those around it up to the first in which it does not. Before
  /// them each decision of the tape is aimed again: at the questions of its site that this run asks nearest to the
  /// moment at which it was met without the changes.
  [[nodiscard]] FixVerdict judge(const CaseSpec& played, Workbench& workbench) const;
  /// Plays the run and all around it, whatever they break.
  [[nodiscard]] FixVerdict look_at_all(const CaseSpec& played, Workbench& workbench) const;
  /// Takes the moments of the tape's decisions from the failing run.
  void aim_as(const FixReading& failing);
  /// From now on runs of more steps are cut short: a change that makes a run so much longer is none to make.
  void bound_steps(std::uint64_t steps) { most_steps_ = steps; }

 private:
  [[nodiscard]] bool holds(const FixReading& reading) const;
  [[nodiscard]] std::vector<NeighbourTape> aimed_again(const FixReading& here) const;
  void look_aimed(const CaseSpec& played, Workbench& workbench, FixVerdict& verdict) const;
  [[nodiscard]] FixVerdict look(const CaseSpec& played, bool at_all, Workbench& workbench) const;

  const Scenario& scenario_;
  const sim::Tape& tape_;
  const std::vector<NeighbourTape>& around_;
  const std::string& invariant_;
  std::map<sim::Tape::Key, sim::Instant> moments_;  // of the tape's decisions
  std::uint64_t most_steps_ = sim::SchedulerLimits{}.steps;
};

/// Plays one run within bounds, and keeps of it what a search for fixes needs. One that ends where it breaks a promise
/// has no metrics.
[[nodiscard]] FixReading read_run(const Scenario& scenario, const CaseSpec& played, const sim::Tape& tape,
                                  const FixBounds& bounds, Workbench& workbench);

/// Gives the scenarios inside the binary, in the order of their names.
[[nodiscard]] std::vector<Scenario> whole_catalogue();

}  // namespace drydock::scenarios
