#include "tests/model/knob_rows.hpp"

#include "tests/support/rig.hpp"

namespace drydock::test {
namespace {

std::string number(std::size_t n) { return std::to_string(n); }

/// When the first such event was, in whole seconds.
std::string first(const Outcome& outcome, std::string_view kind, std::string_view detail = {}) {
  const auto found = events_of(outcome, kind, {}, detail);
  if (found.empty()) return "never";
  return std::to_string((found.front().at - sim::kTimeZero) / 1s) + "s";
}

std::string status(const Outcome& outcome, std::string_view step) {
  return std::to_string(response(outcome, step).status);
}

/// One workspace, and one request at 10 s.
std::string one_request(const std::string& request, const std::string& faults = "") {
  return R"("horizon": "5m", "workspaces": [{"id": "w"}], "faults": [)" + faults +
         R"(], "steps": [{"at": "10s", "id": "go", "request": ")" + request + R"("}])";
}

/// The control plane refuses every stop of the first so many.
std::string no_stops(const std::string& time) {
  return R"({"on": "cp.stop", "error": "http-503", "from": "0s", "for": ")" + time + R"("})";
}

const std::string kDeleteLine = "DELETE /workspaces/w?confirm=true";
const std::string kRestartLine = "POST /workspaces/w/restart";

Settings with(Settings set, const Settings& more) {
  set.insert(set.end(), more.begin(), more.end());
  return set;
}

// --- restart and backups ------------------------------------------------------------------------

std::string restart_without_a_stop(const Settings& set) {
  const Outcome outcome = play_under("post-1932", one_request(kRestartLine, no_stops("3m")), set);
  return number(count(outcome, "provision.ec2_started")) + " started, " +
         number(count(outcome, "structure_event", "w", "terminate_retry_exhausted")) + " said, " +
         number(count(outcome, "stop.attempt", "w", "Fence")) + " tries of the fence";
}

std::string volumes_of_two_launches(const Settings& set) {
  Rig rig("spring-2026", set, {{.status = Status::offline}});
  rig.await(rig.platform().provision_workspace(rig.key(), true));
  rig.await(rig.platform().provision_workspace(rig.key(), true));
  return number(rig.ec2().volumes().size());
}

std::string refused_backups(const Settings& set) {
  const Outcome outcome = play_under("spring-2026", R"(
    "horizon": "5m", "workspaces": [{"id": "v"}, {"id": "w"}],
    "faults": [{"on": "cp.backup", "error": "UnauthorizedOperation", "from": "0s", "for": "5m"}],
    "steps": [
      {"at": "10s", "id": "plain", "request": "POST /workspaces/v/restart"},
      {"at": "10s", "id": "opted", "as": "ops",
       "request": "POST /workspaces/w/restart?force_terminate=true&accept_state_loss=true"}])",
                                     set);
  return status(outcome, "plain") + " " + status(outcome, "opted");
}

/// Five restarts take the limiter's five tokens; the first is back 12 minutes after it was taken.
std::string sixth_restart(const Settings& set) {
  const Outcome outcome = play_under("spring-2026", R"(
    "horizon": "15m", "workspaces": [{"id": "w"}],
    "steps": [
      {"at": "10s", "request": "POST /workspaces/w/restart", "repeat":
       {"times": 5, "every": "90s"}},
      {"at": "460s", "id": "sixth", "request": "POST /workspaces/w/restart"}])",
                                     set);
  return status(outcome, "sixth") + " " + response(outcome, "sixth").headers.at("Retry-After");
}

std::string snapshot_is_waited_for(const Settings& set) {
  return first(play_under("spring-2026", one_request(kRestartLine), set), "provision.ec2_started");
}

// --- pause --------------------------------------------------------------------------------------

std::string pause_of_a_lead(const std::string& parameters, const Settings& set) {
  const Outcome outcome = play_under("spring-2026",
                                     R"(
    "horizon": "5m", "workspaces": [{"id": "w"}, {"id": "child", "parent": "w"}],
    "steps": [{"at": "10s", "id": "go", "request": "POST /workspaces/w/pause)" +
                                         parameters + R"("}])",
                                     set);
  const auto& answer = response(outcome, "go");
  std::string said = std::to_string(answer.status);
  if (answer.status == 200) said += " " + answer.body["paused_count"].dump();
  return answer.headers.empty() ? said : said + " " + answer.headers.begin()->second;
}

