#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/choices.hpp"
#include "sim/memory.hpp"
#include "sim/ready_line.hpp"
#include "sim/task.hpp"
#include "sim/time.hpp"

namespace drydock::sim {

class Scheduler;
class Signal;
class TaskGroup;
struct Root;

/// Thrown when a run reaches a bound (steps, tasks, events, bytes). The run ends without a verdict; the message names
/// the bound.
class BoundReached : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Thrown by Scheduler::run_until when whoever plays the run wants it to end (`SchedulerLimits::stop`). Such a run has
/// no outcome.
class RunStopped : public std::exception {
 public:
  [[nodiscard]] const char* what() const noexcept override { return "the run was stopped"; }
};

/// The stretch over which a world is asked whether it rests.
struct Stillness {
  Instant since{};  // nothing has changed since then
  Instant until{};  // the end of the run
};

/// The turns of a loop, which waits between two of them (`Scheduler::next_turn`). A loop that waits so keeps nothing in
/// its frame from one turn to the next that a turn depends on and `idle` does not know (docs/architecture.md, *Rest*).
class Turns {
 public:
  Turns() = default;
  Turns(const Turns&) = delete;
  Turns& operator=(const Turns&) = delete;
  virtual ~Turns() = default;
  /// Tells whether no turn before `still.until` changes anything, given that nothing has changed since `still.since`
  /// and that nothing else will.
  [[nodiscard]] virtual bool idle(const Stillness& still) const = 0;
};

/// A parked coroutine: in the timer heap, in the ready list, waiting for a signal, or in two of these at once (a wait
/// with a deadline). It lives in the awaiter, that is in the coroutine's frame, and unlinks itself when that dies.
class Wake {
 public:
  explicit Wake(Scheduler& scheduler) : scheduler_(&scheduler) {}
  Wake(const Wake&) = delete;
  Wake& operator=(const Wake&) = delete;
  ~Wake() { unlink(); }

 protected:
  /// Parks `handle` until `at` (kNever: until made ready).
  void park(std::coroutine_handle<> handle, Instant at);
  void set_drawn(Duration typical) {
    drawn_ = true;
    typical_ = typical;
  }
  void set_rank(std::uint32_t rank) { rank_ = rank; }
  void set_turns(const Turns& turns) { turns_ = &turns; }

 private:
  friend class Scheduler;
  friend class Signal;
  static constexpr std::uint32_t kNowhere = std::numeric_limits<std::uint32_t>::max();

  void unlink();

  Scheduler* scheduler_;
  std::coroutine_handle<> handle_;
  Root* root_ = nullptr;
  Signal* signal_ = nullptr;
  Wake* before_ = nullptr;  // of those that wait for the same signal
  Wake* after_ = nullptr;
  std::uint32_t heap_place_ = kNowhere;
  bool ready_ = false;
  bool drawn_ = false;
  Duration typical_{};
  std::uint32_t rank_ = 0;        // 0 = unranked
  const Turns* turns_ = nullptr;  // of the loop that waits; null: whoever waits is amid something
};

/// A root is the top of one tree of tasks: a process starts it and a crash destroys it.
struct Root : Reused {
  explicit Root(Scheduler& scheduler) : start(scheduler) {}

  /// Says in a word or two what the task is. The text must outlive the run.
  std::string_view label;
  std::uint64_t serial = 0;  // from 1, in the order of spawning
  TaskGroup* group = nullptr;
  std::size_t place = 0;  // in its group
  /// The sequence number of the event that causes what this task does next; 0: no event does.
  std::uint32_t cause = 0;
  Wake start;
  Task<void> task;
};

/// `co_await scheduler.sleep(…)`: true when it slept to its end, false when its context ended first.
class [[nodiscard]] Sleep : public Wake {
 public:
  Sleep(Scheduler& scheduler, Instant at, bool completes) : Wake(scheduler), at_(at), completes_(completes) {}

  [[nodiscard]] bool await_ready() const noexcept { return false; }
  template <typename Promise>
  void await_suspend(std::coroutine_handle<Promise> handle) {
    park(handle, at_);
  }
  [[nodiscard]] bool await_resume() const noexcept { return completes_; }

 private:
  Instant at_;
  bool completes_;
};

/// `co_await scheduler.pause(…)`: a sleep that nothing cuts short.
class [[nodiscard]] Pause : public Sleep {
 public:
  Pause(Scheduler& scheduler, Instant at) : Sleep(scheduler, at, true) {}
  void await_resume() const noexcept {}
};

/// Says until when an operation may go on, like the contexts of the platform's own language: the deadline is fixed when
/// the operation begins and is passed on by value. A child context never outlives its parent.
struct Context {
  Instant until = kNever;

