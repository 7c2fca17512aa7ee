#include "sim/search/share_out.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace drydock::sim::search {
namespace {

/// Which jobs are taken; jobs are begun in order, so those that were begun are a prefix.
class Board {
 public:
  explicit Board(std::uint64_t count) : count_(count) {}

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
  void leave() {
    const std::lock_guard lock(mutex_);
    ++left_;
    changed_.notify_all();
  }
  /// True when all `workers` have left.
  bool wait(unsigned workers, std::chrono::milliseconds at_most) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, at_most, [&] { return left_ == workers; });
  }
  [[nodiscard]] std::uint64_t begun() const { return next_; }
  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t count_;
  std::uint64_t next_ = 0;
  unsigned left_ = 0;
  bool stopped_ = false;
  std::uint64_t failed_ = 0;
  std::exception_ptr failure_;
};

void work_off(unsigned worker, const SharedJob& job, Board& board) {
  std::uint64_t index = 0;
  while (board.take(index)) {
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
  Board board(count);
  std::vector<std::jthread> threads;
  threads.reserve(workers);
  for (unsigned worker = 0; worker < workers; ++worker) {
    threads.emplace_back([&, worker] { work_off(worker, job, board); });
  }
  while (!board.wait(workers, 20ms)) {
    if (stop && stop()) board.stop();
    if (while_waiting) while_waiting();
  }
  threads.clear();
  board.rethrow();
  return board.begun();
}

}  // namespace drydock::sim::search
