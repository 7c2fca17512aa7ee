#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "scenarios/files/tape_file.hpp"
#include "scenarios/outcome.hpp"
#include "scenarios/run.hpp"
#include "scenarios/scenario.hpp"
#include "scenarios/world.hpp"
#include "server/session_clock.hpp"
#include "server/session_log.hpp"
#include "sim/choices.hpp"
#include "sim/cloud/query/message.hpp"

namespace drydock::server {

/// A session as the run that it is, and its outcome.
struct PlayedSession {
  scenarios::TapeFile file;
  scenarios::Outcome outcome;
};

/// How a session is played, beside its clock.
struct SessionOptions {
  /// The scenario's `explore` counts: faults that it lists may be added, as tape or fill decide.
  bool searched = false;
  sim::Fill* fill = nullptr;  // see RunOptions; it outlives the session
  /// No request is heard later than this.
  sim::Duration longest = sim::kLongestDuration;
  bool full_calm = true;                      // see RunOptions
  scenarios::Workbench* workbench = nullptr;  // null: one of its own
};

/// A world that clients ask while it is played. The requests come one after another, whatever thread brings them, each
/// at an instant of its own, and are written down before they are heard; so the session is a run that can be played
/// again. Methods may be called from any thread.
class LiveSession {
 public:
  /// The world of this case, with its tape's decisions. Its steps and traffic go on for as long as the session does.
  LiveSession(scenarios::Scenario scenario, const scenarios::CaseSpec& played, const sim::Tape& tape,
              const SessionClock& clock, SessionLog& log, const SessionOptions& options = {});
  LiveSession(const LiveSession&) = delete;
  LiveSession& operator=(const LiveSession&) = delete;
  ~LiveSession();

  /// Has the world answer the request. Returns once there is an answer, or nobody would wait for it any longer. A
  /// request that comes after the session's end, or after a bound of the run, is answered 503.
  [[nodiscard]] cloud::query::Answer ask(cloud::query::Request request);
  /// Tells whether answers come by the clock on the wall.
  [[nodiscard]] bool waits_by_the_wall() const { return clock_.kind == SessionClock::Kind::scale; }
  /// Lets so much virtual time pass. Returns the instant that it is then.
  sim::Instant advance(sim::Duration by);
  [[nodiscard]] sim::Instant now();
  [[nodiscard]] std::size_t event_count();
  /// Returns an instant of the session in microseconds since the Unix epoch.
  [[nodiscard]] std::int64_t unix_us(sim::Instant at) const {
    return scenario_.start_unix_us + at.time_since_epoch().count();
  }

  /// Plays the session up to now a second time, with its calm, and returns what it comes to.
  [[nodiscard]] PlayedSession play_so_far();
  /// Tells whether a request came too late to be heard (`SessionOptions::longest`).
  [[nodiscard]] bool is_too_long() const { return too_long_; }
  /// Ends the session: nothing is heard any more, and its calm is played. Gives the bound that was hit; empty: none.
  const std::string& end();
  /// Returns the world that an ended session left.
  [[nodiscard]] const scenarios::World& world() const { return *world_; }
  /// Plays an ended session again from what was written down, and returns what it came to. Throws sim::InternalError
  /// where the same requests lead to another run.
  [[nodiscard]] PlayedSession played();
  /// Ends the session, and plays it again.
  [[nodiscard]] PlayedSession finish();

 private:
  using Reply = sim::OneShot<cloud::query::Answer>;

  [[nodiscard]] sim::Instant next_instant();
  [[nodiscard]] sim::Instant by_the_wall() const;
  [[nodiscard]] bool play_until(sim::Instant until);
  void await_in_steps(const Reply& reply, sim::Instant until);
  void await_by_the_wall(std::unique_lock<std::mutex>& lock, const Reply& reply, sim::Instant until);
  [[nodiscard]] PlayedSession played_until(sim::Instant end, bool whole);

  const sim::Duration horizon_;  // of the scenario
  scenarios::Scenario scenario_;
  const scenarios::CaseSpec played_;
  const SessionClock clock_;
  const SessionOptions options_;
  SessionLog& log_;
  scenarios::Workbench own_workbench_;
  std::mutex mutex_;
  std::condition_variable played_on_;
  std::unique_ptr<scenarios::World> world_;
  const std::chrono::steady_clock::time_point begun_;
  std::string bound_;  // that ended the run; empty: none
  bool over_ = false;
  std::atomic<bool> too_long_{false};
  sim::Instant ended_{};
};

}  // namespace drydock::server
