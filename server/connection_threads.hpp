#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <thread>
#include <vector>

#include <httplib.h>

#include "server/connection.hpp"

namespace drydock::server {

/// The threads that serve connections (the pattern leader/followers). The leader waits for all connections at once and
/// serves those that say something, one after another, so a busy server hardly switches threads. Before it waits for a
/// single client it takes that connection aside, and another thread leads.
class ConnectionThreads {
 public:
  /// Serves what a connection says next. Returns whether it goes on.
  using Serve = std::function<bool(Connection&)>;

  /// Says how many connections are served at once, and how long their clients may be silent between two requests, and
  /// amid one.
  struct Bounds {
    std::size_t connections = 0;
    std::chrono::milliseconds idle{};
    std::chrono::milliseconds patience{};
  };

  /// Throws std::system_error where the system has no thread, or no descriptor, left.
  ConnectionThreads(const Bounds& bounds, Serve serve);
  ConnectionThreads(const ConnectionThreads&) = delete;
  ConnectionThreads& operator=(const ConnectionThreads&) = delete;
  ~ConnectionThreads();

  /// Takes a socket over. Beyond the bound it waits until another connection ends.
  void add(socket_t socket);
  /// Ends all waits soon, and closes the connections once their requests are answered.
  void shutdown();

 private:
  using Clock = std::chrono::steady_clock;

  /// A connection, and where it stands.
  struct Seat;
  using Seats = std::list<Seat>;

  void work();
  void lead(std::unique_lock<std::mutex>& lock);
  void watch(std::unique_lock<std::mutex>& lock);
  void take_aside(Seat& seat);
  void find_leader();
  void admit(socket_t socket);
  void watch_for(Seat& seat);
  void watch_no_more(const Seat& seat);
  void hear_of(Seat& seat, Clock::time_point now);
  void keep(Seat& seat);
  void end(Seat& seat);
  void end_idle(Clock::time_point now);

  const Bounds bounds_;
  const Serve serve_;
  const int watched_;    // epoll's
  const int over_told_;  // an eventfd among those that are watched: it ends the leader's wait
  std::atomic<bool> over_ = false;

  std::mutex mutex_;
  std::condition_variable changed_;
  Seats seats_;                    // whose next request the leader waits for, the longest idle first
  Seats aside_;                    // which have a thread of their own
  std::deque<Seat*> ready_;        // of `seats_`: they have said something
  std::vector<Seat*> unfinished_;  // of `seats_`: they had said more than the request that was served
  std::deque<socket_t> waiting_;
  std::vector<std::thread> threads_;
  std::size_t followers_ = 0;  // threads with nothing to do
  bool led_ = false;
};

}  // namespace drydock::server
