#include "model/controlplane/sdk.hpp"

#include <algorithm>
#include <string>

// Numbers were measured with the client and version that the row names, against a scripted server on the loopback
// interface, unless a comment says "source": then they were read in that version's code, and nobody measured them.

namespace drydock::model {
namespace {

using sim::Duration;
using sim::DurationRange;

// --- sets of failures -----------------------------------------------------------------------------------------------

// Of the codes that clients know, these are the ones that this EC2 answers with.
constexpr std::array<std::string_view, 1> kThrottling{"RequestLimitExceeded"};
constexpr std::array<std::string_view, 2> kThrottlingOrSkew{"RequestLimitExceeded", "RequestExpired"};
constexpr std::array<std::string_view, 2> kSkewOrCredentials{"RequestExpired", "AuthFailure"};
constexpr std::array<std::string_view, 1> kNoCapacity{"InsufficientInstanceCapacity"};
constexpr std::array<std::string_view, 5> kOfAnsible{"RequestLimitExceeded", "Unavailable", "ServiceUnavailable",
                                                     "InternalFailure", "InternalError"};
constexpr std::array<std::string_view, 6> kOfAnsibleSnapshots{
    "RequestLimitExceeded", "Unavailable",   "ServiceUnavailable",
    "InternalFailure",      "InternalError", "SnapshotCreationPerVolumeRateExceeded"};

constexpr std::array<SdkStatuses, 2> kServerErrors{{{500, 500}, {502, 504}}};
constexpr std::array<SdkStatuses, 1> kEveryError{{{400, 599}}};
constexpr std::array<SdkStatuses, 1> kTooManyRequests{{{429, 429}}};
constexpr std::array<SdkStatuses, 4> kOfLegacy{{{429, 429}, {500, 500}, {502, 504}, {509, 509}}};
constexpr std::array<SdkStatuses, 3> kOfGoV1{{{429, 429}, {500, 500}, {502, 599}}};
constexpr std::array<SdkStatuses, 2> kThrottledOfGoV1{{{429, 429}, {502, 504}}};
constexpr std::array<SdkStatuses, 1> kOfRubyV1{{{500, 599}}};
constexpr std::array<SdkStatuses, 2> kOfJsV2{{{429, 429}, {500, 599}}};
constexpr std::array<SdkStatuses, 3> kOfJsV3{{{429, 429}, {500, 500}, {502, 504}}};

constexpr SdkLosses kAnyLoss{.closed = true, .reset = true, .cut = true, .silence = true};
// A body that is shorter than its Content-Length is taken for whole and does not parse. (Cut in a chunked body, the
// call is sent again; EC2 sends a length here.)
constexpr SdkLosses kAllButCut{.closed = true, .reset = true, .cut = false, .silence = true};

// --- loops ----------------------------------------------------------------------------------------------------------

/// Anything up to so much, doubled each time.
constexpr SdkBackoff up_to(Duration first, Duration most = sim::kLongestDuration) {
  return {.first = {Duration{}, first}, .most = most};
}

constexpr SdkLoop kLegacyLoop{
    .attempts = 5, .again = {.statuses = kOfLegacy, .losses = kAllButCut}, .backoff = up_to(1s)};

constexpr SdkLoop kStandardLoop{.attempts = 3,
                                .again = {.codes = kThrottling, .statuses = kServerErrors, .losses = kAllButCut},
                                .backoff = up_to(1s, 20s)};

constexpr SdkLoop kGoV1Loop{
    .attempts = 4,
    .again = {.codes = kThrottlingOrSkew, .statuses = kOfGoV1, .losses = {.closed = true, .cut = true}},
    .backoff = {.first = {30ms, 60ms}, .most = 5min},
    .throttled = {.codes = kThrottling, .statuses = kThrottledOfGoV1},
    .throttled_backoff = {.first = {500ms, 1s}, .most = 5min}};

constexpr SdkLoop kGoV2Loop{
    .attempts = 3,
    .again = {.codes = kThrottling, .statuses = kServerErrors, .losses = {.closed = true, .reset = true}},
    .backoff = up_to(2s, 20s)};

constexpr SdkLoop kJsV2Loop{.attempts = 4,
                            .again = {.codes = kThrottlingOrSkew,
                                      .statuses = kOfJsV2,
                                      .losses = {.closed = true, .reset = true, .silence = true}},
                            .backoff = up_to(100ms)};

constexpr SdkLoop kJsV3Loop{
    .attempts = 3,
    .again = {.codes = kThrottlingOrSkew, .statuses = kOfJsV3, .losses = {.closed = true, .reset = true, .cut = true}},
    .backoff = up_to(50ms, 20s),
    .throttled = {.codes = kThrottling, .statuses = kTooManyRequests},
    .throttled_backoff = up_to(1s, 20s)};

constexpr SdkLoop kBoto2Loop{.attempts = 7,
                             .again = {.statuses = kServerErrors, .losses = kAllButCut},
                             .backoff = up_to(1s, 60s),
                             .sleeps_at_last = true};

// The pauses have one random factor a call there, and one each here.
constexpr SdkLoop kRubyV1Loop{
    .attempts = 4,
    .again = {.codes = kThrottling, .statuses = kOfRubyV1, .but = kNoCapacity, .losses = kAnyLoss},
    .backoff = {.first = {300ms, 300ms}},
    .throttled = {.codes = kThrottling},
    .throttled_backoff = {.first = {500ms, 600ms}}};
// It refreshes its credentials, or its clock, and tries once more.
constexpr SdkLoop kRubyV1Refresh{.attempts = 2, .again = {.codes = kSkewOrCredentials}};

// excon: what fog says is idempotent is sent again at once, whatever went wrong. (DeleteSnapshot: source.)
constexpr std::array<std::string_view, 3> kIdempotentToFog{"Describe", "TerminateInstances", "DeleteSnapshot"};
constexpr SdkLoop kFogIdempotent{.attempts = 4,
                                 .again = {.statuses = kEveryError, .losses = kAnyLoss},
                                 .only = kIdempotentToFog,
                                 .or_with_token = true};
constexpr SdkLoop kFogThrottled{
    .attempts = 11, .again = {.codes = kThrottling}, .backoff = {.first = {200ms, 200ms}, .besides = {0s, 1s}}};

// Of actions other than CreateSnapshot: source. Its modules make nearly all of their calls so.
constexpr SdkLoop kAnsibleLoop{.attempts = 10, .again = {.codes = kOfAnsible}, .backoff = up_to(3s, 60s)};
constexpr std::array<std::string_view, 1> kSnapshots{"CreateSnapshot"};
constexpr SdkLoop kAnsibleSnapshots{
    .attempts = 10, .again = {.codes = kOfAnsibleSnapshots}, .backoff = up_to(15s, 60s), .only = kSnapshots};

// --- quotas and waiters ---------------------------------------------------------------------------------------------

constexpr SdkQuota kStandardQuota{.capacity = 500, .retry = 5, .throttled_retry = 5, .retry_after_silence = 10};
// 14 was measured of 500s; the 5 of throttling: source.
constexpr SdkQuota kJsV3Quota{.capacity = 500, .retry = 14, .throttled_retry = 5, .retry_after_silence = 14};

constexpr std::array<std::string_view, 1> kEmptyQuota{"RetryQuotaExceeded"};
constexpr SdkFailures kEveryFailure{.codes = kEmptyQuota, .statuses = kEveryError, .losses = kAnyLoss};

constexpr SdkWaiter kBotocoreWaiter{.law = SdkPolls::fixed, .delay = 15s, .most = 15s, .polls = 40};
// Its modules poll with botocore's waiter, and make none of the polls in a loop of their own. What that loop would send
// again they give to the waiter as signs of success.
constexpr SdkWaiter kAnsibleWaiter{.law = SdkPolls::fixed,
                                   .delay = 3s,
                                   .most = 3s,
                                   .polls = 200,
                                   .takes_for_completed = {.codes = kOfAnsible},
                                   .loops = 1};
constexpr SdkWaiter kGoV1Waiter{
    .law = SdkPolls::fixed, .delay = 15s, .most = 15s, .polls = 40, .outlasts = kEveryFailure};
constexpr SdkWaiter kGoV2Waiter{
    .law = SdkPolls::until_delay_is_left, .delay = 15s, .most = 120s, .outlasts = kEveryFailure};
// Its waiter is its retries: 40 of them, after what it lost as well as after a snapshot that is pending. An answer that
// is an error it takes for the end.
constexpr SdkWaiter kJsV2Waiter{.law = SdkPolls::fixed,
                                .delay = 15s,
                                .most = 15s,
                                .polls = 41,
                                .outlasts = {.losses = {.closed = true, .reset = true, .silence = true}},
                                .delays_after_failure = up_to(100ms),
                                .loops = 0};
constexpr SdkWaiter kJsV3Waiter{
    .law = SdkPolls::until_half_a_second, .delay = 15s, .most = 120s, .least_polls = 5, .outlasts = kEveryFailure};

// --- rows -----------------------------------------------------------------------------------------------------------

constexpr std::array<SdkRow, 13> kSdkRows{{
    // Drydock's own: it sends again what was throttled, three times in all, and nothing else (docs/architecture.md).
    {.sdk = Sdk::none,
     .client = "none",
     .timeout = 60s,
     .loops = {{{.attempts = 3, .again = {.codes = kThrottling}, .backoff = up_to(1s)}}}},
    {.sdk = Sdk::go_v1,
     .client = "aws-sdk-go 1.44.133",
     .loops = {{kGoV1Loop}},
     .retry_after = SdkRetryAfter::added,
     .waiter = kGoV1Waiter},
    {.sdk = Sdk::go_v2,
     .client = "aws-sdk-go-v2 1.17.1",
     .loops = {{kGoV2Loop}},
     .quota = kStandardQuota,
     .quota_hides_answer = true,
     .waiter = kGoV2Waiter},
    {.sdk = Sdk::botocore_legacy,
     .client = "boto3 1.26.27, botocore 1.29.27",
     .timeout = 60s,
     .loops = {{kLegacyLoop}},
     .reads_empty_4xx = false,
     .waiter = kBotocoreWaiter},
    {.sdk = Sdk::botocore_standard,
     .client = "boto3 1.26.27, botocore 1.29.27; aws-cli 2.9.19",
     .timeout = 60s,
     .loops = {{kStandardLoop}},
     .reads_empty_4xx = false,
     .quota = kStandardQuota,
     .waiter = kBotocoreWaiter},
    // It also limits its own rate of sending once it was throttled, which nobody measured: here it does not.
    {.sdk = Sdk::botocore_adaptive,
     .client = "boto3 1.26.27, botocore 1.29.27",
     .timeout = 60s,
     .loops = {{kStandardLoop}},
     .reads_empty_4xx = false,
     .quota = kStandardQuota,
     .waiter = kBotocoreWaiter},
    {.sdk = Sdk::js_v2,
     .client = "npm aws-sdk 2.1693.0",
     .timeout = 120s,
     .loops = {{kJsV2Loop}},
     .hangs_on_cut = true,
     .waiter = kJsV2Waiter},
    {.sdk = Sdk::js_v3,
     .client = "npm @aws-sdk/client-ec2 3.1169.0",
     .loops = {{kJsV3Loop}},
     .retry_after = SdkRetryAfter::clamped,
     .quota = kJsV3Quota,
     .waiter = kJsV3Waiter},
    {.sdk = Sdk::boto2, .client = "boto 2.49.0", .timeout = 70s, .loops = {{kBoto2Loop}}, .makes_tokens = false},
    {.sdk = Sdk::ruby_v1,
     .client = "aws-sdk-v1 1.67.0",
     .timeout = 60s,
     .loops = {{kRubyV1Loop, kRubyV1Refresh}},
     .makes_tokens = false},
    {.sdk = Sdk::fog,
     .client = "fog-aws 3.15.0, excon 0.88.0",
     .timeout = 60s,
     .loops = {{kFogIdempotent, kFogThrottled}},
     .cut_spoils_rest = true,
     .makes_tokens = false},
    {.sdk = Sdk::libcloud,
     .client = "apache-libcloud 3.4.1",
     .timeout = 60s,
     .hides_code_at = 429,
     .makes_tokens = false},
    {.sdk = Sdk::ansible,
     .client = "ansible 7.7.0 on boto3 1.26.27",
     .timeout = 60s,
     .loops = {{kLegacyLoop, kAnsibleLoop, kAnsibleSnapshots}},
     .reads_empty_4xx = false,
     .waiter = kAnsibleWaiter},
}};

constexpr bool in_order_of_the_knob() {
  for (std::size_t i = 0; i < kSdkRows.size(); ++i) {
    if (kSdkRows[i].sdk != static_cast<Sdk>(i)) return false;
  }
  return true;
}
static_assert(in_order_of_the_knob());

// --- verdicts -------------------------------------------------------------------------------------------------------

bool is_loss(const SdkLosses& losses, const cloud::Error& error) {
  if (error.http != 0) return false;
  if (error.code == "closed") return losses.closed;
  if (error.code == "reset") return losses.reset;
  if (error.code == "cut") return losses.cut;
  return error.code == "RequestTimeout" && losses.silence;
}

bool is_for(const SdkLoop& loop, const SdkCall& call, std::string_view action) {
  const auto begins = [&](std::string_view some) { return action.starts_with(some); };
  return loop.only.empty() || std::any_of(loop.only.begin(), loop.only.end(), begins) ||
         (loop.or_with_token && call.has_token);
}

/// Doubles a duration up to a limit, without going beyond what a duration can hold.
Duration doubled(Duration once, int times, Duration most) {
  for (int i = 0; i < times && once < most; ++i) once *= 2;
  return std::min(once, most);
}

/// Returns how many tokens a retry after this error takes.
int cost_after(const SdkRow& row, const cloud::Error& error) {
  if (is_loss({.silence = true}, error)) return row.quota.retry_after_silence;
  return row.loops.front().throttled.contains(error) ? row.quota.throttled_retry : row.quota.retry;
}

}  // namespace

bool SdkFailures::contains(const cloud::Error& error) const {
  const auto is_among = [&](std::span<const std::string_view> some) {
    return std::find(some.begin(), some.end(), error.code) != some.end();
  };
  if (is_among(codes) || is_loss(losses, error)) return true;
  return !is_among(but) && std::any_of(statuses.begin(), statuses.end(), [&](const SdkStatuses& span) {
    return span.lo <= error.http && error.http <= span.hi;
  });
}

DurationRange SdkBackoff::after(int failed) const {
  return {doubled(first.lo, failed - 1, most) + besides.lo, doubled(first.hi, failed - 1, most) + besides.hi};
}

std::span<const SdkRow> sdk_rows() { return kSdkRows; }

const SdkRow& sdk_row(Sdk sdk) { return kSdkRows[static_cast<std::size_t>(sdk)]; }

SdkVerdict verdict_after(const SdkRow& row, const SdkCall& call, std::string_view action, const cloud::Error& error) {
  SdkVerdict verdict;
  verdict.next = call;
  verdict.hangs = row.hangs_on_cut && is_loss({.cut = true}, error);
  if (verdict.hangs) return verdict;
  verdict.next.spoiled = call.spoiled || (row.cut_spoils_rest && is_loss({.cut = true}, error));
  if (!row.reads_empty_4xx && error.code.starts_with("http-4")) return verdict;
  const std::size_t loops = call.is_poll ? static_cast<std::size_t>(row.waiter.loops) : row.loops.size();
  for (std::size_t i = 0; i < loops; ++i) {
    const SdkLoop& loop = row.loops[i];
    int& attempt = verdict.next.attempts[i];
    const bool takes_it = is_for(loop, call, action) && loop.again.contains(error);
    const SdkBackoff& law = loop.throttled.contains(error) ? loop.throttled_backoff : loop.backoff;
    if (takes_it && attempt < loop.attempts) {
      verdict.again = true;
      verdict.backoff = law.after(attempt);
      verdict.cost = cost_after(row, error);
      ++attempt;
      return verdict;
    }
    if (takes_it && loop.sleeps_at_last) verdict.backoff = law.after(attempt);
    attempt = 1;  // the loop around this one begins it anew
  }
  return verdict;
}

Duration pause_after(const SdkRow& row, const cloud::Error& error, Duration drawn) {
  constexpr Duration kMostAdded = 5s;
  switch (row.retry_after) {
    case SdkRetryAfter::ignored:
      break;
    case SdkRetryAfter::added:
      return error.http == 429 || error.http == 503 ? drawn + error.retry_after : drawn;
    case SdkRetryAfter::clamped:
      return std::clamp(error.retry_after, drawn, drawn + kMostAdded);
  }
  return drawn;
}

bool SdkTokens::take(const SdkQuota& quota, int cost) {
  if (quota.capacity == 0) return true;
  if (taken_ + cost > quota.capacity) return false;
  taken_ += cost;
  return true;
}

void SdkTokens::succeeded(const SdkQuota& quota, const SdkCall& call) {
  const int back = call.paid != 0 ? call.paid : quota.success;
  taken_ = std::max(0, taken_ - back);
}

cloud::Error as_told(const SdkRow& row, cloud::Error error) {
  if (error.http != 0 && error.http == row.hides_code_at) error.code = "http-" + std::to_string(error.http);
  return error;
}

cloud::Error unreadable() { return {"cut", 0, "the answer goes on within one that was cut"}; }

cloud::Error quota_exhausted() {
  return {std::string{kEmptyQuota.front()}, 0, "failed to get rate limit token, retry quota exceeded"};
}

DurationRange poll_delay(const SdkWaiter& waiter, int polls, bool failed) {
  if (failed && waiter.delays_after_failure) return waiter.delays_after_failure->after(polls);
  const bool no_longer_drawn = waiter.least_polls != 0 && polls >= waiter.least_polls;
  if (no_longer_drawn) return {waiter.most, waiter.most};
  return {waiter.delay, doubled(waiter.delay, polls - 1, waiter.most)};
}

std::optional<Duration> next_poll(const SdkWaiter& waiter, int polls, Duration drawn, Duration left) {
  constexpr Duration kBeforeTheEnd = 500ms;
  if (waiter.polls != 0 && polls >= waiter.polls) return std::nullopt;
  if (waiter.law == SdkPolls::until_delay_is_left) {
    if (left <= waiter.delay) return std::nullopt;
    return std::min(drawn, left - waiter.delay);
  }
  if (drawn < left) return drawn;
  if (polls < waiter.least_polls) return std::max(Duration{}, left - kBeforeTheEnd);
  return std::nullopt;
}

}  // namespace drydock::model
