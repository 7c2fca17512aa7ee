// The knobs of docs/platform.md §16 and §18: for each, one small world that it decides about.

#include "tests/model/knob_rows.hpp"
#include "tests/support/rig.hpp"

namespace drydock::test {
namespace {

const std::pair<const char*, const char*> kDurable{"intents.durable", "on"};

Settings durable(Settings set) {
  set.emplace_back(kDurable);
  return set;
}

/// One workspace, one request at 10 s, and these faults.
std::string world(const std::string& step, const std::string& faults) {
  return R"("horizon": "10m", "workspaces": [{"id": "w"}], "steps": [{"at": "10s", )" + step + R"(}], "faults": [)" +
         faults + "]";
}

const std::string kSecretStep = R"("request": "PUT /workspaces/w/secrets", "body": {"key": "K", "value": "V"})";
const std::string kRestartStep = R"("request": "POST /workspaces/w/restart")";

/// The process dies when a secret is saved, before anybody was told to restart.
std::string crash_after_a_secret(const Settings& set) {
  const Outcome outcome = play_under("spring-2026", world(kSecretStep, R"({"on": "process.platform", "error": "crash",
                         "when": {"event": "secret.saved", "delay": "0s"}})"),
                                     set);
  return std::to_string(count(outcome, "provision.ec2_started")) + " started";
}

/// The write of a secret is committed, and nobody is told: its start is owed and has no worker.
std::string secret_without_an_answer(const Settings& set) {
  const Outcome outcome = play_under(
      "spring-2026", world(kSecretStep, R"({"on": "db.write", "error": "reset", "effect": "applied", "from": "9900ms",
                         "for": "200ms"})"),
      durable(set));
  return first_at(outcome, "restart.cycle");
}

/// A late dead verdict on a row that was paused meanwhile.
std::string verdict_on_a_paused_row(const Settings& set) {
  Rig rig("spring-2026", set, {{.status = Status::paused, .instance = true}});
  rig.await(rig.store().set_offline_if_dead({}, rig.key()));
  return rig.row("status");
}

/// A statement whose answer never comes.
std::string statement_without_an_answer(const Settings& set) {
  Rig rig("spring-2026", set);
  rig.adversary().lose("db.write");
  const Duration asked = rig.elapsed();
  std::optional<Duration> ended;
  rig.spawn([](Rig* world, std::optional<Duration>* at) -> sim::Task<void> {
    co_await world->store().set_provisioning(sim::Context(), world->key());
    *at = world->elapsed();
  }(&rig, &ended));
  rig.run_for(1h);
  return ended ? std::to_string((*ended - asked) / 1s) + "s" : "never";
}

/// EC2 says once that it does not know the instance, although it runs.
std::string stops_of_an_unseen_instance(const Settings& set) {
  const Outcome outcome = play_under("spring-2026", world(kRestartStep, R"({"on": "ec2.TerminateInstances",
                                     "error": "InvalidInstanceID.NotFound", "nth": 1})"),
                                     durable(set));
  return std::to_string(count(outcome, "stop.attempt")) + " tried";
}

/// EC2 knows the instance neither when it is to be terminated nor when it is asked whether it has ended.
std::string stops_of_an_unknown_instance(const Settings& set) {
  Settings confirmed = durable(set);
  confirmed.emplace_back("stop.confirmed", "on");
  const Outcome outcome = play_under("spring-2026", world(kRestartStep, R"(
      {"on": "ec2.TerminateInstances", "error": "InvalidInstanceID.NotFound", "nth": 1},
      {"on": "ec2.DescribeInstances", "error": "InvalidInstanceID.NotFound", "nth": [1, 2]})"),
                                     confirmed);
  return std::to_string(count(outcome, "stop.attempt")) + " tried";
}

/// A healthy instance is called in vain, and twice EC2 does not show it.
std::string verdict_on_an_unseen_instance(const Settings& set) {
  const Outcome outcome = play_under("spring-2026",
                                     world(R"("request": "POST /workspaces/w/a2a")",
                                           R"({"on": "a2a.send", "error": "reset", "nth": 1},
               {"on": "ec2.DescribeInstances", "error": "InvalidInstanceID.NotFound", "nth": [1, 2]})"),
                                     durable(set));
  return std::to_string(count(outcome, "provision.ec2_started")) + " started";
}

