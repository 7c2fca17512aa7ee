// Findings that are known from night to night: explore and run with --known, and `drydock findings`.

#include "cli/known.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "cli/known_mutants.hpp"
#include "cli/known_search.hpp"
#include "cli/memory_file.hpp"
#include "scenarios/files/presets.hpp"
#include "tests/cli/support.hpp"

namespace drydock::cli {
namespace {

namespace fs = std::filesystem;
using scenarios::FindingState;
using scenarios::RememberedFinding;

/// Short runs, in which stops fail and nobody tries again.
constexpr const char* kShortWorld = R"json({
  "format": "drydock.scenario/1", "name": "short", "title": "Deletes and pauses meet a search",
  "horizon": "1m", "calm": "3m",
  "workspaces": [{"id": "pm"}, {"id": "w1", "parent": "pm"}],
  "explore": {"faults": ["cp.stop:http-503"], "max_faults": 2,
              "requests": ["DELETE /workspaces/{w}?confirm=true", "POST /workspaces/{w}/pause"], "max_requests": 1},
  "cases": [{"policy": "april-2026", "expect": []}]
})json";

constexpr const char* kMine =
    R"json({"format": "drydock.policy/1", "name": "mine", "extends": "april-2026", "set": {}})json";
/// The same with a fix: pauses no longer reach the tree below.
constexpr const char* kMineFixed = R"json({"format": "drydock.policy/1", "name": "mine", "extends": "april-2026",
  "set": {"stop.checks_status": "on", "delete.stop": "retry", "pause.cascade": "opt_in"}})json";

