#include "server/client_theatre.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "scenarios/explore/explorer.hpp"
#include "scenarios/files/decode.hpp"
#include "scenarios/run.hpp"
#include "scenarios/session/log.hpp"
#include "server/client_process.hpp"

namespace drydock::server {
namespace {

using namespace std::chrono_literals;
using scenarios::Exploration;
using scenarios::ExploreOptions;
using scenarios::Strategy;

constexpr const char* kRegion = R"({"format":"drydock.scenario/1","name":"region","horizon":"1m",
    "explore":{"faults":["ec2.RunInstances:reset:applied","ec2.RunInstances:http-503","ec2.DescribeInstances:closed"]},
    "cases":[{"policy":"latest","expect":[]}]})";

/// What every client below begins with: it can ask, and read an answer to its end.
constexpr const char* kPrologue = R"(
where=${AWS_ENDPOINT_URL#http://}
ask() {
  exec 3<>"/dev/tcp/${where%:*}/${where#*:}"
  printf 'POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s' ${#1} "$1" >&3
  answer=
  IFS= read -r -d '' answer <&3
  exec 3>&-
}
run='Action=RunInstances&Version=2016-11-15&ImageId=ami-0abcdef1234567890&MinCount=1&MaxCount=1'
look='Action=DescribeInstances&Version=2016-11-15'
)";

/// Asks once, and believes that nothing was made where it is not told so.
constexpr const char* kForgets = R"(ask "$run"; [[ $answer == *instanceId* ]] && ask "$look"; exit 0)";
/// Asks until it is told.
constexpr const char* kPersists = R"(until ask "$run&ClientToken=a"; [[ $answer == *instanceId* ]]; do :; done)";

class ClientTheatreTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    dir_ = std::filesystem::path(testing::TempDir()) / (std::string{"drydock-theatre-"} + info->name());
    std::filesystem::create_directories(dir_);
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }

  PlayedClient client(const std::string& script) {
    const std::filesystem::path path = dir_ / "client.sh";
    std::ofstream(path) << kPrologue << script << "\n";
    PlayedClient played;
    played.command = {"bash", path.string()};
    played.text = "bash client.sh";
    played.clock.step = 5s;
    return played;
  }

  /// Searches with a client; what became of its sessions is in `client`.
  Exploration search(PlayedClient played, const ExploreOptions& options, const std::string& region = kRegion) {
    const auto scenario = scenarios::decode_scenario("region", region);
    EXPECT_TRUE(scenario.value) << to_text(scenario.errors.front());
    ClientTheatre theatre(*scenario.value, scenario.value->cases.front(), std::move(played));
    ExploreOptions search = options;
    search.theatre = &theatre;
    Exploration found = scenarios::explore(*scenario.value, scenario.value->cases.front(), search);
    found.client = theatre.use();
    return found;
  }

  std::filesystem::path dir_;
};

ExploreOptions exhaustive(std::uint32_t deviations) {
  ExploreOptions options;
  options.strategy = Strategy::exhaustive;
  options.deviations = deviations;
  return options;
}

ExploreOptions random_runs(std::uint64_t runs, unsigned jobs = 1) {
  ExploreOptions options;
  options.strategy = Strategy::random;
  options.runs = runs;
  options.jobs = jobs;
  options.seed = 3;
  return options;
}

TEST_F(ClientTheatreTest, FindsAndShrinksWhatAClientForgets) {
  const Exploration found = search(client(kForgets), exhaustive(2));
  ASSERT_EQ(found.internal_error, "");
  EXPECT_TRUE(found.complete);
  ASSERT_EQ(found.findings.size(), 1U);
  const scenarios::Finding& finding = found.findings.front();
  EXPECT_EQ(finding.invariant, "made-is-known");
  EXPECT_TRUE(finding.minimal);
  ASSERT_EQ(finding.outcome.tape.size(), 1U);
  EXPECT_EQ(finding.outcome.tape.front().means, "ec2.RunInstances reset after it took effect");
  EXPECT_EQ(found.client->differed, 0U);
  EXPECT_GT(found.client->compared, 0U);
  EXPECT_EQ(found.client->ends.size(), 1U) << "it always ends with exit code 0";
}

