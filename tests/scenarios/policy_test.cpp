#include "model/policy.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "scenarios/files/decode.hpp"
#include "scenarios/files/presets.hpp"

namespace drydock::scenarios {
namespace {

using model::Policy;
using namespace std::chrono_literals;

Policy preset(const std::string& name) {
  auto loaded = load_policy(name);
  for (const auto& error : loaded.errors) ADD_FAILURE() << to_text(error);
  return loaded.value ? std::move(*loaded.value) : Policy{};
}

/// The knobs in which two policies differ, as `knob: a → b`.
std::vector<std::string> difference(const Policy& a, const Policy& b) {
  std::vector<std::string> all;
  for (const auto& knob : model::knobs()) {
    const auto before = knob_text(a, knob);
    const auto after = knob_text(b, knob);
    if (before != after) all.push_back(std::string{knob.name} + ": " + before + " → " + after);
  }
  return all;
}

TEST(Knobs, EveryFieldOfThePolicyHasOneKnob) {
  std::ifstream stream(std::filesystem::path(DRYDOCK_SOURCE_DIR) / "model/policy.hpp");
  std::ostringstream text;
  text << stream.rdbuf();
  const std::string header = text.str();
  const auto begin = header.find("struct Policy {");
  const auto body = header.substr(begin, header.find("friend bool operator==", begin) - begin);
  const std::regex field(R"(\n  [A-Za-z:_0-9]+ ([a-z_0-9]+)( = |;))");
  const auto fields = std::distance(std::sregex_iterator(body.begin(), body.end(), field), std::sregex_iterator());
  EXPECT_EQ(static_cast<std::size_t>(fields), 1 + model::knobs().size());  // and the name
}

TEST(Knobs, NamesAreUniqueAndFound) {
  std::set<std::string_view> names;
  for (const auto& knob : model::knobs()) {
    EXPECT_TRUE(names.insert(knob.name).second) << knob.name;
    EXPECT_EQ(model::find_knob(knob.name), &knob);
    EXPECT_FALSE(knob.meaning.empty() || knob.source.empty()) << knob.name;
  }
  EXPECT_EQ(model::find_knob("restart.nothing"), nullptr);
}

TEST(Knobs, TextsAreReadBackToTheSameValue) {
  const Policy original;
  for (const auto& knob : model::knobs()) {
    const auto text = knob_text(original, knob);
    Policy changed;
    changed.name = original.name;
    EXPECT_EQ(set_knob(changed, knob, text), "") << knob.name;
    EXPECT_EQ(changed, original) << knob.name;
  }
}

TEST(Knobs, EachSetsAFieldOfItsOwn) {
  std::set<std::string> changed;
  for (const auto& knob : model::knobs()) {
    Policy policy;
    const auto before = knob_text(policy, knob);
    if (knob.type().starts_with("duration")) {
      ASSERT_EQ(set_knob(policy, knob, "17m"), "");
    } else if (knob.type() == "count") {
      ASSERT_EQ(set_knob(policy, knob, "17"), "");
    } else {
      for (const auto word : knob.values()) {
        if (word != before) {
          ASSERT_EQ(set_knob(policy, knob, word), "");
        }
      }
    }
    const auto differences = difference(Policy{}, policy);
    ASSERT_EQ(differences.size(), 1U) << knob.name;
    EXPECT_TRUE(differences[0].starts_with(std::string{knob.name} + ": "));
  }
}

TEST(Knobs, RefuseWhatTheyCannotHold) {
  Policy policy;
  const auto set = [&](const char* name, const char* text) { return set_knob(policy, *model::find_knob(name), text); };
  EXPECT_EQ(set("restart.async", "true"), "expected off or on");
  EXPECT_EQ(set("restart.debounce_mode", ""), "expected drop, trailing or mutation_bypass");
  EXPECT_EQ(set("stop.attempts", "0"), "expected a whole number from 1 to 1000");
  EXPECT_EQ(set("stop.attempts", "1001"), "expected a whole number from 1 to 1000");
  EXPECT_EQ(set("stop.attempts", "-1"), "expected a whole number from 1 to 1000");
  EXPECT_EQ(set("stop.attempts", "3x"), "expected a whole number from 1 to 1000");
  EXPECT_EQ(set("stop.attempts", "99999999999"), "expected a whole number from 1 to 1000");
  EXPECT_EQ(set("time.heartbeat", "0s"), "expected at least 1ms");
  EXPECT_NE(set("time.heartbeat", "30"), "");
  EXPECT_EQ(policy, Policy{});
  EXPECT_EQ(set("time.connect_timeout", "0s"), "");
  EXPECT_EQ(set("probe.pending_handling", "layers"), "");
  EXPECT_EQ(policy.probe_pending_handling, model::PendingHandling::raw);
}

TEST(Presets, AreTheDocumentedOnes) {
  EXPECT_EQ(preset_names(),
            (std::vector<std::string>{"april-2026", "pre-2989",    "post-2989", "pre-1556", "post-1556", "pre-1932",
                                      "post-1932",  "pre-1990",    "post-1990", "pre-1991", "june-05",   "june-08",
                                      "post-1991",  "june-15",     "july-06",   "july-21",  "aug-02",    "aug-08",
                                      "autumn",     "spring-2026", "latest",    "hardened"}));
  for (const auto& name : preset_names()) EXPECT_EQ(preset(name).name, name);
}

TEST(Presets, StandInOrderOfTimeAndThoseOfNoDayLast) {
  std::string before;
  for (const auto& name : preset_names()) {
    const std::string date = preset_date(name);
    EXPECT_TRUE(date.empty() ? name == "spring-2026" || name == "latest" || name == "hardened" : before <= date)
        << name;
    if (!date.empty()) before = date;
  }
  EXPECT_EQ(preset_date("post-1556"), "2026-05-19");
  EXPECT_EQ(preset_date("no-such-preset"), "");
}

TEST(Policies, ADateIsADay) {
  const auto policy = [](const std::string& date) {
    return decode_policy("p.json",
                         R"({"format": "drydock.policy/1", "name": "p", "date": ")" + date + R"(", "set": {}})");
  };
  EXPECT_TRUE(policy("2026-06-05").errors.empty());
  for (const char* wrong : {"2026-13-05", "5 June", ""}) EXPECT_FALSE(policy(wrong).errors.empty()) << wrong;
}

TEST(Presets, AprilSetsEveryKnobThatIsNoTimeConstant) {
  for (const auto& file : {"april-2026"}) {
    std::ifstream stream(std::filesystem::path(DRYDOCK_SOURCE_DIR) / "scenarios/policies" /
                         (std::string{file} + ".json"));
    const Json document = Json::parse(stream);
    for (const auto& knob : model::knobs()) {
      const bool is_time = knob.name.starts_with("time.");
      EXPECT_EQ(document["set"].contains(std::string{knob.name}), !is_time) << knob.name;
    }
  }
}

TEST(Presets, DifferAsTheErasDo) {
  using Lines = std::vector<std::string>;
  EXPECT_EQ(difference(preset("april-2026"), preset("pre-2989")),
            (Lines{"restart.concurrency: drop_mutex → coalesce", "restart.async: off → on",
                   "restart.stop_retry: off → on", "restart.by_id_on_saas: off → on", "probe.on_saas: off → on",
                   "delete.stop: none → single", "dispatch.unified: off → on", "stop.checks_status: off → on",
                   "provision.revokes_tokens: off → on", "schema.status_enum_complete: off → on",
                   "heartbeat.recovers_awaiting_agent: off → on", "health.remote_on_saas: off → on"}));
  EXPECT_EQ(difference(preset("pre-2989"), preset("post-2989")),
            (Lines{"restart.drain_signal: off → on", "sweeper.cp_orphan.enabled: off → on"}));
  EXPECT_EQ(difference(preset("post-2989"), preset("pre-1556")), Lines{});
  EXPECT_EQ(
      difference(preset("pre-1556"), preset("post-1556")),
      (Lines{"restart.debounce_window: 0s → 1m", "probe.restart_gate: off → on", "probe.context_gate: off → on"}));
  EXPECT_EQ(difference(preset("post-1556"), preset("pre-1932")),
            (Lines{"restart.drain_restamp: off → on", "restart.file_write_debounce: 0s → 15s"}));
  EXPECT_EQ(difference(preset("pre-1932"), preset("post-1932")),
            (Lines{"delete.checks_row: off → on", "delete.stop: single → retry_with_event"}));
  EXPECT_EQ(difference(preset("post-1932"), preset("pre-1990")),
            (Lines{"backup.storage: persistent_volume_reattach → snapshot_before_stop"}));
  EXPECT_EQ(difference(preset("pre-1990"), preset("post-1990")),
            (Lines{"backup.on_failure: terminate_anyway → fail_closed_with_optin"}));
  EXPECT_EQ(difference(preset("pre-1990"), preset("pre-1991")), Lines{});
  EXPECT_EQ(difference(preset("post-1932"), preset("june-05")), (Lines{"reconciler.mode: off → v2"}));
  EXPECT_EQ(
      difference(preset("june-05"), preset("june-08")),
      (Lines{"restart.refuses_removed: off → on", "probe.names_provider: off → on", "stop.names_provider: off → on",
             "provision.persist_attempts: 1 → 3", "provision.persist_failure: ignore → fail",
             "heartbeat.guarded_writes: off → on", "heartbeat.recovers_failed: off → on"}));
  EXPECT_EQ(
      difference(preset("june-08"), preset("post-1991")),
      (Lines{"backup.storage: persistent_volume_reattach → snapshot_before_stop", "pause.cascade: implicit → opt_in",
             "watchdog.stall.enabled: off → on", "time.remote_stale: 1m30s → 3m"}));
  EXPECT_EQ(
      difference(preset("pre-1991"), preset("spring-2026")),
      (Lines{"restart.refuses_removed: off → on", "backup.on_failure: terminate_anyway → fail_closed_with_optin",
             "pause.cascade: implicit → opt_in", "delete.checks_row: on → off", "heartbeat.guarded_writes: off → on"}));
  EXPECT_EQ(difference(preset("autumn"), preset("latest")),
            (Lines{"backup.storage: persistent_volume_reattach → snapshot_before_stop",
                   "backup.on_failure: terminate_anyway → fail_closed_with_optin"}));
}

TEST(LoadPolicy, UnknownNamesAndMissingFiles) {
  const auto unknown = load_policy("post-1557");
  ASSERT_EQ(unknown.errors.size(), 1U);
  EXPECT_EQ(to_text(unknown.errors[0]), "unknown policy \"post-1557\" (did you mean \"post-1556\"?)");
  const auto missing = load_policy("./nowhere.json");
  ASSERT_EQ(missing.errors.size(), 1U);
  EXPECT_EQ(to_text(missing.errors[0]), "./nowhere.json: policy file \"./nowhere.json\": no such file");
  EXPECT_FALSE(load_policy("/").errors.empty());
  EXPECT_FALSE(load_policy("").errors.empty());
}

class PolicyFiles : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "drydock-policy-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string write(const std::string& name, const std::string& text) {
    const auto path = folder_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
    return path.string();
  }
  static std::string policy(const std::string& name, const std::string& extends, const std::string& set) {
    return R"({"format":"drydock.policy/1","name":")" + name + "\"," +
           (extends.empty() ? "" : "\"extends\":\"" + extends + "\",") + "\"set\":{" + set + "}}";
  }
  std::filesystem::path folder_;
};

