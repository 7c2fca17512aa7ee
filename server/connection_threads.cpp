#include "server/connection_threads.hpp"

#include <utility>

namespace drydock::server {

void ConnectionThreads::enqueue(std::function<void()> serve) {
  const std::scoped_lock lock(mutex_);
  waiting_.push_back(std::move(serve));
  if (idle_ < waiting_.size() && threads_.size() < most_) threads_.emplace_back([this] { work(); });
  changed_.notify_one();
}

void ConnectionThreads::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    changed_.wait(lock, [this] { return over_ || !waiting_.empty(); });
    --idle_;
    if (waiting_.empty()) return;
    const std::function<void()> serve = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    serve();
    lock.lock();
  }
}

void ConnectionThreads::shutdown() {
  {
    const std::scoped_lock lock(mutex_);
    over_ = true;
    changed_.notify_all();
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace drydock::server
