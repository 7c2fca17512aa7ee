#include "server/live_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "scenarios/session/log.hpp"
#include "sim/check.hpp"

namespace drydock::server {
namespace {

using cloud::query::Answer;
using cloud::query::Ending;
using cloud::query::Request;
using sim::Instant;
using sim::kTimeZero;
using namespace std::chrono_literals;

/// Nobody waits longer than this for an answer. The world gives EC2's up after a minute; the platform may take longer.
constexpr sim::Duration kLongestAnswer = 1h;

/// Steps and traffic of the scenario go on for as long as the session does.
constexpr sim::Duration kEndless = sim::kLongestDuration;

/// Who waits for an answer by the clock on the wall looks so often whether it is there.
constexpr std::chrono::milliseconds kLookAgain{2};

/// A session has no bound.
scenarios::RunOptions endless() {
  scenarios::RunOptions options;
  options.limits.steps = UINT64_MAX;
  options.limits.bytes = UINT64_MAX;
  options.event_limit = SIZE_MAX;
  return options;
}

scenarios::RunOptions while_it_lasts(const SessionOptions& asked_for) {
  scenarios::RunOptions options = endless();
  options.keep_record = false;
  options.full_calm = asked_for.full_calm;
  options.fill = asked_for.fill;
  return options;
}

/// What a scenario expects, it expects of a run that no client disturbs.
void expect_nothing(scenarios::Json& document) {
  if (document.contains("steps")) {
    for (scenarios::Json& step : document["steps"]) step.erase("expect");
  }
  for (scenarios::Json& played : document["cases"]) played["expect"] = scenarios::Json::array();
}

scenarios::Scenario without_horizon(scenarios::Scenario scenario, bool searched) {
  expect_nothing(scenario.document);
  scenario.horizon = kEndless;
  scenario.session.clear();
  scenario.document.erase("session");
  if (searched) return scenario;
  scenario.explore.reset();
  scenario.document.erase("explore");
  return scenario;
}

Answer over(const std::string& why) {
  return {.status = 503, .headers = {{"Content-Type", "text/plain"}}, .body = why + "\n", .ending = Ending::whole};
}

}  // namespace

LiveSession::LiveSession(scenarios::Scenario scenario, const scenarios::CaseSpec& played, const sim::Tape& tape,
                         const SessionClock& clock, SessionLog& log, const SessionOptions& options)
    : horizon_(scenario.horizon),
      scenario_(without_horizon(std::move(scenario), options.searched)),
      played_(played),
      clock_(clock),
      options_(options),
      log_(log),
      world_(std::make_unique<scenarios::World>(
          scenario_, played_, tape, while_it_lasts(options),
          (options.workbench != nullptr ? *options.workbench : own_workbench_).database())),
      begun_(std::chrono::steady_clock::now()) {
  log_.append(scenarios::session_head(scenario_, played_, tape));
  bound_ = world_->begin();
}

LiveSession::~LiveSession() = default;

// --- time -----------------------------------------------------------------------------------------------------------

Instant LiveSession::by_the_wall() const {
  const std::chrono::duration<double, std::micro> real = std::chrono::steady_clock::now() - begun_;
  return kTimeZero + sim::Duration{static_cast<std::int64_t>(real.count() * clock_.scale)};
}

/// When the next request is heard: after everything that has happened by now.
Instant LiveSession::next_instant() {
  const Instant now = world_->scheduler().now();
  switch (clock_.kind) {
    case SessionClock::Kind::step:
      return now + std::max<sim::Duration>(clock_.step, 1us);
    case SessionClock::Kind::scale:
      return std::max<Instant>(now + 1us, by_the_wall());
    case SessionClock::Kind::manual:
      return now + 1us;
  }
  return now;
}

/// Returns false where a bound of the run was hit.
bool LiveSession::play_until(Instant until) {
  if (bound_.empty()) bound_ = world_->play_until(until);
  return bound_.empty();
}

Instant LiveSession::advance(sim::Duration by) {
  const std::scoped_lock lock(mutex_);
  if (!over_) static_cast<void>(play_until(world_->scheduler().now() + by));
  played_on_.notify_all();
  return world_->scheduler().now();
}

Instant LiveSession::now() {
  const std::scoped_lock lock(mutex_);
  if (!over_ && clock_.kind == SessionClock::Kind::scale) static_cast<void>(play_until(by_the_wall()));
  return world_->scheduler().now();
}

std::size_t LiveSession::event_count() {
  const std::scoped_lock lock(mutex_);
  return world_->record().events().size();
}

// --- requests -------------------------------------------------------------------------------------------------------

Answer LiveSession::ask(Request request) {
  std::unique_lock lock(mutex_);
  if (over_) return over("the session is over");
  const Instant at = next_instant();
  if (at.time_since_epoch() > options_.longest) too_long_ = true;
  if (too_long_) return over("the session is as long as it may be");
  if (!play_until(at)) return over("the run reached a bound: " + bound_);
  const scenarios::WireRequest heard{at.time_since_epoch(), std::move(request)};
  log_.append(scenarios::session_line(heard));
  const Reply reply = world_->hear(heard.request);
  if (clock_.kind == SessionClock::Kind::scale) {
    await_by_the_wall(lock, reply, at + kLongestAnswer);
  } else {
    await_in_steps(reply, at + kLongestAnswer);
  }
  std::optional<Answer> answer = reply.take();
  if (answer) return std::move(*answer);
  if (!bound_.empty()) return over("the run reached a bound: " + bound_);
  return {.status = 200, .headers = {}, .body = {}, .ending = Ending::silent};
}

void LiveSession::await_in_steps(const Reply& reply, Instant until) {
  try {
    while (!reply.sent() && world_->step(until)) {
    }
  } catch (const sim::BoundReached& bound) {
    bound_ = bound.what();
  }
}

void LiveSession::await_by_the_wall(std::unique_lock<std::mutex>& lock, const Reply& reply, Instant until) {
  while (!reply.sent() && !over_) {
    const Instant now = world_->scheduler().now();
    if (now >= until || !play_until(std::max(now, by_the_wall()))) return;
    played_on_.notify_all();
    if (!reply.sent()) played_on_.wait_for(lock, kLookAgain);
  }
}

// --- the run that it is ---------------------------------------------------------------------------------------------

/// Plays what was written down, up to `end`. `whole`: that is the session's end, and its last line is there.
PlayedSession LiveSession::played_until(Instant end, bool whole) {
  std::string text = log_.text();
  if (!whole) text += scenarios::session_end(end.time_since_epoch());
  scenarios::Decoded<scenarios::TapeFile> decoded = scenarios::decode_session_log("session.ndjson", text);
  DRYDOCK_CHECK(decoded.value.has_value(), "a session wrote down what cannot be read");
  PlayedSession played{.file = std::move(*decoded.value), .outcome = {}};
  played.file.played.sql_invariants = played_.sql_invariants;
  if (options_.fill != nullptr) played.file.tape = sim::Tape::of(world_->choices().consumed());
  scenarios::RunOptions options = endless();
  options.keep_trace = true;
  scenarios::Workbench again;
  played.outcome = scenarios::run(played.file.scenario, played.file.played, played.file.tape, options, again);
  return played;
}

PlayedSession LiveSession::play_so_far() {
  std::unique_lock lock(mutex_);
  const Instant end = next_instant();
  const bool over = over_;
  lock.unlock();
  return played_until(end, over);
}

const std::string& LiveSession::end() {
  const std::scoped_lock lock(mutex_);
  ended_ = next_instant();
  log_.append(scenarios::session_end(ended_.time_since_epoch()));
  over_ = true;
  scenario_.horizon = std::max(horizon_, ended_.time_since_epoch());
  if (bound_.empty()) bound_ = world_->finish();
  played_on_.notify_all();
  return bound_;
}

PlayedSession LiveSession::played() {
  PlayedSession played = played_until(ended_, true);
  DRYDOCK_CHECK(!bound_.empty() || world_->rested_at() || played.outcome.trace_hash == world_->trace_hash(),
                "the requests of a session lead to another run when they are played again");
  return played;
}

PlayedSession LiveSession::finish() {
  end();
  return played();
}

}  // namespace drydock::server