/// The registration of the new instance is lost.
std::string lost_registration(const Settings& set) {
  const Outcome outcome =
      play_under("spring-2026", world(kRestartStep, R"({"on": "agent.register", "error": "lost", "nth": 1})"), set);
  return final_value(outcome, "w", "url").size() > 2 ? "a url" : "no url";
}

std::string hibernated_instance(const Settings& set) {
  return final_value(play_under("spring-2026", world(R"("request": "POST /workspaces/w/hibernate")", ""), set), "w",
                     "instance");
}

/// The snapshot of the restart's backup is not shown when the launch looks for it.
std::string launch_beside_an_unseen_snapshot(const Settings& set) {
  const Outcome outcome =
      play_under("spring-2026",
                 world(kRestartStep, R"({"on": "ec2.DescribeSnapshots", "error": "lag", "from": "10s", "for": "1m"})"),
                 durable(set));
  return violations(outcome).empty() ? "waits" : "boots without it";
}

/// The answers of five backups are lost, and their snapshots end in error.
std::string backups_after_failed_snapshots(const Settings& set) {
  const Outcome outcome =
      play_under("spring-2026",
                 world(kSecretStep,
                       R"({"on": "cp.backup", "error": "reset", "effect": "applied", "from": "10s", "for": "30s"},
               {"on": "ec2.CreateSnapshot", "error": "ends-in-error", "from": "10s", "for": "1m"})"),
                 durable(set));
  return std::to_string(count(outcome, "provision.ec2_started")) + " started";
}

/// The answer to a launch is lost: what the control plane answers, and how many instances there are then.
std::string launch_whose_answer_is_lost(const Settings& set) {
  Rig rig("spring-2026", set, {{.status = Status::provisioning}});
  rig.adversary().meet("ec2.RunInstances", {.what = sim::Verdict::What::fail, .error = "closed", .delay = {}}, 1,
                       sim::FaultPoint::before_reply);
  model::StartRequest request;
  request.workspace = rig.key();
  request.user_data = model::encode_user_data(sim::kTimeZero, {});
  request.bootstrap_watch = 5min;
  const model::CpAnswer answer = rig.await(rig.control_plane().start({}, request));
  return std::to_string(answer.http) + ", " + std::to_string(rig.ec2().instances().size()) + " launched";
}

}  // namespace

std::vector<KnobTest> intent_knob_rows() {
  return {
      {"intents.durable", crash_after_a_secret, {{"off", "0 started"}, {"on", "1 started"}}},
      {"intents.interval", secret_without_an_answer, {{"60s", "1m3ms"}, {"25s", "25s3ms"}}},
      {"writes.guarded", verdict_on_a_paused_row, {{"off", "offline"}, {"on", "paused"}}},
      {"writes.timeout", statement_without_an_answer, {{"0s", "never"}, {"5s", "5s"}, {"20s", "20s"}}},
      {"stop.confirmed", stops_of_an_unseen_instance, {{"off", "1 tried"}, {"on", "2 tried"}}},
      {"stop.unknown_for", stops_of_an_unknown_instance, {{"0s", "1 tried"}, {"2m", "2 tried"}}},
      {"probe.confirm_death", verdict_on_an_unseen_instance, {{"0s", "1 started"}, {"15s", "0 started"}}},
      {"agent.names_instance", lost_registration, {{"off", "no url"}, {"on", "a url"}}},
      {"backup.names_snapshot", launch_beside_an_unseen_snapshot, {{"off", "boots without it"}, {"on", "waits"}}},
      {"backup.clears_failed", backups_after_failed_snapshots, {{"off", "0 started"}, {"on", "1 started"}}},
      {"hibernate.stops", hibernated_instance, {{"off", "running"}, {"on", "none"}}},
      {"controlplane.sdk",
       launch_whose_answer_is_lost,
       {{"none", "500, 1 launched"},
        {"go-v1", "201, 1 launched"},
        {"go-v2", "201, 1 launched"},
        {"botocore-legacy", "201, 1 launched"},
        {"botocore-standard", "201, 1 launched"},
        {"botocore-adaptive", "201, 1 launched"},
        {"js-v2", "201, 1 launched"},
        {"js-v3", "201, 1 launched"},
        {"boto2", "201, 2 launched"},
        {"ruby-v1", "201, 2 launched"},
        {"fog", "500, 1 launched"},
        {"libcloud", "500, 1 launched"},
        {"ansible", "201, 1 launched"}}},
  };
}

}  // namespace drydock::test
