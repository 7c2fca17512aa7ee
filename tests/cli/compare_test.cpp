#include "cli/compare.hpp"

#include "reports/layout.hpp"
#include "tests/cli/support.hpp"

namespace drydock::cli {
namespace {

class CompareCommandTest : public CliTest {
 protected:
  static constexpr const char* kThrash = "reprov-thrash";
};

TEST_F(CompareCommandTest, TheCasesOfAFileAreVariants) {
  const Said said = drydock({"compare", kThrash});
  EXPECT_EQ(said.code, kHeld) << said.err;
  for (const char* part :
       {"reprov-thrash / pre-1556", "the first difference is event ", "post-1556: +", "no-healthy-kill of reviewer ",
        "only in pre-1556:\n", "how it came about:", "    drydock compare reprov-thrash\n"})
    EXPECT_TRUE(contains(said.out, part)) << part << "\n" << said.out;
  expect_80_columns(said.out);
  EXPECT_EQ(drydock({"compare", kThrash, "--color", "never", "--jobs", "2"}).out, said.out);
}

TEST_F(CompareCommandTest, AVariantIsAPolicyWithItsSettings) {
  const Said said = drydock({"compare", kThrash, "--policy", "post-1556", "--policy",
                             "post-1556,restart.debounce_window=0s", "--format", "json"});
  EXPECT_EQ(said.code, kHeld) << said.err;
  const Json json = said.json();
  EXPECT_EQ(json["format"], "drydock.comparison/1");
  EXPECT_EQ(json["runs"][0]["name"], "post-1556");
  EXPECT_EQ(json["runs"][1]["name"], "post-1556,restart.debounce_window=0s");
  EXPECT_EQ(json["runs"][1]["policy"], "post-1556");
  EXPECT_FALSE(json["runs"][1].contains("timeline"));
  EXPECT_TRUE(json["first_divergence"]["event"].is_number());
  EXPECT_FALSE(json["differences"].empty());
  EXPECT_EQ(json["comparisons"][0]["differences"], json["differences"]);
  // The same as the setting for all, and `run` reads variants as well.
  const Json alone =
      drydock({"run", kThrash, "--policy", "post-1556", "--set", "restart.debounce_window=0s", "--format", "json"})
          .json();
  EXPECT_EQ(json["runs"][1]["trace_hash"], alone["results"][0]["trace_hash"]);
  const Json variant =
      drydock({"run", kThrash, "--policy", "post-1556,restart.debounce_window=0s", "--format", "json"}).json();
  EXPECT_EQ(variant["results"][0]["trace_hash"], alone["results"][0]["trace_hash"]);
}

TEST_F(CompareCommandTest, ACommaInsideOfAValueStays) {
  const std::string scenario = write("s.json", kSmall);
  const Said said =
      drydock({"compare", scenario, "--policy", "latest", "--policy",
               R"(latest,cloud.snapshot_limit={"capacity":2,"refill":"60s"},time.heartbeat=20s)", "--format", "json"});
  EXPECT_EQ(said.code, kHeld) << said.out << said.err;
}

TEST_F(CompareCommandTest, TheSameVariantTwiceIsTheSame) {
  const std::string scenario = write("s.json", kSmall);
  const Said said = drydock({"compare", scenario, "--policy", "latest", "--policy", "latest,time.heartbeat=30s"});
  EXPECT_EQ(said.code, kHeld) << said.err;
  EXPECT_TRUE(contains(said.out, "every event is the same\n"));
  EXPECT_TRUE(contains(said.out, "what comes of it is the same\n"));
}

TEST_F(CompareCommandTest, MoreThanTwoAreComparedWithTheFirst) {
  const Json json = drydock({"compare", kThrash, "--policy", "pre-1556", "--policy", "post-1556", "--policy", "latest",
                             "--format", "json"})
                        .json();
  EXPECT_EQ(json["runs"].size(), 3U);
  ASSERT_EQ(json["comparisons"].size(), 2U);
  EXPECT_EQ(json["comparisons"][1]["run"], 2);
  EXPECT_EQ(json["comparisons"][1]["baseline"], 0);
}

TEST_F(CompareCommandTest, OverManyTapes) {
  const Arguments asked{"compare",   kThrash,  "--policy", "pre-1556", "--policy",
                        "post-1556", "--runs", "10",       "--metric", "starts"};
  const Said said = drydock(asked);
  EXPECT_EQ(said.code, kHeld) << said.err;
  EXPECT_TRUE(contains(said.out, "pre-1556: 10 of 10 runs broke a promise\n")) << said.out;
  EXPECT_TRUE(contains(said.out, "only pre-1556: --seed 1\n")) << said.out;
  expect_80_columns(said.out);
  Arguments as_json = asked;
  as_json.insert(as_json.end(), {"--format", "json", "--report", "json=" + path("c.json")});
  const Said document = drydock(as_json);
  EXPECT_EQ(read(path("c.json")), document.out);
  const Json json = document.json();
  EXPECT_EQ(json["tapes"], 10);
  EXPECT_EQ(json["runs"][0]["failed"], 10);
  EXPECT_EQ(json["runs"][1]["failed"], 0);
  const Json& starts = json["differences"].back();
  EXPECT_EQ(starts["name"], "starts");
  EXPECT_EQ(starts["difference"].get<double>(), starts["b"].get<double>() - starts["a"].get<double>());
}

TEST_F(CompareCommandTest, AUsersOwnPromiseIsComparedToo) {
  const std::string sql = write("few-starts.sql",
                                "-- At most three launches.\n"
                                "SELECT count(*) AS n FROM event WHERE kind = "
                                "'provision.ec2_started' HAVING n > 3 -- one row\n");
  const Arguments asked{"compare",   kThrash,       "--policy", "pre-1556", "--policy",
                        "post-1556", "--invariant", sql,        "--format", "json"};
  const auto names = [](const Json& differences) {
    std::vector<std::string> all;
    for (const Json& each : differences) all.push_back(each["name"]);
    return all;
  };
  const auto once = names(drydock(asked).json()["differences"]);
  EXPECT_NE(std::find(once.begin(), once.end(), "few-starts"), once.end());
  Arguments many = asked;
  many.insert(many.end(), {"--runs", "3"});
  const Json promise = drydock(many).json()["differences"][0];
  EXPECT_EQ(promise["name"], "few-starts");
  EXPECT_EQ(promise["a_alone"], 3);
}

TEST_F(CompareCommandTest, ReportsHoldTheRunsSideBySide) {
  const Said said = drydock({"compare", kThrash, "--quiet", "--report", "json=" + path("c.json")});
  EXPECT_EQ(std::count(said.out.begin(), said.out.end(), '\n'), 2) << said.out;
  EXPECT_EQ(Json::parse(read(path("c.json")))["runs"].size(), 2U);
}

/// Reports of a comparison are those of its runs, which name each other.
TEST_F(CompareCommandTest, ReportsAreWrittenAsThoseOfRuns) {
  (void)drydock({"compare", kThrash, "--policy", "pre-1556", "--policy", "latest", "--quiet", "--report",
                 "html=" + path("c.html"), "--report", "junit=" + path("c.xml"), "--report",
                 "mermaid=" + path("c.mmd")});
  EXPECT_TRUE(contains(read(path("c.xml")), "[[ATTACHMENT|" + path("c.html") + "]]")) << read(path("c.xml"));
  EXPECT_TRUE(read(path("c.mmd")).starts_with("sequenceDiagram\n")) << read(path("c.mmd"));
}

TEST_F(CompareCommandTest, WhatItRefuses) {
  const auto refuses = [](const Arguments& arguments, const std::string& because) {
    const Said said = drydock(arguments);
    EXPECT_EQ(said.code, kBadInput) << said.out;
    EXPECT_TRUE(contains(said.err, because)) << said.err;
    EXPECT_EQ(said.out, "");
  };
  refuses({"compare"}, "FILE is missing");
  refuses({"compare", kThrash, "--policy", "latest"}, "there is one variant only, latest");
  refuses({"compare", kThrash, "--policy", "latest", "--policy", "latst,a=b"}, "latest");
  refuses({"compare", kThrash, "--policy", "latest", "--policy", "latest,restart.asink=on"},
          "--policy latest,restart.asink=on: restart.asink=on: unknown knob");
  refuses({"compare", kThrash, "--policy", "latest", "--policy", "latest,restart.async"},
          "a setting is KEY=VALUE, not 'restart.async'");
  refuses({"compare", kThrash, "--policy", "latest", "--policy", "latest"}, "there is already a policy named latest");
  refuses({"compare", kThrash, "--metric", "starts"}, "--metric goes with --runs");
  refuses({"compare", kThrash, "--runs", "3", "--metric", "start"}, "did you mean starts?");
  refuses({"compare", kThrash, "--runs", "0"}, "--runs takes a number from 1");
  EXPECT_EQ(drydock({"compare", kThrash, "--case", "nope"}).code, kNothingSelected);
}

}  // namespace
}  // namespace drydock::cli
