// Prints what the rows of `controlplane.sdk` (docs/platform.md §18) say of each fault of the wire, as JSON:
// tests/clients/rows.py holds the clients themselves to it. Nothing is written here that a row could say.
//
// With the argument `wait` it reads how a client waited for a snapshot, and prints what its row says of that wait.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/controlplane/sdk.hpp"
#include "model/policy.hpp"
#include "sim/cloud/ec2.hpp"
#include "sim/time.hpp"

namespace drydock::test {
namespace {

using namespace std::chrono_literals;
using cloud::Error;
using model::SdkCall;
using model::SdkRow;
using model::SdkVerdict;
using Json = nlohmann::ordered_json;

/// What is called. A launch may have a ClientToken of the caller's.
struct WireCall {
  std::string_view action;
  bool has_token = false;
};

constexpr std::array<WireCall, 5> kCalls{{
    {"CreateSnapshot"},
    {"RunInstances"},
    {"RunInstances", true},
    {"DescribeInstances"},
    {"TerminateInstances"},
}};
constexpr int kMany = 80;

/// What a call meets. `error` is a fault's as scenarios name it; `only` is the action that it is for, empty: all.
struct WireFault {
  std::string_view name;
  std::string_view error;
  int status = 0;
  sim::Duration retry_after{};
  std::string_view only{};

  [[nodiscard]] bool is_loss() const { return status == 0; }
};

constexpr std::array<WireFault, 21> kFaults{{
    {"closed", "closed"},
    {"reset", "reset"},
    {"cut", "cut"},
    {"timeout", "timeout"},
    {"503 RequestLimitExceeded", "RequestLimitExceeded", 503},
    {"400 RequestLimitExceeded", "RequestLimitExceeded", 400},
    {"400 SnapshotCreationPerVolumeRateExceeded", "SnapshotCreationPerVolumeRateExceeded", 400, {}, "CreateSnapshot"},
    {"500 InsufficientInstanceCapacity", "InsufficientInstanceCapacity", 500, {}, "RunInstances"},
    {"400 InsufficientInstanceCapacity", "InsufficientInstanceCapacity", 400, {}, "RunInstances"},
    {"400 IncorrectState", "IncorrectState", 400, {}, "CreateSnapshot"},
    {"500 InternalError", "InternalError", 500},
    {"503 Unavailable", "Unavailable", 503},
    {"400 RequestExpired", "RequestExpired", 400},
    {"401 AuthFailure", "AuthFailure", 401},
    {"403 UnauthorizedOperation", "UnauthorizedOperation", 403},
    {"429 RequestLimitExceeded", "RequestLimitExceeded", 429},
    {"429 Unavailable", "Unavailable", 429},
    {"429 empty", "http-429", 429},
    {"500 empty", "http-500", 500},
    {"503 RequestLimitExceeded, Retry-After 7", "RequestLimitExceeded", 503, 7s},
    {"500 InternalError, Retry-After 3", "InternalError", 500, 3s},
}};

/// The answer, as the control plane's client sees it.
Error error_of(const WireFault& fault) {
  const std::string code{fault.error == "timeout" ? "RequestTimeout" : fault.error};
  return {code, fault.status, "scripted", fault.retry_after};
}

bool reads(std::string_view action) { return action.starts_with("Describe"); }

bool is_empty(const WireFault& fault) { return fault.error.starts_with("http-"); }

/// The fault as `POST /_drydock/faults` takes it, without its trigger.
Json to_armed(std::string_view action, const WireFault& fault) {
  Json armed{{"on", "ec2." + std::string(action)}, {"error", fault.error}};
  if (fault.is_loss() && !reads(action)) armed["effect"] = "applied";
  if (!fault.is_loss() && !is_empty(fault)) armed["status"] = fault.status;
  if (fault.retry_after != sim::Duration{}) {
    armed["retry_after"] =
        std::to_string(std::chrono::duration_cast<std::chrono::seconds>(fault.retry_after).count()) + "s";
  }
  return armed;
}

double to_seconds(sim::Duration duration) { return std::chrono::duration<double>(duration).count(); }

/// The pause after a failed attempt, from its shortest to its longest; nothing where there is none.
void add_pause(Json& pauses, const SdkRow& row, const Error& error, const sim::DurationRange& drawn) {
  const sim::Duration lo = pause_after(row, error, drawn.lo);
  const sim::Duration hi = pause_after(row, error, drawn.hi);
  if (hi != sim::Duration{}) pauses.push_back({to_seconds(lo), to_seconds(hi)});
}

/// What the row does where each answer is the same.
Json play_every(const SdkRow& row, const WireCall& asked, const WireFault& fault) {
  const Error error = error_of(fault);
  Json pauses = Json::array();
  int requests = 1;
  SdkVerdict verdict = verdict_after(row, {.has_token = asked.has_token}, asked.action, error);
  while (verdict.again) {
    add_pause(pauses, row, error, verdict.backoff);
    ++requests;
    verdict = verdict_after(row, verdict.next, asked.action, error);
  }
  if (verdict.backoff != sim::DurationRange{}) add_pause(pauses, row, error, verdict.backoff);
  const std::string told = as_told(row, error).code;
  const bool answers = !fault.is_loss() && !is_empty(fault);
  return {{"requests", requests},
          {"hangs", verdict.hangs},
          {"pauses", pauses},
          {"code", answers ? Json(told) : Json(nullptr)}};
}

/// What it does where the first answer is so, and the others are good.
Json play_first(const SdkRow& row, const WireCall& asked, const WireFault& fault) {
  int requests = 1;
  SdkVerdict verdict = verdict_after(row, {.has_token = asked.has_token}, asked.action, error_of(fault));
  const bool succeeds = verdict.again && !verdict.next.spoiled;
  while (verdict.again && verdict.next.spoiled) {
    ++requests;
    verdict = verdict_after(row, verdict.next, asked.action, model::unreadable());
  }
  if (succeeds) ++requests;
  return {{"requests", requests}, {"hangs", verdict.hangs}, {"succeeds", succeeds}};
}

/// The requests for many calls of one client that all fail so, and whether the last error hides EC2's answer.
Json play_many(const SdkRow& row) {
  const Error error{"InternalError", 500, "scripted"};
  model::SdkTokens tokens;
  int requests = 0;
  bool hidden = false;
  for (int i = 0; i < kMany; ++i) {
    SdkVerdict verdict;
    SdkCall call;
    do {
      ++requests;
      verdict = verdict_after(row, call, "DescribeInstances", error);
      call = verdict.next;
      hidden = verdict.again && !tokens.take(row.quota, verdict.cost);
    } while (verdict.again && !hidden);
  }
  return {{"requests", requests}, {"hides", hidden && row.quota_hides_answer}};
}

// --- waits ----------------------------------------------------------------------------------------------------------

sim::Duration from_seconds(double seconds) {
  return std::chrono::round<sim::Duration>(std::chrono::duration<double>(seconds));
}

/// A wait of a client's for a snapshot: what it meets, and the pauses that it asked for.
struct Waited {
  const SdkRow* row = nullptr;
  /// What the polls meet: the first, or every one; nothing: no fault.
  std::optional<Error> error{};
  bool every = false;
  /// The snapshot is completed; off: it never will be.
  bool completed = false;
  sim::Duration most{};
  /// The time that passed on the wall: nobody knows after which poll.
  sim::Duration took{};
  std::vector<sim::Duration> pauses{};
};

/// Goes through a wait as its row has it, with the pauses that the client drew. The first that the row cannot have
/// drawn is an error, and so is an end where the row goes on, and the other way round.
class WaitReplay {
 public:
  explicit WaitReplay(const Waited& waited) : waited_(waited) {}

