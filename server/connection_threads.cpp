#include "server/connection_threads.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace drydock::server {
namespace {

/// The leader looks so often which connections have been idle for too long.
constexpr std::chrono::milliseconds kRound{100};

/// So many connections that have said something are learnt of at once.
constexpr int kBatch = 64;

int make_watch() {
  const int made = ::epoll_create1(EPOLL_CLOEXEC);
  if (made < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  return made;
}

int make_signal() {
  const int made = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (made < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  return made;
}

}  // namespace

struct ConnectionThreads::Seat {
  Seat(ConnectionThreads& threads, socket_t socket)
      : connection(socket, threads.bounds_.patience, threads.over_, [this, &threads] { threads.take_aside(*this); }) {}

  Connection connection;
  Clock::time_point since = Clock::now();  // it is idle
  bool is_aside = false;
  bool is_unfinished = false;
  Seats::iterator self;
};

ConnectionThreads::ConnectionThreads(const Bounds& bounds, Serve serve)
    : bounds_(bounds), serve_(std::move(serve)), watched_(make_watch()), over_told_(make_signal()) {
  epoll_event event{.events = EPOLLIN, .data = {.ptr = nullptr}};
  ::epoll_ctl(watched_, EPOLL_CTL_ADD, over_told_, &event);
  const std::scoped_lock lock(mutex_);
  find_leader();
}

ConnectionThreads::~ConnectionThreads() {
  shutdown();
  ::close(watched_);
  ::close(over_told_);
}

// --- threads --------------------------------------------------------------------------------------------------------

void ConnectionThreads::find_leader() {
  led_ = false;
  if (over_) return;
  if (followers_ > 0) return changed_.notify_one();
  threads_.emplace_back([this] { work(); });
}

void ConnectionThreads::work() {
  std::unique_lock lock(mutex_);
  while (!over_) {
    if (!led_) {
      led_ = true;
      lead(lock);
      continue;
    }
    ++followers_;
    changed_.wait(lock, [this] { return over_ || !led_; });
    --followers_;
  }
}

/// Returns when another thread leads, and the connection that was taken aside is back.
void ConnectionThreads::lead(std::unique_lock<std::mutex>& lock) {
  bool leads = true;
  while (leads && !over_) {
    if (ready_.empty()) watch(lock);
    if (ready_.empty()) continue;
    Seat& seat = *ready_.front();
    ready_.pop_front();
    lock.unlock();
    bool goes_on = serve_(seat.connection);
    // `is_aside` is set by this thread alone.
    leads = !seat.is_aside;
    while (goes_on && !leads && seat.connection.has_more()) goes_on = serve_(seat.connection);
    lock.lock();
    goes_on ? keep(seat) : end(seat);
  }
}

void ConnectionThreads::take_aside(Seat& seat) {
  const std::scoped_lock lock(mutex_);
  if (seat.is_aside) return;
  seat.is_aside = true;
  watch_no_more(seat);
  aside_.splice(aside_.end(), seats_, seat.self);
  find_leader();
}

void ConnectionThreads::shutdown() {
  {
    const std::scoped_lock lock(mutex_);
    over_ = true;
    changed_.notify_all();
    ::eventfd_write(over_told_, 1);
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  for (Seat& seat : seats_) ::close(seat.connection.socket());
  for (const socket_t socket : waiting_) ::close(socket);
  seats_.clear();
  waiting_.clear();
}

// --- connections ----------------------------------------------------------------------------------------------------

void ConnectionThreads::add(socket_t socket) {
  const std::scoped_lock lock(mutex_);
  if (seats_.size() + aside_.size() < bounds_.connections) {
    admit(socket);
  } else {
    waiting_.push_back(socket);
  }
}

void ConnectionThreads::admit(socket_t socket) {
  Seat& seat = seats_.emplace_back(*this, socket);
  seat.self = std::prev(seats_.end());
  watch_for(seat);
}

void ConnectionThreads::watch_for(Seat& seat) {
  epoll_event event{.events = EPOLLIN, .data = {.ptr = &seat}};
  ::epoll_ctl(watched_, EPOLL_CTL_ADD, seat.connection.socket(), &event);
}

/// Closing a socket is not enough: a process that is being started has it too, until it closes what is not its own, and
/// so long epoll would tell of it.
void ConnectionThreads::watch_no_more(const Seat& seat) {
  ::epoll_ctl(watched_, EPOLL_CTL_DEL, seat.connection.socket(), nullptr);
}

/// Waits until connections have something to say, and makes them `ready_`. One that had said more is heard again after
/// the others.
void ConnectionThreads::watch(std::unique_lock<std::mutex>& lock) {
  const auto most = unfinished_.empty() ? kRound : std::chrono::milliseconds{0};
  lock.unlock();
  std::array<epoll_event, kBatch> events;
  const int count = ::epoll_wait(watched_, events.data(), kBatch, static_cast<int>(most.count()));
  lock.lock();
  const Clock::time_point now = Clock::now();
  for (int i = 0; i < count; ++i) {
    auto* seat = static_cast<Seat*>(events[static_cast<std::size_t>(i)].data.ptr);
    if (seat != nullptr) hear_of(*seat, now);
  }
  for (Seat* seat : std::exchange(unfinished_, {})) {
    if (seat->is_unfinished) hear_of(*seat, now);
  }
  if (count < kBatch) end_idle(now);
}

void ConnectionThreads::hear_of(Seat& seat, Clock::time_point now) {
  seat.is_unfinished = false;
  seat.since = now;
  seats_.splice(seats_.end(), seats_, seat.self);
  ready_.push_back(&seat);
}

/// Waits for the connection's next request.
void ConnectionThreads::keep(Seat& seat) {
  if (seat.is_aside) {
    seat.is_aside = false;
    seat.since = Clock::now();
    seats_.splice(seats_.end(), aside_, seat.self);
    watch_for(seat);
  } else if (seat.connection.has_more()) {
    seat.is_unfinished = true;
    unfinished_.push_back(&seat);
  }
}

void ConnectionThreads::end(Seat& seat) {
  if (!seat.is_aside) watch_no_more(seat);
  ::close(seat.connection.socket());
  Seats& of = seat.is_aside ? aside_ : seats_;
  of.erase(seat.self);
  if (waiting_.empty()) return;
  const socket_t next = waiting_.front();
  waiting_.pop_front();
  admit(next);
}

/// Of those that are watched, whoever has something to say has been heard of by now.
void ConnectionThreads::end_idle(Clock::time_point now) {
  while (!seats_.empty() && seats_.front().since + bounds_.idle < now) end(seats_.front());
}

}  // namespace drydock::server