TEST_F(ClientTheatreTest, FindsNothingInAClientThatAsksAgainWithItsToken) {
  const Exploration found = search(client(kPersists), exhaustive(2));
  EXPECT_TRUE(found.complete);
  EXPECT_TRUE(found.findings.empty());
  EXPECT_GT(found.runs, 20U);
}

TEST_F(ClientTheatreTest, KeepsASessionThatReplaysWithoutItsClient) {
  const Exploration found = search(client(kForgets), random_runs(60));
  ASSERT_FALSE(found.findings.empty());
  const scenarios::Finding& finding = found.findings.front();
  ASSERT_NE(finding.session, nullptr);
  const auto decoded = scenarios::decode_recording("log", finding.session->log);
  ASSERT_TRUE(decoded.value) << to_text(decoded.errors.front());
  scenarios::Workbench workbench;
  for (const scenarios::TapeFile* file : {&*decoded.value, &finding.session->file}) {
    const auto again = scenarios::run(file->scenario, file->played, file->tape, {}, workbench);
    EXPECT_EQ(again.trace_hash, finding.outcome.trace_hash);
    EXPECT_EQ(again.violations.at(finding.violation).invariant, finding.invariant);
  }
  const auto scenario = scenarios::scenario_of(finding.session->file.scenario, finding.session->file.played, finding);
  ASSERT_TRUE(scenario) << "a scenario can say a reset";
  EXPECT_TRUE(scenarios::decode_scenario("saved", *scenario).value);
}

TEST_F(ClientTheatreTest, PlaysTheSameRunsOnAnyNumberOfThreads) {
  const Exploration one = search(client(kForgets), random_runs(60, 1));
  const Exploration two = search(client(kForgets), random_runs(60, 2));
  EXPECT_EQ(one.runs, 60U);
  EXPECT_EQ(two.runs, 60U);
  EXPECT_EQ(one.distinct, two.distinct);
  EXPECT_GT(one.distinct, 1U);
  ASSERT_EQ(one.findings.size(), two.findings.size());
  for (std::size_t i = 0; i < one.findings.size(); ++i) {
    EXPECT_EQ(one.findings[i].first_run, two.findings[i].first_run);
    EXPECT_EQ(one.findings[i].times, two.findings[i].times);
    EXPECT_EQ(one.findings[i].outcome.trace_hash, two.findings[i].outcome.trace_hash);
  }
}

TEST_F(ClientTheatreTest, NotesAClientThatAsksSomethingElseInTheSameRun) {
  const Exploration found = search(client(R"sh(ask "$look&MaxResults=$((5 + RANDOM % 900))")sh"), random_runs(4));
  EXPECT_EQ(found.internal_error, "");
  EXPECT_GT(found.client->differed, 0U);
  EXPECT_NE(found.client->difference.find("MaxResults"), std::string::npos) << found.client->difference;
}

TEST_F(ClientTheatreTest, ComparesEveryRunWhereThatIsAskedFor) {
  PlayedClient played = client(kPersists);
  played.twice = true;
  const Exploration found = search(played, random_runs(10));
  EXPECT_GE(found.client->compared, 10U);
  EXPECT_EQ(found.client->differed, 0U);
}

// SDKs draw them, and no answer depends on more than which of them are the same.
TEST_F(ClientTheatreTest, TakesTokensThatAreDrawnForTheSame) {
  const Exploration found = search(client(R"sh(ask "$run&ClientToken=t$RANDOM$RANDOM")sh"), random_runs(4));
  EXPECT_GT(found.client->compared, 0U);
  EXPECT_EQ(found.client->differed, 0U) << found.client->difference;
}

