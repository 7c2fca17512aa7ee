#include <gtest/gtest.h>

#include <string>

#include "tests/cli/late_tape.hpp"
#include "tests/cli/support.hpp"

namespace drydock::cli {
namespace {

class FixCommandTest : public CliTest {
 protected:
  std::string tape(bool broken = true) const { return write("late.tape.json", late_tape(broken)); }
  /// Asks about the changes of `hardened`, without the catalogue.
  Said ablate(Arguments more = {}) const {
    Arguments arguments{"fix", tape(), "--ablate", "hardened", "--around", "4", "--shown", "0"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return drydock(arguments);
  }
};

TEST_F(FixCommandTest, TheFirstLineSaysWhatToChange) {
  const Said said = drydock({"fix", tape(), "--around", "4", "--shown", "0"});
  EXPECT_EQ(said.code, kHeld) << said.err;
  EXPECT_TRUE(said.out.starts_with("change ")) << said.out;
  EXPECT_TRUE(contains(said.out, "intents.durable")) << said.out;
  EXPECT_TRUE(contains(said.out, "removed-stays-removed of w in this run and in all 4 runs around")) << said.out;
  EXPECT_TRUE(contains(said.out, "    try it     drydock run --tape ")) << said.out;
  EXPECT_TRUE(contains(said.out, "\ntried all ")) << said.out;
  EXPECT_FALSE(contains(said.out, "not played on the catalogue")) << "nothing was";
}

TEST_F(FixCommandTest, ThatCommandPlaysTheRunWithIt) {
  const Json json = ablate({"--format", "json"}).json();
  ASSERT_FALSE(json["fixes"].empty());
  const std::string change = json["fixes"][0]["changes"][0]["key"].get<std::string>() + "=" +
                             json["fixes"][0]["changes"][0]["to"].get<std::string>();
  EXPECT_TRUE(json["fixes"][0]["command"].get<std::string>().ends_with(" --set " + change));
  EXPECT_EQ(drydock({"run", "--tape", tape(), "--set", change, "--quiet"}).code, kHeld);
  EXPECT_EQ(drydock({"run", "--tape", tape(), "--quiet"}).code, kFailed);
}

TEST_F(FixCommandTest, AblateNamesWhatDoesTheWork) {
  const Said said = ablate();
  EXPECT_EQ(said.code, kHeld) << said.err;
  EXPECT_TRUE(said.out.starts_with("what does the work is intents.durable from off to on")) << said.out;
  const Said quiet = ablate({"--quiet"});
  EXPECT_TRUE(said.out.starts_with(quiet.out)) << quiet.out;
}

TEST_F(FixCommandTest, APolicyThatDoesNotCloseIt) {
  const Said said = drydock({"fix", tape(), "--ablate", "post-1991", "--around", "0", "--shown", "0"});
  EXPECT_EQ(said.code, kFailed) << said.err;
  EXPECT_TRUE(contains(said.out, "post-1991")) << said.out;
  const Json json = drydock({"fix", tape(), "--ablate", "post-1991", "--around", "0", "--format", "json"}).json();
  EXPECT_EQ(json["all_hold"], false);
  EXPECT_TRUE(json["fixes"].empty());
}

TEST_F(FixCommandTest, APolicyThatIsNoOther) {
  const Said said = drydock({"fix", tape(), "--ablate", "spring-2026", "--around", "0"});
  EXPECT_EQ(said.code, kFailed);
  EXPECT_TRUE(said.out.starts_with("there is nothing to change: spring-2026 is the policy")) << said.out;
}

TEST_F(FixCommandTest, OverCloudSaysWhatItHangsOn) {
  const Json json =
      drydock({"fix", tape(), "--over", "cloud", "--around", "0", "--changes", "1", "--format", "json"}).json();
  EXPECT_EQ(json["over"], "cloud");
  EXPECT_EQ(json["scenarios"], 0) << "another world is nothing to play a catalogue in";
  for (const Json& fix : json["fixes"]) {
    const std::string key = fix["changes"][0]["key"];
    EXPECT_TRUE(key.starts_with("cloud.") || key.starts_with("time.")) << key;
  }
}

TEST_F(FixCommandTest, JobsChangeNothing) {
  const Said one = ablate({"--format", "json", "--jobs", "1"});
  const Said three = ablate({"--format", "json", "--jobs", "3"});
  EXPECT_EQ(one.out, three.out);
}

TEST_F(FixCommandTest, TheReportIsWhatJsonPrints) {
  const Said said = ablate({"--format", "json", "--report", "json=" + path("fix.json")});
  EXPECT_EQ(read(path("fix.json")), said.out);
  EXPECT_EQ(said.json()["format"], "drydock.fix/1");
  EXPECT_TRUE(contains(said.json()["reproduce"].get<std::string>(), "--ablate hardened"));
}

TEST_F(FixCommandTest, NothingBrokenIsNothingToFix) {
  const Said said = drydock({"fix", tape(false)});
  EXPECT_EQ(said.code, kFailed);
  EXPECT_EQ(said.out, "");
  EXPECT_TRUE(contains(said.err, "breaks no promise")) << said.err;
  EXPECT_EQ(drydock({"fix", tape(), "--promise", "bounded-work"}).code, kFailed);
}

TEST_F(FixCommandTest, WrongInputIsRefused) {
  EXPECT_EQ(drydock({"fix"}).code, kBadInput);
  EXPECT_EQ(drydock({"fix", path("nope.json")}).code, kBadInput);
  const std::string file = tape();
  for (const Arguments& wrong : {Arguments{"--over", "clouds"},
                                 {"--ablate", "hardend"},
                                 {"--ablate", "hardened", "--over", "cloud"},
                                 {"--changes", "4"},
                                 {"--changes", "0"},
                                 {"--around", "-1"},
                                 {"--runs", "0"},
                                 {"--promise", "no-orphans"}}) {
    Arguments arguments{"fix", file};
    arguments.insert(arguments.end(), wrong.begin(), wrong.end());
    const Said said = drydock(arguments);
    EXPECT_EQ(said.code, kBadInput) << wrong[0] << " " << wrong[1];
    EXPECT_EQ(said.out, "") << wrong[0];
  }
  EXPECT_TRUE(contains(drydock({"fix", file, "--over", "clouds"}).err, "did you mean cloud?"));
  EXPECT_EQ(drydock({"fix", "reprov-thrash", "--case", "none"}).code, kNothingSelected);
}

TEST_F(FixCommandTest, InterruptedItPrintsWhatIsKnown) {
  const std::string file = tape();
  set_interrupted(true);
  const Said said = drydock({"fix", file, "--around", "0"});
  set_interrupted(false);
  EXPECT_EQ(said.code, kInterrupted) << said.out;
}

TEST_F(FixCommandTest, LinesFit80Columns) {
  const Said said = drydock({"fix", tape(), "--around", "4", "--shown", "1"});
  std::istringstream lines(said.out);
  for (std::string line; std::getline(lines, line);) {
    if (!contains(line, "try it")) {
      EXPECT_LE(reports::display_width(line), 80U) << line;
    }
  }
}

}  // namespace
}  // namespace drydock::cli
