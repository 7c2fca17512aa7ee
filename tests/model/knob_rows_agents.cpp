// The knobs of June to August 2026 that are about images, agents that do nothing, ensures, failed registrations and
// queued calls (docs/platform.md §17.7–§17.10): for each, one small world that it decides about.

#include <string>

#include "tests/model/knob_rows.hpp"
#include "tests/support/play.hpp"
#include "tests/support/rig.hpp"

namespace drydock::test {
namespace {

Settings besides(Settings set, const Settings& more) {
  set.insert(set.end(), more.begin(), more.end());
  return set;
}

std::string number_of(std::size_t n, const std::string& what) { return std::to_string(n) + " " + what; }

// --- images -------------------------------------------------------------------------------------

/// An image that takes as long as this to pull, and is pulled in vain as often; a restart is asked for at one minute.
Outcome restart_without_an_image(const Settings& set, const std::string& pull, int failures) {
  std::string faults;
  for (int i = 1; i <= failures; ++i) faults += (i == 1 ? "" : ",") + std::to_string(i);
  const std::string fault =
      failures == 0 ? "" : R"({"on": "image.pull", "error": "http-502", "nth": [)" + faults + "]}";
  return play_under("aug-02",
                    R"("horizon": "25m", "cloud": {"image_pull": ")" + pull + R"("}, "workspaces": [{"id": "w"}],
    "steps": [{"at": "1m", "request": "POST /workspaces/w/restart"}], "faults": [)" +
                        fault + "]",
                    set);
}

std::string stopped_and_declined(const Settings& set) {
  const Outcome outcome = restart_without_an_image(set, "30s", 9);
  const bool stopped = count(outcome, "provision.ec2_stopped") > 0;
  return (stopped ? "stopped, " : "not stopped, ") +
         number_of(count(outcome, "structure_event", "w", "WORKSPACE_RESTART_DECLINED"), "declined");
}

std::string slow_pull(const Settings& set) {
  const Outcome outcome = restart_without_an_image(set, "8m", 0);
  return number_of(count(outcome, "structure_event", "w", "WORKSPACE_RESTART_DECLINED"), "declined");
}

/// A create's first launch fails, and a restart of it is declined.
std::string declined_first_boot(const Settings& set) {
  Rig rig("aug-02", set, {{.status = Status::provisioning}});
  rig.put("last_heartbeat_at", "NULL");
  rig.adversary().fail("cp.ensure_image", "http-502", ScriptedAdversary::kAlways);
  rig.send("POST /workspaces/w/restart");
  rig.run_for(1min);
  return rig.row("status");
}

std::string create_asks_for_its_image(const Settings& set) {
  Rig rig("aug-08", besides(set, {{"time.provision_context", "20m"}}));
  rig.name_workspace("new");
  model::Request create = rig.parse("POST /workspaces", {{"name", "new"}});
  create.workspace = rig.key("new");
  rig.await(rig.process().request(std::move(create), "user"));
  rig.run_for(10s);
  return number_of(static_cast<std::size_t>(rig.adversary().calls("cp.ensure_image")), "asked");
}

// --- secrets, ensures, roots --------------------------------------------------------------------

std::string secret_of_a_root(const Settings& set) {
  Rig rig("post-1991", set);
  rig.put("kind", "'platform'");
  rig.send("PUT /workspaces/w/secrets", {{"key", "K"}, {"value", "V"}});
  rig.run_for(1s);
  return number_of(rig.count("restart.cycle"), "restarts");
}

/// An ensure 50 s after one that came to nothing.
std::string second_ensure(const Settings& set) {
  Rig rig("june-15", set, {{.status = Status::failed}});
  rig.adversary().fail("cp.start", "http-422");
  rig.request("POST /workspaces/w/ensure");
  rig.run_for(50s);
  rig.request("POST /workspaces/w/ensure");
  rig.run_for(5min);
  return rig.row("status");
}

/// An ensure of a root whose instance runs and whose agent has not registered yet.
std::string ensure_of_a_root_that_boots(const Settings& set) {
  Rig rig("june-15", set, {{.status = Status::provisioning, .instance = true}});
  rig.put("kind", "'platform'");
  rig.request("POST /workspaces/w/ensure");
  rig.run_for(15s);
  return number_of(rig.count("stop.attempt"), "stops");
}

// --- registrations ------------------------------------------------------------------------------

sim::Task<void> forget(sim::Task<model::Response> answer) { co_await std::move(answer); }

/// The status 1 s after a registration that the database refused, and after the heartbeats of the next 4 minutes; the
/// agent is known.
std::string after_a_failed_registration(const Settings& set, Duration later = 4min) {
  Rig rig("post-1991", set);
  model::AgentCall call;
  call.workspace = rig.key();
  call.bearer = rig.sql("SELECT token_hash FROM workspace_auth_tokens WHERE revoked_at IS NULL");
  call.url = "http://10.0.0.9:8000";
  rig.adversary().fail("db.write", "reset");
  rig.spawn(forget(rig.platform().handle_register({}, std::move(call))));
  rig.run_for(1s);
  const std::string at_once = rig.row("status");
  rig.run_for(later);
  return at_once + ", later " + rig.row("status");
}

// --- agents that do nothing ---------------------------------------------------------------------

/// An agent with a task is wedged from the beginning; how often is it restarted in an hour, and when first?
Outcome wedged_for_an_hour(const Settings& set, const std::string& more = "") {
  return play_under("post-1991",
                    R"("horizon": "70m", "workspaces": [{"id": "w", "active_tasks": 1}, {"id": "v", "active_tasks": 1}],
    "faults": [{"on": "turn", "error": "wedged", "from": "0s", "for": "68m"}])" +
                        more,
                    besides(set, {{"backup.storage", "persistent_volume_reattach"}}));
}

std::string stall_restarts(const Settings& set) {
  const Outcome outcome = wedged_for_an_hour(set);
  return number_of(count(outcome, "restart.triggered", {}, "stall"), "from ") +
         first_at(outcome, "restart.triggered", {}, "stall");
}

/// A row that has tasks, and whose agent is gone; the notice of its expiry was missed.
/// When the second of two workspaces is restarted.
std::string second_restart(const Settings& set) {
  return first_at(wedged_for_an_hour(set), "restart.triggered", "v", "stall");
}

/// A workspace that always has a task and answers no call, for 70 minutes; it seldom beats.
std::string restarts_in_70_minutes(const Settings& set) {
  Rig rig("post-1991",
          besides(set, {{"reconciler.mode", "off"}, {"time.heartbeat", "2h"}, {"time.liveness_ttl", "3h"}}),
          {{.active_tasks = 1}});
  rig.adversary().fail("a2a.send", "reset", ScriptedAdversary::kAlways);
  for (int minute = 0; minute < 70; ++minute) {
    rig.put("active_tasks", "1");
    rig.run_for(1min);
  }
  return number_of(rig.count("restart.triggered", "w", "stall"), "restarts");
}

std::string wedged_told(const Settings& set) {
  Rig rig("june-15", besides(set, {{"reconciler.mode", "off"}}), {{.active_tasks = 1}});
  rig.run_for(1s);
  rig.kill_instance();
  rig.keys().clear(rig.key());
  for (int i = 0; i < 60; ++i) {
    rig.run_for(15s);
    if (rig.count("structure_event", "w", "WORKSPACE_WEDGED") > 0) return std::to_string(rig.elapsed() / 1s) + "s";
  }
  return "never";
}

// --- the queue ----------------------------------------------------------------------------------

/// A queued call meets an agent that restarts, at each turn of the sweeper.
std::string queued_at_a_restarting_agent(const Settings& set, Duration after = 5min) {
  Rig rig("june-15", besides(set, {{"proxy.refuses_restarting", "on"}}));
  rig.adversary().fail("a2a.send", "reset", ScriptedAdversary::kAlways);
  rig.await(rig.store().enqueue_call({}, rig.key(), WorkspaceKey::none));
  rig.run_for(after);
  return rig.sql("SELECT status FROM a2a_queue");
}

/// A call is queued when the restart context is with the new agent, which takes a minute over it.
std::string calls_beside_the_boot_turn(const Settings& set) {
  Rig rig(
      "june-15",
      besides(set, {{"time.a2a_call", "60s"}, {"restart.drain_signal", "off"}, {"time.restart_context_wait", "5m"}}));
  rig.send("PUT /workspaces/w/secrets", {{"key", "K"}, {"value", "V"}});
  while (rig.count("context.sent") == 0) rig.run_for(1s);
  const int before = rig.adversary().calls("a2a.send");
  rig.await(rig.store().enqueue_call({}, rig.key(), WorkspaceKey::none));
  rig.run_for(30s);
  return number_of(static_cast<std::size_t>(rig.adversary().calls("a2a.send") - before), "sent");
}

// --- launches -----------------------------------------------------------------------------------

/// A launch fails after its workspace was removed.
std::string failure_of_a_removed_one(const Settings& set) {
  Rig rig("aug-08", besides(set, {{"provision.attempts", "1"}}), {{.status = Status::removed}});
  rig.adversary().fail("cp.start", "http-500");
  rig.await(rig.platform().provision_workspace(rig.key(), true));
  return rig.row("status");
}

/// A workspace is deleted while its launch is under way.
std::string delete_beside_a_launch(const Settings& set, Duration takes) {
  Rig rig("aug-08", besides(set, {{"sweeper.cp_orphan.enabled", "off"}}), {{.status = Status::provisioning}});
  rig.adversary().slow("cp.start", takes);
  rig.spawn(rig.platform().provision_workspace(rig.key(), true));
  rig.run_for(1s);
  rig.request("DELETE /workspaces/w");
  const std::string answered = std::to_string(rig.elapsed() / 1s) + "s";
  rig.run_for(2min);
  return number_of(rig.live_instances(), "live after ") + answered;
}

}  // namespace