TEST_F(PolicyFiles, ExtendPresetsAndEachOtherBesideThem) {
  write("base.json", policy("base", "post-1556", R"("restart.debounce_window":"5s")"));
  const auto path = write("mine.json", policy("mine", "base.json", R"("stop.attempts":7,"restart.async":false)"));
  const auto loaded = load_policy(path);
  ASSERT_TRUE(loaded.value) << to_text(loaded.errors.front());
  EXPECT_EQ(loaded.value->name, "mine");
  EXPECT_EQ(difference(preset("post-1556"), *loaded.value),
            (std::vector<std::string>{"restart.async: on → off", "restart.debounce_window: 1m → 5s",
                                      "stop.attempts: 3 → 7"}));
}

TEST_F(PolicyFiles, InACircleAreAnError) {
  write("a.json", policy("a", "b.json", ""));
  const auto path = write("b.json", policy("b", "./c.json", ""));
  write("c.json", policy("c", "a.json", ""));
  const auto loaded = load_policy(path);
  EXPECT_FALSE(loaded.value);
  ASSERT_FALSE(loaded.errors.empty());
  bool said = false;
  for (const auto& error : loaded.errors) said = said || error.message.find("extends itself") == 0;
  EXPECT_TRUE(said);
}

TEST_F(PolicyFiles, AreFoundBesideTheScenarioThatNamesThem) {
  write("policies/mine.json", policy("mine", "latest", R"("stop.attempts":9)"));
  const auto scenario = (folder_ / "s.json").string();
  const auto decoded = decode_scenario(scenario, R"({"format":"drydock.scenario/1","name":"s","horizon":"1m",
    "steps":[{"at":"1s","deploy":"policies/mine.json"}],
    "cases":[{"policy":"policies/mine.json","expect":[]}]})");
  ASSERT_TRUE(decoded.value) << to_text(decoded.errors.front());
  EXPECT_EQ(decoded.value->cases[0].name, "mine");
  EXPECT_EQ(decoded.value->cases[0].policy.stop_attempts, 9U);
  EXPECT_EQ(decoded.value->cases[0].policy_name, (folder_ / "policies/mine.json").string());
  EXPECT_TRUE(load_policy(*decoded.value->steps[0].deploy).value);
}

TEST_F(PolicyFiles, WithErrorsSaySoWhereTheyAreUsed) {
  write("broken.json", policy("broken", "", R"("stop.attempts":0)"));
  const auto decoded = decode_scenario((folder_ / "s.json").string(), R"({"format":"drydock.scenario/1","name":"s",
"horizon":"1m","cases":[{"policy":"./broken.json","expect":[]}]})");
  ASSERT_EQ(decoded.errors.size(), 1U);
  EXPECT_EQ(decoded.errors[0].pointer, "/cases/0/policy");
  EXPECT_NE(decoded.errors[0].message.find("expected a whole number from 1 to 1000"), std::string::npos);
}

TEST(DecodePolicy, AcceptsCommentsAndUsersKeys) {
  const auto decoded = decode_policy("p.json", R"({ // mine
    "format": "drydock.policy/1", "name": "p", "extends": "latest", "story": "why", "x-a": 1,
    "set": {"x-b": [], "probe.pending_handling": "layers", "time.connect_timeout": "PT20S"}})");
  ASSERT_TRUE(decoded.value) << to_text(decoded.errors.front());
  EXPECT_EQ(decoded.value->time_connect_timeout, Duration{20s});
}

}  // namespace
}  // namespace drydock::scenarios
