#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>

#include "tests/mutants/catalogue.hpp"

// `drydock mutate` as a user calls it: the installed command, and the program beside it.
namespace drydock::mutants {
namespace {

using Json = nlohmann::json;

struct Said {
  int code = 0;
  std::string text;  // of both streams
};

Said run(const std::string& command) {
  FILE* const pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return {-1, "popen failed"};
  Said said;
  char buffer[4096];
  for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) said.text.append(buffer, n);
  const int status = pclose(pipe);
  said.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return said;
}

Said mutate(const std::string& arguments) { return run(std::string{DRYDOCK_BINARY} + " mutate " + arguments); }

/// Woven sources are compiled like any others, by a compiler that gets other forms of await wrong. That they include
/// something of the tests is what they are for, and a statement with its mutants stands in one line, however long.
TEST(Woven, KeepsTheRulesOfTheFloors) {
  const std::filesystem::path build = std::filesystem::path{DRYDOCK_BINARY}.parent_path();
  const Said said = run((build / "tests/drydock_lint").string() + " " + (build / "woven").string());
  std::istringstream lines(said.text);
  std::size_t files = 0;
  for (std::string line; std::getline(lines, line);) {
    const bool includes = line.find(": include-path: \"tests/mutants/active.hpp\"") != std::string::npos;
    if (includes) ++files;
    const bool wide = line.find(": line-width: ") != std::string::npos;
    EXPECT_TRUE(includes || wide || line.find(" findings") != std::string::npos) << line;
  }
  EXPECT_GT(files, 20U) << said.text;
}

TEST(MutateProgram, KillsAMutantByTheInvariantThatItBreaks) {
  const Said said = mutate("sweeper-selects-online --runs 0 --format json");
  EXPECT_EQ(said.code, 0) << said.text;
  const Json json = Json::parse(said.text);
  ASSERT_EQ(json.size(), 1U);
  ASSERT_EQ(json["mutants"].size(), 1U);
  const Json& mutant = json["mutants"][0];
  EXPECT_EQ(mutant["name"], "sweeper-selects-online");
  EXPECT_EQ(mutant["kind"], "wrong-status");
  EXPECT_EQ(mutant["what"], "The CP orphan sweeper selects online rows.");
  EXPECT_EQ(mutant["file"], "model/store/lifecycle.cpp");
  EXPECT_EQ(mutant["result"], "killed");
  EXPECT_EQ(mutant["by"], "no-healthy-kill");
  EXPECT_FALSE(mutant["played"].get<std::string>().empty());
  EXPECT_FALSE(mutant.contains("reason"));
}

TEST(MutateProgram, PrintsALineEachAndASummary) {
  const Said said = mutate("pause-stops-nothing delete-stops-nothing --runs 0 --jobs 2");
  EXPECT_EQ(said.code, 0);
  EXPECT_EQ(said.text,
            "killed      pause-stops-nothing   no-orphan\n"
            "killed      delete-stops-nothing  no-orphan\n"
            "2 mutants: 2 killed, 0 equivalent, 0 survived\n");
}

TEST(MutateProgram, AnUnknownNameIsRefusedWithTheNearest) {
  const Said said = mutate("sweeper-selects-onlin");
  EXPECT_EQ(said.code, 2);
  EXPECT_EQ(said.text,
            "drydock mutate: there is no mutant 'sweeper-selects-onlin' (did you mean "
            "sweeper-selects-online?)\nSee: drydock help mutate\n");
  const Json json = Json::parse(mutate("nothing-like-it --format json").text);
  EXPECT_EQ(json["errors"][0]["message"], "there is no mutant 'nothing-like-it'");
}

/// The whole catalogue: nothing survives, nothing breaks Drydock itself, and every kind of mistake is there.
TEST(MutateCatalogueSlow, NothingSurvives) {
  const Said said = mutate("--jobs 2 --format json");
  ASSERT_EQ(said.code, 0) << said.text;
  const Json json = Json::parse(said.text);
  std::set<std::string> kinds_seen;
  std::size_t by_invariant = 0;
  for (const Json& mutant : json["mutants"]) {
    kinds_seen.insert(mutant["kind"].get<std::string>());
    if (mutant["result"] == "equivalent") {
      EXPECT_FALSE(mutant["reason"].get<std::string>().empty()) << mutant;
      continue;
    }
    const auto by = mutant["by"].get<std::string>();
    EXPECT_FALSE(by.starts_with("internal error")) << mutant;
    if (by.find(' ') == std::string::npos) ++by_invariant;
  }
  EXPECT_GE(json["mutants"].size(), 45U);
  EXPECT_EQ(kinds_seen, std::set<std::string>(kinds().begin(), kinds().end()));
  EXPECT_GE(2 * by_invariant, json["mutants"].size());
}

}  // namespace
}  // namespace drydock::mutants