std::vector<KnobTest> agent_knob_rows() {
  return {
      {"restart.ensures_image",
       stopped_and_declined,
       {{"off", "stopped, 0 declined"},
        {"without_provider", "stopped, 0 declined"},
        {"on", "not stopped, 1 declined"}}},
      {"time.ensure_image", slow_pull, {{"15m", "0 declined"}, {"6m", "1 declined"}}},
      {"restart.declined_boot_fails", declined_first_boot, {{"off", "provisioning"}, {"on", "failed"}}},
      {"provision.ensures_image", create_asks_for_its_image, {{"off", "0 asked"}, {"on", "1 asked"}}},
      {"secrets.skip_platform_root", secret_of_a_root, {{"off", "1 restarts"}, {"on", "0 restarts"}}},
      {"restart.ensure_bypasses", second_ensure, {{"off", "failed"}, {"on", "online"}}},
      {"restart.warming_guard", ensure_of_a_root_that_boots, {{"off", "1 stops"}, {"on", "0 stops"}}},
      {"register.failure_degrades",
       [](const Settings& set) { return after_a_failed_registration(set); },
       {{"off", "online, later online"}, {"on", "degraded, later degraded"}}},
      {"register.failure_hold",
       [](const Settings& set) {
         return after_a_failed_registration(besides(set, {{"register.failure_degrades", "on"}}));
       },
       {{"5m", "degraded, later degraded"}, {"1m", "degraded, later online"}}},
      {"register.beat_clears_failure",
       [](const Settings& set) {
         return after_a_failed_registration(besides(set, {{"register.failure_degrades", "on"}}));
       },
       {{"off", "degraded, later degraded"}, {"on", "degraded, later online"}}},
      {"watchdog.stall.enabled", stall_restarts, {{"off", "0 from never"}, {"on", "2 from 21m1ms"}}},
      {"watchdog.stall.interval", stall_restarts, {{"3m", "2 from 21m1ms"}, {"1m", "2 from 18m1ms"}}},
      {"watchdog.stall.after", stall_restarts, {{"12m", "2 from 21m1ms"}, {"4m", "2 from 12m1ms"}}},
      {"watchdog.stall.answer", stall_restarts, {{"5m", "2 from 21m1ms"}, {"9m", "2 from 24m1ms"}}},
      {"watchdog.stall.cooldown", restarts_in_70_minutes, {{"30m", "2 restarts"}, {"15m", "4 restarts"}}},
      {"watchdog.stall.limit", second_restart, {{"100", "21m1ms"}, {"1", "30m1ms"}}},
      {"watchdog.wedged.enabled", wedged_told, {{"off", "never"}, {"on", "331s"}}},
      {"watchdog.wedged.interval",
       [](const Settings& set) {
         return wedged_told(besides(set, {{"watchdog.wedged.enabled", "on"}}));
       },
       {{"30s", "331s"}, {"4m", "481s"}}},
      {"watchdog.wedged.after",
       [](const Settings& set) {
         return wedged_told(besides(set, {{"watchdog.wedged.enabled", "on"}}));
       },
       {{"5m", "331s"}, {"2m", "151s"}}},
      {"queue.settling",
       [](const Settings& set) { return queued_at_a_restarting_agent(set); },
       {{"counts", "failed"}, {"unbounded", "queued"}, {"ceiling", "dropped"}}},
      {"queue.settling_ceiling",
       [](const Settings& set) {
         return queued_at_a_restarting_agent(besides(set, {{"queue.settling", "ceiling"}}), 4min);
       },
       {{"180s", "dropped"}, {"10m", "queued"}}},
      {"queue.boot_turn_gate", calls_beside_the_boot_turn, {{"off", "1 sent"}, {"on", "0 sent"}}},
      {"provision.guards_failure", failure_of_a_removed_one, {{"off", "failed"}, {"on", "removed"}}},
      {"delete.cancels_launches",
       [](const Settings& set) { return delete_beside_a_launch(set, 10s); },
       {{"off", "1 live after 1s"}, {"on", "0 live after 11s"}}},
      {"delete.launch_wait",
       [](const Settings& set) {
         return delete_beside_a_launch(besides(set, {{"delete.cancels_launches", "on"}}), 40s);
       },
       {{"30s", "0 live after 31s"}, {"5s", "0 live after 6s"}}},
  };
}

}  // namespace drydock::test
