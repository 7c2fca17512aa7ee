#include "scenarios/files/tape_file.hpp"
#include "tests/cli/support.hpp"

namespace drydock::cli {
namespace {

/// Launches once, and takes a lost answer for a refusal.
constexpr const char* kForgets = R"sh(
where=${DRYDOCK_ENDPOINT#http://}
body='Action=RunInstances&Version=2016-11-15&ImageId=ami-0abcdef1234567890&MinCount=1&MaxCount=1'
exec 3<>"/dev/tcp/${where%:*}/${where#*:}"
printf 'POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s' ${#body} "$body" >&3
IFS= read -r -d '' answer <&3
echo "$1" >&2
exit 0
)sh";

class ExploreClient : public CliTest {
 protected:
  std::string client() { return "bash '" + write("the client.sh", kForgets) + "' 'a b'"; }
  Said explore(Arguments more) {
    Arguments words{"explore", "empty-region", "--client", client(), "--clock", "step=5s", "--jobs", "2"};
    words.insert(words.end(), more.begin(), more.end());
    return drydock(words);
  }
};

TEST_F(ExploreClient, FindsAndKeepsASessionWhereAScenarioListsNoFaults) {
  const std::string directory = path("found");
  const Said said = explore({"--strategy", "exhaustive", "--deviations", "1", "--save", directory, "--format", "json"});
  ASSERT_EQ(said.code, 1) << said.out << said.err;
  const Json found = said.json();
  ASSERT_EQ(found["findings"].size(), 1U);
  const Json& finding = found["findings"][0];
  EXPECT_EQ(finding["invariant"], "made-is-known");
  EXPECT_EQ(finding["tape"].size(), 1U);
  EXPECT_TRUE(found["complete"]);
  EXPECT_EQ(found["client"]["ends"]["exit code 0"], found["client"]["sessions"]);
  EXPECT_EQ(found["client"]["differed"], 0);
  for (const char* file : {"saved", "saved_session"}) {
    const Said again = drydock({"replay", finding[file], "--format", "json"});
    EXPECT_EQ(again.code, 1) << again.err;
    EXPECT_TRUE(contains(again.out, finding["trace_hash"])) << file;
  }
  const Said alone = drydock({"run", finding["saved_scenario"], "--quiet"});
  EXPECT_EQ(alone.code, 0) << "its case lists what it violates: " << alone.out << alone.err;
}

TEST_F(ExploreClient, TellsWhatBecameOfTheClients) {
  const Said said = explore({"--runs", "3", "--seed", "1"});
  EXPECT_TRUE(contains(said.out, "the client bash ")) << said.out;
  EXPECT_TRUE(contains(said.out, "exit code 0.")) << said.out;
  EXPECT_TRUE(contains(said.out, "it asked the same")) << said.out;
}

TEST_F(ExploreClient, TellsOfAClientThatFailsWhereNothingGoesWrong) {
  const Said said =
      drydock({"explore", "empty-region", "--client", "bash -c 'echo no luck >&2; exit 4'", "--runs", "1"});
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_TRUE(contains(said.err, "exit code 4")) << said.err;
  EXPECT_TRUE(contains(said.err, "no luck")) << said.err;
}

TEST_F(ExploreClient, IsInconclusiveUnderStrictWhereItAsksSomethingElse) {
  const std::string script = write("other.sh", std::string{R"sh(
where=${DRYDOCK_ENDPOINT#http://}
exec 3<>"/dev/tcp/${where%:*}/${where#*:}"
printf 'GET /?Action=DescribeInstances&Version=2016-11-15&MaxResults=%d HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' \
  $((5 + RANDOM % 900)) >&3
IFS= read -r -d '' answer <&3
exit 0
)sh"});
  const Arguments words{"explore", "empty-region", "--client", "bash " + script, "--runs", "4", "--twice"};
  const Said said = drydock(words);
  EXPECT_EQ(said.code, 0) << said.out << said.err;
  EXPECT_TRUE(contains(said.out, "it asked something else")) << said.out;
  Arguments strict = words;
  strict.emplace_back("--strict");
  EXPECT_EQ(drydock(strict).code, 3);
}

TEST_F(ExploreClient, RefusesWhatItCannotDo) {
  const auto refused = [](const Arguments& more) {
    Arguments words{"explore", "empty-region"};
    words.insert(words.end(), more.begin(), more.end());
    const Said said = drydock(words);
    EXPECT_EQ(said.code, 2) << said.out;
    return said.err;
  };
  for (const char* strategy : {"pct", "coverage", "mixed"}) {
    const std::string error = refused({"--client", "true", "--strategy", strategy});
    EXPECT_TRUE(contains(error, "random, swarm or exhaustive, not with ")) << error;
    EXPECT_TRUE(contains(error, strategy)) << error;
  }
  EXPECT_TRUE(contains(refused({"--client", "true", "--clock", "scale=60"}), "step=DURATION or manual"));
  EXPECT_TRUE(contains(refused({"--client", "no-such-client -x"}), "there is no program 'no-such-client'"));
  EXPECT_TRUE(contains(refused({"--client", "  "}), "takes a command"));
  EXPECT_TRUE(contains(refused({"--client", "true", "--longest-session", "soon"}), "--longest-session takes"));
  for (const char* option : {"--clock", "--client-timeout", "--longest-session"})
    EXPECT_TRUE(contains(refused({option, "1s"}), "is for --client"));
}

}  // namespace
}  // namespace drydock::cli
