// What the rows of `controlplane.sdk` do in a world (docs/platform.md §18): which requests EC2 gets, with which token,
// and what is left. tests/model/sdk_test.cpp holds the rows themselves to what was measured.

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "model/controlplane/sdk.hpp"
#include "tests/support/rig.hpp"

namespace drydock::test {
namespace {

using model::CpAnswer;

Settings with_sdk(const std::string& row) { return {{"controlplane.sdk", row}}; }

std::vector<std::string> all_sdks() {
  std::vector<std::string> names;
  for (const std::string_view name : model::find_knob("controlplane.sdk")->values()) names.emplace_back(name);
  return names;
}

void lose_answer(Rig& rig, const std::string& action, const std::string& by, int times = 1) {
  rig.adversary().meet("ec2." + action, {.what = sim::Verdict::What::fail, .error = by, .delay = {}}, times,
                       sim::FaultPoint::before_reply);
}

CpAnswer ask_backup(Rig& rig) {
  model::InstanceRequest request;
  request.workspace = rig.key();
  request.instance_id = rig.row("instance_id");
  return rig.await(rig.control_plane().backup({}, request));
}

CpAnswer ask_status(Rig& rig) {
  model::InstanceRequest request;
  request.workspace = rig.key();
  request.instance_id = rig.row("instance_id");
  return rig.await(rig.control_plane().status({}, request));
}

CpAnswer ask_launch(Rig& rig, const std::string& token = {}, Duration patience = 10min) {
  model::StartRequest request;
  request.workspace = rig.key();
  request.user_data = model::encode_user_data(rig.clock().now(), {});
  request.token = token;
  request.storage = model::Storage::snapshot_before_stop;
  request.snapshot_poll = 5s;
  request.bootstrap_watch = 5min;
  return rig.await(rig.control_plane().start({rig.clock().now() + patience}, request));
}

/// Does nothing for the next call of this action, so that what is scripted next meets the one after.
void let_one_pass(Rig& rig, const std::string& on) { rig.adversary().meet(on, {}, 1); }

TEST(SdkTokens, OfALaunchAreTheClientsOrThereIsNone) {
  const std::set<std::string> without{"boto2", "ruby-v1", "fog", "libcloud"};
  for (const std::string& row : all_sdks()) {
    Rig rig("spring-2026", with_sdk(row));
    const CpAnswer answer = ask_launch(rig);
    EXPECT_EQ(answer.http, 201) << row;
    EXPECT_EQ(rig.ec2().instances().back().request.client_token.empty(), without.contains(row)) << row;
  }
}

TEST(SdkTokens, DecideWhetherALostLaunchIsMadeTwice) {
  const std::set<std::string> gives_up{"none", "fog", "libcloud"};
  const std::set<std::string> makes_two{"boto2", "ruby-v1"};
  for (const std::string& row : all_sdks()) {
    Rig rig("spring-2026", with_sdk(row));
    lose_answer(rig, "RunInstances", "closed");
    const CpAnswer answer = ask_launch(rig);
    EXPECT_EQ(answer.ok(), !gives_up.contains(row)) << row;
    EXPECT_EQ(rig.adversary().calls("ec2.RunInstances"), gives_up.contains(row) ? 1 : 2) << row;
    EXPECT_EQ(rig.ec2().instances().size(), makes_two.contains(row) ? 3U : 2U) << row << ", with the one before";
  }
}

TEST(SdkTokens, OfTheTenantAreAlwaysSent) {
  for (const std::string& row : all_sdks()) {
    Rig rig("spring-2026", with_sdk(row));
    lose_answer(rig, "RunInstances", "closed");
    ask_launch(rig, "tenants-own");
    EXPECT_EQ(rig.ec2().instances().size(), 2U) << row;
    EXPECT_EQ(rig.ec2().instances().back().request.client_token, "tenants-own") << row;
  }
}

TEST(SdkTokens, OfTheTenantLetFogSendALaunchAgain) {
  const auto launches = [](const std::string& row, const std::string& token) {
    Rig rig("spring-2026", with_sdk(row));
    lose_answer(rig, "RunInstances", "closed");
    const bool launched = ask_launch(rig, token).ok();
    return std::pair{launched, rig.adversary().calls("ec2.RunInstances")};
  };
  EXPECT_EQ(launches("fog", ""), (std::pair{false, 1}));
  EXPECT_EQ(launches("fog", "tenants-own"), (std::pair{true, 2}));
  EXPECT_EQ(launches("libcloud", "tenants-own"), (std::pair{false, 1}));
}

TEST(SdkWorlds, AnAnswerAfterACutOneIsNoUseToFog) {
  const auto asked = [](const std::string& row) {
    Rig rig("april-2026", {{"controlplane.sdk", row}, {"time.orphan_report", "24h"}});
    const int before = rig.adversary().calls("ec2.DescribeInstances");
    rig.adversary().fail("ec2.DescribeInstances", "cut");
    const bool told = ask_status(rig).ok();
    return std::pair{told, rig.adversary().calls("ec2.DescribeInstances") - before};
  };
  EXPECT_EQ(asked("fog"), (std::pair{false, 4}));
  EXPECT_EQ(asked("js-v3"), (std::pair{true, 2}));
}

TEST(SdkWorlds, LibcloudHasNoCodeForA429) {
  const auto told = [](const std::string& row) {
    Rig rig("spring-2026", with_sdk(row));
    rig.adversary().meet("ec2.CreateSnapshot",
                         {.what = sim::Verdict::What::fail,
                          .error = "RequestLimitExceeded",
                          .delay = {},
                          .status = 429,
                          .retry_after = {}},
                         ScriptedAdversary::kAlways);
    return ask_backup(rig).error;
  };
  EXPECT_TRUE(told("libcloud").starts_with("http-429")) << told("libcloud");
  EXPECT_TRUE(told("boto2").starts_with("RequestLimitExceeded")) << told("boto2");
}

TEST(SdkWorlds, ASnapshotWhoseAnswerIsLostIsTakenTwiceWhereItIsAskedForAgain) {
  const auto taken = [](const std::string& row, const std::string& by) {
    Rig rig("spring-2026", with_sdk(row));
    lose_answer(rig, "CreateSnapshot", by);
    ask_backup(rig);
    return rig.ec2().snapshots().size();
  };
  EXPECT_EQ(taken("none", "closed"), 1U);
  EXPECT_EQ(taken("fog", "closed"), 1U);
  EXPECT_EQ(taken("libcloud", "closed"), 1U);
  EXPECT_EQ(taken("go-v1", "closed"), 2U);
  EXPECT_EQ(taken("go-v1", "reset"), 1U);
  EXPECT_EQ(taken("go-v2", "reset"), 2U);
  EXPECT_EQ(taken("go-v2", "cut"), 1U);
  EXPECT_EQ(taken("botocore-legacy", "cut"), 1U);
  EXPECT_EQ(taken("js-v3", "cut"), 2U);
  EXPECT_EQ(taken("boto2", "reset"), 2U);
  EXPECT_EQ(taken("ansible", "closed"), 2U);
}

TEST(SdkWorlds, TheRequestsThatEc2GetsAreTheRows) {
  const auto asked = [](const std::string& row, const std::string& error) {
    Rig rig("spring-2026", with_sdk(row));
    rig.adversary().fail("ec2.CreateSnapshot", error, ScriptedAdversary::kAlways);
    EXPECT_FALSE(ask_backup(rig).ok()) << row;
    return rig.adversary().calls("ec2.CreateSnapshot");
  };
  EXPECT_EQ(asked("none", "RequestLimitExceeded"), 3);
  EXPECT_EQ(asked("none", "InternalError"), 1);
  EXPECT_EQ(asked("go-v1", "InternalError"), 4);
  EXPECT_EQ(asked("botocore-legacy", "RequestLimitExceeded"), 5);
  EXPECT_EQ(asked("botocore-legacy", "http-429"), 1);
  EXPECT_EQ(asked("fog", "RequestLimitExceeded"), 11);
  EXPECT_EQ(asked("ansible", "SnapshotCreationPerVolumeRateExceeded"), 10);
}

TEST(SdkWorlds, ACallPausesAsTheRowSays) {
  const auto takes = [](const std::string& row, const std::string& error, Duration retry_after = {}) {
    Rig rig("spring-2026", with_sdk(row));
    rig.adversary().meet(
        "ec2.CreateSnapshot",
        {.what = sim::Verdict::What::fail, .error = error, .delay = {}, .status = 0, .retry_after = retry_after},
        ScriptedAdversary::kAlways);
    ask_backup(rig);
    return rig.elapsed();
  };
  // The control plane takes 100 ms, and its DescribeInstances as long. Pauses are at the middle of their range.
  constexpr Duration kOnTheWay = 200ms;
  EXPECT_EQ(takes("none", "RequestLimitExceeded"), kOnTheWay + 500ms + 1s);
  EXPECT_EQ(takes("go-v1", "RequestLimitExceeded"), kOnTheWay + 750ms + 1500ms + 3s);
  EXPECT_EQ(takes("go-v1", "RequestLimitExceeded", 7s), kOnTheWay + 3 * 7s + 750ms + 1500ms + 3s);
  EXPECT_EQ(takes("js-v3", "RequestLimitExceeded", 7s), kOnTheWay + 2 * 5s + 500ms + 1s);
  EXPECT_EQ(takes("go-v2", "RequestLimitExceeded", 7s), kOnTheWay + 1s + 2s);
  EXPECT_EQ(takes("boto2", "RequestLimitExceeded"), kOnTheWay + 31'500ms + 30s) << "58 and 78 s were measured";
  EXPECT_EQ(takes("fog", "RequestLimitExceeded"), kOnTheWay + 204'600ms + 5s) << "210 s were measured";
}

/// Whether a backup whose first CreateSnapshot meets this ends within a time.
bool backup_ends_within(const std::string& row, const sim::Verdict& first, Duration time) {
  Rig rig("spring-2026", with_sdk(row));
  rig.adversary().meet("ec2.CreateSnapshot", first);
  model::InstanceRequest request;
  request.workspace = rig.key();
  request.instance_id = rig.row("instance_id");
  bool ended = false;
  rig.spawn([](Rig* world, model::InstanceRequest asked, bool* done) -> sim::Task<void> {
    const sim::Context patient;
    [[maybe_unused]] const CpAnswer answer = co_await world->control_plane().backup(patient, asked);
    *done = true;
  }(&rig, request, &ended));
  rig.run_for(time);
  return ended;
}

TEST(SdkWorlds, SilenceEndsWithTheClientsTimeOutOrNever) {
  const sim::Verdict silent{.what = sim::Verdict::What::lose, .error = "timeout", .delay = {}};
  EXPECT_FALSE(backup_ends_within("botocore-legacy", silent, 60s));
  EXPECT_TRUE(backup_ends_within("botocore-legacy", silent, 62s));
  EXPECT_FALSE(backup_ends_within("boto2", silent, 70s));
  EXPECT_TRUE(backup_ends_within("boto2", silent, 72s));
  EXPECT_FALSE(backup_ends_within("js-v2", silent, 120s));
  EXPECT_TRUE(backup_ends_within("js-v2", silent, 122s));
  EXPECT_TRUE(backup_ends_within("fog", silent, 61s));
  for (const char* endless : {"go-v1", "go-v2", "js-v3"}) EXPECT_FALSE(backup_ends_within(endless, silent, 2h));
}

TEST(SdkWorlds, ACutAnswerEndsJsV2sCallsNever) {
  const sim::Verdict cut{.what = sim::Verdict::What::fail, .error = "cut", .delay = {}};
  EXPECT_FALSE(backup_ends_within("js-v2", cut, 2h)) << "140 s were measured";
  EXPECT_TRUE(backup_ends_within("js-v3", cut, 5s));
}

/// The requests for so many calls one after another, each of them answered 500, and what the first and the last said.
struct ManyCalls {
  int requests = 0;
  std::string first;
  std::string last;
};

ManyCalls calls_that_fail(Rig& rig, int times) {
  rig.adversary().fail("ec2.DescribeInstances", "InternalError", ScriptedAdversary::kAlways);
  const int before = rig.adversary().calls("ec2.DescribeInstances");
  ManyCalls all;
  for (int i = 0; i < times; ++i) {
    all.last = ask_status(rig).error;
    if (i == 0) all.first = all.last;
  }
  all.requests = rig.adversary().calls("ec2.DescribeInstances") - before;
  rig.adversary().relent();
  return all;
}

ManyCalls eighty_calls(const std::string& row) {
  Rig rig("april-2026", {{"controlplane.sdk", row}, {"time.orphan_report", "24h"}});  // nobody else asks meanwhile
  return calls_that_fail(rig, 80);
}

TEST(SdkQuotas, AreSharedByTheCallsOfAClient) {
  EXPECT_EQ(eighty_calls("js-v3").requests, 115);
  EXPECT_EQ(eighty_calls("botocore-standard").requests, 180);
  EXPECT_EQ(eighty_calls("go-v2").requests, 180);
  EXPECT_EQ(eighty_calls("botocore-legacy").requests, 400) << "it has none";
}

TEST(SdkQuotas, OfGoV2HideWhatEc2Answered) {
  const ManyCalls go = eighty_calls("go-v2");
  EXPECT_NE(go.first.find("InternalError"), std::string::npos);
  EXPECT_EQ(go.last.find("InternalError"), std::string::npos);
  EXPECT_NE(go.last.find("retry quota exceeded"), std::string::npos);
  const ManyCalls boto = eighty_calls("botocore-standard");
  EXPECT_EQ(boto.last, boto.first);
}

TEST(SdkQuotas, AreGoneWithTheProcessAndGrowAgainWithSuccess) {
  Rig rig("april-2026", {{"controlplane.sdk", "go-v2"}, {"time.orphan_report", "24h"}});
  calls_that_fail(rig, 80);
  EXPECT_EQ(calls_that_fail(rig, 1).requests, 1);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(ask_status(rig).ok());
  EXPECT_EQ(calls_that_fail(rig, 1).requests, 2) << "five successes are one retry";
  rig.control_plane().crash();
  rig.control_plane().start_process();
  EXPECT_EQ(calls_that_fail(rig, 1).requests, 3);
}

TEST(SdkQuotas, GetBackWhatARetryTookThatSucceeded) {
  const model::SdkQuota& quota = model::sdk_row(model::Sdk::botocore_standard).quota;
  model::SdkTokens tokens;
  EXPECT_TRUE(tokens.take(quota, quota.retry_after_silence));
  EXPECT_TRUE(tokens.take(quota, quota.retry));
  EXPECT_EQ(tokens.taken(), 15);
  model::SdkCall retried;
  retried.paid = quota.retry;
  tokens.succeeded(quota, retried);
  EXPECT_EQ(tokens.taken(), 10);
  tokens.succeeded(quota, {});
  EXPECT_EQ(tokens.taken(), 9);
  for (int i = 0; i < 20; ++i) tokens.succeeded(quota, {});
  EXPECT_EQ(tokens.taken(), 0) << "never more than the bucket holds";
  EXPECT_FALSE(tokens.take(quota, quota.capacity + 1));
}

// --- waiters in a world ---------------------------------------------------------------------------------------------

/// A launch that waits for a snapshot of 30 s; `trouble` is scripted before.
struct Restored {
  CpAnswer answer;
  int polls = 0;
};

Restored restore(const std::string& row, const std::function<void(Rig&)>& trouble = {}) {
  Rig rig("april-2026", {{"controlplane.sdk", row}, {"backup.storage", "snapshot_before_stop"}});
  EXPECT_TRUE(ask_backup(rig).ok());
  if (trouble) trouble(rig);
  Restored all;
  all.answer = ask_launch(rig);
  all.polls = rig.adversary().calls("ec2.DescribeSnapshots");
  return all;
}

TEST(SdkWaitersInAWorld, LookAsOftenAsTheirClientsDo) {
  EXPECT_EQ(restore("none").polls, 7) << "every time.snapshot_poll";
  EXPECT_EQ(restore("boto2").polls, 7) << "it has no waiter";
  EXPECT_EQ(restore("botocore-legacy").polls, 3);
  EXPECT_EQ(restore("go-v1").polls, 3);
  EXPECT_EQ(restore("go-v2").polls, 3);
  EXPECT_EQ(restore("js-v3").polls, 3);
  for (const std::string& row : all_sdks()) EXPECT_EQ(restore(row).answer.http, 201) << row;
}

TEST(SdkWaitersInAWorld, OutlastAnErrorOrEndWithIt) {
  const auto forbidden_once = [](Rig& rig) {
    let_one_pass(rig, "ec2.DescribeSnapshots");
    rig.adversary().fail("ec2.DescribeSnapshots", "UnauthorizedOperation");
  };
  for (const char* row : {"go-v1", "go-v2", "js-v3"}) EXPECT_EQ(restore(row, forbidden_once).answer.http, 201) << row;
  for (const char* row : {"botocore-legacy", "botocore-standard", "js-v2"}) {
    EXPECT_EQ(restore(row, forbidden_once).answer.http, 500) << row;
  }
}

TEST(SdkWaitersInAWorld, OfJsV2SendNoPollAgain) {
  const auto throttled = [](Rig& rig) {
    let_one_pass(rig, "ec2.DescribeSnapshots");
    rig.adversary().fail("ec2.DescribeSnapshots", "RequestLimitExceeded");
  };
  const Restored js = restore("js-v2", throttled);
  EXPECT_EQ(js.answer.http, 503);
  EXPECT_EQ(js.polls, 2);
  const Restored boto = restore("botocore-legacy", throttled);
  EXPECT_EQ(boto.answer.http, 201);
  EXPECT_EQ(boto.polls, 4) << "one of them is sent again";
}

TEST(SdkWaitersInAWorld, OfJsV2OutlastALostPoll) {
  const auto closed = [](Rig& rig) {
    let_one_pass(rig, "ec2.DescribeSnapshots");
    rig.adversary().fail("ec2.DescribeSnapshots", "closed");
  };
  const Restored js = restore("js-v2", closed);
  EXPECT_EQ(js.answer.http, 201);
  EXPECT_EQ(js.polls, 4) << "the lost one is a poll of its own, after a pause of a retry";
}

TEST(SdkWaitersInAWorld, OfAnsibleLaunchFromASnapshotThatIsPending) {
  const auto throttled = [](Rig& rig) {
    let_one_pass(rig, "ec2.DescribeSnapshots");
    rig.adversary().fail("ec2.DescribeSnapshots", "RequestLimitExceeded", 5);
  };
  const Restored ansible = restore("ansible", throttled);
  EXPECT_FALSE(ansible.answer.ok()) << "EC2 makes no volume of it";
  EXPECT_EQ(ansible.polls, 6) << "the first look, and five requests for one poll";
}

// --- determinism ----------------------------------------------------------------------------------------------------

TEST(SdkWorlds, AreFunctionsOfTheirTape) {
  constexpr std::string_view kThrottledRestart = R"(
    "horizon": "10m", "workspaces": [{"id": "w"}],
    "faults": [{"on": "ec2.CreateSnapshot", "error": "RequestLimitExceeded", "from": "10s", "for": "3s"},
               {"on": "ec2.RunInstances", "error": "closed", "effect": "applied", "nth": 1}],
    "steps": [{"at": "10s", "request": "POST /workspaces/w/restart"}])";
  sim::Tape tape;
  tape.set_seed(7);
  std::set<std::uint64_t> hashes;
  for (const std::string& row : all_sdks()) {
    const Outcome one = play_under("spring-2026", kThrottledRestart, with_sdk(row), tape);
    const Outcome other = play_under("spring-2026", kThrottledRestart, with_sdk(row), tape);
    EXPECT_EQ(one.trace_hash, other.trace_hash) << row;
    hashes.insert(one.trace_hash);
  }
  EXPECT_GT(hashes.size(), 5U) << "the rows differ";
  const Outcome drawn = play_under("spring-2026", kThrottledRestart, with_sdk("botocore-legacy"), tape);
  const auto is_backoff = [](const scenarios::ShownDecision& decision) { return decision.site == "w/sdk.backoff"; };
  EXPECT_TRUE(std::any_of(drawn.tape.begin(), drawn.tape.end(), is_backoff)) << "a pause is a decision";
}

}  // namespace
}  // namespace drydock::test
