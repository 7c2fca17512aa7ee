#include <fcntl.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <iostream>
#include <sstream>

#include "reports/layout.hpp"
#include "tests/cli/support.hpp"

// What `import` and `conform` print, write and refuse; what they find out is tested in tests/scenarios and
// tests/conformance.

namespace drydock::cli {
namespace {

constexpr const char* kLog =
    R"({"visible": ["stop.attempt", "http.response"]}
{"at_s": 130, "kind": "http.request", "workspace": "w", "detail": {"method": "DELETE", "path": "/workspaces/w?confirm=true"}}
{"at_s": 130, "within": "1s", "kind": "stop.attempt", "workspace": "w"}
{"at_s": 130, "within": "2s", "kind": "stop.failed", "workspace": "w"}
{"at_s": 130, "within": "2s", "kind": "http.response", "workspace": "w", "detail": {"status": 500}}
{"at_s": 131, "msg": "what \u001b[2J is this"}
)";

class ConformTest : public CliTest {
 protected:
  [[nodiscard]] std::string log() const { return write("a.ndjson", kLog); }
};

TEST_F(ConformTest, ImportPrintsEventsThatItReadsBack) {
  const Said first = drydock({"import", log()});
  EXPECT_EQ(first.code, kHeld);
  EXPECT_TRUE(contains(first.out, R"("kind":"stop.attempt")")) << first.out;
  EXPECT_TRUE(contains(first.err, "1 line of the log is no event")) << first.err;
  EXPECT_FALSE(contains(first.err, "\033"));
  const std::string events = write("b.ndjson", first.out);
  const Said again = drydock({"import", events, "--format", "json"});
  EXPECT_EQ(again.code, kHeld);
  EXPECT_EQ(again.json()["events"].size(), 4U);
  EXPECT_EQ(again.json()["visible"].size(), 4U);
  EXPECT_EQ(again.err, "");
}

/// What is printed and what was read mean the same: the header says how much of a kind the log shows.
TEST_F(ConformTest, ImportOfItsOwnOutputPrintsItAgain) {
  const std::string logs = std::string{DRYDOCK_SOURCE_DIR} + "/docs/logs/";
  const std::vector<std::vector<std::string>> all{{logs + "1556.jsonl", "--mapping", logs + "1556.mapping.json"},
                                                  {logs + "1932.ndjson"},
                                                  {logs + "1990.json", "--mapping", logs + "1990.mapping.json"},
                                                  {logs + "1991.json", "--mapping", logs + "1991.mapping.json"},
                                                  {logs + "2989.ndjson"}};
  for (std::vector<std::string> arguments : all) {
    arguments.insert(arguments.begin(), "import");
    const Said first = drydock(arguments);
    ASSERT_EQ(first.code, kHeld) << first.err;
    const Said again = drydock({"import", write("again.ndjson", first.out)});
    const auto without_sources = [](std::string text) {
      std::string out;
      for (std::size_t from = 0; from < text.size();) {
        const std::string line = text.substr(from, text.find('\n', from) - from);
        from += line.size() + 1;
        out += line.substr(0, line.find(",\"source\"")) + "\n";
      }
      return out;
    };
    EXPECT_EQ(without_sources(again.out), without_sources(first.out)) << arguments[1];
  }
}

/// Gives a text as standard input for the time of a test.
class StandardInput {
 public:
  explicit StandardInput(const std::string& file) : before_(dup(STDIN_FILENO)) { take(open(file.c_str(), O_RDONLY)); }
  StandardInput(const StandardInput&) = delete;
  StandardInput& operator=(const StandardInput&) = delete;
  ~StandardInput() { take(before_); }

