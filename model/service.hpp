#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "sim/hooks.hpp"
#include "sim/scheduler.hpp"

namespace drydock::model {

/// The reason why a call between processes ended without an answer.
enum class TransportError : std::uint8_t {
  deadline,  // the caller's own context or client timeout ended
  reset,     // the peer went away, or the adversary cut the connection
  refused,   // nobody listens
};

[[nodiscard]] std::string_view to_text(TransportError error);

/// A process that answers calls: its tasks die with it, and callers then see their connections reset.
class Service {
 public:
  explicit Service(sim::Scheduler& clock) : clock_(clock), tasks_(clock) {}

  /// Runs `handler` in this process and delivers its answer to `reply`. A crash destroys the handler, and delivers
  /// nullopt.
  template <typename T>
  void serve(std::string_view label, sim::Task<T> handler, sim::OneShot<std::optional<T>> reply) {
    const std::uint64_t call = ++calls_;
    open_.emplace(call, [reply] { reply.send(std::nullopt); });
    clock_.spawn(tasks_, label, answer<T>(call, std::move(handler), reply));
  }

  /// Ends the process: its tasks are gone, and every open connection is reset.
  void crash() {
    up_ = false;
    tasks_.kill();
    const auto cut = std::exchange(open_, {});
    for (const auto& [call, reset] : cut) reset();
  }
  void start() { up_ = true; }
  [[nodiscard]] bool up() const { return up_; }
  [[nodiscard]] sim::TaskGroup& tasks() { return tasks_; }

 private:
  template <typename T>
  sim::Task<void> answer(std::uint64_t call, sim::Task<T> handler, sim::OneShot<std::optional<T>> reply) {
    T answered = co_await std::move(handler);
    open_.erase(call);
    reply.send(std::optional<T>{std::move(answered)});
  }

  sim::Scheduler& clock_;
  sim::TaskGroup tasks_;
  std::uint64_t calls_ = 0;
  std::map<std::uint64_t, std::function<void()>> open_;
  bool up_ = true;
};

}  // namespace drydock::model