  /// Returns the requests, whether the wait succeeds, whether it never ends, and what is wrong with the pauses.
  Json play() {
    for (int polls = 1; !over_; ++polls) {
      const bool failed = poll(polls);
      if (over_) break;
      const model::SdkWaiter& waiter = waited_.row->waiter;
      succeeds_ = failed ? waiter.takes_for_completed.contains(*waited_.error) : waited_.completed;
      if (succeeds_ || (failed && !waiter.outlasts.contains(*waited_.error))) break;
      delay(polls, failed);
    }
    if (wrong_.empty() && !hangs_ && at_ < waited_.pauses.size()) say("the wait is over", {});
    return {{"requests", requests_},
            {"succeeds", succeeds_},
            {"hangs", hangs_},
            {"wrong", wrong_.empty() ? Json(nullptr) : Json(wrong_)}};
  }

 private:
  /// Makes a poll, with what is sent again of it; returns whether it failed for good.
  bool poll(int polls) {
    ++requests_;
    const auto meets_it = [&] { return waited_.error && (waited_.every || requests_ == 1); };
    SdkCall call{.is_poll = true};
    while (!over_ && meets_it()) {
      const SdkVerdict verdict = verdict_after(*waited_.row, call, "DescribeSnapshots", *waited_.error);
      hangs_ = over_ = verdict.hangs || (waited_.row->timeout == sim::Duration{} && is_silence());
      if (!verdict.again) return true;
      take({pause_after(*waited_.row, *waited_.error, verdict.backoff.lo),
            pause_after(*waited_.row, *waited_.error, verdict.backoff.hi)},
           polls);
      call = verdict.next;
      ++requests_;
    }
    return false;
  }

  [[nodiscard]] bool is_silence() const { return waited_.error->http == 0 && waited_.error->code == "RequestTimeout"; }

