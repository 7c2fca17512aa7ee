// Prints what the rows of `controlplane.sdk` (docs/platform.md §18) say of each fault of the wire, as JSON:
// tests/clients/rows.py holds the clients themselves to it. Nothing is written here that a row could say.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <nlohmann/json.hpp>
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

Json to_json(const SdkRow& row, std::string_view name) {
  return {{"sdk", name},
          {"client", row.client},
          {"timeout", to_seconds(row.timeout)},
          {"makes_tokens", row.makes_tokens},
          {"quota", row.quota.capacity != 0},
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
  return {{"many", kMany}, {"rows", std::move(rows)}, {"calls", calls_of(names)}};
}

}  // namespace
}  // namespace drydock::test

int main() { std::puts(drydock::test::tell().dump(1).c_str()); }
