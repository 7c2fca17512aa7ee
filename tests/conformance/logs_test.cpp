#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/commands.hpp"

// The logs of the five incidents (docs/logs/README.md): each is explained by the policy before its fix, and not by the
// one after it.

namespace drydock {
namespace {

namespace fs = std::filesystem;
using Unordered = nlohmann::json;

std::string log(const std::string& name) { return (fs::path(DRYDOCK_SOURCE_DIR) / "docs/logs" / name).string(); }

std::string slurp(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return std::move(text).str();
}

struct Answer {
  int code = 0;
  Unordered json;

  /// The line at which log and model part.
  [[nodiscard]] std::size_t line() const { return json["parting"]["line"]["line"]; }
};

Answer conform(cli::Arguments arguments) {
  arguments.insert(arguments.begin(), "conform");
  arguments.insert(arguments.end(), {"--format", "json", "--jobs", "1"});
  std::ostringstream out;
  std::ostringstream err;
  const int code = cli::drydock_main(arguments, out, err, {});
  EXPECT_EQ(err.str(), "");
  return {code, Unordered::parse(out.str())};
}

Answer conform_log(const std::string& name, cli::Arguments more) {
  more.insert(more.begin(), log(name));
  return conform(std::move(more));
}

cli::Arguments thrash(const std::string& policy) {
  return {"--mapping", log("1556.mapping.json"), "--scenario", "reprov-thrash", "--policy", policy};
}

cli::Arguments loss(const std::string& policy) {
  return {"--mapping", log("1990.mapping.json"), "--scenario", "production-manager-loss", "--policy", policy, "--skew",
          "5s"};
}

cli::Arguments cascade(const std::string& policy) {
  return {"--mapping", log("1991.mapping.json"), "--scenario", "pause-cascade", "--policy", policy};
}

cli::Arguments with_runs(cli::Arguments arguments, const std::string& runs) {
  arguments.insert(arguments.end(), {"--runs", runs});
  return arguments;
}

TEST(IncidentLogs, TheSelfFireLoopIsExplainedBeforeItsFixOnly) {
  const Answer before = conform_log("1556.jsonl", with_runs(thrash("pre-1556"), "20"));
  EXPECT_EQ(before.code, cli::kHeld);
  EXPECT_EQ(before.json["lines"], 24U);
  const Answer after = conform_log("1556.jsonl", with_runs(thrash("post-1556"), "20"));
  EXPECT_EQ(after.code, cli::kFailed);
  EXPECT_EQ(after.json["parting"]["line"]["kind"], "provision.ec2_stopped");
  EXPECT_EQ(after.json["parting"]["nearest"].size(), 1U);
}

TEST(IncidentLogs, TheSingleStopIsExplainedBeforeItsFixOnly) {
  EXPECT_EQ(conform_log("1932.ndjson", {"--policy", "pre-1932", "--runs", "20"}).code, cli::kHeld);
  const Answer after = conform_log("1932.ndjson", {"--policy", "post-1932", "--runs", "20"});
  EXPECT_EQ(after.code, cli::kFailed);
  EXPECT_EQ(after.json["parting"]["line"]["kind"], "http.response");
  EXPECT_EQ(after.json["parting"]["nearest"][0]["detail"]["status"], 200);
}

TEST(IncidentLogs, TheLossIsExplainedBeforeItsFixOnly) {
  EXPECT_EQ(conform_log("1990.json", with_runs(loss("pre-1990"), "20")).code, cli::kHeld);
  const Answer after = conform_log("1990.json", with_runs(loss("post-1990"), "20"));
  EXPECT_EQ(after.code, cli::kFailed);
  EXPECT_EQ(after.json["parting"]["line"]["detail"]["action"], "TerminateInstances");
}

TEST(IncidentLogs, TheCascadeIsExplainedBeforeItsFixOnly) {
  EXPECT_EQ(conform_log("1991.json", with_runs(cascade("pre-1991"), "20")).code, cli::kHeld);
  const Answer after = conform_log("1991.json", with_runs(cascade("post-1991"), "20"));
  EXPECT_EQ(after.code, cli::kFailed);
  EXPECT_EQ(after.json["parting"]["line"]["kind"], "provision.ec2_stopped");
  EXPECT_TRUE(after.json["parting"]["nearest"].empty());
}

/// Three days of nine workspaces.
TEST(IncidentLogsSlow, TheOrphansAreExplainedBeforeTheirFixOnly) {
  EXPECT_EQ(conform_log("2989.ndjson", {"--policy", "pre-2989", "--runs", "1"}).code, cli::kHeld);
  const Answer after = conform_log("2989.ndjson", {"--policy", "post-2989", "--runs", "3"});
  EXPECT_EQ(after.code, cli::kFailed);
  EXPECT_EQ(after.json["parting"]["surplus"]["kind"], "ec2.call");
}

/// The log with one more line.
std::string with_line(const std::string& name, const std::string& after, const std::string& line) {
  std::string text = slurp(log(name));
  const auto place = text.find(after);
  EXPECT_NE(place, std::string::npos);
  text.insert(text.find('\n', place) + 1, line + "\n");
  const auto path = fs::path(testing::TempDir()) / ("impossible-" + name);
  std::ofstream(path, std::ios::binary) << text;
  return path.string();
}

TEST(IncidentLogs, OneImpossibleLineIsRefusedAtThatLine) {
  const std::string ndjson = with_line("1932.ndjson", "sweep.reaped\", \"workspace",
                                       R"({"at": "200s", "kind": "agent.register", "workspace": "worker"})");
  const Answer registers = conform({ndjson, "--policy", "pre-1932", "--runs", "20"});
  EXPECT_EQ(registers.code, cli::kFailed);
  EXPECT_EQ(registers.line(), 9U);
  EXPECT_EQ(registers.json["parting"]["explained"], 6U);
  EXPECT_TRUE(registers.json["parting"]["nearest"].empty());

  const std::string jsonl =
      with_line("1556.jsonl", "provision.ec2_started workspace_id=reviewer",
                R"({"labels":{},"line":"provision.ec2_stopped workspace_id=lead","timestamp":"2026-05-19T00:05:00Z"})");
  auto arguments = with_runs(thrash("pre-1556"), "20");
  arguments.insert(arguments.begin(), jsonl);
  const Answer lead = conform(arguments);
  EXPECT_EQ(lead.code, cli::kFailed);
  EXPECT_EQ(lead.json["parting"]["line"]["workspace"], "lead");
  EXPECT_EQ(lead.line(), 6U);
}

/// A mapped kind that the log does not have did not happen.
TEST(IncidentLogs, AStartThatTheLogDoesNotShowIsSurplus) {
  std::string text = slurp(log("1556.jsonl"));
  const std::string line = "provision.ec2_started workspace_id=researcher";
  const auto found = text.find(line);
  ASSERT_NE(found, std::string::npos);
  const auto begin = text.rfind('\n', found) + 1;
  text.erase(begin, text.find('\n', found) + 1 - begin);
  const auto path = fs::path(testing::TempDir()) / "one-start-less.jsonl";
  std::ofstream(path, std::ios::binary) << text;
  auto arguments = with_runs(thrash("pre-1556"), "1");
  arguments.insert(arguments.begin(), path.string());
  const Answer answer = conform(arguments);
  EXPECT_EQ(answer.code, cli::kFailed);
  EXPECT_EQ(answer.json["parting"]["surplus"]["kind"], "provision.ec2_started");
}

}  // namespace
}  // namespace drydock