  /// Takes the delay before the next poll. The time that is left may be shorter by all that passed on the wall.
  void delay(int polls, bool failed) {
    const model::SdkWaiter& waiter = waited_.row->waiter;
    const sim::DurationRange range = poll_delay(waiter, polls, failed);
    std::vector<sim::Duration> ends;
    bool may_end = false;
    for (const sim::Duration left : {waited_.most - passed_ - waited_.took, waited_.most - passed_}) {
      for (const sim::Duration drawn : {range.lo, range.hi}) {
        const std::optional<sim::Duration> next = next_poll(waiter, polls, drawn, left);
        if (next) ends.push_back(*next);
        if (range.lo < left && left <= drawn) ends.push_back(left);  // it draws anything that is shorter
        may_end = may_end || !next;
      }
    }
    over_ = may_end && (ends.empty() || at_ == waited_.pauses.size());
    if (over_) return;
    const auto [lo, hi] = std::minmax_element(ends.begin(), ends.end());
    take({*lo, *hi}, polls);
    if (!over_ && waiter.law != model::SdkPolls::fixed) passed_ += waited_.pauses[at_ - 1];
  }

  /// Takes the next pause of the client's, which has to be in the range.
  void take(const sim::DurationRange& range, int polls) {
    const bool fits = at_ < waited_.pauses.size() && range.lo - kRounding <= waited_.pauses[at_] &&
                      waited_.pauses[at_] <= range.hi + kRounding;
    if (!fits) {
      say("poll " + std::to_string(polls), range);
      over_ = true;
      return;
    }
    ++at_;
  }

  void say(const std::string& where, const sim::DurationRange& range) {
    const std::string paused =
        at_ < waited_.pauses.size() ? std::to_string(to_seconds(waited_.pauses[at_])) + " s" : "no more";
    wrong_ = where + ": the row pauses " + std::to_string(to_seconds(range.lo)) + " to " +
             std::to_string(to_seconds(range.hi)) + " s, the client " + paused;
  }

  static constexpr sim::Duration kRounding = 2ms;

  const Waited& waited_;
  std::size_t at_ = 0;
  /// The time that passed by delays: for the drivers, what is sent again passes none.
  sim::Duration passed_{};
  int requests_ = 0;
  bool over_ = false;
  bool succeeds_ = false;
  bool hangs_ = false;
  std::string wrong_{};
};

Waited waited_of(const Json& told) {
  const std::span<const std::string_view> names = model::find_knob("controlplane.sdk")->values();
  const auto name = std::find(names.begin(), names.end(), told.at("sdk").get<std::string>());
  Waited waited{.row = &model::sdk_row(static_cast<model::Sdk>(name - names.begin())),
                .every = told.at("every"),
                .completed = told.at("completed"),
                .most = from_seconds(told.at("most")),
                .took = from_seconds(told.at("took"))};
  if (waited.row->waiter.law == model::SdkPolls::fixed) waited.most = sim::kLongestDuration;  // nobody says how long
  for (const WireFault& fault : kFaults) {
    if (told.at("fault") == fault.name) waited.error = error_of(fault);
  }
  for (const double pause : told.at("pauses")) {
    waited.pauses.push_back(std::min(from_seconds(pause), sim::kLongestDuration));  // JavaScript v2's reach 3000 years
  }
  return waited;
}

/// The faults that a waiter's polls may meet.
Json waits() {
  Json faults = Json::array();
  for (const WireFault& fault : kFaults) {
    if (fault.only.empty()) faults.push_back({{"fault", fault.name}, {"armed", to_armed("DescribeSnapshots", fault)}});
  }
  return faults;
}

// --- all of it ------------------------------------------------------------------------------------------------------

Json to_json(const SdkRow& row, std::string_view name) {
  return {{"sdk", name},
          {"client", row.client},
          {"timeout", to_seconds(row.timeout)},
          {"makes_tokens", row.makes_tokens},
          {"quota", row.quota.capacity != 0},
          {"waits", row.waiter.law != model::SdkPolls::own},
          {"many", play_many(row)}};
}

Json calls_of(std::span<const std::string_view> names) {
  Json calls = Json::array();
  for (const WireFault& fault : kFaults) {
    for (const WireCall& asked : kCalls) {
      if (!fault.only.empty() && fault.only != asked.action) continue;
      Json rows = Json::object();
      for (const SdkRow& row : model::sdk_rows()) {
        rows[std::string(names[static_cast<std::size_t>(row.sdk)])] = {{"first", play_first(row, asked, fault)},
                                                                       {"every", play_every(row, asked, fault)}};
      }
      calls.push_back({{"fault", fault.name},
                       {"action", asked.action},
                       {"has_token", asked.has_token},
                       {"armed", to_armed(asked.action, fault)},
                       {"rows", std::move(rows)}});
    }
  }
  return calls;
}

Json tell() {
  const std::span<const std::string_view> names = model::find_knob("controlplane.sdk")->values();
  Json rows = Json::array();
  for (const SdkRow& row : model::sdk_rows()) rows.push_back(to_json(row, names[static_cast<std::size_t>(row.sdk)]));
  return {{"many", kMany}, {"rows", std::move(rows)}, {"calls", calls_of(names)}, {"waits", waits()}};
}

}  // namespace
}  // namespace drydock::test

int main(int count, char** words) {
  using namespace drydock::test;
  if (count == 2 && std::string_view(words[1]) == "wait") {
    const Waited waited = waited_of(Json::parse(std::cin));
    std::puts(WaitReplay(waited).play().dump().c_str());
  } else {
    std::puts(tell().dump(1).c_str());
  }
}
