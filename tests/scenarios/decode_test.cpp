#include "scenarios/files/decode.hpp"
#include "scenarios/files/decode_cloud.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "scenarios/files/decode_parts.hpp"
#include "scenarios/files/embedded.hpp"
#include "scenarios/files/names.hpp"
#include "scenarios/files/request_patterns.hpp"

namespace drydock::scenarios {
namespace {

using namespace std::chrono_literals;

Scenario decoded(const std::string& text) {
  auto result = decode_scenario("test.json", text);
  for (const auto& error : result.errors) ADD_FAILURE() << to_text(error);
  return result.value ? std::move(*result.value) : Scenario{};
}

std::string errors_of(const std::string& text) {
  std::string all;
  for (const auto& error : decode_scenario("test.json", text).errors) all += to_text(error) + "\n";
  return all;
}

/// A scenario of one part besides what every file needs.
std::string with(const std::string& part) {
  return R"({"format":"drydock.scenario/1","name":"t","horizon":"10m",
"workspaces":[{"id":"lead"},{"id":"w1","parent":"lead"},{"id":"w2","parent":"lead"}],)" +
         part + R"("cases":[{"policy":"latest","expect":[]}]})";
}

/// good/whole-vocabulary.json holds everything that the documentation of the format mentions.
std::string everything() {
  std::ifstream stream(std::string{DRYDOCK_SOURCE_DIR} + "/tests/scenarios/good/whole-vocabulary.json");
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

TEST(DecodeScenario, HeadAndCloud) {
  const Scenario s = decoded(everything());
  EXPECT_EQ(s.name, "whole-vocabulary");
  EXPECT_EQ(s.title, "Everything at once");
  EXPECT_EQ(s.story, "First line.\nSecond // line, no comment in here.");
  EXPECT_EQ(s.source, "docs/scenarios.md");
  EXPECT_EQ(sim::format_rfc3339(s.start_unix_us), "2026-05-19T00:05:00Z");
  EXPECT_EQ(s.horizon, 90min);
  EXPECT_EQ(s.calm, Duration{20min});
  EXPECT_EQ(s.cloud.pending, (sim::DurationRange{26s, 30s}));
  EXPECT_EQ(s.cloud.boot.of("hermes"), (sim::DurationRange{8min, 25min}));
  EXPECT_EQ(s.cloud.boot.of("claude-code"), (sim::DurationRange{5s, 25s}));
  EXPECT_EQ(s.cloud.terminate, (sim::DurationRange{10s, 10s}));
  EXPECT_EQ(s.cloud.api_latency.of("RunInstances"), (sim::DurationRange{600ms, 2500ms}));
  EXPECT_EQ(s.cloud.api_latency.of("CreateTags"), (sim::DurationRange{1ms, 2ms}));
  EXPECT_EQ(s.cloud.image_pull, (sim::DurationRange{1min, 8min}));
  EXPECT_EQ(s.cloud.snapshot_limit, (cloud::SnapshotLimit{cloud::SnapshotLimit::Kind::window, 5, 1h}));
  EXPECT_EQ(s.cloud.pending_snapshots, 3U);
  EXPECT_FALSE(s.cloud.throttle);
  EXPECT_EQ(s.cloud.visibility_lag, (sim::DurationRange{0s, 2s}));
  EXPECT_EQ(s.cloud.capacity, cloud::Capacity::async);
  EXPECT_EQ(s.cloud.terminated_visible, Duration{30min});
  EXPECT_EQ(s.document["workspaces"].size(), 5U);
}

TEST(DecodeScenario, Workspaces) {
  const Scenario s = decoded(everything());
  ASSERT_EQ(s.workspaces.size(), 5U);
  const auto& child = s.workspaces[0];
  EXPECT_EQ(child.parent, "lead");
  EXPECT_EQ(child.status, "degraded");
  EXPECT_TRUE(child.instance_running);
  EXPECT_EQ(child.runtime, "hermes");
  EXPECT_EQ(child.active_tasks, 2);
  EXPECT_EQ(child.hibernation_idle_minutes, 30);
  EXPECT_EQ(child.secrets, (std::map<std::string, std::string>{{"TOKEN", "a"}, {"x-secret", "kept"}}));
  EXPECT_EQ(s.workspaces[1].uuid, "deedcb61-0000-4000-8000-000000000001");
  EXPECT_EQ(s.workspaces[1].runtime, "claude-code");
  EXPECT_EQ(s.workspaces[1].hibernation_idle_minutes, 5);
  EXPECT_EQ(s.workspaces[1].kind, "platform");
  EXPECT_EQ(child.kind, "workspace");
  EXPECT_TRUE(s.workspaces[2].instance_running);
  EXPECT_FALSE(s.workspaces[3].instance_running);
  EXPECT_FALSE(s.workspaces[4].instance_running);
}

TEST(DecodeScenario, Traffic) {
  const Scenario s = decoded(everything());
  ASSERT_EQ(s.traffic.size(), 3U);
  EXPECT_EQ(s.traffic[0].kind, TrafficSpec::Kind::a2a);
  EXPECT_EQ(s.traffic[0].from, "lead");
  EXPECT_EQ(s.traffic[0].every, Duration{5s});
  EXPECT_FALSE(s.traffic[0].stop || s.traffic[0].takes || s.traffic[0].timeout);
  EXPECT_EQ(s.traffic[1].kind, TrafficSpec::Kind::delegate);
  EXPECT_EQ(s.traffic[1].start, Duration{10s});
  EXPECT_EQ(s.traffic[1].stop, Duration{20min});
  EXPECT_EQ(s.traffic[1].takes, Duration{2s});
  EXPECT_EQ(s.traffic[2].kind, TrafficSpec::Kind::probe);
  EXPECT_EQ(s.traffic[2].to, "lead");
  EXPECT_EQ(s.traffic[2].timeout, Duration{15s});
}

TEST(DecodeScenario, Steps) {
  const Scenario s = decoded(everything());
  ASSERT_EQ(s.steps.size(), 8U);
  const auto& first = s.steps[0];
  EXPECT_EQ(first.id, "first");
  EXPECT_EQ(first.request->method, "PUT");
  EXPECT_EQ(first.request->path, (std::vector<std::string>{"workspaces", "child", "secrets"}));
  EXPECT_EQ(first.request->as, "ops");
  EXPECT_EQ((*first.request->body)["value"], "v");
  ASSERT_EQ(first.expect.size(), 1U);
  EXPECT_EQ(first.expect[0].status, 200);
  EXPECT_EQ(first.expect[0].headers.at("Retry-After"), "720");
  EXPECT_EQ(first.expect[0].headers.at("X-Request-Id"), "7");
  EXPECT_EQ((*first.expect[0].body)["status"], "ok");

  const auto& pause = s.steps[1];
  EXPECT_EQ(pause.id, "step-2");
  EXPECT_EQ(pause.request->query, (std::map<std::string, std::string>{{"cascade", "true"}}));
  EXPECT_EQ(pause.request->as, "user");
  EXPECT_EQ(pause.times, 3U);
  EXPECT_EQ(pause.every, Duration{10s});
  ASSERT_EQ(pause.expect.size(), 3U);
  EXPECT_EQ(pause.expect[1].status, 404);
  EXPECT_FALSE(pause.expect[2].status);

  EXPECT_EQ(s.steps[2].alias, "fresh");
  EXPECT_EQ(s.steps[3].request->query.at("purge"), "true");
  EXPECT_EQ(s.steps[4].request->path[2], "00000000-0000-4000-8000-00000000dead");
  EXPECT_EQ(s.steps[5].request->path, (std::vector<std::string>{"workspaces", "child", "files", "config", "a b.md"}));
  EXPECT_EQ(s.steps[6].request->query.size(), 2U);
  EXPECT_EQ(s.steps[7].deploy, "post-2989");
  EXPECT_FALSE(s.steps[7].request);
}

TEST(DecodeScenario, Faults) {
  const Scenario s = decoded(everything());
  ASSERT_EQ(s.faults.size(), 8U);
  EXPECT_EQ(s.faults[0].name, "flaky-stop");
  EXPECT_EQ(s.faults[0].workspace, "child");
  EXPECT_EQ(s.faults[0].window, (std::pair<Duration, Duration>{1min, 90s}));
  EXPECT_EQ(s.faults[0].probability.ppm, 500'000U);
  EXPECT_EQ(s.faults[0].limit, 3U);
  EXPECT_EQ(s.faults[1].name, "cp.start:timeout:applied");
  EXPECT_TRUE(s.faults[1].applied);
  EXPECT_EQ(s.faults[1].nth, (std::vector<std::uint32_t>{1, 3}));
  EXPECT_EQ(s.faults[2].name, "cp.start:timeout:applied-2");
  EXPECT_EQ(s.faults[2].nth, (std::vector<std::uint32_t>{2}));
  EXPECT_TRUE(s.faults[2].probability.certain());
  EXPECT_EQ(s.faults[3].at, Duration{90s});
  EXPECT_EQ(s.faults[3].down, Duration{7s});
  ASSERT_TRUE(s.faults[4].when);
  EXPECT_EQ(s.faults[4].workspace, "fresh");
  EXPECT_EQ(s.faults[4].when->event, "provision.ec2_started");
  EXPECT_EQ(s.faults[4].when->where,
            (std::map<std::string, std::string>{{"flag", "true"}, {"n", "3"}, {"source", "\"auto\""}}));
  EXPECT_EQ(s.faults[4].when->nth, 2U);
  EXPECT_EQ(s.faults[4].when->delay, Duration{1s});
  EXPECT_EQ(s.faults[5].slow_by, Duration{3s});
  EXPECT_EQ(s.faults[6].on, "ec2.RunInstances");
  EXPECT_EQ(s.faults[7].on, "ec2.TerminateInstances");
  for (const std::size_t i : {6U, 7U}) {
    EXPECT_EQ(s.faults[i].error, "RequestLimitExceeded");
    EXPECT_EQ(s.faults[i].window, (std::pair<Duration, Duration>{2min, 7min}));
    EXPECT_EQ(s.faults[i].probability.ppm, 500'000U);
  }
}

TEST(DecodeScenario, Explore) {
  const Scenario s = decoded(everything());
  ASSERT_TRUE(s.explore);
  EXPECT_EQ(s.explore->faults.size(), 4U);
  EXPECT_EQ(s.explore->max_faults, 3U);
  EXPECT_EQ(s.explore->requests.size(), 3U);
  EXPECT_EQ(s.explore->max_requests, 4U);
  EXPECT_EQ(s.explore->ranges, (std::vector<std::string>{"cloud.pending"}));
  EXPECT_EQ(decoded(with(R"("explore":{"faults":"*"},)")).explore->faults, (std::vector<std::string>{"*"}));
}

TEST(DecodeScenario, CasesAndTheirExpectations) {
  const Scenario s = decoded(everything());
  ASSERT_EQ(s.cases.size(), 2U);
  EXPECT_EQ(s.cases[0].name, "pre-1556");
  EXPECT_EQ(s.cases[0].policy.name, "pre-1556");
  EXPECT_EQ(s.cases[0].faults.size(), 8U);
  std::vector<std::string> texts;
  for (const auto& expectation : s.cases[0].expect) texts.push_back(expectation.text);
  EXPECT_EQ(texts, (std::vector<std::string>{
                       "count of provision.ec2_started for child is 4",
                       "count of restart.dropped from 5s to 4m where source secret is between 1 and 9",
                       "response of first has status 200 and header Retry-After: 720 and body {\"a\":[1]}",
                       "response 3 of step-2 has status 409",
                       "lead ends with instance none and instance_id null and status paused",
                       "no-healthy-kill is violated for child",
                       "settles holds",
                       "fault.injected happens where name flaky-stop",
                       "SELECT 1 FROM orphans returns 1 row",
                       "with x as (select 2) select * from x returns at most 3 rows",
                   }));
  const auto& count = std::get<CountExpectation>(s.cases[0].expect[1].what);
  EXPECT_EQ(count.between, (std::pair<Duration, Duration>{5s, 4min}));
  EXPECT_EQ(count.where.at("source"), "secret");
  EXPECT_TRUE(count.bounds.contains(9));
  EXPECT_FALSE(count.bounds.contains(0));
}

TEST(DecodeScenario, ACasesOwnSettingsAndFaults) {
  const Scenario s = decoded(everything());
  const CaseSpec& named = s.cases.at(1);
  EXPECT_EQ(named.name, "named");
  EXPECT_EQ(named.policy_name, "latest");
  EXPECT_EQ(named.seed, 42U);
  EXPECT_EQ(named.set, (std::vector<std::pair<std::string, std::string>>{
                           {"cloud.pending", "20s..21s"},
                           {"restart.debounce_window", "0s"},
                           {"stop.attempts", "5"},
                           {"probe.on_saas", "off"},
                           {"cloud.boot.hermes", "1s"},
                           {"cloud.snapshot_limit", R"({"spacing":"15s"})"},
                       }));
  EXPECT_EQ(named.policy.restart_debounce_window, Duration{});
  EXPECT_EQ(named.policy.stop_attempts, 5U);
  EXPECT_FALSE(named.policy.probe_on_saas);
  EXPECT_EQ(named.cloud.pending, (sim::DurationRange{20s, 21s}));
  EXPECT_EQ(named.cloud.boot.of("hermes"), (sim::DurationRange{1s, 1s}));
  EXPECT_EQ(named.cloud.snapshot_limit.kind, cloud::SnapshotLimit::Kind::spacing);
  EXPECT_EQ(named.faults.size(), 9U);
  EXPECT_EQ(named.faults.back().name, "own");
  EXPECT_EQ(s.cloud.pending, (sim::DurationRange{26s, 30s}));
}

TEST(DecodeScenario, DefaultsOfAMinimalFile) {
  const Scenario s = decoded(R"({"format":"drydock.scenario/1","name":"t","horizon":"1s",
    "cases":[{"policy":"latest","expect":[]}]})");
  EXPECT_EQ(sim::format_rfc3339(s.start_unix_us), "2026-01-01T00:00:00Z");
  EXPECT_EQ(s.cloud, cloud::Profile{});
  EXPECT_FALSE(s.calm || s.explore);
  EXPECT_TRUE(s.workspaces.empty() && s.steps.empty() && s.faults.empty());
}

TEST(DecodeScenario, EveryScenarioThatIsShipped) {
  std::size_t scenarios = 0;
  for (const auto& file : embedded_files()) {
    if (file.path.find('/') != std::string_view::npos) continue;
    ++scenarios;
    EXPECT_FALSE(decoded(std::string{file.text}).cases.empty()) << file.path;
  }
  EXPECT_GT(scenarios, 10U);
}

TEST(DecodeScenario, SnapshotLimiters) {
  const auto limit = [](const std::string& text) {
    return decoded(with("\"cloud\":{\"snapshot_limit\":" + text + "},")).cloud.snapshot_limit;
  };
  using Kind = cloud::SnapshotLimit::Kind;
  EXPECT_EQ(limit("\"seed_bucket\""), (cloud::SnapshotLimit{Kind::bucket, 5, 720s}));
  EXPECT_EQ(limit("\"seed_window\""), (cloud::SnapshotLimit{Kind::window, 5, 1h}));
  EXPECT_EQ(limit("\"aws_spacing\""), (cloud::SnapshotLimit{Kind::spacing, 1, 15s}));
  EXPECT_EQ(limit("\"none\"").kind, Kind::none);
  EXPECT_EQ(limit(R"({"capacity":2,"refill":"10m"})"), (cloud::SnapshotLimit{Kind::bucket, 2, 10min}));
}

TEST(DecodeScenario, OneRangeForEveryNameReplacesTheNamedOnes) {
  const auto s = decoded(with(R"("cloud":{"api_latency":"1ms"},)"));
  EXPECT_EQ(s.cloud.api_latency.of("RunInstances"), (sim::DurationRange{1ms, 1ms}));
}

TEST(DecodeScenario, UsersKeysAreIgnoredEverywhereButInTheUsersOwnMaps) {
  const auto s = decoded(with(
      R"("steps":[{"at":"0s","x-a":1,"request":"PUT /workspaces/w1/secrets",
          "body":{"key":"k","value":"v","x-b":1},
          "repeat":{"times":1,"every":"1s","x-c":1},"expect":{"status":200,"x-d":1}}],
         "faults":[{"x-e":1,"on":"cp.stop","error":"reset",
                    "when":{"event":"restart.cycle","x-f":1}}],
         "explore":{"x-g":1},"traffic":[{"kind":"a2a","to":"w1","every":"1s","x-h":1}],)"));
  EXPECT_EQ(s.steps.size(), 1U);
}

TEST(DecodeScenario, WarnsOfChanceWithoutSeed) {
  const std::string fault = R"("faults":[{"on":"cp.stop","error":"reset","at":"1s","probability":0.25}],)";
  const auto result = decode_scenario("test.json", with(fault));
  ASSERT_TRUE(result.value);
  ASSERT_EQ(result.warnings.size(), 1U);
  EXPECT_EQ(result.warnings[0].pointer, "/cases/0");
  EXPECT_EQ(result.warnings[0].message, "fault \"cp.stop:reset\" happens by chance, and without a seed it never does");
}

TEST(DecodeScenario, AProbabilityOfZeroNeverFires) {
  const auto warnings_of = [](const std::string& probability) {
    return decode_scenario(
               "a.json",
               std::string{R"({"format":"drydock.scenario/1","name":"a","horizon":"1m","workspaces":[{"id":"w"}],
                                  "faults":[{"on":"cp.stop","error":"reset","at":"1s","probability":)"} +
                   probability + R"(}],"cases":[{"policy":"latest","expect":[],"seed":1}]})")
        .warnings;
  };
  for (const char* probability : {"0", "0.0", "0e5"}) {
    const auto warnings = warnings_of(probability);
    ASSERT_EQ(warnings.size(), 1U) << probability;
    EXPECT_EQ(warnings[0].pointer, "/faults/0/probability");
    EXPECT_EQ(warnings[0].message, "is 0: the fault never fires");
  }
  EXPECT_TRUE(warnings_of("1e-9").empty()) << "what is not 0 is one in a million at least";
}

TEST(DecodeScenario, WarnsOfWhatComesTooLate) {
  const auto result = decode_scenario("test.json", with(
                                                       R"("steps":[{"at":"9m","request":"POST /workspaces/w1/restart",
                        "repeat":{"times":9,"every":"10s"}}],
                           "faults":[{"on":"cp.stop","error":"reset","at":"10m"}],)"));
  ASSERT_TRUE(result.value);
  ASSERT_EQ(result.warnings.size(), 2U);
  EXPECT_EQ(result.warnings[0].message, "only 6 of 9 repetitions come before the horizon");
  EXPECT_EQ(result.warnings[1].message, "is at or after the horizon: it never fires");
}

TEST(DecodeScenario, WarnsOfActionsThatTheControlPlaneNeverCalls) {
  const auto result = decode_scenario("test.json", with(
                                                       R"("faults":[
      {"on":"ec2.StopInstances","error":"reset","at":"1m"},
      {"on":"ec2.TerminateInstances","error":"reset","at":"1m"},
      {"fis":"aws:fis:inject-api-internal-error",
       "parameters":{"operations":"CreateTags, RunInstances","duration":"PT1M"}}],
      "explore":{"faults":["ec2.AttachVolume:reset","ec2.CreateSnapshot:reset"]},)"));
  ASSERT_TRUE(result.value);
  std::vector<std::string> told;
  for (const Diagnostic& warning : result.warnings) told.push_back(warning.pointer + ": " + warning.message);
  const std::string never = "the control plane never calls ";
  EXPECT_EQ(told, (std::vector<std::string>{"/faults/0/on: " + never + "StopInstances: it never fires",
                                            "/faults/2/parameters/operations: " + never + "CreateTags: it never fires",
                                            "/explore/faults/0: " + never + "AttachVolume: it never fires"}));
}

TEST(DecodeScenario, ReportsEverythingAtOnceInTheOrderOfTheFile) {
  EXPECT_EQ(errors_of(R"({"format":"drydock.scenario/1","name":"t",
 "horizon":10,
 "extra":1,
 "cases":[]})"),
            "test.json:2:12: /horizon: a duration needs a unit (\"10s\"?)\n"
            "test.json:3:2: /extra: unknown key \"extra\"\n"
            "test.json:4:10: /cases: a scenario has at least one case\n");
}

TEST(DecodeScenario, PointersAreEscapedAndColumnsCountBytes) {
  EXPECT_EQ(errors_of("{\"format\":\"drydock.scenario/1\",\"name\":\"t\",\"horizon\":\"1s\",\n"
                      "\"title\":\"é\",\"a/b~c\":1,\n\"cases\":[{\"policy\":\"latest\",\"expect\":[]}]}"),
            "test.json:2:14: /a~1b~0c: unknown key \"a/b~c\"\n");
}

TEST(DecodeScenario, AByteOrderMarkAndDosLineEndsAreRead) {
  std::string text = "\xEF\xBB\xBF" + with("// comment\r\n");
  EXPECT_EQ(decoded(text).workspaces.size(), 3U);
}

TEST(ParseRequest, TheWholeVocabulary) {
  for (const auto& info : request_vocabulary()) {
    const auto parsed = parse_request(info.pattern);
    EXPECT_TRUE(parsed.request) << info.pattern << ": " << parsed.error;
  }
  EXPECT_EQ(request_vocabulary().size(), 19U);
}

TEST(ParseRequest, RefusesWhatIsNotARequest) {
  for (const char* text :
       {"", "POST", "POST ", "POST  /workspaces", "post /workspaces", "POST workspaces", "POST /", "POST /workspaces/",
        "POST /workspaces//restart", "POST /workspaces/a/restart x", "POST /workspaces/%zz/restart",
        "POST /workspaces/%4/restart", "POST /workspaces/%ff/restart", "POST /workspaces/%00/restart",
        "POST /workspaces/a/pause?cascade=true&cascade=false", "POST /workspaces/a/pause?",
        "POST /workspaces/a/pause?=x", "PUT /workspaces/a/files", "GET /admin/workspaces/a/state"}) {
    EXPECT_FALSE(parse_request(text).request) << text;
    EXPECT_FALSE(parse_request(text).error.empty()) << text;
  }
}

TEST(Uuid, OfAnAliasIsNameBasedAndStable) {
  const auto uuid = uuid_of_alias("reviewer");
  EXPECT_TRUE(is_uuid(uuid)) << uuid;
  EXPECT_EQ(uuid[14], '8');
  EXPECT_NE(std::string("89ab").find(uuid[19]), std::string::npos);
  EXPECT_EQ(uuid, uuid_of_alias("reviewer"));
  EXPECT_NE(uuid, uuid_of_alias("researcher"));
  EXPECT_EQ(uuid, "457f4664-d029-8bd4-ab53-f7b612a6efa1");
}

TEST(Probability, IsExactInPartsPerMillion) {
  const auto ppm = [](const char* text) { return decimal_to_ppm(text); };
  EXPECT_EQ(ppm("0"), 0U);
  EXPECT_EQ(ppm("-0.0"), 0U);
  EXPECT_EQ(ppm("0e99999999999999999999"), 0U);
  EXPECT_EQ(ppm("1"), 1'000'000U);
  EXPECT_EQ(ppm("1.000000"), 1'000'000U);
  EXPECT_EQ(ppm("10e-1"), 1'000'000U);
  EXPECT_EQ(ppm("0.1"), 100'000U);
  EXPECT_EQ(ppm("0.29"), 290'000U);  // 0.29 * 1e6 is 289999.99… in doubles
  EXPECT_EQ(ppm("0.000001"), 1U);
  EXPECT_EQ(ppm("1e-6"), 1U);
  EXPECT_EQ(ppm("12.5E-2"), 125'000U);
  EXPECT_EQ(ppm("0.3333333333"), 333'333U);
  EXPECT_EQ(ppm("0.6666666666"), 666'667U);
  EXPECT_EQ(ppm("1e-30"), 1U);
  EXPECT_EQ(ppm("0.0000004"), 1U);
  EXPECT_EQ(ppm("0.99999999999"), 999'999U);
  EXPECT_FALSE(ppm("1.0000000001"));
  EXPECT_FALSE(ppm("-0.1"));
  EXPECT_FALSE(ppm("2"));
  EXPECT_FALSE(ppm("1e9"));
  EXPECT_FALSE(ppm("1e99999999999999999999"));
}

TEST(CalmLength, IsAsWrittenOrByTheLongestProvisionTimeout) {
  const model::Policy policy;
  EXPECT_EQ(calm_length(decoded(with(R"("calm":"7m",)")), policy), Duration{7min});
  EXPECT_EQ(calm_length(decoded(with("")), policy), Duration{15min});
  EXPECT_EQ(calm_length(decoded(everything()), policy), Duration{20min});
  const auto created = with(
      R"("steps":[{"at":"1s","request":"POST /workspaces",
                   "body":{"name":"n","runtime":"hermes"}}],)");
  EXPECT_EQ(calm_length(decoded(created), policy), Duration{35min});
  model::Policy quick;
  quick.time_provision_timeout = 1min;
  EXPECT_EQ(calm_length(decoded(with("")), quick), Duration{15min});
}

TEST(ApplySetting, KnobsAndCloudPaths) {
  model::Policy policy;
  cloud::Profile profile;
  EXPECT_FALSE(apply_setting(policy, profile, "restart.concurrency", "drop_mutex"));
  EXPECT_EQ(policy.restart_concurrency, model::Concurrency::drop_mutex);
  EXPECT_FALSE(apply_setting(policy, profile, "cloud.throttle", "off"));
  EXPECT_FALSE(profile.throttle);
  EXPECT_FALSE(apply_setting(policy, profile, "cloud.snapshot_limit", R"({"capacity":1,"refill":"1s"})"));
  EXPECT_EQ(profile.snapshot_limit.count, 1U);
  const auto text = [&](const char* key, const char* value) {
    const auto problem = apply_setting(policy, profile, key, value);
    return problem ? to_text(*problem) : std::string{};
  };
  EXPECT_EQ(text("restart.asinc", "on"), "unknown knob \"restart.asinc\" (did you mean \"restart.async\"?)");
  EXPECT_EQ(text("cloud.pendin", "1s"), "unknown setting \"cloud.pendin\" (did you mean \"cloud.pending\"?)");
  EXPECT_EQ(text("cloud.pending", "1"),
            "cloud.pending: \"1\" is not a range of durations (for instance \"20s..30s\" or \"25s\")");
  EXPECT_EQ(text("cloud.pending.x", "1s"), "cloud.pending.x: \"pending\" has no parts");
  EXPECT_EQ(text("restart.async", "1"), "restart.async: expected off or on, found \"1\"");
  EXPECT_NE(text("cloud.snapshot_limit", "{\"capacity\":"), "");
  EXPECT_NE(text("cloud.", "1s"), "");
  EXPECT_NE(text("", ""), "");
  for (const auto& path : cloud_paths()) EXPECT_NE(text(path.c_str(), "nonsense"), "") << path;
}

TEST(Nearest, ForgivesAThirdOfTheWordAndNoMore) {
  const std::vector<std::string> words{"restart", "pause", "resume"};
  EXPECT_EQ(nearest("restrat", words), "restart");
  EXPECT_EQ(nearest("RESUME", words), "resume");
  EXPECT_EQ(nearest("delete", words), "");
  EXPECT_EQ(nearest("", words), "");
  EXPECT_EQ(nearest("p", words), "");
}

}  // namespace
}  // namespace drydock::scenarios
