#include "sim/scheduler.hpp"

#include <algorithm>

namespace drydock::sim {
namespace {

constexpr std::size_t kArity = 4;

/// What a task, and an answer of the tape, take at least. They are numbers, and not sizeof: a bound ends a run at the
/// same step everywhere.
constexpr std::uint64_t kBytesOfTask = 4096;
constexpr std::uint64_t kBytesOfDecision = 128;

}  // namespace

// --- Wake -----------------------------------------------------------------------------------------------------------

void Wake::park(std::coroutine_handle<> handle, Instant at) {
  handle_ = handle;
  root_ = scheduler_->current_;
  if (at != kNever) scheduler_->arm(*this, at);
}

void Wake::unlink() {
  if (heap_place_ != kNowhere) scheduler_->disarm(*this);
  if (ready_) scheduler_->ready_.remove(*this);
  if (signal_ != nullptr) signal_->remove(*this);
}

// --- Signal ---------------------------------------------------------------------------------------------------------

Signal::~Signal() {
  while (first_ != nullptr) remove(*first_);
}

void Signal::add(Wait& wait) {
  wait.signal_ = this;
  wait.before_ = last_;
  (last_ == nullptr ? first_ : last_->after_) = &wait;
  last_ = &wait;
}

void Signal::remove(Wake& wake) {
  (wake.before_ == nullptr ? first_ : wake.before_->after_) = wake.after_;
  (wake.after_ == nullptr ? last_ : wake.after_->before_) = wake.before_;
  wake.signal_ = nullptr;
  wake.before_ = nullptr;
  wake.after_ = nullptr;
}

void Signal::notify_all() {
  while (first_ != nullptr) {
    auto& wait = static_cast<Wait&>(*first_);
    remove(wait);
    wait.notified_ = true;
    wait.scheduler_->make_ready(wait);
  }
}

// --- TaskGroup ------------------------------------------------------------------------------------------------------

void TaskGroup::kill() {
  DRYDOCK_CHECK(scheduler_.current_ == nullptr || scheduler_.current_->group != this,
                "a process cannot be killed from inside one of its own tasks");
  scheduler_.roots_ -= roots_.size();
  // A dying frame may drop the last owner of something that has tasks in this group: take the list first.
  const std::vector<std::unique_ptr<Root>> dying = std::exchange(roots_, {});
}

// --- Scheduler ------------------------------------------------------------------------------------------------------

Scheduler::Scheduler(Choices& choices, SchedulerLimits limits)
    : choices_(choices), limits_(limits), order_site_(choices.site("world", "order")) {}

Root& Scheduler::spawn(TaskGroup& group, std::string_view label, Task<void> task) {
  if (++roots_ > limits_.roots) throw BoundReached("tasks");
  auto root = std::make_unique<Root>(*this);
  root->label = label;
  root->serial = ++spawned_;
  root->group = &group;
  root->place = group.roots_.size();
  root->cause = current_ != nullptr ? current_->cause : 0;
  root->task = std::move(task);
  Root& started = *group.roots_.emplace_back(std::move(root));
  started.start.handle_ = started.task.start_on(trampoline_);
  started.start.root_ = &started;
  make_ready(started.start);
  return started;
}

Sleep Scheduler::sleep(const Context& context, Duration duration) {
  const Instant at = now_ + duration;
  const bool completes = at <= context.until;
  return {*this, completes ? at : std::max(context.until, now_), completes};
}

Drawn::Drawn(Scheduler& scheduler, Instant at, Duration typical) : Pause(scheduler, at) { set_drawn(typical); }

Ranked::Ranked(Scheduler& scheduler, Instant at, std::uint32_t rank) : Pause(scheduler, at) { set_rank(rank); }

BetweenTurns::BetweenTurns(Scheduler& scheduler, Instant at, const Turns& turns) : Pause(scheduler, at) {
  set_turns(turns);
}

BetweenTurns Scheduler::next_turn(Instant at, const Turns& turns) { return {*this, at, turns}; }

Drawn Scheduler::pause_drawn(Duration drawn, Duration typical) { return {*this, now_ + drawn, typical}; }

Ranked Scheduler::pause_ranked(Instant at, std::uint32_t rank) { return {*this, at, rank}; }

void Scheduler::run_until(Instant until) {
  while (step(until)) {
  }
  now_ = until;
  choices_.set_now(now_);
}

bool Scheduler::is_between_turns(Instant until) const {
  return ready_.empty() && std::all_of(heap_.begin(), heap_.end(), [until](const Timer& timer) {
           return timer.at >= until || timer.wake->turns_ != nullptr;
         });
}

bool Scheduler::is_idle(const Stillness& still) const {
  return is_between_turns(still.until) && std::all_of(heap_.begin(), heap_.end(), [&](const Timer& timer) {
           return timer.at >= still.until || timer.wake->turns_->idle(still);
         });
}

void Scheduler::skip_to(Instant until) {
  DRYDOCK_CHECK(ready_.empty() && until >= now_, "a run cannot skip what is ready");
  now_ = until;
  choices_.set_now(now_);
}

bool Scheduler::step(Instant until) {
  if (ready_.empty()) {
    if (heap_.empty() || heap_.front().at >= until) return false;
    collect_due();
  }
  run(pick());
  return true;
}

void Scheduler::collect_due() {
  now_ = heap_.front().at;
  choices_.set_now(now_);
  steps_now_ = 0;
  while (!heap_.empty() && heap_.front().at == now_) {
    Wake& due = *heap_.front().wake;
    disarm(due);
    make_ready(due);
  }
}

Wake& Scheduler::pick() {
  std::size_t chosen = 0;
  if (ready_.size() > 1) {
    candidates_.clear();
    if (choices_.wants_candidates()) {
      for (std::size_t i = 0; i < ready_.size(); ++i) candidates_.push_back(ready_[i].root_->serial);
    }
    chosen = choices_.order(order_site_, static_cast<std::uint32_t>(ready_.size()), candidates_);
    if (!choices_.calm()) choices_.annotate_last(ready_[chosen].root_->label);
  }
  Wake& wake = ready_.take(chosen);
  wake.ready_ = false;
  return wake;
}

void Scheduler::run(Wake& wake) {
  count_step();
  current_ = wake.root_;
  trampoline_.next = wake.handle_;
  while (trampoline_.next) {
    const auto next = std::exchange(trampoline_.next, {});
    next.resume();
  }
  if (trampoline_.root_ended) finish_root();
  current_ = nullptr;
  if (!after_step_.empty()) {
    const auto actions = std::exchange(after_step_, {});
    for (const auto& action : actions) action();
  }
  if (on_step_) on_step_();
}

void Scheduler::finish_root() {
  trampoline_.root_ended = false;
  TaskGroup& group = *current_->group;
  const std::size_t place = current_->place;
  current_ = nullptr;
  const std::unique_ptr<Root> ended = std::move(group.roots_[place]);
  if (place + 1 != group.roots_.size()) {
    group.roots_[place] = std::move(group.roots_.back());
    group.roots_[place]->place = place;
  }
  group.roots_.pop_back();
  --roots_;
  ended->task.rethrow_failure();
}

void Scheduler::count_step() {
  constexpr std::uint64_t kStepsBetweenLooks = 4096;
  if (++steps_ > limits_.steps) throw BoundReached("steps");
  if (limits_.stop && steps_ % kStepsBetweenLooks == 0 && limits_.stop()) throw RunStopped();
  if (++steps_now_ > limits_.steps_at_one_instant) throw BoundReached("steps at one instant");
  const std::uint64_t bytes = kept_bytes_ + roots_ * kBytesOfTask + choices_.asked().size() * kBytesOfDecision;
  if (bytes > limits_.bytes) throw BoundReached("bytes");
}

void Scheduler::make_ready(Wake& wake) {
  if (wake.heap_place_ != Wake::kNowhere) disarm(wake);
  if (wake.ready_) return;
  wake.ready_ = true;
  ready_.push(wake);
}

void Scheduler::arm(Wake& wake, Instant at) {
  if (at <= now_) {
    make_ready(wake);
    return;
  }
  const std::uint64_t seq = wake.rank_ != 0 ? wake.rank_ : next_seq_++;
  heap_.emplace_back();
  sift_up(heap_.size() - 1, {at, seq, &wake});
}

void Scheduler::disarm(Wake& wake) {
  const std::size_t hole = wake.heap_place_;
  wake.heap_place_ = Wake::kNowhere;
  const Timer last = heap_.back();
  heap_.pop_back();
  if (hole == heap_.size()) return;
  if (hole > 0 && last < heap_[(hole - 1) / kArity]) {
    sift_up(hole, last);
  } else {
    sift_down(hole, last);
  }
}

void Scheduler::place(std::size_t index, const Timer& timer) {
  heap_[index] = timer;
  timer.wake->heap_place_ = static_cast<std::uint32_t>(index);
}

void Scheduler::sift_up(std::size_t index, Timer timer) {
  while (index > 0) {
    const std::size_t parent = (index - 1) / kArity;
    if (!(timer < heap_[parent])) break;
    place(index, heap_[parent]);
    index = parent;
  }
  place(index, timer);
}

void Scheduler::sift_down(std::size_t index, Timer timer) {
  while (true) {
    const std::size_t first = index * kArity + 1;
    if (first >= heap_.size()) break;
    std::size_t least = first;
    const std::size_t last = std::min(first + kArity, heap_.size());
    for (std::size_t child = first + 1; child < last; ++child) {
      if (heap_[child] < heap_[least]) least = child;
    }
    if (!(heap_[least] < timer)) break;
    place(index, heap_[least]);
    index = least;
  }
  place(index, timer);
}

void Scheduler::cut_drawn_delays() {
  std::vector<Timer> timers = std::exchange(heap_, {});
  std::sort(timers.begin(), timers.end());
  for (Timer& timer : timers) {
    timer.wake->heap_place_ = Wake::kNowhere;
    if (timer.wake->drawn_) timer.at = std::min(timer.at, now_ + timer.wake->typical_);
    heap_.emplace_back();
    sift_up(heap_.size() - 1, timer);
  }
}

}  // namespace drydock::sim
