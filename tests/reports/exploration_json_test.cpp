#include "reports/exploration_json.hpp"

#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>

#include "reports/exploration_merge.hpp"
#include "reports/exploration_text.hpp"
#include "tests/reports/explorations.hpp"

namespace drydock::reports {
namespace {

using Json = nlohmann::json;
using scenarios::Certificate;
using scenarios::PctBound;

Json json_of(const ExplorationReport& report) { return Json::parse(exploration_json(report)); }

void expect_keys(const Json& object, const std::vector<std::string>& keys) {
  for (const std::string& key : keys) EXPECT_TRUE(object.contains(key)) << key;
}

TEST(ExplorationJson, HasTheDocumentedKeys) {
  const Json json = json_of(broken_report());
  EXPECT_EQ(json["format"], "drydock.exploration/1");
  expect_keys(json, {"strategy", "seed", "runs", "distinct", "pruned", "complete", "bound", "runs_per_s", "findings",
                     "faults", "coverage", "residual"});
  EXPECT_EQ(json["bound"]["deviations"], nullptr);
  EXPECT_EQ(json["runs_per_s"], 125.0);
  EXPECT_EQ(json["coverage"]["states"], 231);
  EXPECT_EQ(json["coverage"]["transitions"], 880);
  EXPECT_EQ(json["residual"]["settles"]["upper_95"], 0.005973);
  EXPECT_EQ(json["case"], nullptr);
  EXPECT_FALSE(json.contains("internal_error"));
}

TEST(ExplorationJson, TellsEachFinding) {
  const Json one = json_of(broken_report())["findings"][0];
  expect_keys(one, {"invariant", "signature", "first_run", "at_s", "tape", "size", "shrink_runs", "message", "story",
                    "reproduce", "saved"});
  EXPECT_EQ(one["signature"], "no-healthy-kill:a");
  EXPECT_EQ(one["first_run"], 7);
  EXPECT_EQ(one["at_s"], 30.451);
  EXPECT_EQ(one["size"], 3);
  EXPECT_EQ(one["shrink_runs"], 40);
  EXPECT_EQ(one["saved"], "found/no-healthy-kill-12345678.tape.json");
  expect_keys(one["tape"][0], {"site", "occurrence", "value", "means"});
  EXPECT_EQ(one["tape"][1]["means"], "30s");
  EXPECT_EQ(one["story"],
            Json({"+0.000s PUT /workspaces/reviewer/secrets arrived", "+1.200s restart_by_id was called for reviewer",
                  "+30.451s i-000002 of reviewer became shutting-down (was pending)"}));
  EXPECT_EQ(one["explained"][1]["others"], "any from 28s to 30s");
}

TEST(ExplorationJson, WhatWasNotSavedIsNull) {
  ExplorationReport report = quiet_report();
  add_finding(report, finding());
  EXPECT_EQ(json_of(report)["findings"][0]["saved"], nullptr);
}

TEST(ExplorationJson, FaultsAreAccounted) {
  ExplorationReport report = quiet_report();
  report.found.faults = {{"cp.stop:http-503", 12, 31, 30, true}, {"instance:dies", 0, 0, 0, std::nullopt}};
  const Json faults = json_of(report)["faults"];
  expect_keys(faults[0], {"name", "planned", "fired", "noticed", "mattered"});
  EXPECT_EQ(faults[0]["mattered"], true);
  EXPECT_EQ(faults[1]["mattered"], nullptr);
}

TEST(ExplorationJson, OnlyKeysOfWallTimeDifferBetweenTwoOfTheSame) {
  ExplorationReport fast = broken_report();
  fast.found.wall_s = 1;
  fast.found.shrink_s = 7;
  fast.found.findings[0].found_after_s = 9;
  fast.found.findings[0].shrink_s = 9;
  Json a = json_of(broken_report());
  Json b = json_of(fast);
  EXPECT_NE(a, b);
  for (Json* json : {&a, &b}) {
    for (const char* key : {"runs_per_s", "wall_s", "shrink_s"}) json->erase(key);
    for (const char* key : {"found_after_s", "shrink_s"}) (*json)["findings"][0].erase(key);
  }
  EXPECT_EQ(a, b);
}

TEST(ExplorationJson, IsJsonWhateverTheNames) {
  ExplorationReport report = broken_report();
  report.found.findings[0].outcome.tape[0].means = "\xFF\"\n";
  EXPECT_TRUE(json_of(report).is_object());
}

/// Makes a report with everything that a report can hold.
ExplorationReport full_report() {
  ExplorationReport report = broken_report();
  report.case_name = "night";
  report.deviations = 2;
  report.found.shards = 4;
  report.parts = {2, 3};
  report.found.shard = 2;
  report.found.findings_not_shrunk = 5;
  report.found.interrupted = true;
  report.found.complete = true;
  report.found.internal_error = "the clock went back";
  report.found.requests = {{"POST /workspaces/{w}/restart", 80}};
  report.found.faults = {{"a:b", 12, 31, 30, true}, {"c:d", 0, 0, 0, std::nullopt}};
  report.found.residual.pct = PctBound{14, 900, 2, 0.001};
  report.found.certificate = Certificate{2, {{"world/order", 40, 14}}, 0xBEEF};
  report.found.client = scenarios::ClientUse{"./client -x", 12, {{"exit code 0", 11}, {"signal 9", 1}}, 5, 1, "a\nb"};
  report.files.front().session = "found/a.session.ndjson";
  return report;
}

TEST(ReadExploration, ReadsBackWhatWasWritten) {
  const ExplorationReport report = full_report();
  const std::string text = exploration_json(report);
  const ReadExploration read = read_exploration(text);
  ASSERT_TRUE(read.report) << read.error;
  EXPECT_EQ(Json::parse(exploration_json(*read.report)), Json::parse(text));
  const auto shown = [](const ExplorationReport& one) {
    return exploration_head(one, {}) + exploration_findings(one, {}) + exploration_rest(one, {});
  };
  EXPECT_EQ(shown(*read.report), shown(report)) << "and says the same in words";
}

TEST(ExplorationJson, TellsWhatBecameOfAClient) {
  const Json json = json_of(full_report());
  EXPECT_EQ(json["client"]["sessions"], 12);
  EXPECT_EQ(json["client"]["ends"], Json({{"exit code 0", 11}, {"signal 9", 1}}));
  EXPECT_EQ(json["findings"][0]["saved_session"], "found/a.session.ndjson");
  EXPECT_FALSE(json_of(broken_report()).contains("client"));
}

TEST(MergeShards, AddsUpWhatBecameOfAClient) {
  ExplorationReport one = full_report();
  one.parts = {1};
  const ExplorationReport both = merge_shards(std::array{one, full_report()});
  ASSERT_TRUE(both.found.client);
  EXPECT_EQ(both.found.client->played, 24U);
  EXPECT_EQ(both.found.client->ends.at("signal 9"), 2U);
  EXPECT_EQ(both.found.client->compared, 10U);
  EXPECT_EQ(both.found.client->differed, 2U);
  EXPECT_EQ(both.found.client->difference, "a\nb");
}

TEST(ReadExploration, DepthIsBounded) {
  for (const char* deep : {"[", "{\"a\":"}) {
    std::string text = R"({"format":"drydock.exploration/1","runs":)";
    for (int i = 0; i < 1000; ++i) text += deep;
    const ReadExploration read = read_exploration(text);
    EXPECT_FALSE(read.report);
    EXPECT_NE(read.error.find("line 1, column "), std::string::npos) << read.error;
    EXPECT_NE(read.error.find("deep"), std::string::npos) << read.error;
  }
}

TEST(ReadExploration, AnotherVersionsShardIsNotMerged) {
  ExplorationReport old = full_report();
  old.tool = "drydock 0.0.1";
  ExplorationReport other = full_report();
  other.parts = {1};
  EXPECT_NE(why_not_shards_of_one(old, other).find("another version: drydock 0.0.1 and "), std::string::npos);
  old.tool = other.tool;
  EXPECT_EQ(why_not_shards_of_one(old, other), "");
  const ReadExploration read = read_exploration(exploration_json(old));
  ASSERT_TRUE(read.report) << read.error;
  EXPECT_EQ(read.report->tool, other.tool);
}

TEST(ReadExploration, ReadsEveryChainAndResultsThatHaveOne) {
  ExplorationReport report = broken_report();
  auto& violation = report.found.findings.front().outcome.violations.front();
  violation.other_causes = two_sided_outcome().violations.front().other_causes;
  const std::string text = exploration_json(report);
  const ReadExploration read = read_exploration(text);
  ASSERT_TRUE(read.report) << read.error;
  EXPECT_EQ(exploration_json(*read.report), text);
  EXPECT_EQ(json_of(report)["findings"][0]["story"].size(), 5U) << "both chains";

  Json old = Json::parse(text);
  old["findings"][0].erase("other_causes");
  const ReadExploration before = read_exploration(old.dump());
  ASSERT_TRUE(before.report) << before.error;
  EXPECT_TRUE(before.report->found.findings.front().outcome.violations.front().other_causes.empty());
}

TEST(ReadExploration, SaysWhatIsWrong) {
  EXPECT_NE(read_exploration("{").error, "");
  EXPECT_NE(read_exploration("[]").error, "");
  EXPECT_NE(read_exploration(R"({"format":"drydock.result/1"})").error.find("drydock explore"), std::string::npos);
  EXPECT_NE(read_exploration(R"({"format":"drydock.exploration/1"})").error, "");
  const Json good = Json::parse(exploration_json(full_report()));
  const auto broken = [&](const std::string& pointer, const Json& value) {
    Json bad = good;
    bad[Json::json_pointer(pointer)] = value;
    const ReadExploration read = read_exploration(bad.dump());
    EXPECT_FALSE(read.report) << pointer;
    EXPECT_NE(read.error, "") << pointer;
  };
  broken("/runs", -1);
  broken("/runs", "many");
  broken("/inputs", "xyz");
  broken("/shards/these", Json::array());
  broken("/shards/these", {3, 2});
  broken("/shards/these", {5});
  broken("/findings/0/at_s", 1e300);
  broken("/findings/0/at_s", -1);
  broken("/findings/0/start", "yesterday");
  broken("/findings/0/tape/0/occurrence", 1e10);
  broken("/certificate/hash", "beef");
}

// ---- merging ----

ExplorationReport shard(std::uint32_t number, std::uint32_t of) {
  ExplorationReport report = quiet_report();
  report.found.complete = true;
  report.found.shard = number;
  report.found.shards = of;
  report.parts = {number};
  return report;
}

TEST(MergeShards, AddsUpWhatCanBeAdded) {
  std::vector<ExplorationReport> shards{shard(2, 2), shard(1, 2)};
  shards[0].found.faults = {{"a:b", 1, 2, 3, false}, {"c:d", 0, 0, 0, std::nullopt}};
  shards[1].found.faults = {{"a:b", 10, 20, 30, true}, {"c:d", 0, 0, 0, std::nullopt}};
  shards[1].found.requests = {{"r", 4}};
  shards[0].found.requests = {{"r", 1}};
  shards[0].found.residual.states = 300;
  const ExplorationReport merged = merge_shards(shards);
  EXPECT_EQ(merged.found.runs, 1000U);
  EXPECT_EQ(merged.found.distinct, 960U);
  EXPECT_EQ(merged.found.wall_s, 8.0);
  EXPECT_EQ(merged.parts, (std::vector<std::uint32_t>{1, 2}));
  EXPECT_TRUE(merged.found.complete);
  ASSERT_EQ(merged.found.faults.size(), 2U);
  EXPECT_EQ(merged.found.faults[0].fired, 22U);
  EXPECT_EQ(merged.found.faults[0].mattered, true);
  EXPECT_EQ(merged.found.faults[1].mattered, std::nullopt);
  EXPECT_EQ(merged.found.requests.at("r"), 5U);
  EXPECT_EQ(merged.found.residual.states, 300U);
  // 1 - 0.05^(1/1000): twice the runs, half the risk.
  EXPECT_NEAR(merged.found.residual.upper_95.at("settles"), 0.0029912, 1e-6);
}

TEST(MergeShards, UnitesFindingsBySignature) {
  std::vector<ExplorationReport> shards{shard(1, 2), shard(2, 2)};
  scenarios::Finding longer = finding();
  longer.first_run = 3;
  add_finding(shards[0], longer);
  scenarios::Finding shorter = finding();
  shorter.first_run = 8;
  shorter.outcome.tape.pop_back();
  add_finding(shards[1], shorter);
  add_finding(shards[1], finding("settles"));
  const ExplorationReport merged = merge_shards(shards);
  ASSERT_EQ(merged.found.findings.size(), 2U);
  ASSERT_EQ(merged.files.size(), 2U);
  const scenarios::Finding& same = merged.found.findings[0];
  EXPECT_EQ(same.invariant, "no-healthy-kill");
  EXPECT_EQ(same.outcome.tape.size(), 2U) << "the smaller tape";
  EXPECT_EQ(same.first_run, 3U);
  EXPECT_EQ(same.times, 62U);
  // Broken in one shard: its bound is no longer that of runs without a violation.
  EXPECT_NEAR(merged.found.residual.upper_95.at("settles"), 0.005973, 1e-9);
}

TEST(MergeShards, DoesNotDependOnTheOrderOfFiles) {
  std::vector<ExplorationReport> shards{shard(1, 3), shard(2, 3), shard(3, 3)};
  for (ExplorationReport& one : shards) {
    one.found.certificate = Certificate{2, {{"s" + std::to_string(one.parts[0]), 1, 2}}, 7};
    add_finding(one, finding("settles"));
  }
  const std::string text = exploration_json(merge_shards(shards));
  EXPECT_EQ(merge_shards(shards).found.certificate->hash, 21U);
  std::swap(shards[0], shards[2]);
  EXPECT_EQ(exploration_json(merge_shards(shards)), text);
}

TEST(MergeShards, IsCompleteOnlyWithEveryShard) {
  EXPECT_FALSE(merge_shards(std::vector{shard(1, 3), shard(2, 3)}).found.complete);
  std::vector<ExplorationReport> all{shard(1, 2), shard(2, 2)};
  EXPECT_TRUE(merge_shards(all).found.complete);
  all[1].found.complete = false;
  EXPECT_FALSE(merge_shards(all).found.complete);
}

TEST(MergeShards, RefusesWhatIsNoShardOfTheSame) {
  const ExplorationReport one = shard(1, 2);
  EXPECT_EQ(why_not_shards_of_one(one, shard(2, 2)), "");
  EXPECT_EQ(why_not_shards_of_one(one, shard(1, 2)), "shard 1 is there twice");
  EXPECT_NE(why_not_shards_of_one(one, shard(2, 3)), "");
  const auto other = [&](auto change) {
    ExplorationReport changed = shard(2, 2);
    change(changed);
    return why_not_shards_of_one(one, changed);
  };
  EXPECT_NE(other([](auto& report) { report.found.scenario = "x"; }), "");
  EXPECT_NE(other([](auto& report) { report.found.policy = "x"; }), "");
  EXPECT_NE(other([](auto& report) { report.found.strategy = "x"; }), "");
  EXPECT_NE(other([](auto& report) { report.found.seed = 2; }), "");
  EXPECT_NE(other([](auto& report) { report.case_name = "x"; }), "");
  EXPECT_NE(other([](auto& report) { report.deviations = 2; }), "");
  EXPECT_NE(other([](auto& report) { report.inputs = 2; }), "");
}

}  // namespace
}  // namespace drydock::reports
