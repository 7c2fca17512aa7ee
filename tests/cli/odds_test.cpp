#include "reports/layout.hpp"
#include "tests/cli/late_tape.hpp"
#include "tests/cli/support.hpp"

namespace drydock::cli {
namespace {

class OddsCommandTest : public CliTest {
 protected:
  std::string tape(bool broken) const { return write("late.tape.json", late_tape(broken)); }
};

TEST_F(OddsCommandTest, SaysWhenItBecameLikely) {
  const Said said = drydock({"odds", tape(true), "--runs", "12"});
  EXPECT_EQ(said.code, kHeld) << said.err;
  EXPECT_TRUE(contains(said.out, "removed-stays-removed of w\n")) << said.out;
  EXPECT_TRUE(contains(said.out, "The largest rise, from ")) << said.out;
  EXPECT_TRUE(contains(said.out, "#  DELETE /workspaces/w?confirm=true\n")) << said.out;
  EXPECT_TRUE(contains(said.out, "The law, random: each question by dice of its own"));
  std::istringstream lines(said.out);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(reports::display_width(line), 80U) << line;
  const Said quiet = drydock({"odds", tape(true), "--runs", "12", "--quiet"});
  EXPECT_TRUE(quiet.out.starts_with("At time zero it was ")) << quiet.out;
  EXPECT_FALSE(contains(quiet.out, "The law"));
}

TEST_F(OddsCommandTest, JsonAndHtml) {
  const std::string html = path("o.html");
  const Said said = drydock({"odds", tape(true), "--runs", "12", "--format", "json", "--report", "html=" + html,
                             "--report", "json=" + path("o.json")});
  EXPECT_EQ(said.code, kHeld) << said.err;
  EXPECT_EQ(read(path("o.json")), said.out);
  const Json json = said.json();
  EXPECT_EQ(json["format"], "drydock.odds/1");
  EXPECT_EQ(json["workspace"], "w");
  EXPECT_EQ(json["likely_at_s"], 20.0);
  EXPECT_EQ(json["likely"]["site"], "w/request");
  EXPECT_EQ(json["largest_rise"]["decision"]["occurrence"], 4);
  EXPECT_GE(json["certain_at_s"], 20.0);
  ASSERT_GT(json["points"].size(), 10U);
  for (const Json& point : json["points"]) {
    EXPECT_LE(point["low"].get<double>(), point["probability"].get<double>());
    EXPECT_GE(point["high"].get<double>(), point["probability"].get<double>());
  }
  EXPECT_EQ(json["points"][0]["at_s"], 0.0);
  EXPECT_TRUE(contains(json["reproduce"].get<std::string>(), "--law random --runs 12 --seed 1"));
  const std::string page = read(html);
  EXPECT_TRUE(contains(page, "<svg class=\"odds-curve\""));
  EXPECT_TRUE(contains(page, "Content-Security-Policy"));
  EXPECT_FALSE(contains(page, "http://"));
  EXPECT_FALSE(contains(page, "https://"));
  EXPECT_TRUE(contains(page, json["sentence"].get<std::string>().substr(0, 20)));
}

TEST_F(OddsCommandTest, ThreadsChangeNothing) {
  const std::string file = tape(true);
  const Arguments asked{"odds", file, "--runs", "12", "--law", "swarm", "--jobs"};
  Arguments one = asked;
  one.emplace_back("1");
  Arguments three = asked;
  three.emplace_back("3");
  const Said alone = drydock(one);
  const Said together = drydock(three);
  EXPECT_EQ(alone.code, kHeld) << alone.err;
  EXPECT_EQ(together.code, kHeld) << together.err;
  EXPECT_TRUE(contains(alone.out, "The largest rise, from ")) << alone.out;
  EXPECT_EQ(alone.out, together.out);
}

TEST_F(OddsCommandTest, WhatItCannotAnswer) {
  const Said nothing = drydock({"odds", tape(false)});
  EXPECT_EQ(nothing.code, kFailed);
  EXPECT_TRUE(contains(nothing.err, "breaks no promise (any more)")) << nothing.err;
  const std::string file = tape(true);
  EXPECT_EQ(drydock({"odds", file, "--promise", "settles"}).code, kFailed);
  EXPECT_EQ(drydock({"odds", file, "--runs", "8", "--time", "1us"}).code, kInconclusive);
  const Said wrong = drydock({"odds", file, "--law", "randm"});
  EXPECT_EQ(wrong.code, kBadInput);
  EXPECT_TRUE(contains(wrong.err, "did you mean random?")) << wrong.err;
  EXPECT_EQ(drydock({"odds", file, "--time", "0s"}).code, kBadInput);
  EXPECT_EQ(drydock({"odds", path("nope.json")}).code, kBadInput);
}

}  // namespace
}  // namespace drydock::cli