std::string stops_of_a_pause(const Settings& set) {
  const Outcome outcome = play_under("spring-2026", one_request("POST /workspaces/w/pause"), set);
  return number(count(outcome, "provision.ec2_stopped"));
}

// --- delete -------------------------------------------------------------------------------------

const Settings kNoSweeper{{"sweeper.cp_orphan.enabled", "off"}};

std::string delete_without_a_stop(const Settings& set) {
  const Outcome outcome = play_under("spring-2026", one_request(kDeleteLine, no_stops("3m")), with(set, kNoSweeper));
  return status(outcome, "go") + " " + final_value(outcome, "w", "status") + " " +
         final_value(outcome, "w", "instance");
}

std::string attempts_of_a_delete(const Settings& set) {
  const Outcome outcome = play_under("spring-2026", one_request(kDeleteLine, no_stops("3m")), with(set, kNoSweeper));
  return number(count(outcome, "stop.attempt")) + " tried, " +
         number(count(outcome, "structure_event", "w", "terminate_retry_exhausted")) + " said";
}

std::string delete_that_hangs(const Settings& set) {
  const std::string hangs = R"({"on": "cp.stop", "error": "timeout", "from": "0s", "for": "1m"})";
  const Outcome outcome = play_under("spring-2026", one_request(kDeleteLine, hangs), set);
  return std::to_string((response(outcome, "go").at - sim::kTimeZero) / 1s) + "s";
}

std::string outbox_tries(const std::string& refused, const Settings& set) {
  const Outcome outcome = play_under("spring-2026", one_request(kDeleteLine, no_stops(refused)),
                                     with(set, {{"delete.order", "durable_outbox"}}));
  return number(count(outcome, "stop.attempt", "w", "Outbox"));
}

std::string fence_tries(const Settings& set) {
  const Outcome outcome = play_under("post-1932", one_request(kRestartLine, no_stops("1m")),
                                     with(set, {{"restart.stop_failure", "fence"}}));
  return number(count(outcome, "stop.attempt", "w", "Fence"));
}

// --- sweepers -----------------------------------------------------------------------------------

/// Two removed workspaces whose instances still run.
Outcome leftovers(const std::string& faults, const Settings& set) {
  return play_under("spring-2026", R"(
    "horizon": "10m",
    "workspaces": [{"id": "w", "status": "removed", "instance": "running"},
                   {"id": "v", "status": "removed", "instance": "running"}],
    "faults": [)" + faults + "]",
                    set);
}

/// When the sweeper has done with the one whose first stop meets this fault.
std::string swept(const std::string& fault, const Settings& set) {
  const Outcome outcome = leftovers(R"({"on": "cp.stop", "workspace": "w", "nth": [1], )" + fault + "}", set);
  const auto reaped = events_of(outcome, "sweep.reaped", "w");
  if (reaped.empty()) return "never";
  return std::to_string((reaped.front().at - sim::kTimeZero) / 1s) + "s";
}

std::string swept_at_boot(const Settings& set) {
  std::size_t reaped = 0;
  for (const auto& event : events_of(leftovers("", set), "sweep.reaped")) {
    if (event.at - sim::kTimeZero < 30s) ++reaped;
  }
  return number(reaped);
}

/// A purge that takes a refused stop for done: the row is gone, the instance runs. It was launched
/// ten minutes before time zero.
std::string row_gone(const Settings& set) {
  Settings all = with(set, {{"stop.checks_status", "off"}});
  if (set.front().first != "sweeper.row_gone.enabled") all.emplace_back("sweeper.row_gone.enabled", "on");
  const Outcome outcome = play_under("spring-2026", one_request(kDeleteLine + "&purge=true", no_stops("20s")), all);
  return first(outcome, "sweep.reaped", "row_gone");
}

std::string idle_is_noticed(const Settings& set) {
  const Outcome outcome = play_under("spring-2026", R"(
    "horizon": "10m", "workspaces": [{"id": "w", "hibernation_idle": "1m"}],
    "faults": [{"on": "instance", "workspace": "w", "error": "dies", "at": "10s"}])",
                                     set);
  return first(outcome, "workspace.status", R"("to":"hibernated")");
}