class KnownTest : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    world_ = write("short.json", kShortWorld);
    mine_ = write("mine.json", kMine);
  }

  [[nodiscard]] std::string memory() const { return path("findings.db"); }
  [[nodiscard]] Said explore(const Arguments& more) const {
    Arguments arguments{"explore", world_, "--policy", mine_, "--strategy", "swarm", "--jobs", "2"};
    const bool is_bounded = std::find(more.begin(), more.end(), "--runs") != more.end();
    if (!is_bounded) arguments.insert(arguments.end(), {"--runs", "150"});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return drydock(arguments);
  }
  /// Plays a night, and returns what it said as JSON.
  [[nodiscard]] Said night(const std::string& date, const Arguments& more = {}) const {
    Arguments arguments{"--known", memory(), "--date", date, "--format", "json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return explore(arguments);
  }
  [[nodiscard]] Said findings(const std::string& action, const Arguments& more = {}) const {
    Arguments arguments{"findings", action, memory()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return drydock(arguments);
  }
  /// Returns the states of all findings of a night, by name.
  static std::map<std::string, std::string> states(const Said& said) {
    std::map<std::string, std::string> all;
    const Json json = said.json();
    for (const Json& one : json["memory"]["findings"]) all[one["name"]] = one["state"];
    return all;
  }
  [[nodiscard]] std::vector<RememberedFinding> kept() const {
    return MemoryFile(memory(), MemoryFile::Use::read).findings();
  }
  void change(const std::function<void(RememberedFinding&)>& each) const {
    MemoryFile(memory(), MemoryFile::Use::write).change([&](std::vector<RememberedFinding> all) {
      for (RememberedFinding& one : all) each(one);
      return MemoryChange{std::move(all), {{"2026-12-01", "test", ""}}};
    });
  }
  /// Plays the first night, and accepts what it found.
  void begin() const {
    ASSERT_EQ(night("2026-12-01").code, kFailed);
    ASSERT_EQ(findings("accept", {"*"}).code, kHeld);
  }

  std::string world_;
  std::string mine_;
};

TEST_F(KnownTest, ANightIsRedForWhatIsNewUntilItIsAccepted) {
  const Said first = night("2026-12-01");
  EXPECT_EQ(first.code, kFailed) << first.err;
  const Json json = first.json();
  ASSERT_GE(json["findings"].size(), 2U);
  for (const Json& finding : json["findings"]) EXPECT_EQ(finding["state"], "new");
  EXPECT_EQ(json["memory"]["date"], "2026-12-01");
  EXPECT_EQ(json["memory"]["findings"].size(), json["findings"].size());
  const Said again = night("2026-12-02");
  EXPECT_EQ(again.code, kFailed) << "nobody has accepted them";
  EXPECT_EQ(again.json()["findings"].size(), json["findings"].size());
  EXPECT_EQ(states(again), states(first));
  ASSERT_EQ(findings("accept", {"*"}).code, kHeld);
  const Said green = night("2026-12-03");
  EXPECT_EQ(green.code, kHeld) << green.out;
  EXPECT_TRUE(green.json()["findings"].empty());
  for (const auto& [name, state] : states(green)) EXPECT_EQ(state, "known") << name;
  EXPECT_EQ(states(green).size(), json["findings"].size());
  for (const RememberedFinding& one : kept()) {
    EXPECT_EQ(one.first.date, "2026-12-01");
    EXPECT_EQ(one.last.date, "2026-12-03");
    EXPECT_EQ(one.last.campaign, "explore short");
    EXPECT_TRUE(one.last.model.starts_with("drydock ")) << one.last.model;
    EXPECT_EQ(one.key.policy, "mine");
    EXPECT_FALSE(one.accepted.empty());
  }
}

TEST_F(KnownTest, ChangesNoRun) {
  begin();
  Json plain = explore({"--format", "json"}).json();
  Json known = night("2026-12-02").json();
  for (const char* key : {"runs", "distinct", "requests", "coverage", "residual", "inputs", "law"})
    EXPECT_EQ(known[key], plain[key]) << key;
}

TEST_F(KnownTest, WithoutADateNothingIsNoted) {
  begin();
  const std::string before = read(memory());
  const Said said = explore({"--known", memory()});
  EXPECT_EQ(said.code, kHeld) << said.out;
  EXPECT_TRUE(contains(said.out, "nothing was noted (--date)")) << said.out;
  (void)write("mine.json", kMineFixed);
  EXPECT_EQ(explore({"--known", memory()}).code, kHeld);
  EXPECT_EQ(read(memory()), before);
  const Said none = explore({"--known", path("none.db")});
  EXPECT_EQ(none.code, kBadInput);
  EXPECT_FALSE(fs::exists(path("none.db")));
}

TEST_F(KnownTest, WhatBreaksNoLongerIsFixedAndWhatComesBackReopened) {
  begin();
  (void)write("mine.json", kMineFixed);
  const Said fixed = night("2026-12-02");
  const auto after = states(fixed);
  const std::set<std::string> all = [&] {
    std::set<std::string> names;
    for (const auto& [name, state] : after) names.insert(state);
    return names;
  }();
  EXPECT_TRUE(all.contains("fixed")) << fixed.out;
  (void)write("mine.json", kMine);
  const Said back = night("2026-12-03");
  EXPECT_EQ(back.code, kFailed);
  std::size_t reopened = 0;
  for (const auto& [name, state] : states(back)) {
    const bool was_fixed = after.contains(name) && after.at(name) == "fixed";
    EXPECT_EQ(state == "reopened", was_fixed) << name << " " << state;
    reopened += state == "reopened" ? 1 : 0;
  }
  EXPECT_EQ(back.json()["findings"].size(), reopened) << "the known ones are none of them";
  const Said shown = explore({"--known", memory()});
  EXPECT_TRUE(contains(shown.out, "reopened, first seen 2026-12-01")) << shown.out << shown.err;
}

TEST_F(KnownTest, AnAcceptedFindingIsNewUnderAnotherPolicy) {
  begin();
  EXPECT_EQ(night("2026-12-02", {"--set", "time.heartbeat=20s"}).code, kFailed);
  EXPECT_EQ(night("2026-12-02", {"--set", "cloud.cp_latency=60ms..300ms"}).json()["memory"]["policy"], "mine")
      << "that is the world's";
  std::set<std::string> policies;
  for (const RememberedFinding& one : kept()) policies.insert(one.key.policy);
  EXPECT_EQ(policies, (std::set<std::string>{"mine", "mine,time.heartbeat=20s"}));
}

TEST_F(KnownTest, UntilFirstEndsAtTheFirstThatIsNotKnown) {
  begin();
  const Said known = night("2026-12-02", {"--until", "first"});
  EXPECT_EQ(known.code, kHeld);
  EXPECT_EQ(known.json()["runs"], 150) << "none of them was news";
  const std::string one = kept().back().full_name();
  EXPECT_EQ(findings("retire", {one}).code, kHeld);
  const Said first = night("2026-12-03", {"--until", "first"});
  EXPECT_EQ(first.code, kFailed);
  EXPECT_LT(first.json()["runs"], 150);
  EXPECT_EQ(first.json()["findings"][0]["state"], "reopened");
}

TEST_F(KnownTest, WhatTheSearchMissesItsTapeStillShows) {
  ASSERT_EQ(night("2026-12-01").code, kFailed);
  const Said unlucky = night("2026-12-02", {"--runs", "1", "--seed", "99"});
  EXPECT_EQ(unlucky.code, kFailed) << "they are new, and there";
  const Json found = unlucky.json()["findings"];
  for (const Json& finding : found) {
    EXPECT_EQ(finding["state"], "new");
    const bool is_exported = contains(finding["reproduce"], "drydock findings export");
    EXPECT_TRUE(is_exported || finding["times"] != 0) << finding;
  }
  EXPECT_EQ(unlucky.json()["findings"].size(), kept().size());
  ASSERT_EQ(findings("accept", {"*"}).code, kHeld);
  EXPECT_EQ(night("2026-12-03", {"--runs", "1", "--seed", "99"}).code, kHeld);
}

/// A decision that meets no question is tried at others of its site.
TEST_F(KnownTest, CarriesATapeOver) {
  begin();
  change([](RememberedFinding& one) {
    Json tape = Json::parse(one.tape);
    for (Json& decision : tape["decisions"]) decision["occurrence"] = decision["occurrence"].get<int>() + 40;
    one.tape = tape.dump();
  });
  const auto carried = states(night("2026-12-02", {"--runs", "1", "--seed", "99"}));
  for (const auto& [name, state] : carried) EXPECT_EQ(state, "known") << name;
  for (const RememberedFinding& one : kept()) {
    const Json decisions = Json::parse(one.tape)["decisions"];
    for (const Json& decision : decisions) EXPECT_LE(decision["occurrence"], 12) << one.name();
  }
}

TEST_F(KnownTest, NamesTapesThatDoNotReplay) {
  begin();
  change([](RememberedFinding& one) {
    Json tape = Json::parse(one.tape);
    for (Json& decision : tape["decisions"]) decision["site"] = "nobody/request";
    one.tape = tape.dump();
  });
  const Arguments unlucky{"--runs", "1", "--seed", "99"};
  const Said said = night("2026-12-02", unlucky);
  EXPECT_EQ(said.code, kHeld);
  const Json remembered = said.json()["memory"]["findings"];
  for (const Json& one : remembered) {
    EXPECT_EQ(one["state"], "does not replay") << one;
    EXPECT_EQ(one["why"], "1 of its 1 decision met no question, the first nobody/request#1=" +
                              std::to_string(one["name"].get<std::string>().starts_with("no-orphan") ? 1 : 2));
  }
  Arguments strict = unlucky;
  strict.push_back("--strict");
  EXPECT_EQ(night("2026-12-02", strict).code, kInconclusive);
  EXPECT_EQ(night("2026-12-03").code, kHeld) << "the search has found them: they are known, with tapes that fit";
  for (const RememberedFinding& one : kept()) {
    EXPECT_EQ(one.state, FindingState::known);
    EXPECT_FALSE(contains(one.tape, "nobody/")) << one.name();
  }
}

TEST_F(KnownTest, NamesTapesThatCannotBeRead) {
  begin();
  change([](RememberedFinding& one) { one.tape = "{\"format\": \"drydock.tape/9\"}"; });
  const Said said = night("2026-12-02", {"--runs", "1", "--seed", "99"});
  EXPECT_EQ(said.code, kHeld);
  const Json remembered = said.json()["memory"]["findings"];
  for (const Json& one : remembered) {
    EXPECT_EQ(one["state"], "does not replay");
    EXPECT_TRUE(contains(one["why"], "its tape cannot be read")) << one;
  }
}

TEST_F(KnownTest, PlaysTheTapesOfThePromiseThatIsLookedFor) {
  begin();
  (void)write("mine.json", kMineFixed);
  const std::string promise = kept().front().key.promise;
  const Json looked = night("2026-12-02", {"--promise", promise}).json()["memory"]["findings"];
  for (const Json& one : looked) EXPECT_EQ(one["invariant"], promise);
  for (const RememberedFinding& one : kept()) {
    EXPECT_TRUE(one.key.promise == promise || one.state == FindingState::known) << "nobody has looked";
  }
}

TEST_F(KnownTest, AFindingOfAPromiseThatNobodyCanJudgeIsNotFixed) {
  begin();
  MemoryFile(memory(), MemoryFile::Use::write).change([](std::vector<RememberedFinding> all) {
    RememberedFinding own = all.front();
    own.key.promise = "a-promise-of-mine";
    return MemoryChange{{own}, {{"2026-12-01", "test", ""}}};
  });
  const Said said = night("2026-12-02");
  EXPECT_EQ(said.code, kHeld);
  ASSERT_EQ(said.json()["memory"]["not_judged"].size(), 1U);
  EXPECT_TRUE(contains(said.json()["memory"]["not_judged"][0], "a-promise-of-mine-"));
  EXPECT_EQ(kept().back().state, FindingState::known);
}

TEST_F(KnownTest, RefusesWhatMakesNoSense) {
  const auto refused = [&](const Arguments& more, const std::string& part) {
    const Said said = explore(more);
    EXPECT_EQ(said.code, kBadInput) << part;
    EXPECT_TRUE(contains(said.err, part)) << said.err;
  };
  refused({"--date", "2026-12-01"}, "--date goes with --known");
  refused({"--known", memory(), "--date", "tomorrow"}, "neither a day");
  refused({"--known", memory(), "--date", "2026-02-30"}, "neither a day");
  refused({"--known", memory(), "--client", "true"}, "does not go with --client");
  refused({"--known", world_, "--date", "2026-12-01"}, "is no SQLite database");
  EXPECT_FALSE(fs::exists(memory()));
  ASSERT_EQ(night("2026-12-02").code, kFailed);
  refused({"--known", memory(), "--date", "2026-12-01"}, "has been written for 2026-12-02 already");
  EXPECT_EQ(drydock({"explore", "--merge", mine_, "--known", memory()}).code, kBadInput);
}

TEST_F(KnownTest, IsNoReportOfTheSameCommand) {
  begin();
  const Said said = explore({"--known", memory(), "--report", "json=" + memory()});
  EXPECT_EQ(said.code, kBadInput);
  EXPECT_TRUE(contains(said.err, "is to be written by --report")) << said.err;
  EXPECT_TRUE(read(memory()).starts_with("SQLite format 3"));
}

TEST_F(KnownTest, ReportsTellKnownFromNew) {
  begin();
  const std::string one = kept().back().full_name();
  ASSERT_EQ(findings("note", {one, "--note", "waits for #1991", "--link", "https://example.org/1991"}).code, kHeld);
  const std::string junit = path("a.xml");
  const std::string page = path("a.html");
  const Said said = explore({"--known", memory(), "--report", "junit=" + junit, "--report", "html=" + page});
  EXPECT_EQ(said.code, kHeld);
  const std::string words = "known since 2026-12-01: waits for #1991 (https://example.org/1991)";
  EXPECT_TRUE(contains(read(junit), "<skipped message=\"" + words + "\"")) << read(junit);
  EXPECT_TRUE(contains(read(junit), "failures=\"0\""));
  EXPECT_TRUE(contains(read(page), "<html"));
  EXPECT_TRUE(contains(said.out, "ok   short / mine  nothing new")) << said.out;
  EXPECT_FALSE(contains(said.out, "No violation in 150 runs of no-orphan")) << "what is known is broken all the same";
  EXPECT_TRUE(contains(said.out, "nothing was noted (--date)")) << said.out;
  EXPECT_TRUE(contains(said.out, "waits for #1991")) << said.out;
  expect_80_columns(said.out);
  ASSERT_EQ(findings("retire", {one}).code, kHeld);
  (void)explore({"--known", memory(), "--report", "junit=" + junit});
  EXPECT_TRUE(contains(read(junit), "failures=\"1\"")) << "a case of the same name, red again";
}

TEST_F(KnownTest, CampaignsAreNotedByEachStartOrWhenTheyAreMerged) {
  const Arguments part{"--campaign", path("a"), "--shard", "1/1"};
  EXPECT_EQ(explore(part).code, kFailed);
  const Said merged = drydock({"explore", "--merge", path("a"), "--known", memory(), "--date", "2026-12-01"});
  EXPECT_EQ(merged.code, kFailed) << merged.err;
  ASSERT_FALSE(kept().empty());
  EXPECT_EQ(kept().front().first.campaign, path("a"));
  EXPECT_EQ(kept().front().key.policy, "mine");
  ASSERT_EQ(findings("accept", {"*"}).code, kHeld);
  EXPECT_EQ(drydock({"explore", "--merge", path("a"), "--known", memory()}).code, kHeld);
  EXPECT_EQ(night("2026-12-02", {"--campaign", path("a")}).code, kHeld) << "the same search: nothing is left to play";
  EXPECT_EQ(kept().front().last.campaign, path("a"));
}

// --- run ------------------------------------------------------------------------------------------

TEST_F(KnownTest, ACaseThatBreaksWhatIsKnownDoesNotFail) {
  const Arguments run{"run",    "reprov-thrash", "--policy",   "pre-1556", "--known",
                      memory(), "--date",        "2026-12-01", "--format", "json"};
  const Said first = drydock(run);
  EXPECT_EQ(first.code, kFailed);
  EXPECT_FALSE(first.json()["memory"][0]["findings"].empty());
  EXPECT_EQ(drydock(run).code, kFailed) << "nobody has accepted it";
  ASSERT_EQ(findings("accept", {"*", "--note", "of that day"}).code, kHeld);
  const std::string junit = path("run.xml");
  const Said second = drydock({"run", "reprov-thrash", "--policy", "pre-1556", "--known", memory(), "--report",
                               "junit=" + junit, "--report", "json=" + path("run.json")});
  EXPECT_EQ(second.code, kHeld) << second.out;
  EXPECT_TRUE(contains(second.out, "12 known\n")) << second.out;
  EXPECT_TRUE(contains(second.out, "Violated, as is known:")) << second.out;
  const Json result = Json::parse(read(path("run.json")))["results"][0];
  EXPECT_TRUE(result["passed"]);
  for (const Json& violation : result["violations"]) {
    EXPECT_TRUE(violation["known"]);
    EXPECT_FALSE(violation["listed"]);
  }
  EXPECT_TRUE(contains(read(junit), "<skipped message=")) << read(junit);
  EXPECT_TRUE(contains(read(junit), "of that day"));
  EXPECT_EQ(
      drydock({"run", "reprov-thrash", "--policy", "pre-1556", "--set", "time.heartbeat=20s", "--known", memory()})
          .code,
      kFailed)
      << "it is accepted of another policy";
}

TEST_F(KnownTest, AKnownFindingDoesNotHideAnExpectationThatIsNotMet) {
  std::string text = kShortWorld;
  text.replace(text.find("\"explore\""), 0, R"("steps": [{"at": "5s", "request": "POST /workspaces/pm/pause"}], )");
  text.replace(text.find("\"expect\": []"), 12, R"("expect": [{"count": "restart.cycle", "is": 77}])");
  const std::string file = write("steps.json", text);
  const Said first = drydock({"run", file, "--known", memory(), "--date", "2026-12-01"});
  EXPECT_EQ(first.code, kFailed);
  (void)findings("accept", {"*"});
  EXPECT_EQ(drydock({"run", file, "--known", memory()}).code, kFailed);
}

TEST_F(KnownTest, ATapeOfARunIsPlayedByASearch) {
  ASSERT_EQ(drydock({"run", "reprov-thrash", "--policy", "pre-1556", "--known", memory(), "--date", "2026-12-01"}).code,
            kFailed);
  ASSERT_EQ(findings("accept", {"*"}).code, kHeld);
  const Said said = drydock({"explore", world_, "--policy", "pre-1556", "--runs", "1", "--known", memory(), "--date",
                             "2026-12-02", "--format", "json"});
  for (const RememberedFinding& one : kept()) {
    EXPECT_TRUE(one.scenario != "reprov-thrash" || one.last.campaign == "explore short") << said.out;
  }
}

// --- mutants --------------------------------------------------------------------------------------

TEST_F(KnownTest, AMutantThatSurvivesIsAFindingAndOneThatIsKilledIsFixed) {
  const auto played = [&](const std::string& date, const std::vector<PlayedMutant>& mutants, bool all) {
    KnownMutants known({memory(), date});
    return known.end(mutants, all);
  };
  const PlayedMutant killed{"a", "A is left out.", false};
  const PlayedMutant survived{"a", "A is left out.", true};
  EXPECT_FALSE(has_red(played("2026-12-01", {killed}, true)));
  EXPECT_TRUE(kept().empty()) << "a mutant that was never a finding is none now";
  EXPECT_TRUE(has_red(played("2026-12-01", {survived}, true)));
  EXPECT_EQ(kept().front().full_name(), "mutate/" + kept().front().name());
  ASSERT_EQ(findings("accept", {"*"}).code, kHeld);
  EXPECT_FALSE(has_red(played("2026-12-02", {survived}, true)));
  EXPECT_FALSE(has_red(played("2026-12-03", {killed}, true)));
  EXPECT_EQ(kept().front().state, FindingState::fixed);
  EXPECT_TRUE(has_red(played("2026-12-04", {survived}, true)));
  EXPECT_EQ(kept().front().state, FindingState::reopened);
  (void)played("2026-12-05", {}, false);
  EXPECT_EQ(kept().front().state, FindingState::reopened) << "it was not played";
  (void)played("2026-12-06", {}, true);
  EXPECT_EQ(kept().front().state, FindingState::does_not_replay);
  EXPECT_EQ(kept().front().why, "there is no such mutant any more");
}

// --- drydock findings -----------------------------------------------------------------------------

TEST_F(KnownTest, FindingsAreListedAndShown) {
  begin();
  const Said list = findings("list");
  EXPECT_EQ(list.code, kHeld);
  for (const RememberedFinding& one : kept()) EXPECT_TRUE(contains(list.out, one.full_name())) << list.out;
  expect_80_columns(list.out);
  EXPECT_EQ(findings("list", {"--state", "new"}).out, "");
  EXPECT_EQ(findings("list", {"--state", "old"}).code, kBadInput);
  EXPECT_EQ(findings("list", {"nothing-*"}).code, kNothingSelected);
  const Said show = findings("show", {kept().front().name()});
  EXPECT_TRUE(contains(show.out, "first seen")) << show.out;
  EXPECT_TRUE(contains(show.out, "new (explore short)")) << show.out;
  EXPECT_TRUE(contains(show.out, "accepted (findings accept)")) << show.out;
  expect_80_columns(show.out);
  const Json json = findings("list", {"--format", "json"}).json();
  EXPECT_EQ(json["format"], "drydock.findings/1");
  EXPECT_EQ(json["findings"].size(), kept().size());
  EXPECT_EQ(json["findings"][0]["history"].size(), 3U) << json["findings"][0];
}

TEST_F(KnownTest, FindingsAreNotedAcceptedAndRetired) {
  ASSERT_EQ(night("2026-12-01").code, kFailed);
  const std::string name = kept().front().name();
  EXPECT_EQ(findings("note", {name, "--note", "mine", "--link", "L"}).code, kHeld);
  EXPECT_EQ(kept().front().note, "mine");
  EXPECT_EQ(findings("note", {name, "--note", ""}).code, kHeld);
  EXPECT_EQ(kept().front().note, "") << "an empty text takes it away";
  EXPECT_EQ(kept().front().link, "L");
  EXPECT_EQ(findings("accept", {"mine/" + name, "--note", "n", "--date", "2026-12-05"}).code, kHeld);
  EXPECT_EQ(kept().front().accepted, "2026-12-05");
  EXPECT_EQ(kept().front().state, FindingState::known);
  EXPECT_EQ(kept().back().state, FindingState::is_new) << "nobody named it";
  EXPECT_EQ(findings("retire", {"*"}).code, kHeld);
  EXPECT_EQ(findings("list").out, "") << "retired ones are left out";
  EXPECT_TRUE(contains(findings("list", {"--all"}).out, "retired"));
  EXPECT_EQ(kept().front().retired, "2026-12-05") << "the latest date of the file";
  EXPECT_EQ(findings("accept", {"nobody"}).code, kNothingSelected);
}

TEST_F(KnownTest, FindingsTakesOptionsOfItsActionAlone) {
  begin();
  for (const Arguments& more : {Arguments{"list", "--note", "n"}, Arguments{"show", "--date", "2026-12-01"},
                                Arguments{"retire", "*", "--state", "new"}, Arguments{"note", "*"}, Arguments{"accept"},
                                Arguments{"export"}, Arguments{"forget", "*"}}) {
    const Said said = findings(more.front(), Arguments(more.begin() + 1, more.end()));
    EXPECT_EQ(said.code, kBadInput) << more.front() << said.out;
  }
  const Said none = drydock({"findings", "accept", path("none.db"), "*"});
  EXPECT_EQ(none.code, kBadInput);
  EXPECT_FALSE(fs::exists(path("none.db"))) << "what is changed is there";
}

TEST_F(KnownTest, ExportedTapesAreReplayedAndGoneBeyond) {
  begin();
  const Said said = findings("export", {"--output", path("tapes")});
  EXPECT_EQ(said.code, kHeld) << said.err;
  EXPECT_EQ(findings("export", {"--output", path("tapes")}).out, said.out) << "what is there stays";
  std::size_t tapes = 0;
  for (const auto& entry : fs::directory_iterator(path("tapes"))) {
    ++tapes;
    EXPECT_EQ(drydock({"replay", entry.path().string(), "--quiet"}).code, kFailed) << entry.path();
  }
  EXPECT_EQ(tapes, kept().size());
  EXPECT_EQ(explore({"--beyond", path("tapes")}).code, kHeld);
}

TEST(PolicyKey, NamesThePolicyAndTheKnobsThatWereSet) {
  scenarios::CaseSpec played;
  played.policy.name = "latest";
  played.set = {
      {"time.heartbeat", "20s"}, {"cloud.pending", "5s"}, {"restart.debounce_window", "1s"}, {"time.heartbeat", "30s"}};
  EXPECT_EQ(policy_key(played), "latest,restart.debounce_window=1s,time.heartbeat=30s");
}

TEST(ModelVersion, IsAnotherWhereThePlatformBehavesOtherwise) {
  const model::Policy latest = *scenarios::load_policy("latest").value;
  EXPECT_EQ(model_version(latest), model_version(latest));
  EXPECT_NE(model_version(latest), model_version(*scenarios::load_policy("april-2026").value));
}

}  // namespace
}  // namespace drydock::cli
