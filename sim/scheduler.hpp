#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/choices.hpp"
#include "sim/task.hpp"
#include "sim/time.hpp"

namespace drydock::sim {

class Scheduler;
class Signal;
class TaskGroup;
struct Root;

/// A bound was hit (steps, tasks, events): the run ends without a verdict, and says which bound it was.
class BoundReached : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
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

 private:
  friend class Scheduler;
  friend class Signal;
  static constexpr std::uint32_t kNowhere = std::numeric_limits<std::uint32_t>::max();

  void unlink();

  Scheduler* scheduler_;
  std::coroutine_handle<> handle_;
  Root* root_ = nullptr;
  Signal* signal_ = nullptr;
  std::uint32_t heap_place_ = kNowhere;
  bool ready_ = false;
  bool drawn_ = false;
  Duration typical_{};
  std::uint32_t rank_ = 0;  // 0 = unranked
};

/// The top of one tree of tasks: what a process starts and a crash destroys.
struct Root {
  explicit Root(Scheduler& scheduler) : start(scheduler) {}

  /// What the task is, in a word or two; outlives the run.
  std::string_view label;
  std::uint64_t serial = 0;  // from 1, in the order of spawning
  TaskGroup* group = nullptr;
  std::size_t place = 0;  // in its group
  /// Sequence number of the event that this task's next effects follow from; 0 = none.
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

/// Until when an operation may go on, as the platform's contexts do it: fixed when the operation begins, and passed on
/// by value. A child context never outlives its parent.
struct Context {
  Instant until = kNever;

  [[nodiscard]] Context with_deadline(Instant deadline) const { return {deadline < until ? deadline : until}; }
  [[nodiscard]] bool ended(Instant now) const { return now >= until; }
};

/// Something that tasks wait for; waking is in the order in which they came.
class Signal {
 public:
  Signal() = default;
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;
  ~Signal();

  void notify_all();
  [[nodiscard]] bool has_waiters() const { return !waiters_.empty(); }

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
  void remove(const Wake& wake);

  std::vector<Wait*> waiters_;
};

/// One reply on its way: sent at most once, received at most once, both ends may go away.
template <typename T>
class OneShot {
  struct State {
    std::optional<T> value;
    Signal signal;
  };

 public:
  OneShot() : state_(std::make_shared<State>()) {}

  /// Delivers; a second value is dropped (the first one won).
  void send(T value) const {
    if (state_->value) return;
    state_->value.emplace(std::move(value));
    state_->signal.notify_all();
  }
  [[nodiscard]] bool sent() const { return state_->value.has_value(); }

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

/// The tasks of one process. Killing it is what a crash does: every task dies where it is parked.
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
};

/// Runs every task of a world, one at a time, on virtual time. Where more than one task is ready at an instant, which
/// goes first is a decision (`world/order`); 0 is the one that became ready first.
class Scheduler {
 public:
  explicit Scheduler(Choices& choices, SchedulerLimits limits = {});
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  [[nodiscard]] Instant now() const { return now_; }

  /// Starts a root in `group` at this instant; its cause is the one of the task that spawns it.
  Root& spawn(TaskGroup& group, std::string_view label, Task<void> task);

  Pause pause(Duration duration) { return {*this, now_ + duration}; }
  Pause pause_until(Instant at) { return {*this, at}; }
  /// A sleep that a context's end cuts short.
  Sleep sleep(const Context& context, Duration duration);
  /// A delay drawn from a range: when calm begins, what is left of it is cut to its typical length from then.
  class Drawn pause_drawn(Duration drawn, Duration typical);
  /// As pause_until, but of what becomes ready at that instant, lower ranks go first, and before everything unranked.
  class Ranked pause_ranked(Instant at, std::uint32_t rank);
  Signal::Wait wait(Signal& signal, Instant until = kNever) { return {*this, signal, until}; }

  /// Runs until nothing is left to do before `until`, then sets the time to `until`.
  void run_until(Instant until);
  /// Runs one task for one step; false when nothing is left before `until`.
  bool step(Instant until);
  void cut_drawn_delays();
  /// Called after the running task has parked: the only place from which a task may have its own process killed.
  void after_step(std::function<void()> action) { after_step_.push_back(std::move(action)); }
  /// Called after each step, when set: the place where always-invariants look at the world.
  void on_step(std::function<void()> action) { on_step_ = std::move(action); }

  [[nodiscard]] Root* current() const { return current_; }
  [[nodiscard]] std::uint64_t steps() const { return steps_; }
  /// How many tasks were ever started.
  [[nodiscard]] std::uint64_t spawned() const { return spawned_; }
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
  void remove_ready(const Wake& wake);
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
  std::uint64_t spawned_ = 0;
  std::vector<Timer> heap_;
  std::vector<Wake*> ready_;
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

}  // namespace drydock::sim
