// The knobs of June to August 2026 (docs/platform.md §17): for each, one small world that it decides about.

#include "tests/model/knob_rows.hpp"

#include <functional>

#include "tests/support/rig.hpp"

namespace drydock::test {
namespace {

Settings and_also(Settings set, const Settings& more) {
  set.insert(set.end(), more.begin(), more.end());
  return set;
}

std::string code_of(Rig& rig, const std::string& line) { return std::to_string(rig.request(line).status); }

std::string in_seconds(const Rig& rig) { return std::to_string(rig.elapsed() / 1s) + "s"; }

// --- restart and delete -------------------------------------------------------------------------

/// Two restarts, a second apart; a launch takes 20 s.
std::string launches_in_30_seconds(const Settings& set) {
  Rig rig("post-1932", set);
  rig.adversary().slow("cp.start", 20s, 2);
  rig.request("POST /workspaces/w/restart");
  rig.run_for(1s);
  rig.request("POST /workspaces/w/restart");
  rig.run_for(29s);
  return std::to_string(rig.count("provision.ec2_started")) + " launched";
}

std::string second_delete(const Settings& set) {
  Rig rig("spring-2026", set);
  rig.request("DELETE /workspaces/w");
  return code_of(rig, "DELETE /workspaces/w");
}

std::string id_after_a_delete(const Settings& set) {
  Rig rig("spring-2026", set);
  rig.request("DELETE /workspaces/w");
  return rig.row("instance_id IS NULL") == "1" ? "none" : "kept";
}

// --- pause, resume, hibernate -------------------------------------------------------------------

std::string pause_without_a_stop(const Settings& set) {
  Rig rig("spring-2026", set);
  rig.adversary().fail("cp.stop", "http-503");
  const std::string code = code_of(rig, "POST /workspaces/w/pause");
  return code + " " + rig.row("status");
}

std::string pause_that_hangs(const Settings& set) {
  Rig rig("post-1932", and_also(set, {{"pause.honest", "on"}}));
  rig.adversary().lose("cp.stop");
  const std::string code = code_of(rig, "POST /workspaces/w/pause");
  return code + " after " + in_seconds(rig);
}

/// The caller hangs up while the third statement is under way; the fourth is the row's.
std::string resume_of_who_hangs_up(const Settings& set) {
  Rig rig("spring-2026", set, {{.status = Status::paused}});
  model::Request request = rig.parse("POST /workspaces/w/resume");
  request.context.until = rig.clock().now() + 2ms + 500us;
  rig.await(rig.platform().handle(std::move(request)));
  rig.run_for(10s);
  return rig.row("status") + ", " + std::to_string(rig.count("provision.ec2_started")) + " launched";
}

std::string resume_that_hangs(const Settings& set) {
  Rig rig("spring-2026", and_also(set, {{"resume.honest", "on"}}), {{.status = Status::paused}});
  rig.adversary().lose("db.write");
  const std::string code = code_of(rig, "POST /workspaces/w/resume");
  return code + " after " + in_seconds(rig);
}

std::string instance_after_a_hibernation(const Settings& set) {
  Rig rig("spring-2026", set);
  rig.request("POST /workspaces/w/hibernate");
  rig.run_for(1min);
  return rig.instance_state();
}

std::string forced_hibernation(const Settings& set) {
  Rig rig("spring-2026", set, {{.active_tasks = 2}});
  const std::string code = code_of(rig, "POST /workspaces/w/hibernate?force=true");
  return code + " " + rig.row("status");
}

std::string hibernated_after_a_call(const Settings& set) {
  Rig rig("spring-2026", set, {{.status = Status::hibernated}});
  const std::string code = code_of(rig, "POST /workspaces/w/a2a");
  rig.run_for(1min);
  return code + " " + rig.row("status");
}

// --- restarts, verdicts and calls ---------------------------------------------------------------

/// A secret restarts the workspace; its stop is done, and its launch under way.
std::string url_key_within_a_cycle(const Settings& set) {
  Rig rig("post-1932", set);
  rig.send("PUT /workspaces/w/secrets", {{"key", "K"}, {"value", "V"}});
  rig.run_for(5s);
  return rig.keys().url(rig.key()) ? "cached" : "none";
}

/// The stop of a restart takes 8 s.
std::string url_before_the_stop(const Settings& set) {
  Rig rig("post-1932", set);
  rig.adversary().slow("cp.stop", 8s);
  rig.request("POST /workspaces/w/restart");
  rig.run_for(4s);
  const std::string before = rig.row("url") == "" ? "none" : "a url";
  rig.run_for(10s);
  return before + ", later " + (rig.row("url") == "" ? "none" : "a url");
}

std::string call_code(Rig& rig) { return code_of(rig, "POST /workspaces/w/a2a"); }

/// A dead instance is called 5 s and 8 s after its last heartbeat.
std::string calls_after_a_recent_beat(const Settings& set) {
  Rig rig("post-1932", set);
  rig.kill_instance();
  rig.adversary().fail("a2a.send", "reset", 2);
  rig.run_for(5s);
  const std::string first = call_code(rig);
  rig.run_for(8s - rig.elapsed());
  return first + " " + call_code(rig);
}

/// A call to an instance that is still pending, 20 s after its restart.
std::string call_while_pending(const Settings& set, const std::string& mode) {
  Rig rig("post-1932", and_also(set, {{"probe.settle", mode}}));
  rig.adversary().fail("a2a.send", "reset", 2);  // the drain signal, and the call
  rig.send("PUT /workspaces/w/secrets", {{"key", "K"}, {"value", "V"}});
  rig.run_for(20s);
  const std::string code = call_code(rig);
  return code + " after " + in_seconds(rig);
}

std::string call_to_the_silent(const Settings& set, const std::string& mode, Duration at) {
  Rig rig("post-1932", and_also(set, {{"probe.settle", mode}}));
  rig.kill_instance();
  rig.adversary().fail("a2a.send", "reset");
  rig.run_for(at);
  const std::string code = call_code(rig);
  return code + " after " + in_seconds(rig);
}

std::string verdict_on_a_parked_row(const Settings& set) {
  Rig rig("post-1932", set, {{.status = Status::paused, .instance = true}});
  rig.kill_instance();
  rig.await(rig.platform().maybe_mark_container_dead(rig.key()));
  return rig.row("status");
}

std::string call_while_provisioning(const Settings& set) {
  Rig rig("post-1932", set, {{.status = Status::provisioning}});
  return call_code(rig);
}

std::string reset_call(const Settings& set) {
  Rig rig("post-1932", set);
  rig.adversary().fail("a2a.send", "reset");
  return call_code(rig);
}

std::string queued_call_is_sent(const Settings& set) {
  Rig rig("post-1932", set);
  rig.adversary().fail("a2a.send", "reset");
  call_code(rig);
  while (rig.sql("SELECT count(*) FROM a2a_queue WHERE status = 'queued'") != "0") rig.run_for(1s);
  return in_seconds(rig);
}

std::string secret_of_its_own(const Settings& set) {
  Rig rig("post-1932", set);
  model::Request request = rig.parse("PUT /workspaces/w/secrets", {{"key", "K"}, {"value", "V"}});
  request.caller = rig.key();
  rig.await(rig.process().request(std::move(request), "w"));
  rig.run_for(1s);
  return std::to_string(rig.count("restart.cycle")) + " restarts";
}

// --- agents -------------------------------------------------------------------------------------

std::string registration_on_a_parked_row(const Settings& set) {
  Rig rig("post-1932", set, {{.status = Status::paused}});
  rig.await(rig.platform().provision_workspace(rig.key(), true));
  rig.run_for(1min);
  return rig.row("status");
}

sim::Task<void> ignore(sim::Task<model::Response> answer) { co_await std::move(answer); }
sim::Task<void> ignore(sim::Task<model::DbChanged> changed) { co_await std::move(changed); }

/// The workspace's token is revoked between a check of a bearer and what comes after it.
std::string bearer_beside_a_revocation(const Settings& set) {
  Rig rig("post-1932", set);
  model::AgentCall call;
  call.workspace = rig.key();
  call.bearer = "another";
  rig.spawn(ignore(rig.platform().handle_heartbeat({}, std::move(call))));
  rig.run_for(500us);
  rig.spawn(ignore(rig.store().revoke_tokens({}, rig.key())));
  rig.run_for(1s);
  return rig.count("agent.rejected") == 0 ? "let in" : "401";
}

std::string beat_of_a_provisioning_row(const Settings& set) {
  Rig rig("post-1932", set, {{.status = Status::provisioning, .instance = true}});
  rig.run_for(31s);
  return rig.row("status") + ", " + std::to_string(rig.count("structure_event", "w", "recovered_from")) + " told";
}

// --- provision ----------------------------------------------------------------------------------

void launch_once(Rig& rig) { rig.await(rig.platform().provision_workspace(rig.key(), true)); }

std::string refused_launches(const Settings& set) {
  Rig rig("spring-2026", set, {{.status = Status::provisioning}});
  rig.adversary().fail("cp.start", "http-503", ScriptedAdversary::kAlways);
  launch_once(rig);
  return std::to_string(rig.adversary().calls("cp.start")) + " in " + in_seconds(rig);
}

/// The first launch takes effect, and its answer is lost. How many instances live then?
std::string launch_without_an_answer(const Settings& set) {
  Rig rig("spring-2026", and_also(set, {{"provision.attempts", "3"}}), {{.status = Status::provisioning}});
  rig.adversary().meet("cp.start", {.what = sim::Verdict::What::fail, .error = "http-504", .delay = {}}, 1,
                       sim::FaultPoint::before_reply);
  launch_once(rig);
  return std::to_string(rig.live_instances()) + " live";
}

/// Two writes of a launched instance's id are refused.
std::string id_that_is_hard_to_write(const Settings& set) {
  Rig rig("spring-2026", set, {{.status = Status::provisioning}});
  rig.adversary().slow("db.write", 0s, 2);  // the tokens, the inbound secret
  rig.adversary().fail("db.write", "reset", 2);
  launch_once(rig);
  const std::string named = rig.row("instance_id IS NULL") == "1" ? "none" : "named";
  return named + " after " + in_seconds(rig) + ", " + rig.row("status");
}

// --- the reconciler -----------------------------------------------------------------------------

/// Both instances are dead from the beginning.
std::vector<RigWorkspace> online_and_degraded() {
  return {{.id = "w"}, {.id = "d", .status = Status::degraded, .error_rate = 0.5}};
}

std::string found_dead(const Settings& set, Duration within, const std::function<void(Rig&)>& prepare = {}) {
  Rig rig("spring-2026", set, online_and_degraded());
  rig.kill_instance("w");
  rig.kill_instance("d");
  if (prepare) prepare(rig);
  rig.run_for(within);
  const auto found = rig.times("restart.triggered", {}, "reconciler");
  if (found.empty()) return "none";
  return std::to_string(found.size()) + " from " + std::to_string(found.front() / 1s) + "s";
}

Settings v2(const Settings& set) { return and_also(set, {{"reconciler.mode", "v2"}}); }

std::string found_dead_later(const Settings& set) {
  Rig rig("spring-2026", v2(set));
  rig.run_for(10s);
  rig.kill_instance();
  rig.run_for(70s);
  const auto found = rig.times("restart.triggered", {}, "reconciler");
  return found.empty() ? "never" : std::to_string(found.front() / 1s) + "s";
}

std::string replaced_in_another_cloud(const Settings& set) {
  Rig rig("spring-2026", v2(set));
  rig.control_plane().place_elsewhere(rig.key());
  rig.run_for(50s);
  return std::to_string(rig.count("provision.ec2_started", "w")) + " launches";
}

std::string paused_in_another_cloud(const Settings& set) {
  Rig rig("spring-2026", set);
  rig.control_plane().place_elsewhere(rig.key());
  const int status = rig.request("POST /workspaces/w/pause").status;
  return std::to_string(status) + ", " + std::to_string(rig.live_instances()) + " live";
}

}  // namespace

std::vector<KnobTest> era_knob_rows() {
  return {
      {"restart.refuses_removed",
       [](const Settings& set) {
         Rig rig("spring-2026", set, {{.status = Status::removed}});
         return code_of(rig, "POST /workspaces/w/restart");
       },
       {{"off", "200"}, {"on", "404"}}},
      {"restart.provision_gate", launches_in_30_seconds, {{"off", "2 launched"}, {"on", "1 launched"}}},
      {"delete.checks_row", second_delete, {{"off", "200"}, {"on", "410"}}},
      {"delete.clears_instance", id_after_a_delete, {{"off", "kept"}, {"on", "none"}}},
      {"pause.honest", pause_without_a_stop, {{"off", "200 paused"}, {"on", "500 online"}}},
      {"pause.deadline", pause_that_hangs, {{"60s", "500 after 60s"}, {"5s", "500 after 5s"}}},
      {"resume.honest", resume_of_who_hangs_up, {{"off", "paused, 1 launched"}, {"on", "provisioning, 1 launched"}}},
      {"resume.deadline", resume_that_hangs, {{"30s", "500 after 30s"}, {"5s", "500 after 5s"}}},
      {"hibernate.provider_stop", instance_after_a_hibernation, {{"off", "running"}, {"on", "terminated"}}},
      {"hibernate.honest", forced_hibernation, {{"off", "200 online"}, {"on", "200 hibernated"}}},
      {"hibernate.wakes", hibernated_after_a_call, {{"off", "503 hibernated"}, {"on", "503 online"}}},
      {"restart.cycle_clears_keys", url_key_within_a_cycle, {{"off", "cached"}, {"on", "none"}}},
      {"restart.keeps_url", url_before_the_stop, {{"off", "none, later none"}, {"on", "a url, later none"}}},
      {"probe.settle", calls_after_a_recent_beat, {{"off", "503 503"}, {"v1", "202 503"}, {"v2", "202 202"}}},
      {"probe.settle_window",
       [](const Settings& set) { return call_while_pending(set, "v2"); },
       {{"30s", "202 after 22s"}, {"15s", "503 after 20s"}}},
      {"probe.settle_wait",
       [](const Settings& set) { return call_while_pending(set, "v2"); },
       {{"2s", "202 after 22s"}, {"4s", "202 after 24s"}}},
      {"probe.recent_heartbeat",
       [](const Settings& set) { return call_to_the_silent(set, "v1", 10s); },
       {{"15s", "202 after 10s"}, {"5s", "503 after 10s"}}},
      {"probe.ask_again",
       [](const Settings& set) { return call_to_the_silent(set, "v2", 5s); },
       {{"500ms", "202 after 5s"}, {"3s", "202 after 8s"}}},
      {"probe.leaves_dormant", verdict_on_a_parked_row, {{"off", "offline"}, {"on", "paused"}}},
      {"proxy.queues_settling", call_while_provisioning, {{"off", "503"}, {"on", "202"}}},
      {"proxy.refuses_restarting", reset_call, {{"off", "202"}, {"on", "503"}}},
      {"queue.sweep_interval", queued_call_is_sent, {{"0s", "30s"}, {"10s", "10s"}}},
      {"secrets.skip_self", secret_of_its_own, {{"off", "1 restarts"}, {"on", "0 restarts"}}},
      {"register.leaves_dormant", registration_on_a_parked_row, {{"off", "online"}, {"on", "paused"}}},
      {"token.reopens_bootstrap", bearer_beside_a_revocation, {{"off", "401"}, {"on", "let in"}}},
      {"heartbeat.promotes_provisioning",
       beat_of_a_provisioning_row,
       {{"off", "online, 1 told"}, {"on", "online, 0 told"}}},
      {"provision.attempts", refused_launches, {{"1", "1 in 0s"}, {"3", "3 in 6s"}, {"6", "6 in 34s"}}},
      {"provision.backoff",
       [](const Settings& set) {
         return refused_launches(and_also(set, {{"provision.attempts", "3"}}));
       },
       {{"2s", "3 in 6s"}, {"1s", "3 in 3s"}}},
      {"provision.backoff_max",
       [](const Settings& set) {
         return refused_launches(and_also(set, {{"provision.attempts", "6"}}));
       },
       {{"10s", "6 in 34s"}, {"4s", "6 in 18s"}}},
      {"provision.idempotency_key",
       launch_without_an_answer,
       {{"none", "2 live"}, {"per_attempt", "2 live"}, {"per_start", "1 live"}}},
      {"provision.cp_ends_predecessor", launch_without_an_answer, {{"off", "2 live"}, {"on", "1 live"}}},
      {"provision.persist_attempts",
       id_that_is_hard_to_write,
       {{"1", "none after 1s, provisioning"}, {"3", "named after 1s, provisioning"}}},
      {"provision.persist_backoff",
       [](const Settings& set) {
         return id_that_is_hard_to_write(and_also(set, {{"provision.persist_attempts", "3"}}));
       },
       {{"100ms", "named after 1s, provisioning"}, {"10s", "named after 31s, provisioning"}}},
      {"provision.persist_failure",
       [](const Settings& set) {
         return id_that_is_hard_to_write(and_also(set, {{"provision.persist_attempts", "2"}}));
       },
       {{"ignore", "none after 1s, provisioning"}, {"fail", "none after 1s, failed"}}},
      {"reconciler.mode",
       [](const Settings& set) { return found_dead(set, 30s); },
       {{"off", "none"}, {"v1", "1 from 0s"}, {"v2", "2 from 0s"}}},
      {"probe.names_provider", replaced_in_another_cloud, {{"off", "1 launches"}, {"on", "0 launches"}}},
      {"stop.names_provider", paused_in_another_cloud, {{"off", "200, 1 live"}, {"on", "200, 0 live"}}},
      {"reconciler.interval", found_dead_later, {{"60s", "60s"}, {"20s", "20s"}}},
      {"reconciler.limit",
       [](const Settings& set) { return found_dead(v2(set), 30s); },
       {{"200", "2 from 0s"}, {"1", "1 from 0s"}}},
      {"reconciler.deadline",
       [](const Settings& set) {
         return found_dead(v2(and_also(set, {{"reconciler.probe_timeout", "30s"}})), 50s,
                           [](Rig& rig) { rig.adversary().slow("cp.is_running", 20s, 2); });
       },
       {{"45s", "2 from 20s"}, {"15s", "none"}}},
      {"reconciler.probe_timeout",
       [](const Settings& set) {
         return found_dead(v2(set), 50s, [](Rig& rig) { rig.adversary().lose("cp.is_running"); });
       },
       {{"10s", "1 from 10s"}, {"30s", "1 from 30s"}}},
  };
}

}  // namespace drydock::test