  [[nodiscard]] Context with_deadline(Instant deadline) const { return {deadline < until ? deadline : until}; }
  [[nodiscard]] bool ended(Instant now) const { return now >= until; }
};

/// Tasks wait for a signal; a notification wakes them in the order in which they began to wait.
class Signal {
 public:
  Signal() = default;
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;
  ~Signal();

  void notify_all();
  [[nodiscard]] bool has_waiters() const { return first_ != nullptr; }

  class [[nodiscard]] Wait : public Wake {
   public:
    Wait(Scheduler& scheduler, Signal& signal, Instant until) : Wake(scheduler), awaited_(&signal), until_(until) {}
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <typename Promise>
    void await_suspend(std::coroutine_handle<Promise> handle) {
      awaited_->add(*this);
      park(handle, until_);
    }
    /// True when notified, false when the deadline came first.
    [[nodiscard]] bool await_resume() const noexcept { return notified_; }

   private:
    friend class Signal;
    Signal* awaited_;
    Instant until_;
    bool notified_ = false;
  };

 private:
  friend class Wake;
  void add(Wait& wait);
  void remove(Wake& wake);

  // A list through the waits themselves: any number of tasks may wait, and each may leave at any time.
  Wake* first_ = nullptr;
  Wake* last_ = nullptr;
};

/// One reply on its way. It is sent at most once and received at most once, and either end may be destroyed before the
/// other.
template <typename T>
class OneShot {
  struct State {
    std::optional<T> value;
    Signal signal;
  };

 public:
  OneShot() : state_(std::allocate_shared<State>(ReusingAllocator<State>{})) {}

  /// Delivers the value. A second value is dropped: the first one wins.
  void send(T value) const {
    if (state_->value) return;
    state_->value.emplace(std::move(value));
    state_->signal.notify_all();
  }
  [[nodiscard]] bool sent() const { return state_->value.has_value(); }
  /// Takes what was sent, for whoever is no task; empty where nothing was.
  [[nodiscard]] std::optional<T> take() const { return std::exchange(state_->value, std::nullopt); }

  class [[nodiscard]] Receive : public Signal::Wait {
   public:
    Receive(Scheduler& scheduler, std::shared_ptr<State> state, Instant until)
        : Signal::Wait(scheduler, state->signal, until), state_(std::move(state)) {}
    [[nodiscard]] bool await_ready() const noexcept { return state_->value.has_value(); }
    /// Empty when the deadline came first.
    [[nodiscard]] std::optional<T> await_resume() { return std::exchange(state_->value, std::nullopt); }

   private:
    std::shared_ptr<State> state_;
  };

  Receive receive(Scheduler& scheduler, Instant until = kNever) const { return Receive{scheduler, state_, until}; }

 private:
  std::shared_ptr<State> state_;
};

/// The tasks of one process. A crash kills the group: every task dies where it is parked.
class TaskGroup {
 public:
  explicit TaskGroup(Scheduler& scheduler) : scheduler_(scheduler) {}
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;
  ~TaskGroup() { kill(); }

  void kill();
  [[nodiscard]] std::size_t size() const { return roots_.size(); }

 private:
  friend class Scheduler;
  Scheduler& scheduler_;
  std::vector<std::unique_ptr<Root>> roots_;
};

struct SchedulerLimits {
  std::uint64_t steps = 400'000'000;
  std::uint64_t steps_at_one_instant = 2'000'000;
  std::size_t roots = 2'000'000;
  /// What a run keeps: its events, decisions and tasks, at what each takes at least.
  std::uint64_t bytes = std::uint64_t{4} << 30U;
  /// Is asked every few thousand steps; where it says so, the run ends by RunStopped. Empty: nobody stops it.
  std::function<bool()> stop;
};

/// Runs every task of a world, one at a time, on virtual time. When several tasks are ready at one instant, a decision
/// (`world/order`) says which goes first; 0 is the one that became ready first.
class Scheduler {
 public:
  explicit Scheduler(Choices& choices, SchedulerLimits limits = {});
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  [[nodiscard]] Instant now() const { return now_; }

