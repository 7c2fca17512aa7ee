// The rows of `controlplane.sdk` (docs/platform.md §18), against what was measured of each client: how many requests a
// scripted server got for one call. Versions are those that the rows name. A number that nobody measured is not here,
// or says so.

#include "model/controlplane/sdk.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/cloud/ec2.hpp"

namespace drydock::test {
namespace {

using namespace std::chrono_literals;
using cloud::Error;
using model::Sdk;
using model::SdkCall;
using model::SdkRow;
using model::SdkVerdict;
using sim::Duration;
using sim::DurationRange;
using Numbers = std::vector<int>;

constexpr std::string_view kSnapshotCall = "CreateSnapshot";
constexpr std::string_view kReadCall = "DescribeInstances";

Error refused(const std::string& code, int http) { return {code, http, "scripted"}; }
Error empty_body(int http) { return {"http-" + std::to_string(http), http, "scripted"}; }
Error lost_by(const std::string& loss) { return {loss, 0, "scripted"}; }
const Error kSilence{"RequestTimeout", 0, "scripted"};

/// The verdicts on one call whose every attempt fails so; the last one is to stop.
std::vector<SdkVerdict> verdicts_on(Sdk sdk, std::string_view action, const Error& error, SdkCall call = {}) {
  std::vector<SdkVerdict> all;
  do {
    all.push_back(verdict_after(model::sdk_row(sdk), call, action, error));
    call = all.back().next;
  } while (all.back().again && all.size() < 10'000);
  return all;
}

int requests(Sdk sdk, std::string_view action, const Error& error, SdkCall call = {}) {
  return static_cast<int>(verdicts_on(sdk, action, error, call).size());
}

std::vector<DurationRange> pauses(Sdk sdk, std::string_view action, const Error& error) {
  std::vector<DurationRange> all;
  for (const SdkVerdict& verdict : verdicts_on(sdk, action, error)) all.push_back(verdict.backoff);
  all.pop_back();
  return all;
}

// --- which errors are sent again, how often -------------------------------------------------------------------------

/// The requests for one CreateSnapshot under each of ten errors.
Numbers ten_of(Sdk sdk) {
  const std::vector<Error> errors{refused("SnapshotCreationPerVolumeRateExceeded", 400),
                                  refused("ConcurrentSnapshotLimitExceeded", 400),
                                  refused("RequestLimitExceeded", 400),
                                  refused("RequestLimitExceeded", 503),
                                  refused("InsufficientInstanceCapacity", 500),
                                  refused("InsufficientInstanceCapacity", 400),
                                  refused("IncorrectState", 400),
                                  empty_body(429),
                                  empty_body(500),
                                  refused("Unavailable", 503)};
  Numbers all;
  for (const Error& error : errors) all.push_back(requests(sdk, kSnapshotCall, error));
  return all;
}

TEST(SdkRows, SendTheTenErrorsAgainAsOftenAsTheirClients) {
  EXPECT_EQ(ten_of(Sdk::go_v1), (Numbers{1, 1, 4, 4, 4, 1, 1, 4, 4, 4}));
  EXPECT_EQ(ten_of(Sdk::go_v2), (Numbers{1, 1, 3, 3, 3, 1, 1, 1, 3, 3}));
  EXPECT_EQ(ten_of(Sdk::js_v2), (Numbers{1, 1, 4, 4, 4, 1, 1, 4, 4, 4}));
  EXPECT_EQ(ten_of(Sdk::js_v3), (Numbers{1, 1, 3, 3, 3, 1, 1, 3, 3, 3}));
  EXPECT_EQ(ten_of(Sdk::botocore_legacy), (Numbers{1, 1, 1, 5, 5, 1, 1, 1, 5, 5}));
  EXPECT_EQ(ten_of(Sdk::botocore_standard), (Numbers{1, 1, 3, 3, 3, 1, 1, 1, 3, 3}));
  EXPECT_EQ(ten_of(Sdk::botocore_adaptive), ten_of(Sdk::botocore_standard));
  EXPECT_EQ(ten_of(Sdk::none), (Numbers{1, 1, 3, 3, 1, 1, 1, 1, 1, 1})) << "Drydock's own, no client's";
}

TEST(SdkRows, SendAgainByTheCodeOrByTheStatus) {
  const Error throttled = refused("RequestLimitExceeded", 503);
  const Error quietly = refused("RequestLimitExceeded", 400);
  const Error internal = refused("InternalError", 500);
  EXPECT_EQ(requests(Sdk::boto2, kSnapshotCall, throttled), 7);
  EXPECT_EQ(requests(Sdk::boto2, kSnapshotCall, quietly), 1);
  EXPECT_EQ(requests(Sdk::boto2, kSnapshotCall, empty_body(500)), 7);
  EXPECT_EQ(requests(Sdk::boto2, kSnapshotCall, refused("InsufficientInstanceCapacity", 500)), 7);
  EXPECT_EQ(requests(Sdk::boto2, kSnapshotCall, refused("Unavailable", 503)), 7);
  EXPECT_EQ(requests(Sdk::boto2, kSnapshotCall, empty_body(429)), 1);
  EXPECT_EQ(requests(Sdk::fog, kSnapshotCall, throttled), 11);
  EXPECT_EQ(requests(Sdk::fog, kSnapshotCall, quietly), 11);
  EXPECT_EQ(requests(Sdk::fog, kSnapshotCall, internal), 1);
  EXPECT_EQ(requests(Sdk::fog, kSnapshotCall, refused("Unavailable", 503)), 1);
  EXPECT_EQ(requests(Sdk::fog, kSnapshotCall, empty_body(429)), 1);
  EXPECT_EQ(requests(Sdk::fog, kSnapshotCall, refused("SnapshotCreationPerVolumeRateExceeded", 400)), 1);
  EXPECT_EQ(requests(Sdk::fog, kReadCall, internal), 4);
  EXPECT_EQ(requests(Sdk::fog, kReadCall, empty_body(429)), 4);
  EXPECT_EQ(requests(Sdk::fog, kReadCall, throttled), 44) << "four at once, eleven times";
  EXPECT_EQ(requests(Sdk::fog, kReadCall, quietly), 44);
  EXPECT_EQ(requests(Sdk::ruby_v1, kSnapshotCall, throttled), 4);
  EXPECT_EQ(requests(Sdk::ruby_v1, kSnapshotCall, quietly), 4);
  EXPECT_EQ(requests(Sdk::ruby_v1, kSnapshotCall, refused("InsufficientInstanceCapacity", 500)), 1);
  EXPECT_EQ(requests(Sdk::ruby_v1, kSnapshotCall, internal), 4);
  for (const char* code : {"InternalFailure", "ServerInternal", "InsufficientVolumeCapacity"}) {
    EXPECT_EQ(requests(Sdk::ruby_v1, kSnapshotCall, refused(code, 500)), 4) << code;
  }
  for (const char* code : {"ServiceUnavailable", "Unavailable"}) {
    EXPECT_EQ(requests(Sdk::ruby_v1, kSnapshotCall, refused(code, 503)), 4) << code;
  }
  EXPECT_EQ(requests(Sdk::ruby_v1, kSnapshotCall, empty_body(500)), 4);
  EXPECT_EQ(requests(Sdk::ruby_v1, kSnapshotCall, empty_body(429)), 1);
  EXPECT_EQ(requests(Sdk::ruby_v1, kSnapshotCall, refused("AuthFailure", 400)), 2);
  EXPECT_EQ(requests(Sdk::libcloud, kSnapshotCall, throttled), 1);
  EXPECT_EQ(requests(Sdk::libcloud, kSnapshotCall, empty_body(500)), 1);
  EXPECT_EQ(requests(Sdk::libcloud, kSnapshotCall, refused("RequestLimitExceeded", 429)), 1);
}

TEST(SdkRows, OfFogSendAgainAtOnceWhatFogCallsIdempotent) {
  const Error internal = refused("InternalError", 500);
  for (const char* read : {"DescribeInstances", "DescribeVolumes", "DescribeSnapshots"}) {
    EXPECT_EQ(requests(Sdk::fog, read, internal), 4) << read;
  }
  EXPECT_EQ(requests(Sdk::fog, "TerminateInstances", internal), 4);
  EXPECT_EQ(requests(Sdk::fog, "TerminateInstances", lost_by("closed")), 4);
  EXPECT_EQ(requests(Sdk::fog, "TerminateInstances", refused("RequestLimitExceeded", 503)), 44);
  EXPECT_EQ(requests(Sdk::fog, "DeleteSnapshot", internal), 4) << "source";
  EXPECT_EQ(requests(Sdk::fog, "RunInstances", internal), 1);
  EXPECT_EQ(requests(Sdk::fog, "RunInstances", internal, {.has_token = true}), 4) << "the caller's token makes it so";
  EXPECT_EQ(requests(Sdk::fog, kSnapshotCall, internal), 1);
}

TEST(SdkRows, OfFogReadNoAnswerAfterOneThatWasCut) {
  const auto after_cut = [](Sdk sdk) {
    return verdict_after(model::sdk_row(sdk), {}, kReadCall, lost_by("cut")).next.spoiled;
  };
  EXPECT_TRUE(after_cut(Sdk::fog)) << "4 requests and an error, although the second answer was good";
  for (const Sdk sdk : {Sdk::go_v1, Sdk::js_v3, Sdk::ruby_v1}) EXPECT_FALSE(after_cut(sdk));
  const SdkCall spoiled{.spoiled = true};
  EXPECT_EQ(requests(Sdk::fog, kReadCall, model::unreadable(), spoiled), 4);
  EXPECT_FALSE(verdict_after(model::sdk_row(Sdk::fog), {}, kReadCall, lost_by("closed")).next.spoiled);
}

TEST(SdkRows, OfLibcloudTellNoCodeAt429) {
  const Error throttled = refused("RequestLimitExceeded", 429);
  EXPECT_EQ(as_told(model::sdk_row(Sdk::libcloud), throttled).code, "http-429");
  EXPECT_EQ(as_told(model::sdk_row(Sdk::libcloud), refused("RequestLimitExceeded", 503)).code, "RequestLimitExceeded");
  EXPECT_EQ(as_told(model::sdk_row(Sdk::libcloud), lost_by("closed")).code, "closed");
  EXPECT_EQ(as_told(model::sdk_row(Sdk::boto2), throttled).code, "RequestLimitExceeded");
}

TEST(SdkRows, OfAnsibleAreThreeLoopsAroundEachOther) {
  EXPECT_EQ(requests(Sdk::ansible, kSnapshotCall, refused("SnapshotCreationPerVolumeRateExceeded", 400)), 10);
  EXPECT_EQ(requests(Sdk::ansible, kSnapshotCall, refused("RequestLimitExceeded", 503)), 500);
  EXPECT_EQ(requests(Sdk::ansible, kSnapshotCall, refused("RequestLimitExceeded", 400)), 100);
  EXPECT_EQ(requests(Sdk::ansible, kSnapshotCall, refused("Unavailable", 503)), 500);
  EXPECT_EQ(requests(Sdk::ansible, kSnapshotCall, refused("InsufficientInstanceCapacity", 500)), 5)
      << "source: boto3's loop alone";
}

TEST(SdkRows, ReadA429OrNot) {
  const Error full = refused("TooManyRequests", 429);
  EXPECT_EQ(requests(Sdk::botocore_legacy, kSnapshotCall, full), 5);
  EXPECT_EQ(requests(Sdk::botocore_standard, kSnapshotCall, full), 1);
  EXPECT_EQ(requests(Sdk::botocore_standard, kSnapshotCall, refused("RequestLimitExceeded", 429)), 3) << "by the code";
  EXPECT_EQ(requests(Sdk::botocore_legacy, kSnapshotCall, refused("RequestLimitExceeded", 429)), 5);
  for (const Sdk sdk : {Sdk::botocore_legacy, Sdk::botocore_standard}) {
    EXPECT_EQ(requests(sdk, kSnapshotCall, empty_body(429)), 1) << "its parser fails first";
    EXPECT_EQ(requests(sdk, kSnapshotCall, empty_body(403)), 1);
  }
  EXPECT_EQ(requests(Sdk::go_v2, kSnapshotCall, refused("RequestLimitExceeded", 429)), 3) << "by the code";
}

TEST(SdkRows, SendAgainWhatExpiredIfTheirClientDoes) {
  const Error expired = refused("RequestExpired", 400);
  Numbers all;
  for (const Sdk sdk : {Sdk::go_v1, Sdk::go_v2, Sdk::js_v2, Sdk::js_v3, Sdk::botocore_legacy, Sdk::botocore_standard,
                        Sdk::boto2, Sdk::ruby_v1, Sdk::fog}) {
    all.push_back(requests(sdk, kReadCall, expired));
  }
  EXPECT_EQ(all, (Numbers{4, 1, 4, 3, 1, 1, 1, 2, 4}));
}

// --- lost answers ---------------------------------------------------------------------------------------------------

/// The requests for one CreateSnapshot whose connection is closed each time, is reset, is cut within the answer.
Numbers losses_of(Sdk sdk, std::string_view action = kSnapshotCall) {
  return {requests(sdk, action, lost_by("closed")), requests(sdk, action, lost_by("reset")),
          requests(sdk, action, lost_by("cut"))};
}

TEST(SdkRows, SendAgainWhatWasLostAsOftenAsTheirClients) {
  EXPECT_EQ(losses_of(Sdk::go_v1), (Numbers{4, 1, 4}));
  EXPECT_EQ(losses_of(Sdk::go_v1, "RunInstances"), (Numbers{4, 1, 4})) << "its third was not measured";
  EXPECT_EQ(losses_of(Sdk::go_v2), (Numbers{3, 3, 1}));
  EXPECT_EQ(losses_of(Sdk::js_v2), (Numbers{4, 4, 1}));
  EXPECT_EQ(losses_of(Sdk::js_v3), (Numbers{3, 3, 3}));
  EXPECT_EQ(losses_of(Sdk::botocore_legacy), (Numbers{5, 5, 1}));
  EXPECT_EQ(losses_of(Sdk::botocore_standard), (Numbers{3, 3, 1}));
  EXPECT_EQ(losses_of(Sdk::botocore_adaptive), (Numbers{3, 3, 1}));
  EXPECT_EQ(losses_of(Sdk::boto2), (Numbers{7, 7, 1}));
  EXPECT_EQ(losses_of(Sdk::ruby_v1), (Numbers{4, 4, 4}));
  EXPECT_EQ(losses_of(Sdk::fog), (Numbers{1, 1, 1}));
  EXPECT_EQ(losses_of(Sdk::libcloud), (Numbers{1, 1, 1}));
  EXPECT_EQ(losses_of(Sdk::none), (Numbers{1, 1, 1}));
  EXPECT_EQ(losses_of(Sdk::fog, kReadCall), (Numbers{4, 4, 4}));
}

TEST(SdkRows, WaitForAnAnswerAsLongAsTheirClients) {
  const auto waits = [](Sdk sdk) { return model::sdk_row(sdk).timeout; };
  for (const Sdk endless : {Sdk::go_v1, Sdk::go_v2, Sdk::js_v3}) EXPECT_EQ(waits(endless), 0s);
  for (const Sdk minute : {Sdk::botocore_legacy, Sdk::botocore_standard, Sdk::ruby_v1, Sdk::fog, Sdk::libcloud}) {
    EXPECT_EQ(waits(minute), 60s);
  }
  EXPECT_EQ(waits(Sdk::js_v2), 120s);
  EXPECT_EQ(waits(Sdk::boto2), 70s);
}

TEST(SdkRows, SendAgainOrNotAfterTheirTimeOut) {
  for (const Sdk again : {Sdk::botocore_legacy, Sdk::botocore_standard, Sdk::js_v2, Sdk::boto2, Sdk::ruby_v1}) {
    EXPECT_GT(requests(again, kSnapshotCall, kSilence), 1);
  }
  for (const Sdk once : {Sdk::fog, Sdk::libcloud, Sdk::none}) EXPECT_EQ(requests(once, kSnapshotCall, kSilence), 1);
}

TEST(SdkRows, OfJsV2NeverEndsACallWhoseAnswerWasCut) {
  EXPECT_TRUE(verdicts_on(Sdk::js_v2, kSnapshotCall, lost_by("cut")).front().hangs);
  for (const SdkRow& row : model::sdk_rows()) {
    if (row.sdk == Sdk::js_v2) continue;
    EXPECT_FALSE(verdict_after(row, {}, kSnapshotCall, lost_by("cut")).hangs) << row.client;
  }
}

// --- pauses ---------------------------------------------------------------------------------------------------------

using Ranges = std::vector<DurationRange>;

TEST(SdkPauses, LieWithinTheLawOfTheirClient) {
  const Error throttled = refused("RequestLimitExceeded", 503);
  const Error internal = refused("InternalError", 500);
  const auto of = [](Sdk sdk, const Error& error) { return pauses(sdk, kReadCall, error); };
  EXPECT_EQ(of(Sdk::go_v1, internal), (Ranges{{30ms, 60ms}, {60ms, 120ms}, {120ms, 240ms}}));
  EXPECT_EQ(of(Sdk::go_v1, throttled), (Ranges{{500ms, 1s}, {1s, 2s}, {2s, 4s}}));
  EXPECT_EQ(of(Sdk::go_v2, internal), (Ranges{{0s, 2s}, {0s, 4s}}));
  EXPECT_EQ(of(Sdk::go_v2, throttled), of(Sdk::go_v2, internal));
  EXPECT_EQ(of(Sdk::js_v2, throttled), (Ranges{{0s, 100ms}, {0s, 200ms}, {0s, 400ms}}));
  EXPECT_EQ(of(Sdk::js_v3, throttled), (Ranges{{0s, 1s}, {0s, 2s}}));
  EXPECT_EQ(of(Sdk::js_v3, internal), (Ranges{{0s, 50ms}, {0s, 100ms}}));
  EXPECT_EQ(of(Sdk::js_v3, refused("Unavailable", 503)), of(Sdk::js_v3, internal));
  EXPECT_EQ(of(Sdk::botocore_legacy, throttled), (Ranges{{0s, 1s}, {0s, 2s}, {0s, 4s}, {0s, 8s}}));
  EXPECT_EQ(of(Sdk::botocore_standard, throttled), (Ranges{{0s, 1s}, {0s, 2s}}));
  EXPECT_EQ(of(Sdk::boto2, throttled), (Ranges{{0s, 1s}, {0s, 2s}, {0s, 4s}, {0s, 8s}, {0s, 16s}, {0s, 32s}}));
  EXPECT_EQ(of(Sdk::ruby_v1, throttled), (Ranges{{500ms, 600ms}, {1s, 1200ms}, {2s, 2400ms}}));
  EXPECT_EQ(of(Sdk::ruby_v1, internal), (Ranges{{300ms, 300ms}, {600ms, 600ms}, {1200ms, 1200ms}}));
  EXPECT_EQ(of(Sdk::none, throttled), (Ranges{{0s, 1s}, {0s, 2s}}));
}

TEST(SdkPauses, OfFogTakeTwoHundredSecondsInAll) {
  const Ranges all = pauses(Sdk::fog, kSnapshotCall, refused("RequestLimitExceeded", 503));
  ASSERT_EQ(all.size(), 10U);
  EXPECT_EQ(all.front(), (DurationRange{200ms, 1200ms}));
  EXPECT_EQ(all.back(), (DurationRange{102'400ms, 103'400ms})) << "103 s was measured";
  Duration least{};
  for (const DurationRange& range : all) least += range.lo;
  EXPECT_EQ(least, 204'600ms) << "210 s was measured, of which up to 10 s are random";
  for (const DurationRange& range : pauses(Sdk::fog, kReadCall, refused("InternalError", 500))) {
    EXPECT_EQ(range, DurationRange{}) << "a read is sent again at once";
  }
}

TEST(SdkPauses, OfAnsibleAreRandomFromZeroSoThatTheFifteenSecondsAreNotKept) {
  const Ranges all = pauses(Sdk::ansible, kSnapshotCall, refused("SnapshotCreationPerVolumeRateExceeded", 400));
  ASSERT_EQ(all.size(), 9U);
  EXPECT_EQ(all[0], (DurationRange{0s, 15s})) << "0.8 to 14.5 s were measured";
  EXPECT_EQ(all[1], (DurationRange{0s, 30s}));
  for (std::size_t i = 2; i < all.size(); ++i) EXPECT_EQ(all[i], (DurationRange{0s, 60s}));
}

TEST(SdkPauses, OfBoto2AreSevenAlthoughSixAreFollowedByARequest) {
  const SdkVerdict last = verdicts_on(Sdk::boto2, kSnapshotCall, refused("RequestLimitExceeded", 503)).back();
  EXPECT_FALSE(last.again);
  EXPECT_EQ(last.backoff, (DurationRange{0s, 60s})) << "28 and 48 s were measured";
  const SdkVerdict at_once = verdicts_on(Sdk::boto2, kSnapshotCall, refused("IncorrectState", 400)).back();
  EXPECT_EQ(at_once.backoff, DurationRange{});
}

TEST(SdkPauses, AreLongerByRetryAfterWhereTheClientReadsIt) {
  const auto pause = [](Sdk sdk, int http, Duration retry_after, Duration drawn) {
    Error error = refused("RequestLimitExceeded", http);
    error.retry_after = retry_after;
    return pause_after(model::sdk_row(sdk), error, drawn);
  };
  EXPECT_EQ(pause(Sdk::go_v1, 503, 7s, 700ms), 7700ms);
  EXPECT_EQ(pause(Sdk::go_v1, 503, 30s, 750ms), 30'750ms);
  EXPECT_EQ(pause(Sdk::go_v1, 429, 720s, 1s), 721s) << "without a limit";
  EXPECT_EQ(pause(Sdk::go_v1, 500, 7s, 50ms), 50ms);
  EXPECT_EQ(pause(Sdk::js_v3, 503, 7s, 300ms), 5300ms);
  EXPECT_EQ(pause(Sdk::js_v3, 503, 720s, 400ms), 5400ms);
  EXPECT_EQ(pause(Sdk::js_v3, 503, 1s, 300ms), 1s);
  EXPECT_EQ(pause(Sdk::js_v3, 503, 3s, 800ms), 3s);
  EXPECT_EQ(pause(Sdk::js_v3, 500, 3s, 20ms), 3s);
  EXPECT_EQ(pause(Sdk::js_v3, 503, 0s, 800ms), 800ms) << "there is none";
  for (const SdkRow& row : model::sdk_rows()) {
    if (row.sdk == Sdk::go_v1 || row.sdk == Sdk::js_v3) continue;
    EXPECT_EQ(pause(row.sdk, 503, 7s, 400ms), 400ms) << row.client;
  }
}

// --- waiters --------------------------------------------------------------------------------------------------------

/// When a waiter polls that has so long, if every draw is at this share (in percent) of its range. `failed`: each poll
/// fails, and does not end the wait.
std::vector<Duration> polls_of(Sdk sdk, Duration most, int percent, bool failed = false) {
  const model::SdkWaiter& waiter = model::sdk_row(sdk).waiter;
  std::vector<Duration> at{0s};
  while (at.size() < 1000) {
    const int made = static_cast<int>(at.size());
    const DurationRange range = poll_delay(waiter, made, failed);
    const Duration drawn = range.lo + (range.hi - range.lo) * percent / 100;
    const std::optional<Duration> wait = next_poll(waiter, made, drawn, most - at.back());
    if (!wait) break;
    at.push_back(at.back() + *wait);
  }
  return at;
}

TEST(SdkWaiters, OfGoV2PollALastTimeFifteenSecondsBeforeTheirTimeEnds) {
  for (const int percent : {0, 30, 60, 100}) {
    EXPECT_EQ(polls_of(Sdk::go_v2, 100s, percent).back(), 85s);
    EXPECT_EQ(polls_of(Sdk::go_v2, 50s, percent).back(), 35s);
    EXPECT_EQ(polls_of(Sdk::go_v2, 100s, percent)[1], 15s);
  }
  EXPECT_EQ(polls_of(Sdk::go_v2, 100s, 0), (std::vector<Duration>{0s, 15s, 30s, 45s, 60s, 75s, 85s}));
}

TEST(SdkWaiters, OfJsV3MakeTheirLastPollsAtOnce) {
  EXPECT_EQ(polls_of(Sdk::js_v3, 40s, 7), (std::vector<Duration>{0s, 15s, 31'050ms, 39'500ms, 39'500ms}))
      << "0, 15, 31, 39.4, 39.4 s were measured";
  EXPECT_EQ(polls_of(Sdk::js_v3, 40s, 100), (std::vector<Duration>{0s, 15s, 39'500ms, 39'500ms, 39'500ms}))
      << "0, 15.1 and three times 39.8 s were measured";
  const std::vector<Duration> hundred = polls_of(Sdk::js_v3, 100s, 40);
  EXPECT_EQ(hundred, (std::vector<Duration>{0s, 15s, 36s, 69s, 99'500ms})) << "five of any 100 s, at least";
  EXPECT_EQ(polls_of(Sdk::js_v3, 100s, 20).size(), 5U) << "after five polls it does not wait for the end";
}

TEST(SdkWaiters, OfJsV3DrawNothingOnceTheyHavePolledFiveTimes) {
  for (const int percent : {0, 50, 100}) {
    const std::vector<Duration> all = polls_of(Sdk::js_v3, 1000s, percent);
    ASSERT_GT(all.size(), 7U);
    EXPECT_EQ(all[5] - all[4], 120s);
    EXPECT_EQ(all[6] - all[5], 120s);
  }
}

TEST(SdkWaiters, OfTheOthersPollAfterTheSameDelayEachTime) {
  for (const Sdk sdk : {Sdk::go_v1, Sdk::botocore_legacy, Sdk::botocore_standard, Sdk::botocore_adaptive}) {
    const std::vector<Duration> all = polls_of(sdk, 3600s, 50);
    EXPECT_EQ(all.size(), 40U);
    EXPECT_EQ(all.back(), 585s);
    EXPECT_EQ(polls_of(sdk, 40s, 50), (std::vector<Duration>{0s, 15s, 30s}));
  }
  EXPECT_EQ(polls_of(Sdk::js_v2, 3600s, 50).size(), 41U) << "40 retries";
  EXPECT_EQ(polls_of(Sdk::js_v2, 3600s, 50).back(), 600s);
  EXPECT_EQ(polls_of(Sdk::ansible, 3600s, 50).size(), 200U);
  EXPECT_EQ(polls_of(Sdk::ansible, 3600s, 50)[1], 3s);
}

TEST(SdkWaiters, OfJsV2WaitShortlyAfterALostPollAndEverLonger) {
  const model::SdkWaiter& waiter = model::sdk_row(Sdk::js_v2).waiter;
  EXPECT_EQ(poll_delay(waiter, 1, true), (DurationRange{0s, 100ms}));
  EXPECT_EQ(poll_delay(waiter, 11, true), (DurationRange{0s, 102'400ms})) << "90 s were measured";
  EXPECT_EQ(poll_delay(waiter, 11, false), (DurationRange{15s, 15s}));
  EXPECT_EQ(polls_of(Sdk::js_v2, 40s, 100, true),
            (std::vector<Duration>{0s, 100ms, 300ms, 700ms, 1500ms, 3100ms, 6300ms, 12'700ms, 25'500ms}));
  for (const Sdk sdk : {Sdk::go_v1, Sdk::go_v2, Sdk::js_v3}) {
    EXPECT_EQ(polls_of(sdk, 100s, 50, true), polls_of(sdk, 100s, 50)) << "a poll that failed is a poll";
  }
}

TEST(SdkWaiters, PassOverWhatTheirRowsSay) {
  const std::vector<Error> losses{lost_by("closed"), lost_by("reset"), lost_by("RequestTimeout")};
  const std::vector<Error> answers{refused("RequestLimitExceeded", 503), refused("UnauthorizedOperation", 403),
                                   refused("http-429", 429)};
  for (const SdkRow& row : model::sdk_rows()) {
    const bool all = row.sdk == Sdk::go_v1 || row.sdk == Sdk::go_v2 || row.sdk == Sdk::js_v3;
    for (const Error& error : losses) {
      EXPECT_EQ(row.waiter.outlasts.contains(error), all || row.sdk == Sdk::js_v2) << row.client << error.code;
    }
    for (const Error& error : answers) EXPECT_EQ(row.waiter.outlasts.contains(error), all) << row.client << error.code;
    EXPECT_EQ(row.waiter.outlasts.contains(lost_by("cut")), all) << row.client;
    EXPECT_EQ(row.waiter.outlasts.contains(model::quota_exhausted()), all) << row.client;
  }
}

TEST(SdkWaiters, OfAnsibleTakeAThrottledPollForACompletedSnapshot) {
  for (const SdkRow& row : model::sdk_rows()) {
    const model::SdkFailures& some = row.waiter.takes_for_completed;
    const bool is_ansible = row.sdk == Sdk::ansible;
    EXPECT_EQ(some.contains(refused("RequestLimitExceeded", 503)), is_ansible) << row.client;
    EXPECT_EQ(some.contains(refused("InternalError", 500)), is_ansible) << row.client;
    EXPECT_FALSE(some.contains(refused("UnauthorizedOperation", 403))) << row.client;
    EXPECT_FALSE(some.contains(refused("http-500", 500))) << row.client << ": it has no code";
    EXPECT_FALSE(some.contains(lost_by("closed"))) << row.client;
  }
}

TEST(SdkWaiters, SendAPollAgainInTheLoopsOfTheirRows) {
  const auto requests = [](Sdk sdk, const Error& error) {
    int sent = 1;
    SdkCall call{.is_poll = true};
    for (;;) {
      const SdkVerdict verdict = verdict_after(model::sdk_row(sdk), call, "DescribeSnapshots", error);
      if (!verdict.again) return sent;
      call = verdict.next;
      ++sent;
    }
  };
  const Error throttled = refused("RequestLimitExceeded", 503);
  EXPECT_EQ(requests(Sdk::js_v2, throttled), 1);
  EXPECT_EQ(requests(Sdk::ansible, throttled), 5) << "boto3's loop, and none of its own";
  EXPECT_EQ(requests(Sdk::botocore_standard, throttled), 3);
  EXPECT_EQ(requests(Sdk::go_v1, throttled), 4);
}

}  // namespace
}  // namespace drydock::test
