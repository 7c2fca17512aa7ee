// The backup leg of a stop, and what a refused one refuses (#1990, docs/platform.md §10.1).

#include <gtest/gtest.h>

#include "tests/support/rig.hpp"

namespace drydock::test {
namespace {

using model::Permit;
using model::Response;
using model::RestartSource;
using Kinds = std::vector<std::string>;

constexpr const char* kRefused = "workspace.restart.terminate_refused";
constexpr const char* kPhrase = "proceeding with terminate (state will NOT be restorable";
constexpr const char* kBothOptIns = "?force_terminate=true&accept_state_loss=true";
constexpr int kAlways = ScriptedAdversary::kAlways;

Response restart(Rig& rig, const std::string& query = "", bool ops = false) {
  model::Request request = rig.parse("POST /workspaces/w/restart" + query);
  request.ops = ops;
  return rig.await(rig.process().request(std::move(request), ops ? "ops" : "user"));
}

void restart_by_id(Rig& rig) { rig.await(rig.platform().restart_by_id(rig.key(), RestartSource::secret)); }

Permit cover(Rig& rig) { return rig.await(rig.platform().backups().cover({}, rig.key(), false)); }

std::string retry_after(const Response& answer) {
  for (const auto& [name, value] : answer.headers) {
    if (name == "Retry-After") return value;
  }
  return "none";
}

std::string refusal_payload(const Rig& rig, const std::string& field) {
  return rig.sql("SELECT json_extract(payload, '$." + field + "') FROM structure_events WHERE event_type = '" +
                 kRefused + "'");
}

/// A row and an instance as they were before anybody asked anything.
struct Untouched {
  explicit Untouched(const Rig& rig)
      : status(rig.row("status")), url(rig.row("url")), instance(rig.row("instance_id")) {}
  void expect(const Rig& rig) const {
    EXPECT_EQ(rig.row("status"), status);
    EXPECT_EQ(rig.row("url"), url);
    EXPECT_EQ(rig.row("instance_id"), instance);
    EXPECT_EQ(rig.instance_state(), "running");
    EXPECT_EQ(rig.count("stop.attempt"), 0U);
    EXPECT_EQ(rig.count("provision.start"), 0U);
  }
  std::string status;
  std::string url;
  std::string instance;
};

// --- when it is taken ---------------------------------------------------------------------------

TEST(BackupLeg, OfAnHttpRestartComesBeforeEveryRowWriteAndTheAnswer) {
  Rig rig("spring-2026");
  EXPECT_EQ(restart(rig).status, 200);
  rig.run_for(5s);
  const Kinds steps{"backup.attempt", "workspace.status", "http.response", "stop.attempt"};
  EXPECT_EQ(rig.order_of(steps), steps);
}

TEST(BackupLeg, OfARestartInAprilStandsBeforeItsStopInTheRequest) {
  Rig rig("april-2026", {{"backup.storage", "snapshot_before_stop"}});
  EXPECT_EQ(restart(rig).status, 200);
  const Kinds steps{"backup.attempt", "stop.attempt", "workspace.status", "http.response"};
  EXPECT_EQ(rig.order_of(steps), steps);
}

TEST(BackupLeg, OfAProgrammaticRestartComesBeforeItsStop) {
  Rig rig("spring-2026");
  restart_by_id(rig);
  const Kinds steps{"backup.attempt", "stop.attempt", "workspace.status"};
  EXPECT_EQ(rig.order_of(steps), steps);
}

TEST(BackupLeg, WaitsForAcceptanceAndNotForCompletion) {
  Rig rig("spring-2026");
  EXPECT_EQ(restart(rig).status, 200);
  EXPECT_LT(rig.elapsed(), 1s);
  ASSERT_EQ(rig.ec2().snapshots().size(), 1U);
  EXPECT_EQ(rig.ec2().snapshots().front().state, cloud::SnapshotState::pending);
  EXPECT_FALSE(rig.ec2().snapshots().front().divergent);
}

TEST(BackupLeg, ARetryOfTheStopDoesNotBackUpAgain) {
  Rig rig("spring-2026");
  rig.adversary().fail("cp.stop", "http-503", 2);
  EXPECT_EQ(restart(rig).status, 200);
  rig.run_for(10s);
  EXPECT_EQ(rig.count("stop.attempt"), 3U);
  EXPECT_EQ(rig.count("backup.attempt"), 1U);
}

TEST(BackupLeg, ThereIsNoneWhereThereAreNoSnapshots) {
  for (const char* storage : {"persistent_volume_reattach", "stateless"}) {
    Rig rig("spring-2026", {{"backup.storage", storage}});
    rig.adversary().fail("cp.backup", "http-500", kAlways);
    EXPECT_EQ(restart(rig).status, 200) << storage;
    rig.run_for(5s);
    EXPECT_EQ(rig.count("backup.attempt"), 0U);
    EXPECT_EQ(rig.count("provision.ec2_stopped"), 1U);
  }
}

TEST(BackupLeg, ThereIsNothingToSaveWithoutAnInstance) {
  Rig rig("spring-2026", {}, {{.status = Status::failed}});
  EXPECT_EQ(restart(rig).status, 200);
  rig.run_for(5s);
  EXPECT_EQ(rig.count("backup.attempt"), 0U);
  EXPECT_EQ(rig.count("provision.ec2_started"), 1U);
}

TEST(BackupLeg, ThereIsNothingLeftToSaveOfAnInstanceThatEnds) {
  for (const Duration later : {Duration{1s}, Duration{1min}}) {  // shutting-down, terminated
    Rig rig("spring-2026");
    rig.await(rig.ec2().terminate_instances({}, {rig.row("instance_id")}));
    rig.run_for(later);
    ASSERT_EQ(rig.instance_state(), later == 1s ? "shutting-down" : "terminated");
    EXPECT_EQ(restart(rig).status, 200);
    EXPECT_EQ(rig.ec2().snapshots().size(), 0U);
    EXPECT_EQ(rig.count("backup.failed"), 0U);
  }
}

TEST(BackupLeg, AVolumeThatIsNotFoundUnderALiveInstanceIsAFailure) {
  Rig rig("spring-2026", {}, {{.volume = false}});
  const Untouched before(rig);
  EXPECT_EQ(restart(rig).status, 503);
  EXPECT_EQ(rig.count("backup.failed", "w", "InvalidVolume.NotFound"), 1U);
  before.expect(rig);
}

// --- whom a permit covers -----------------------------------------------------------------------

TEST(Permit, DoesNotCoverTheInstanceThatTheRowCameToNameSince) {
  Rig rig("spring-2026");
  Permit permit = cover(rig);
  ASSERT_TRUE(permit.has_value());
  const std::string covered = rig.row("instance_id");
  EXPECT_TRUE(permit->covers(covered));
  rig.await(rig.platform().provision_workspace(rig.key(), true));
  const std::string other = rig.row("instance_id");
  ASSERT_NE(other, covered);
  EXPECT_FALSE(permit->covers(other));
  EXPECT_TRUE(rig.await(rig.platform().cp_stop_with_retry_err({}, rig.key(), "test", &*permit)));
  const Kinds steps{"backup.attempt", "stop.attempt"};
  EXPECT_EQ(rig.order_of(steps), (Kinds{"backup.attempt", "backup.attempt", "stop.attempt"}));
  EXPECT_EQ(rig.count("backup.attempt", "w", R"("divergent":false)"), 2U);
  EXPECT_EQ(rig.state_of(other), "shutting-down");
  EXPECT_EQ(rig.state_of(covered), "running");
}

TEST(Permit, ARefusedSecondBackupStopsNothingAndIsNotRetried) {
  Rig rig("spring-2026");
  Permit permit = cover(rig);
  rig.await(rig.platform().provision_workspace(rig.key(), true));
  rig.adversary().fail("cp.backup", "http-500");
  const model::StopResult stopped = rig.await(rig.platform().cp_stop_with_retry_err({}, rig.key(), "test", &*permit));
  ASSERT_FALSE(stopped.has_value());
  EXPECT_TRUE(stopped.error().refusal.has_value());
  EXPECT_EQ(rig.count("backup.attempt"), 2U);
  EXPECT_EQ(rig.count("stop.attempt"), 0U);
}

TEST(Permit, AnInstanceThatItsRowNoLongerNamesIsSavedAsDivergent) {
  Rig rig("spring-2026");
  const std::string old = rig.row("instance_id");
  rig.await(rig.platform().provision_workspace(rig.key(), true));
  const Permit permit = rig.await(rig.platform().backups().cover_instance({}, rig.key(), old, false));
  ASSERT_TRUE(permit.has_value());
  EXPECT_TRUE(permit->covers(old));
  ASSERT_EQ(rig.ec2().snapshots().size(), 1U);
  EXPECT_TRUE(rig.ec2().snapshots().front().divergent);
}

TEST(Permit, AnHttpRestartWhoseLaterBackupIsRefusedPutsTheRowBackAndSaysSo) {
  Rig rig("spring-2026");
  const std::string url = rig.row("url");
  rig.adversary().slow("cp.stop", 0s);
  EXPECT_EQ(restart(rig).status, 200);
  // Another's launch takes the row between the answer and the stop's read of it.
  rig.put("instance_id", "'i-0123456789abcdef0'");
  rig.adversary().fail("cp.backup", "http-500");
  rig.run_for(10s);
  EXPECT_EQ(rig.count("stop.attempt"), 0U);
  EXPECT_EQ(rig.row("status"), "online");
  EXPECT_EQ(rig.row("url"), url);
  EXPECT_EQ(refusal_payload(rig, "instance_id"), "i-0123456789abcdef0");
  EXPECT_EQ(rig.count("provision.start"), 0U);
}

// --- refused: terminate_anyway ------------------------------------------------------------------

TEST(TerminateAnyway, LosesTheStateAndSaysSo) {
  Rig rig("pre-1990");
  rig.adversary().fail("cp.backup", "SnapshotCreationPerVolumeRateExceeded");
  EXPECT_EQ(restart(rig).status, 200);
  rig.run_for(5s);
  EXPECT_EQ(rig.count("platform.log", "w", kPhrase), 1U);
  EXPECT_EQ(rig.count("platform.log", "w", "LEAK-SUSPECT"), 1U);
  EXPECT_EQ(rig.count("platform.log", "w", R"("opted_in":false)"), 1U);
  EXPECT_EQ(rig.count("provision.ec2_stopped"), 1U);
  EXPECT_EQ(rig.count("provision.ec2_started"), 1U);
  EXPECT_EQ(rig.ec2().volumes().back().source_snapshot, "") << "the new volume is empty";
}

TEST(TerminateAnyway, AProgrammaticRestartDoesSoToo) {
  Rig rig("pre-1990");
  rig.adversary().fail("cp.backup", "http-500");
  restart_by_id(rig);
  EXPECT_EQ(rig.count("platform.log", "w", kPhrase), 1U);
  EXPECT_EQ(rig.count("provision.ec2_started"), 1U);
}

// --- refused: fail_closed -----------------------------------------------------------------------

TEST(FailClosed, Is503WithRetryAfter720AndNothingIsStoppedOrWritten) {
  for (const char* policy : {"fail_closed", "fail_closed_with_optin"}) {
    for (const char* error : {"SnapshotCreationPerVolumeRateExceeded", "InvalidVolume.NotFound",
                              "UnauthorizedOperation", "http-500", "reset"}) {
      Rig rig("spring-2026", {{"backup.on_failure", policy}});
      const Untouched before(rig);
      rig.adversary().fail("cp.backup", error);
      const Response answer = restart(rig);
      EXPECT_EQ(answer.status, 503) << policy << ", " << error;
      EXPECT_EQ(retry_after(answer), "720");
      rig.run_for(20s);
      before.expect(rig);
      EXPECT_EQ(rig.count("workspace.status"), 0U);
      EXPECT_EQ(rig.count("structure_event"), 0U);
      EXPECT_EQ(rig.count("platform.log", "w", kPhrase), 0U);
    }
  }
}

TEST(FailClosed, ABackupThatGetsNoAnswerIsRefusedWithTheClientsTimeout) {
  Rig rig("spring-2026");
  const Untouched before(rig);
  rig.adversary().lose("cp.backup");
  EXPECT_EQ(restart(rig).status, 503);
  EXPECT_GE(rig.elapsed(), 120s);
  before.expect(rig);
}

TEST(FailClosed, FiveQuickRestartsSucceedAndTheSixthIs503) {
  Rig rig("spring-2026");
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(restart(rig).status, 200) << i;
    rig.run_for(90s);
    ASSERT_EQ(rig.row("status"), "online") << i;
  }
  const std::string instance = rig.row("instance_id");
  const std::string url = rig.row("url");
  const Response sixth = restart(rig);
  EXPECT_EQ(sixth.status, 503);
  EXPECT_EQ(retry_after(sixth), "720");
  EXPECT_EQ(rig.count("backup.failed", "w", "SnapshotCreationPerVolumeRateExceeded"), 1U);
  EXPECT_EQ(rig.row("status"), "online");
  EXPECT_EQ(rig.row("url"), url);
  EXPECT_EQ(rig.row("instance_id"), instance);
  EXPECT_EQ(rig.count("stop.attempt"), 5U);
}

TEST(FailClosed, AProgrammaticRestartIsRefusedWithAnEvent) {
  Rig rig("spring-2026");
  const Untouched before(rig);
  rig.adversary().fail("cp.backup", "http-500");
  restart_by_id(rig);
  before.expect(rig);
  EXPECT_EQ(rig.count("structure_event", "w", kRefused), 1U);
  EXPECT_EQ(refusal_payload(rig, "workspace_id"), rig.row("id"));
  EXPECT_EQ(refusal_payload(rig, "instance_id"), before.instance);
  EXPECT_NE(refusal_payload(rig, "error").find("500"), std::string::npos);
  EXPECT_EQ(refusal_payload(rig, "retry_after"), "720");
}

TEST(FailClosed, AnInstanceThatCannotBeReadIsNotKnownToBeSaved) {
  Rig rig("spring-2026");
  const sim::Context ended{rig.clock().now()};
  const Permit permit = rig.await(rig.platform().backups().cover(ended, rig.key(), false));
  ASSERT_FALSE(permit.has_value());
  EXPECT_EQ(permit.error().retry_after, 720s);
  Rig before("pre-1990");
  EXPECT_TRUE(before.await(before.platform().backups().cover(ended, before.key(), false)));
}

// --- the opt-in ---------------------------------------------------------------------------------

TEST(OptIn, TakesBothParametersAndAnOpsCaller) {
  for (const char* one :
       {"", "?force_terminate=true", "?accept_state_loss=true", "?force_terminate=true&accept_state_loss=false"}) {
    Rig rig("spring-2026");
    const Untouched before(rig);
    rig.adversary().fail("cp.backup", "http-500");
    EXPECT_EQ(restart(rig, one, true).status, 503) << one;
    before.expect(rig);
  }
  Rig rig("spring-2026");
  rig.adversary().fail("cp.backup", "http-500");
  EXPECT_EQ(restart(rig, kBothOptIns, true).status, 200);
  rig.run_for(5s);
  EXPECT_EQ(rig.count("platform.log", "w", kPhrase), 1U);
  EXPECT_EQ(rig.count("platform.log", "w", R"("opted_in":true)"), 1U);
  EXPECT_EQ(rig.count("provision.ec2_started"), 1U);
}

TEST(OptIn, AUserWhoSendsEitherIs403AndNothingHappens) {
  for (const char* query : {"?force_terminate=true", "?accept_state_loss=true", kBothOptIns}) {
    for (const char* preset : {"spring-2026", "pre-1990"}) {
      Rig rig(preset);
      const Untouched before(rig);
      EXPECT_EQ(restart(rig, query).status, 403) << query;
      rig.run_for(5s);
      before.expect(rig);
      EXPECT_EQ(rig.count("backup.attempt"), 0U);
    }
  }
}

TEST(OptIn, OpsWithOneParameterIsAPlainRestart) {
  Rig rig("spring-2026");
  EXPECT_EQ(restart(rig, "?force_terminate=true", true).status, 200);
  rig.run_for(5s);
  EXPECT_EQ(rig.count("backup.attempt"), 1U);
  EXPECT_EQ(rig.count("provision.ec2_stopped"), 1U);
}

TEST(OptIn, FailClosedAloneKnowsNone) {
  Rig rig("spring-2026", {{"backup.on_failure", "fail_closed"}});
  const Untouched before(rig);
  rig.adversary().fail("cp.backup", "http-500");
  EXPECT_EQ(restart(rig, kBothOptIns, true).status, 503);
  before.expect(rig);
}

TEST(OptIn, StillBacksUpWhereItCan) {
  Rig rig("spring-2026");
  EXPECT_EQ(restart(rig, kBothOptIns, true).status, 200);
  EXPECT_EQ(rig.ec2().snapshots().size(), 1U);
  EXPECT_EQ(rig.count("platform.log", "w", kPhrase), 0U);
}

TEST(OptIn, HoldsForTheInstanceThatTheRowCameToNameToo) {
  Rig rig("spring-2026");
  rig.adversary().slow("cp.backup", 0s);
  rig.adversary().fail("cp.backup", "http-500");
  EXPECT_EQ(restart(rig, kBothOptIns, true).status, 200);
  rig.put("instance_id", "'i-0123456789abcdef0'");
  rig.run_for(5s);
  EXPECT_EQ(rig.count("backup.attempt"), 2U);
  EXPECT_EQ(rig.count("stop.attempt"), 1U);
  EXPECT_EQ(rig.count("platform.log", "w", R"("opted_in":true)"), 1U);
}

// --- Retry-After --------------------------------------------------------------------------------

TEST(RetryAfter, IsAConstantUnlessComputed) {
  Rig rig("spring-2026", {{"backup.retry_after", "90s"}});
  rig.adversary().fail("cp.backup", "http-500");
  EXPECT_EQ(retry_after(restart(rig)), "90");
}

TEST(RetryAfter, ComputedIsWhenTheLimiterAcceptsAgain) {
  for (const bool waits : {true, false}) {
    Rig rig("spring-2026", {{"backup.retry_after", "computed"}});
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(cover(rig).has_value()) << i;
    rig.run_for(5min);
    const Permit refused = cover(rig);
    ASSERT_FALSE(refused.has_value());
    const Duration after = refused.error().retry_after;
    EXPECT_LT(after, 720s - 5min);
    // A call is under way for 300 ms before the limiter sees it.
    rig.run_for(waits ? after : after - 500ms);
    EXPECT_EQ(cover(rig).has_value(), waits);
  }
}

TEST(RetryAfter, ComputedWhereNoLimiterRefusedIsTheConstant) {
  Rig rig("spring-2026", {{"backup.retry_after", "computed"}});
  rig.adversary().fail("cp.backup", "http-500");
  EXPECT_EQ(retry_after(restart(rig)), "720");
}

}  // namespace
}  // namespace drydock::test