TEST_F(ClientTheatreTest, EndsAClientThatHangs) {
  PlayedClient played = client("ask \"$look\"; sleep 60 & wait");
  played.patience_s = 0.2;
  const auto begun = std::chrono::steady_clock::now();
  const Exploration found = search(played, random_runs(1));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 20s);
  EXPECT_EQ(found.client->ends.begin()->first, "killed after 0.2s");
  EXPECT_EQ(found.client->compared, 0U) << "the clock on the wall ended it";
}

TEST_F(ClientTheatreTest, EndsAClientThatGoesOnForever) {
  PlayedClient played = client(R"(while :; do ask "$look"; done)");
  played.longest = 60s;
  const Exploration found = search(played, random_runs(2));
  EXPECT_EQ(found.client->ends.begin()->first, "killed after 1m of virtual time");
  EXPECT_GT(found.client->compared, 0U) << "virtual time ended it";
  EXPECT_EQ(found.client->differed, 0U) << found.client->difference;
}

TEST_F(ClientTheatreTest, TellsOfAClientThatFailsWhereNothingGoesWrong) {
  const auto scenario = scenarios::decode_scenario("region", kRegion);
  const auto rehearsed = [&](const std::string& script) {
    return ClientTheatre(*scenario.value, scenario.value->cases.front(), client(script)).rehearse();
  };
  EXPECT_EQ(rehearsed(kPersists), "");
  const std::string wrong = rehearsed("echo 'no such luck' >&2; exit 3");
  EXPECT_NE(wrong.find("exit code 3\nno such luck"), std::string::npos) << wrong;
  EXPECT_NE(rehearsed("kill -SEGV $$").find("signal 11"), std::string::npos);
}

TEST_F(ClientTheatreTest, JudgesByOwnPromisesToo) {
  auto scenario = scenarios::decode_scenario("region", kRegion);
  scenarios::CaseSpec played = scenario.value->cases.front();
  played.sql_invariants = {{"asks-twice-at-most", "a client asks twice at most",
                            "SELECT count(*) AS n FROM events WHERE kind = 'wire.request' HAVING n > 2"}};
  ClientTheatre theatre(*scenario.value, played, client(kPersists));
  ExploreOptions options = exhaustive(2);
  options.theatre = &theatre;
  const Exploration found = scenarios::explore(*scenario.value, played, options);
  ASSERT_EQ(found.internal_error, "");
  ASSERT_EQ(found.findings.size(), 1U);
  EXPECT_EQ(found.findings.front().invariant, "asks-twice-at-most");
}

TEST(ComparableLog, NumbersTokensByTheirFirstUse) {
  EXPECT_EQ(comparable_log("head\nClientToken=b&x\nClientToken=a\"\nValue=b\n"),
            "ClientToken=token-1&x\nClientToken=token-2\"\nValue=token-1\n");
}

TEST(ClientEnvironment, LeadsToTheEndpointAndNowhereElse) {
  ::setenv("AWS_PROFILE", "production", 1);
  ::setenv("HTTPS_PROXY", "http://proxy", 1);
  const auto environment = client_environment("http://127.0.0.1:1");
  ::unsetenv("AWS_PROFILE");
  ::unsetenv("HTTPS_PROXY");
  const std::set<std::string> all(environment.begin(), environment.end());
  EXPECT_TRUE(all.contains("AWS_ENDPOINT_URL=http://127.0.0.1:1"));
  EXPECT_TRUE(all.contains("DRYDOCK_ENDPOINT=http://127.0.0.1:1"));
  EXPECT_TRUE(all.contains("AWS_ACCESS_KEY_ID=any"));
  EXPECT_TRUE(std::none_of(all.begin(), all.end(), [](const std::string& entry) {
    return entry.starts_with("AWS_PROFILE=") || entry.starts_with("HTTPS_PROXY=");
  }));
}

}  // namespace
}  // namespace drydock::server
