#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "scenarios/explore/abstract_states.hpp"
#include "scenarios/run.hpp"
#include "scenarios/scenario.hpp"
#include "scenarios/world.hpp"
#include "sim/arena.hpp"
#include "sim/choices.hpp"

namespace drydock::scenarios {

struct StageOptions {
  /// Is asked during a run, by its thread: where it says so, the run is `stopped`.
  std::function<bool()> stop{};
  bool full_calm = false;         // see RunOptions
  sim::SchedulerLimits limits{};  // but for `stop`
  /// Of this many runs with a shared beginning, one is also played whole and compared; 0: none is.
  std::uint64_t check_every = 256;
};

/// A run on a stage, to be looked at until the next one is played there.
struct StagedRun {
  const World* world = nullptr;
  const AbstractStates* states = nullptr;  // null where nobody watched
  bool cut_short = false;                  // a bound ended the run
  bool stopped = false;                    // somebody stopped it: there is no outcome
};

/// Where runs of one case are played one after another, without a record. In a program whose runs may lie in an arena
/// (sim/arena.hpp), which nobody kept SQLite from using, a run is not taken apart when it is over, and runs may share
/// their beginning with another one (docs/architecture.md, *Shared beginnings*).
class Stage {
 public:
  /// Scenario and case outlive the stage.
  Stage(const Scenario& scenario, const CaseSpec& played, StageOptions options);
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;
  ~Stage();

  /// Plays a run, which depends on the arguments alone. The world is looked at until the next call.
  [[nodiscard]] StagedRun play(const sim::Tape& tape, sim::Fill* fill, bool coverage);
  /// Says that the tapes of the next runs differ from this one here and there: they may start where the run of this
  /// tape comes to the first difference. It changes no result.
  void begin_with(const sim::Tape& tape);
  /// Plays a run whose first `same` questions are answered as in the run of `begin_with`, and all others by the fill.
  [[nodiscard]] StagedRun play_tail(std::uint64_t same, sim::Fill& tail);

  /// Gives the number of runs that started amid another one.
  [[nodiscard]] std::uint64_t shared() const { return shared_; }

 private:
  /// A run in the making.
  struct Act;
  /// The run of `begin_with` between two steps.
  struct Mark {
    std::uint64_t steps = 0;  // that were played
    Act* act = nullptr;
    sim::Arena::Image image;
  };
  /// A run before its first step.
  struct Begun {
    bool tried = false;
    bool alike = false;  // nothing was asked by then
    Act* act = nullptr;
    sim::Arena::Image image;
  };
  /// A question of the run of `begin_with`.
  struct Known {
    std::uint64_t key = 0;  // of site and occurrence
    std::uint32_t value = 0;
    std::uint64_t step = 0;  // which asked it; 0: it was asked before the first one
  };
  class Tail;

  template <typename Part>
  auto inside(const Part& part);
  void set_up();
  void set_up_arena(model::Database& outside);
  void prepare(Workbench& workbench, const std::vector<const char*>& statements);
  void learn_statements();
  [[nodiscard]] RunOptions options_of(sim::Fill* fill) const;
  [[nodiscard]] Act& make_act(const sim::Tape& tape, sim::Fill* fill, bool coverage);
  [[nodiscard]] Act& begin(const sim::Tape& tape, sim::Fill* fill, bool coverage);
  [[nodiscard]] Act& begin_anew(const sim::Tape& tape, sim::Fill* fill, bool coverage);
  [[nodiscard]] StagedRun finish(Act& act);
  [[nodiscard]] bool may_share(const sim::Tape& tape) const;
  [[nodiscard]] Act& get_to_know_beginning(bool coverage);
  [[nodiscard]] std::size_t first_difference(const sim::Tape& tape) const;
  [[nodiscard]] Act* beginning_before(std::size_t question, bool coverage);
  void keep_mark(Act& act);
  [[nodiscard]] std::uint64_t end_of_questions() const;
  [[nodiscard]] bool is_to_be_checked();
  [[nodiscard]] StagedRun go_on(Act& act, const sim::Tape& tape, sim::Fill* fill);
  [[nodiscard]] StagedRun checked_run(std::size_t question, const sim::Tape& tape, sim::Fill* fill);

  const Scenario& scenario_;
  const CaseSpec& case_;
  const StageOptions options_;
  std::unique_ptr<sim::Arena> arena_;     // null where there is none
  std::unique_ptr<Workbench> workbench_;  // where there is no arena
  std::unique_ptr<Act> act_;              // likewise
  Workbench* arena_workbench_ = nullptr;
  std::size_t statements_ = 0;  // that are prepared there
  sim::Arena::Image empty_;     // the workbench alone
  std::array<Begun, 2> begun_;  // without and with somebody who watches

  std::optional<sim::Tape> beginning_;
  bool beginning_is_known_ = false;
  bool beginning_is_bounded_ = false;  // a bound ends its trouble: nothing is known of what would follow
  std::vector<Known> questions_;       // of the beginning's trouble, in their order
  std::vector<std::pair<std::uint64_t, std::size_t>> by_key_;  // their places, in the order of keys
  std::vector<Mark> marks_;                                    // the oldest first
  bool marks_cover_ = false;                                   // somebody watches their runs
  std::uint64_t shared_ = 0;
};

}  // namespace drydock::scenarios