/// An agent that takes longer to boot than anybody waits.
std::string boot_is_given_up(const std::string& runtime, const Settings& set) {
  const Outcome outcome = play_under("spring-2026",
                                     R"(
    "horizon": "40m", "calm": "1m",
    "cloud": {"boot": {"default": "50m..50m", "hermes": "50m..50m"}}, "workspaces": [],
    "steps": [{"at": "10s", "alias": "w", "request": "POST /workspaces",
               "body": {"name": "w", "runtime": ")" +
                                         runtime + R"("}}])",
                                     set);
  return first(outcome, "structure_event", "bootstrap_watcher");
}

}  // namespace

std::vector<KnobTest> lifecycle_knob_rows() {
  return {
      {"restart.stop_failure",
       restart_without_a_stop,
       {{"proceed", "1 started, 0 said, 0 tries of the fence"},
        {"abort_and_restore", "0 started, 1 said, 0 tries of the fence"},
        {"fence", "1 started, 0 said, 35 tries of the fence"}}},
      {"backup.storage",
       volumes_of_two_launches,
       {{"persistent_volume_reattach", "1"}, {"snapshot_before_stop", "2"}, {"stateless", "0"}}},
      {"backup.on_failure",
       refused_backups,
       {{"terminate_anyway", "200 200"}, {"fail_closed", "503 503"}, {"fail_closed_with_optin", "503 200"}}},
      {"backup.retry_after", sixth_restart, {{"720s", "503 720"}, {"90s", "503 90"}, {"computed", "503 270"}}},
      {"pause.cascade",
       [](const Settings& set) { return pause_of_a_lead("", set); },
       {{"implicit", "200 2"}, {"deprecated_implicit", "200 2 deprecated"}, {"opt_in", "409"}}},
      {"pause.cascade_false",
       [](const Settings& set) { return pause_of_a_lead("?cascade=false", set); },
       {{"refuse", "409"}, {"single", "200 1"}}},
      {"delete.order",
       delete_without_a_stop,
       {{"tenant_first", "500 removed running"},
        {"cp_first", "500 online running"},
        {"durable_outbox", "202 removed none"}}},
      {"delete.stop",
       attempts_of_a_delete,
       {{"none", "0 tried, 0 said"},
        {"single", "1 tried, 0 said"},
        {"retry", "3 tried, 0 said"},
        {"retry_with_event", "3 tried, 1 said"}}},
      {"delete.cleanup_deadline", delete_that_hangs, {{"30s", "40s"}, {"5s", "15s"}}},
      {"dispatch.unified", stops_of_a_pause, {{"off", "0"}, {"on", "1"}}},
      {"sweeper.cp_orphan.enabled", swept_at_boot, {{"off", "0"}, {"on", "2"}}},
      {"sweeper.cp_orphan.interval",
       [](const Settings& set) { return swept(R"("error": "http-503")", set); },
       {{"60s", "60s"}, {"20s", "20s"}}},
      {"sweeper.cp_orphan.deadline",
       [](const Settings& set) { return swept(R"("error": "slow", "slow_by": "20s")", set); },
       {{"30s", "20s"}, {"5s", "60s"}}},
      {"sweeper.cp_orphan.limit", swept_at_boot, {{"100", "2"}, {"1", "1"}}},
      {"sweeper.row_gone.enabled", row_gone, {{"off", "never"}, {"on", "60s"}}},
      {"sweeper.row_gone.interval", row_gone, {{"60s", "60s"}, {"25s", "25s"}}},
      {"sweeper.row_gone.grace", row_gone, {{"10m", "60s"}, {"12m", "120s"}}},
      {"time.hibernation_monitor", idle_is_noticed, {{"2m", "120s"}, {"90s", "90s"}}},
      {"time.bootstrap_watcher",
       [](const Settings& set) { return boot_is_given_up("claude-code", set); },
       {{"5m", "312s"}, {"2m", "132s"}}},
      {"time.bootstrap_watcher_hermes",
       [](const Settings& set) { return boot_is_given_up("hermes", set); },
       {{"25m", "1512s"}, {"3m", "192s"}}},
      {"time.fence_worker", fence_tries, {{"5s", "11"}, {"20s", "4"}}},
      {"time.outbox_backoff",
       [](const Settings& set) { return outbox_tries("40s", set); },
       {{"1s", "6"}, {"10s", "3"}}},
      {"time.outbox_backoff_max",
       [](const Settings& set) { return outbox_tries("40s", set); },
       {{"60s", "6"}, {"2s", "17"}}},
      {"time.snapshot_poll", snapshot_is_waited_for, {{"5s", "44s"}, {"20s", "53s"}}},
  };
}

}  // namespace drydock::test
