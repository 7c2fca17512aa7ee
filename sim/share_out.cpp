#include "sim/share_out.hpp"

#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <set>
#include <thread>
#include <utility>
#include <vector>

namespace drydock::sim {
namespace {

/// Knows which jobs are taken. Jobs are begun in order, so those that were begun are a prefix.
class Board {
 public:
  Board(std::uint64_t count, unsigned workers) : count_(count), working_(workers) {}

  bool take(std::uint64_t& index) {
    const std::lock_guard lock(mutex_);
    if (stopped_ || next_ == count_) return false;
    index = next_++;
    return true;
  }
  void stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  void fail(std::uint64_t index, std::exception_ptr failure) {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    if (failure_ && failed_ < index) return;
    failed_ = index;
    failure_ = std::move(failure);
  }
  /// For wait_for(): the job is done.
  void finish(std::uint64_t index) {
    const std::lock_guard lock(mutex_);
    finished_.insert(index);
    changed_.notify_all();
  }
  void leave() {
    const std::lock_guard lock(mutex_);
    --working_;
    changed_.notify_all();
  }
  /// Waits until all workers have left. False where they had not in that time.
  bool wait(std::chrono::milliseconds at_most) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, at_most, [&] { return working_ == 0; });
  }
  /// Waits until the job is finished. False where it never will be.
  bool wait_for(std::uint64_t index) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return finished_.contains(index) || working_ == 0; });
    return finished_.erase(index) != 0;
  }
  // Once all workers have left:
  [[nodiscard]] std::uint64_t begun() const { return next_; }
  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t count_;
  std::uint64_t next_ = 0;
  unsigned working_;
  bool stopped_ = false;
  std::set<std::uint64_t> finished_;
  std::uint64_t failed_ = 0;
  std::exception_ptr failure_;
};

/// Threads that work off a board. However this scope is left, no further job is begun, and the threads are joined.
class Workers {
 public:
  explicit Workers(Board& board) : board_(board) {}
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  ~Workers() { board_.stop(); }

  template <typename Work>
  void start(unsigned count, Work work) {
    threads_.reserve(count);
    for (unsigned worker = 0; worker < count; ++worker) threads_.emplace_back([work, worker] { work(worker); });
  }

 private:
  Board& board_;
  std::vector<std::jthread> threads_;  // joined after the board was told
};

void work_off(unsigned worker, const SharedJob& job, const std::function<bool()>& stop, Board& board) {
  std::uint64_t index = 0;
  while (!(stop && stop()) && board.take(index)) {
    try {
      job(worker, index);
    } catch (...) {
      board.fail(index, std::current_exception());
    }
  }
  board.leave();
}

}  // namespace

std::uint64_t share_out(std::uint64_t count, unsigned workers, const SharedJob& job, const std::function<bool()>& stop,
                        const std::function<void()>& while_waiting) {
  using namespace std::chrono_literals;
  Board board(count, workers);
  {
    Workers threads(board);
    threads.start(workers, [&](unsigned worker) { work_off(worker, job, {}, board); });
    while (!board.wait(20ms)) {
      if (stop && stop()) board.stop();
      if (while_waiting) while_waiting();
    }
  }
  board.rethrow();
  return board.begun();
}

void share_out_in_order(std::uint64_t count, unsigned workers, const SharedJob& job, const std::function<bool()>& stop,
                        const std::function<void(std::uint64_t index)>& done) {
  Board board(count, workers);
  const SharedJob finished = [&](unsigned worker, std::uint64_t index) {
    job(worker, index);
    board.finish(index);
  };
  {
    Workers threads(board);
    threads.start(workers, [&](unsigned worker) { work_off(worker, finished, stop, board); });
    for (std::uint64_t index = 0; index < count && board.wait_for(index); ++index) done(index);
  }
  board.rethrow();
}

}  // namespace drydock::sim
