// Every knob changes something: for each, one small world and what becomes of it under two values
// or more. What the knob guards in detail is tested beside that guard.

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "tests/model/knob_rows.hpp"
#include "tests/support/rig.hpp"

namespace drydock::test {
namespace {

using model::RestartSource;
using Body = std::map<std::string, std::string>;

const Body kSecret{{"key", "K"}, {"value", "V"}};

std::string seconds(Duration time) { return std::to_string(time / 1s) + "s"; }
std::string digits(std::size_t n) { return std::to_string(n); }

/// When the first event of this kind came; `never` if it did not.
std::string first(const Rig& rig, std::string_view kind, std::string_view detail = {}) {
  const auto times = rig.times(kind, {}, detail);
  return times.empty() ? "never" : seconds(times.front());
}

std::string header(const model::Response& response) {
  return response.headers.empty() ? "none" : response.headers.front().second;
}

/// How long it takes until `done`, looked at once a second.
std::string until(Rig& rig, const std::function<bool()>& done) {
  for (int i = 0; i < 4000; ++i) {
    if (done()) return seconds(rig.elapsed());
    rig.run_for(1s);
  }
  return "never";
}

// --- the worlds ---------------------------------------------------------------------------------

/// Secrets are put at these times; how many cycles run?
std::string cycles_of_secrets(const Settings& set, std::initializer_list<Duration> at,
                              const std::string& preset = "post-1932") {
  Rig rig(preset, set);
  for (const Duration when : at) {
    rig.run_for(when - rig.elapsed());
    rig.send("PUT /workspaces/w/secrets", kSecret);
  }
  rig.run_for(5min);
  return digits(rig.count("restart.cycle"));
}

/// The first stop takes 8 s, so that a second restart waits for the first; a third comes 3 s after
/// the second began.
std::string cycles_with_a_slow_stop(const Settings& set) {
  Settings all = set;
  all.emplace_back("restart.debounce_window", "5s");
  Rig rig("post-1932", all);
  rig.adversary().slow("cp.stop", 8s);
  for (const Duration when : {0s, 6s, 13s}) {
    rig.run_for(when - rig.elapsed());
    rig.send("PUT /workspaces/w/secrets", kSecret);
  }
  rig.run_for(5min);
  return digits(rig.count("restart.cycle"));
}

/// A restart over HTTP of a workspace in this status, and what is counted after a minute.
std::string after_restart(const Settings& set, std::string_view kind, std::string_view detail = {},
                          const std::function<void(Rig&)>& prepare = {}) {
  Rig rig("post-1932", set);
  if (prepare) prepare(rig);
  rig.request("POST /workspaces/w/restart");
  rig.run_for(1min);
  return digits(rig.count(kind, {}, detail));
}

/// A dead instance is called while its restart hangs in a slow launch.
std::string probes_during_a_restart(const Settings& set) {
  Rig rig("spring-2026", set);
  rig.adversary().slow("cp.start", 40s);
  rig.send("PUT /workspaces/w/secrets", kSecret);
  rig.run_for(5s);
  rig.send("POST /workspaces/w/a2a");
  rig.run_for(20s);
  return digits(rig.count("probe.sent"));
}

std::string context_of_an_early_beat(const Settings& set) {
  Rig rig("spring-2026", set);
  rig.run_for(29s);
  rig.adversary().slow("cp.stop", 10s);  // the old agent beats once more, at 30 s
  rig.request("POST /workspaces/w/restart");
  rig.run_for(5s);
  return digits(rig.count("context.sent"));
}

std::string admin_while_pending(const Settings& set) {
  Rig rig("spring-2026", set, {{.status = Status::provisioning}});
  rig.await(rig.platform().provision_workspace(rig.key(), true));
  const std::string body = rig.request("GET /admin/workspaces/w/status").body.text();
  return body.substr(body.find("\"running\""));
}

std::string call_to_the_dead(const Settings& set) {
  Rig rig("spring-2026", set);
  rig.kill_instance();
  const model::Response answer = rig.request("POST /workspaces/w/a2a");
  return std::to_string(answer.status) + " after " + seconds(rig.elapsed());
}

/// Three attempts are refused.
std::string time_of_giving_up(const Settings& set) {
  Rig rig("spring-2026", set);
  rig.adversary().fail("cp.stop", "http-503", ScriptedAdversary::kAlways);
  model::StopPermit permit = rig.platform().backups().of_removed();
  EXPECT_FALSE(rig.await(rig.platform().cp_stop_with_retry_err({}, rig.key(), "test", &permit)));
  return seconds(rig.elapsed());
}

/// A workspace nobody hears of any more, in this status and runtime; its status later.
std::string status_after(const Settings& set, const RigWorkspace& workspace, Duration time) {
  Rig rig("spring-2026", set, {workspace});
  rig.run_for(time);
  return rig.row("status");
}

/// The row is written between the status that a heartbeat reads and the one that it writes.
std::string heartbeat_race(const Settings& set) {
  Rig rig("spring-2026", set, {{.error_rate = 0.9}});
  rig.run_for(29s);
  rig.adversary().slow("db.write", 0s);
  rig.adversary().slow("db.write", 5s);
  rig.run_for(2s);
  rig.put("status", "'provisioning'");
  rig.run_for(10s);
  return rig.row("status");
}

std::string external_goes_stale(const Settings& set) {
  Rig rig("spring-2026", set, {{.runtime = "external", .instance = false}});
  return until(rig, [&] { return rig.row("status") != "online"; });
}

/// When a workspace whose agents have all fallen silent is found out.
std::string liveness_lost(const Settings& set) {
  Rig rig("spring-2026", set);
  rig.kill_instance();
  return until(rig, [&] { return rig.count("restart.triggered") != 0; });
}

std::string cached_url_is_used(const Settings& set) {
  Rig rig("spring-2026", set);
  rig.put("url", "''");
  rig.run_for(1min);
  return std::to_string(rig.request("POST /workspaces/w/a2a").status);
}

std::string provision_times_out(const Settings& set, const std::string& runtime) {
  Rig rig("spring-2026", set, {{.status = Status::provisioning, .runtime = runtime}});
  return until(rig, [&] { return rig.row("status") == "failed"; });
}

/// A launch is never answered.
std::string launch_is_given_up(const Settings& set) {
  Rig rig("spring-2026", set);
  rig.adversary().lose("cp.start");
  rig.await(rig.platform().provision_workspace(rig.key(), true));
  return seconds(rig.elapsed());
}

/// A stop is never answered.
std::string stop_is_given_up(const Settings& set) {
  Rig rig("post-1932", set);
  rig.adversary().lose("cp.stop");
  rig.request("POST /workspaces/w/pause");
  return seconds(rig.elapsed());
}

std::string call_takes(const Settings& set) {
  Rig rig("spring-2026", set);
  rig.request("POST /workspaces/w/a2a");
  return seconds(rig.elapsed());
}

/// Between agents: a call of anybody else's has no ceiling.
std::string call_is_lost(const Settings& set) {
  Rig rig("spring-2026", set, {{.id = "w"}, {.id = "lead"}});
  rig.adversary().lose("a2a.send");
  model::Request call = rig.parse("POST /workspaces/w/a2a");
  call.caller = rig.key("lead");
  rig.await(rig.process().request(std::move(call), "lead"));
  return seconds(rig.elapsed());
}

std::string provisioning_is_interrupted(const Settings& set) {
  Rig rig("spring-2026", set, {{.status = Status::provisioning, .instance = true}});
  rig.await(rig.platform().restart_by_id(rig.key(), RestartSource::secret));
  return first(rig, "restart.pre_stop");
}

/// The context of a restart that took place long ago or is yet to come; when is it given up?
std::string context_is_given_up(const Settings& set, Status status) {
  Rig rig("spring-2026", set, {{.status = status}});
  model::RestartContext data;
  data.restarted_at = sim::kTimeZero + 1h;
  rig.await(rig.platform().send_restart_context(rig.key(), std::move(data)));
  return first(rig, "context.dropped");
}

std::string context_poll(const Settings& set) {
  Settings all = set;
  all.emplace_back("probe.context_gate", "off");
  Rig rig("spring-2026", all, {{.status = Status::provisioning}});
  rig.spawn(rig.platform().send_restart_context(rig.key(), {}));
  rig.run_for(3s + 200ms);
  rig.put("status", "'online'");
  rig.run_for(10s);
  return first(rig, "context.sent");
}

std::string drain_signal_is_given_up(const Settings& set) {
  Rig rig("spring-2026", set);
  rig.adversary().lose("a2a.send");
  rig.await(rig.platform().restart_by_id(rig.key(), RestartSource::secret));
  rig.run_for(1min);
  return first(rig, "platform.log", "drain signal sent");
}

std::string orphan_is_reported(const Settings& set) {
  Rig rig("spring-2026", set);
  rig.kill_instance();
  rig.keys().clear(rig.key());
  rig.run_for(1h);
  return first(rig, "report.not_running");
}

std::string delegation_ends(const Settings& set, const std::function<void(Rig&)>& prepare) {
  Rig rig("spring-2026", set, {{.id = "w"}, {.id = "lead"}});
  prepare(rig);
  rig.request("POST /workspaces/lead/delegate", {{"to", "w"}});
  const std::string open = "SELECT count(*) FROM activity_logs WHERE status IN ";
  return until(rig, [&] { return rig.sql(open + "('pending', 'dispatched')") == "0"; });
}

std::string first_beat_after_a_lost_one(const Settings& set) {
  Rig rig("spring-2026", set);
  rig.adversary().lose("agent.heartbeat");
  rig.run_for(5min);
  return first(rig, "agent.heartbeat");
}

std::string busy(const Settings& set) {
  Rig rig("spring-2026", set);
  rig.adversary().fail("a2a.send", "reset");
  rig.adversary().fail("db.write", "reset");
  return header(rig.request("POST /workspaces/w/a2a"));
}

std::string waking(const Settings& set) {
  Rig rig("spring-2026", set, {{.status = Status::hibernated}});
  return header(rig.request("POST /workspaces/w/a2a"));
}

std::string restarting(const Settings& set) {
  Rig rig("spring-2026", set);
  rig.kill_instance();
  rig.adversary().fail("a2a.send", "http-503");
  return header(rig.request("POST /workspaces/w/a2a"));
}

/// The stop takes 8 s.
std::string restart_is_answered(const Settings& set) {
  Rig rig("post-1932", set);
  rig.adversary().slow("cp.stop", 8s);
  rig.request("POST /workspaces/w/restart");
  return seconds(rig.elapsed());
}

std::string file_restarts(const Settings& set) {
  Rig rig("spring-2026", set);
  for (int i = 0; i < 3; ++i) {
    rig.request("PUT /workspaces/w/files/a");
    rig.run_for(10s);
  }
  return digits(rig.count("restart.triggered"));
}

std::string rejections_after_a_restart(const Settings& set) { return after_restart(set, "agent.rejected"); }

void refuse_stops(Rig& rig) { rig.adversary().fail("cp.stop", "http-503", ScriptedAdversary::kAlways); }

std::string statement_takes(const Settings& set) {
  Rig rig("spring-2026", set);
  rig.await(rig.store().set_provisioning({}, rig.key()));
  return sim::format_duration(rig.elapsed());
}

// --- the table ----------------------------------------------------------------------------------

/// Of restarts, probes and heartbeats; the others have a file of their own.
std::vector<KnobTest> restart_knob_rows() {
  const RigWorkspace external{.runtime = "external", .instance = false};
  const RigWorkspace awaiting{.status = Status::awaiting_agent, .instance = true};
  const RigWorkspace failed{.status = Status::failed, .instance = true};
  return {
      {"restart.concurrency",
       [](const Settings& set) {
         return cycles_of_secrets(set, {1s, 1s + 100ms}, "pre-1556");
       },
       {{"drop_mutex", "1"}, {"coalesce", "2"}}},
      {"restart.async", restart_is_answered, {{"off", "8s"}, {"on", "0s"}}},
      {"restart.stop_retry",
       [](const Settings& set) { return after_restart(set, "stop.attempt", {}, refuse_stops); },
       {{"off", "1"}, {"on", "3"}}},
      {"restart.by_id_on_saas",
       [](const Settings& set) { return cycles_of_secrets(set, {1s}); },
       {{"off", "0"}, {"on", "1"}}},
      {"restart.debounce_window",
       [](const Settings& set) {
         return cycles_of_secrets(set, {1s, 31s});
       },
       {{"0s", "2"}, {"30s", "2"}, {"31s", "1"}, {"60s", "1"}}},
      {"restart.debounce_mode",
       [](const Settings& set) {
         return cycles_of_secrets(set, {1s, 31s, 32s, 45s});
       },
       {{"drop", "1"}, {"trailing", "2"}, {"mutation_bypass", "4"}}},
      {"restart.drain_restamp", cycles_with_a_slow_stop, {{"off", "3"}, {"on", "2"}}},
      {"restart.drain_signal",
       [](const Settings& set) {
         Rig rig("spring-2026", set);
         rig.await(rig.platform().restart_by_id(rig.key(), RestartSource::secret));
         rig.run_for(1min);
         return digits(rig.count("platform.log", "w", "drain signal sent"));
       },
       {{"off", "0"}, {"on", "1"}}},
      {"restart.file_write_debounce", file_restarts, {{"0s", "3"}, {"10s", "3"}, {"15s", "2"}, {"1m", "1"}}},
      {"probe.restart_gate", probes_during_a_restart, {{"off", "1"}, {"on", "0"}}},
      {"probe.context_gate", context_of_an_early_beat, {{"off", "1"}, {"on", "0"}}},
      {"probe.on_saas", call_to_the_dead, {{"off", "502 after 15s"}, {"on", "503 after 15s"}}},
      {"probe.pending_handling",
       admin_while_pending,
       {{"raw", R"("running":false})"},
        {"isrunning_pending_alive", R"("running":true})"},
        {"tri_state", R"("running":"pending-or-unknown"})"}}},
      {"stop.checks_status",
       [](const Settings& set) { return after_restart(set, "provision.ec2_stopped", {}, refuse_stops); },
       {{"off", "1"}, {"on", "0"}}},
      {"stop.attempts", time_of_giving_up, {{"1", "0s"}, {"2", "1s"}, {"3", "3s"}, {"4", "7s"}}},
      {"stop.backoff", time_of_giving_up, {{"0s", "0s"}, {"1s", "3s"}, {"5s", "15s"}}},
      {"provision.revokes_tokens", rejections_after_a_restart, {{"off", "2"}, {"on", "0"}}},
      {"schema.status_enum_complete",
       [=](const Settings& set) { return status_after(set, external, 5min); },
       {{"off", "online"}, {"on", "awaiting_agent"}}},
      {"heartbeat.guarded_writes", heartbeat_race, {{"off", "degraded"}, {"on", "provisioning"}}},
      {"heartbeat.recovers_awaiting_agent",
       [=](const Settings& set) { return status_after(set, awaiting, 1min); },
       {{"off", "awaiting_agent"}, {"on", "online"}}},
      {"heartbeat.recovers_failed",
       [=](const Settings& set) { return status_after(set, failed, 1min); },
       {{"off", "failed"}, {"on", "online"}}},
      {"health.remote_on_saas",
       [=](const Settings& set) { return status_after(set, external, 5min); },
       {{"off", "online"}, {"on", "awaiting_agent"}}},
      {"time.heartbeat",
       [](const Settings& set) {
         Rig rig("spring-2026", set);
         rig.run_for(5min);
         return digits(rig.count("agent.heartbeat"));
       },
       {{"30s", "9"}, {"1m", "4"}}},
      {"time.agent_client_timeout", first_beat_after_a_lost_one, {{"10s", "70s"}, {"25s", "85s"}}},
      {"time.liveness_ttl", liveness_lost, {{"3m", "181s"}, {"1m", "61s"}}},
      {"time.url_cache_ttl", cached_url_is_used, {{"5m", "200"}, {"30s", "503"}}},
      {"time.provision_timeout",
       [](const Settings& set) { return provision_times_out(set, "claude-code"); },
       {{"10m", "601s"}, {"5m", "301s"}}},
      {"time.provision_timeout_hermes",
       [](const Settings& set) { return provision_times_out(set, "hermes"); },
       {{"30m", "1801s"}, {"10m", "601s"}}},
      {"time.provision_timeout_sweep",
       [](const Settings& set) { return provision_times_out(set, "claude-code"); },
       {{"30s", "601s"}, {"7m", "841s"}}},
      {"time.provision_context", launch_is_given_up, {{"3m", "120s"}, {"20s", "20s"}}},
      {"time.cp_client_timeout", stop_is_given_up, {{"2m", "120s"}, {"45s", "45s"}}},
      {"time.cp_provision_timeout", launch_is_given_up, {{"2m", "120s"}, {"45s", "45s"}}},
      {"time.connect_timeout", call_to_the_dead, {{"15s", "503 after 15s"}, {"4s", "503 after 4s"}}},
      {"time.a2a_call", call_takes, {{"2s", "2s"}, {"9s", "9s"}}},
      {"time.db_statement", statement_takes, {{"1ms", "1ms"}, {"0s", "0s"}, {"3s", "3s"}}},
      {"time.interrupt_sleep", provisioning_is_interrupted, {{"10s", "10s"}, {"2s", "2s"}}},
      {"time.restart_context_wait",
       [](const Settings& set) { return context_is_given_up(set, Status::provisioning); },
       {{"30s", "29s"}, {"10s", "9s"}}},
      {"time.restart_context_fresh",
       [](const Settings& set) { return context_is_given_up(set, Status::online); },
       {{"30s", "29s"}, {"12s", "11s"}}},
      {"time.restart_context_poll", context_poll, {{"500ms", "3s"}, {"5s", "5s"}}},
      {"time.drain_signal_timeout", drain_signal_is_given_up, {{"10s", "10s"}, {"3s", "3s"}}},
      {"time.health_sweep", external_goes_stale, {{"15s", "106s"}, {"2m", "121s"}}},
      {"time.remote_stale", external_goes_stale, {{"90s", "106s"}, {"20s", "31s"}}},
      {"time.orphan_report", orphan_is_reported, {{"5m", "300s"}, {"1m", "60s"}}},
      {"time.proxy_ceiling", call_is_lost, {{"30m", "1800s"}, {"1m", "60s"}}},
      {"time.delegation_retry",
       [](const Settings& set) {
         return delegation_ends(set, [](Rig& rig) { rig.adversary().fail("a2a.send", "http-502", 2); });
       },
       {{"8s", "9s"}, {"20s", "21s"}}},
      {"time.delegation_context",
       [](const Settings& set) { return delegation_ends(set, [](Rig& rig) { rig.adversary().lose("a2a.send"); }); },
       {{"30m", "1801s"}, {"1m", "61s"}}},
      {"time.retry_after_busy", busy, {{"30s", "30"}, {"1500ms", "2"}}},
      {"time.retry_after_waking", waking, {{"15s", "15"}, {"1m", "60"}}},
      {"time.retry_after_restarting", restarting, {{"15s", "15"}, {"1m", "60"}}},
  };
}

std::vector<KnobTest> table() {
  std::vector<KnobTest> all = restart_knob_rows();
  for (KnobTest& test : lifecycle_knob_rows()) all.push_back(std::move(test));
  for (KnobTest& test : era_knob_rows()) all.push_back(std::move(test));
  for (KnobTest& test : agent_knob_rows()) all.push_back(std::move(test));
  for (KnobTest& test : intent_knob_rows()) all.push_back(std::move(test));
  return all;
}

TEST(Knobs, EachChangesAnOutcome) {
  for (const KnobTest& test : table()) {
    SCOPED_TRACE(test.knob);
    std::set<std::string> seen;
    for (const auto& [value, expected] : test.expected) {
      const std::string observed = test.observe({{test.knob, value}});
      EXPECT_EQ(observed, expected) << test.knob << "=" << value;
      seen.insert(observed);
    }
    EXPECT_GE(seen.size(), 2U) << test.knob << " changes nothing";
  }
}

TEST(Knobs, EachHasARowInThisTable) {
  std::set<std::string> tested;
  for (const KnobTest& test : table()) tested.insert(test.knob);
  std::set<std::string> listed;
  for (const model::Knob& knob : model::knobs()) listed.emplace(knob.name);
  EXPECT_EQ(tested, listed);
}

TEST(Knobs, EachReadsBackWhatItWrites) {
  for (const model::Knob& knob : model::knobs()) {
    for (const char* preset : {"april-2026", "spring-2026"}) {
      const model::Policy policy = policy_of(preset);
      model::Policy copy;
      EXPECT_EQ(model::set_knob(copy, knob, model::knob_text(policy, knob)), "") << knob.name;
      EXPECT_EQ(model::knob_text(copy, knob), model::knob_text(policy, knob)) << knob.name;
    }
    model::Policy policy = policy_of("spring-2026");
    const model::Policy before = policy;
    EXPECT_NE(model::set_knob(policy, knob, "no such value"), "") << knob.name;
    EXPECT_EQ(policy, before) << knob.name;
  }
}

TEST(Knobs, LayersIsRawWithTheLayersOnTheirOwnKnobs) {
  model::Policy policy;
  EXPECT_EQ(model::set_knob(policy, *model::find_knob("probe.pending_handling"), "layers"), "");
  EXPECT_EQ(policy.probe_pending_handling, model::PendingHandling::raw);
}

TEST(Knobs, AnIntervalOrACountCannotBeNothing) {
  for (const char* knob : {"stop.attempts", "time.heartbeat", "time.health_sweep"}) {
    model::Policy policy;
    const char* nothing = std::string_view{knob} == "stop.attempts" ? "0" : "0s";
    EXPECT_NE(model::set_knob(policy, *model::find_knob(knob), nothing), "") << knob;
  }
}

}  // namespace
}  // namespace drydock::test
