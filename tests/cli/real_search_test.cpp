#include <algorithm>

#include "tests/cli/support.hpp"

namespace drydock::cli {
namespace {

/// What the commands of search come to without anything in the place of the simulation.
class RealSearchTest : public CliTest {
 protected:
  /// The stop fails for good when the search wants it to, and the delete then leaves an orphan.
  static constexpr const char* kFragile = R"json({
    "format": "drydock.scenario/1", "name": "fragile", "title": "A delete meets a search",
    "horizon": "2m", "calm": "5m",
    "workspaces": [{"id": "pm"}, {"id": "w1", "parent": "pm"}],
    "explore": {"faults": ["cp.stop:http-503"], "max_faults": 2,
                "requests": ["DELETE /workspaces/{w}?confirm=true"], "max_requests": 1},
    "cases": [{"policy": "latest", "expect": []}]
  })json";

  void SetUp() override {
    CliTest::SetUp();
    fragile_ = write("fragile.json", kFragile);
  }
  Arguments search(const Arguments& more) const {
    Arguments arguments{"explore", fragile_,  "--policy", "april-2026", "--runs",
                        "400",     "--until", "first",    "--format",   "json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  std::string fragile_;
};

Json without_wall_time(Json json) {
  for (const char* key : {"runs_per_s", "wall_s", "shrink_s"}) json.erase(key);
  for (Json& finding : json["findings"]) {
    for (const char* key : {"found_after_s", "shrink_s"}) finding.erase(key);
  }
  return json;
}

TEST_F(RealSearchTest, GoesBeyondWhatItHasSaved) {
  const Said found = drydock(search({"--save", path("found")}));
  ASSERT_EQ(found.code, kFailed);
  const Json before = found.json()["findings"][0];
  const Json beyond = drydock(search({"--beyond", path("found")})).json();
  for (const Json& finding : beyond["findings"]) EXPECT_NE(finding["signature"], before["signature"]);
  EXPECT_EQ(beyond["known"]["findings"], 1);
  EXPECT_GT(beyond["known"]["runs"], 0);
  EXPECT_NE(beyond["inputs"], found.json()["inputs"]) << "shards of the two are none of one search";
  const Said text = drydock(
      {"explore", fragile_, "--policy", "april-2026", "--runs", "50", "--beyond", std::string{before["saved"]}});
  EXPECT_TRUE(contains(text.out, "beyond 1 known finding")) << text.out;
}

TEST_F(RealSearchTest, KnowsOnlyTapesThatWereKeptForAFinding) {
  const Said found = drydock(search({"--save", path("found")}));
  Json tape = Json::parse(read(found.json()["findings"][0]["saved"]));
  tape.erase("finding");
  const Said said = drydock(search({"--beyond", write("calm.tape.json", tape.dump())}));
  EXPECT_EQ(said.code, kBadInput);
  EXPECT_TRUE(contains(said.out + said.err, "was kept for no finding")) << said.out << said.err;
  EXPECT_EQ(drydock(search({"--beyond", fragile_})).code, kBadInput) << "a scenario is no tape";
}

TEST_F(RealSearchTest, FindsSavesAndReplays) {
  const Said said = drydock(search({"--save", path("found")}));
  ASSERT_EQ(said.code, kFailed) << said.out << said.err;
  const Json finding = said.json()["findings"][0];
  const std::string tape = finding["saved"];
  const Said replayed = drydock({"replay", tape, "--format", "json"});
  EXPECT_EQ(replayed.code, kFailed);
  EXPECT_EQ(replayed.err, "") << "every decision is asked, and the hash is the recorded one";
  const Json result = replayed.json()["results"][0];
  EXPECT_EQ(result["trace_hash"], finding["trace_hash"]);
  const auto& violations = result["violations"];
  EXPECT_TRUE(std::any_of(violations.begin(), violations.end(),
                          [&](const Json& violation) { return violation["signature"] == finding["signature"]; }));
  const Said shrunk = drydock({"shrink", tape, "--format", "json", "--output", path("m.json")});
  EXPECT_EQ(shrunk.code, kHeld) << shrunk.err;
  EXPECT_EQ(shrunk.json()["signature"], finding["signature"]);
  EXPECT_LE(shrunk.json()["size"], finding["size"]);
}

TEST_F(RealSearchTest, TheLineThatReproducesDoes) {
  const Said said = drydock(search({}));
  ASSERT_EQ(said.code, kFailed) << said.out << said.err;
  const Json finding = said.json()["findings"][0];
  Arguments arguments{"run", fragile_, "--policy", "april-2026", "--format", "json"};
  std::string line = "drydock run " + fragile_ + " --policy april-2026";
  for (const Json& decision : finding["tape"]) {
    const std::string text =
        decision["site"].get<std::string>() + "#" + decision["occurrence"].dump() + "=" + decision["value"].dump();
    arguments.insert(arguments.end(), {"--deviate", text});
    line += " --deviate '" + text + "'";
  }
  EXPECT_EQ(finding["reproduce"], line);
  const Said again = drydock(arguments);
  EXPECT_EQ(again.code, kFailed);
  EXPECT_EQ(again.json()["results"][0]["trace_hash"], finding["trace_hash"]);
}

TEST_F(RealSearchTest, ThreadsChangeNothing) {
  const Json one = without_wall_time(drydock(search({"--jobs", "1"})).json());
  EXPECT_EQ(without_wall_time(drydock(search({"--jobs", "3"})).json()), one);
  EXPECT_FALSE(one["findings"].empty());
}

TEST_F(RealSearchTest, ShardsAddUpToTheWhole) {
  const auto searched = [&](const std::string& name, const std::string& shard) {
    (void)drydock({"explore", fragile_, "--strategy", "exhaustive", "--deviations", "1", "--shard", shard, "--quiet",
                   "--report", "json=" + path(name)});
    return Json::parse(read(path(name)));
  };
  const Json whole = searched("whole.json", "1/1");
  (void)searched("1.json", "1/2");
  (void)searched("2.json", "2/2");
  const Json merged =
      drydock({"explore", "--merge", path("1.json"), "--merge", path("2.json"), "--format", "json"}).json();
  EXPECT_TRUE(whole["complete"]);
  EXPECT_TRUE(merged["complete"]);
  EXPECT_GT(whole["runs"], 10);
  EXPECT_EQ(merged["runs"], whole["runs"]);
  const auto signatures = [](const Json& json) {
    std::vector<std::string> all;
    for (const Json& finding : json["findings"]) all.push_back(finding["signature"]);
    std::sort(all.begin(), all.end());
    return all;
  };
  EXPECT_EQ(signatures(merged), signatures(whole));
}

}  // namespace
}  // namespace drydock::cli