 private:
  static void take(int descriptor) {
    dup2(descriptor, STDIN_FILENO);
    close(descriptor);
  }
  int before_;
};

TEST_F(ConformTest, ALogMayComeFromStandardInput) {
  const Said file = drydock({"import", log(), "--format", "json"});
  const StandardInput input(log());
  const Said said = drydock({"import", "-", "--format", "json"});
  EXPECT_EQ(said.code, kHeld) << said.err;
  EXPECT_EQ(said.json()["events"].size(), file.json()["events"].size());
  EXPECT_EQ(said.json()["unmatched"][0]["file"], "standard input");
  EXPECT_TRUE(contains(drydock({"import", "-", "-"}).err, "can be read once"));
}

/// The JSON of a log is read back, too.
TEST_F(ConformTest, ImportReadsItsOwnJson) {
  const std::string logs = std::string{DRYDOCK_SOURCE_DIR} + "/docs/logs/";
  const Said first = drydock({"import", logs + "2989.ndjson", "--format", "json"});
  const Said again = drydock({"import", write("a.json", first.out), "--format", "json"});
  EXPECT_EQ(again.json()["visible"], first.json()["visible"]);
  EXPECT_EQ(again.json()["until"], first.json()["until"]);
  EXPECT_EQ(again.json()["events"].size(), first.json()["events"].size());
}

TEST_F(ConformTest, AFirstMappingIsSuggestedAndMatches) {
  const std::string file = write("p.log",
                                 "2026-05-28T06:50:00Z provision.ec2_stopped workspace_id=w instance_id=i-1\n"
                                 "2026-05-28T06:50:01Z something else\n");
  const Said suggested = drydock({"import", file, "--suggest", "-o", path("m.json")});
  EXPECT_EQ(suggested.code, kHeld) << suggested.err;
  EXPECT_EQ(suggested.err, "");
  EXPECT_EQ(drydock({"validate", path("m.json")}).code, kHeld) << read(path("m.json"));
  const Said said = drydock({"import", file, "--mapping", path("m.json"), "--format", "json"});
  EXPECT_EQ(said.json()["unmatched"].size(), 0U) << said.out;
  EXPECT_EQ(said.json()["events"][0]["workspace"], "w");
  const Said shipped = drydock({"import", file, "--mapping", "platform", "--format", "json"});
  EXPECT_EQ(shipped.json()["events"], said.json()["events"]);
  EXPECT_EQ(shipped.json()["unmatched"].size(), 1U);
  EXPECT_EQ(drydock({"import", file, "--mapping", "platfrom"}).code, kBadInput);
}

TEST_F(ConformTest, ImportWritesWholeOrNothing) {
  const Said good = drydock({"import", log(), "-o", path("events.ndjson")});
  EXPECT_EQ(good.code, kHeld);
  EXPECT_EQ(good.out, "");
  EXPECT_TRUE(contains(read(path("events.ndjson")), "stop.attempt"));
  const std::string bad = write("bad.ndjson", "{\"at_s\": 1, \"kind\": \"stop.failed\"}\n{\"at_s\": }\n");
  const Said said = drydock({"import", bad, "-o", path("none.ndjson")});
  EXPECT_EQ(said.code, kBadInput);
  EXPECT_TRUE(contains(said.err, "bad.ndjson:2:")) << said.err;
  EXPECT_FALSE(std::filesystem::exists(path("none.ndjson")));
}

TEST_F(ConformTest, EveryUnmatchedLineIsInTheJson) {
  std::string text;
  for (int i = 0; i < 9; ++i) text += "{\"at_s\": 1, \"msg\": \"x\"}\n";
  const std::string file = write("unknown.ndjson", text);
  const Said json = drydock({"import", file, "--format", "json"});
  EXPECT_EQ(json.json()["unmatched"].size(), 9U);
  EXPECT_EQ(json.json()["unmatched"][8]["line"], 9);
  EXPECT_TRUE(contains(json.err, "9 lines of the log are no event")) << json.err;
  EXPECT_TRUE(contains(json.err, "4 more")) << json.err;
  const Said nothing = drydock({"conform", file});
  EXPECT_EQ(nothing.code, kBadInput);
  EXPECT_TRUE(contains(nothing.err, "no line of the log is an event")) << nothing.err;
}

TEST_F(ConformTest, ExplainedIsSavedAsATapeAndAsAScenario) {
  const Said said = drydock(
      {"conform", log(), "--policy", "pre-1932", "--runs", "5", "--jobs", "1", "--save", path("why.tape.json")});
  EXPECT_EQ(said.code, kHeld) << said.out << said.err;
  EXPECT_TRUE(said.out.starts_with("explained by pre-1932: 4 of 4 lines")) << said.out;
  EXPECT_TRUE(contains(said.out, "drydock replay")) << said.out;
  EXPECT_TRUE(contains(said.out, "1 line of the log is no event")) << said.out;
  EXPECT_EQ(drydock({"validate", path("why.tape.json"), path("why.scenario.json")}).code, kHeld);
  EXPECT_EQ(drydock({"run", path("why.scenario.json")}).code, kHeld);
}

TEST_F(ConformTest, NotExplainedIsExitOneAndSaysWhere) {
  const Said said = drydock(
      {"conform", log(), "--policy", "post-1932", "--runs", "5", "--jobs", "1", "--save", path("why.tape.json")});
  EXPECT_EQ(said.code, kFailed) << said.out << said.err;
  EXPECT_TRUE(said.out.starts_with("not explained by post-1932: ")) << said.out;
  EXPECT_TRUE(contains(said.out, "http.response of w {\"status\":500}")) << said.out;
  EXPECT_TRUE(contains(said.out, "no proof")) << said.out;
  EXPECT_FALSE(std::filesystem::exists(path("why.tape.json")));
  for (std::size_t from = 0; from < said.out.size();) {
    const auto end = said.out.find('\n', from);
    const std::string line = said.out.substr(from, end - from);
    // A place in a file is to be copied, and therefore whole.
    if (!line.starts_with("    line ")) {
      EXPECT_LE(reports::display_width(line), 80U) << line;
    }
    from = end + 1;
  }
}

TEST_F(ConformTest, TheCommandLineIsChecked) {
  EXPECT_EQ(drydock({"conform"}).code, kBadInput);
  EXPECT_TRUE(contains(drydock({"conform", log(), "--from", "lokki"}).err, "did you mean loki?"));
  EXPECT_TRUE(contains(drydock({"conform", log(), "--skew", "2"}).err, "--skew takes a duration"));
  EXPECT_TRUE(contains(drydock({"conform", log(), "--runs", "0"}).err, "--runs"));
  const Said no_time = drydock({"conform", log(), "--time", "0s"});
  EXPECT_EQ(no_time.code, kBadInput);
  EXPECT_TRUE(contains(no_time.err, "--time takes a duration such as 60s or 5m, not '0s'")) << no_time.err;
  EXPECT_TRUE(contains(drydock({"conform", log(), "--visible", "stop.faild"}).err, "stop.failed"));
  const Said policy = drydock({"conform", log(), "--policy", "pre-1933"});
  EXPECT_EQ(policy.code, kBadInput);
  EXPECT_TRUE(contains(policy.err, "pre-1932")) << policy.err;
  const Said knob = drydock({"conform", log(), "--set", "stop.atempts=1"});
  EXPECT_EQ(knob.code, kBadInput);
  EXPECT_TRUE(contains(knob.err, "stop.attempts")) << knob.err;
  const std::string mapping = write("m.json", R"({"format": "drydock.mapping/1", "rules": [{}]})");
  const Said said = drydock({"conform", log(), "--mapping", mapping});
  EXPECT_EQ(said.code, kBadInput);
  EXPECT_TRUE(contains(said.err, "m.json:1:43: /rules/0")) << said.err;
  EXPECT_EQ(drydock({"validate", mapping}).code, kBadInput);
}

}  // namespace
}  // namespace drydock::cli