  /// Starts a root in `group` at this instant. Its cause is that of the task that spawns it, or none outside any task.
  /// Throws BoundReached when there are too many tasks.
  Root& spawn(TaskGroup& group, std::string_view label, Task<void> task);

  Pause pause(Duration duration) { return {*this, now_ + duration}; }
  Pause pause_until(Instant at) { return {*this, at}; }
  /// Returns a sleep that ends early when the context's deadline comes first.
  Sleep sleep(const Context& context, Duration duration);
  /// Returns a pause whose length was drawn from a range. When calm begins, what is left of it is cut to the range's
  /// typical length, counted from then.
  class Drawn pause_drawn(Duration drawn, Duration typical);
  /// Returns a pause until `at`. Of the tasks that become ready at one instant, those with a rank go first, the lowest
  /// rank before the others, and then those without.
  class Ranked pause_ranked(Instant at, std::uint32_t rank);
  /// Returns a pause between two turns of a loop. `turns` outlives the pause.
  class BetweenTurns next_turn(Instant at, const Turns& turns);
  Signal::Wait wait(Signal& signal, Instant until = kNever) { return {*this, signal, until}; }

  /// Runs until nothing is left to do before `until`, then sets the time to `until`.
  void run_until(Instant until);
  /// Runs one task for one step; false when nothing is left before `until`.
  bool step(Instant until);
  void cut_drawn_delays();
  /// Tells whether every task that a timer will wake before `until` is a loop between two turns.
  [[nodiscard]] bool is_between_turns(Instant until) const;
  /// Tells whether, beyond that, all of these loops are idle.
  [[nodiscard]] bool is_idle(const Stillness& still) const;
  /// Sets the time to `until`, and leaves what would have run before it undone. The run is over then.
  void skip_to(Instant until);
  /// Notes that the run keeps so many bytes more, to its end. The step after that throws BoundReached where they are
  /// too many.
  void keep_bytes(std::size_t bytes) { kept_bytes_ += bytes; }
  /// Calls `action` once the running task has parked. Only there may a task have its own process killed.
  void after_step(std::function<void()> action) { after_step_.push_back(std::move(action)); }
  /// Sets what is called after each step: there the invariants that hold at all times look at the world.
  void on_step(std::function<void()> action) { on_step_ = std::move(action); }

  [[nodiscard]] Root* current() const { return current_; }
  [[nodiscard]] std::uint64_t steps() const { return steps_; }
  [[nodiscard]] std::size_t pending_timers() const { return heap_.size(); }

 private:
  friend class Wake;
  friend class Signal;
  friend class TaskGroup;

  struct Timer {
    Instant at{};
    std::uint64_t seq{};
    Wake* wake{};
    friend bool operator<(const Timer& a, const Timer& b) { return a.at != b.at ? a.at < b.at : a.seq < b.seq; }
  };

  void arm(Wake& wake, Instant at);
  void disarm(Wake& wake);
  void make_ready(Wake& wake);
  void collect_due();
  Wake& pick();
  void run(Wake& wake);
  void finish_root();
  void place(std::size_t index, const Timer& timer);
  void sift_up(std::size_t index, Timer timer);
  void sift_down(std::size_t index, Timer timer);
  void count_step();

  Choices& choices_;
  SchedulerLimits limits_;
  Site order_site_;
  Trampoline trampoline_;
  Instant now_{};
  std::uint64_t next_seq_ = std::uint64_t{1} << 32U;  // ranks come before
  std::uint64_t steps_ = 0;
  std::uint64_t steps_now_ = 0;
  std::size_t roots_ = 0;
  std::uint64_t kept_bytes_ = 0;
  std::uint64_t spawned_ = 0;
  std::vector<Timer> heap_;
  ReadyLine<Wake> ready_;
  std::vector<std::uint64_t> candidates_;
  Root* current_ = nullptr;
  std::vector<std::function<void()>> after_step_;
  std::function<void()> on_step_;
};

/// See Scheduler::pause_drawn.
class [[nodiscard]] Drawn : public Pause {
 public:
  Drawn(Scheduler& scheduler, Instant at, Duration typical);
};

/// See Scheduler::pause_ranked.
class [[nodiscard]] Ranked : public Pause {
 public:
  Ranked(Scheduler& scheduler, Instant at, std::uint32_t rank);
};

/// See Scheduler::next_turn.
class [[nodiscard]] BetweenTurns : public Pause {
 public:
  BetweenTurns(Scheduler& scheduler, Instant at, const Turns& turns);
};

}  // namespace drydock::sim
