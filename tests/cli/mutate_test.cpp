#include "cli/mutate.hpp"

#include "tests/cli/support.hpp"

namespace drydock::cli {
namespace {

using MutateTest = CliTest;

/// The program beside which the mutants are looked for is this test's own, and they are not there.
TEST_F(MutateTest, WithoutTheProgramItSaysWhereItShouldBe) {
  const Said said = drydock({"mutate"});
  EXPECT_EQ(said.code, kBadInput);
  EXPECT_TRUE(contains(said.err, "there is no " + mutants_program().string())) << said.err;
  EXPECT_TRUE(mutants_program().is_absolute());
}

TEST_F(MutateTest, HelpNeedsNoProgram) {
  const Said said = drydock({"mutate", "--help"});
  EXPECT_EQ(said.code, kHeld);
  EXPECT_TRUE(contains(said.out, "Usage: drydock mutate [MUTANT…] [options]")) << said.out;
}

TEST_F(MutateTest, ReadsItsOptions) {
  std::ostringstream out;
  std::ostringstream err;
  Console console{out, err, {}};
  const auto request = read_mutate({"one", "two", "--runs", "3", "--jobs=4", "--format", "json"}, console);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->names, (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(request->runs, 3U);
  EXPECT_EQ(request->jobs, 4U);
  EXPECT_EQ(request->format, Format::json);
  const auto by_itself = read_mutate({}, console);
  ASSERT_TRUE(by_itself);
  EXPECT_EQ(by_itself->runs, 20U);
  EXPECT_EQ(by_itself->jobs, 1U);
}

TEST_F(MutateTest, BadOptionsAreRefusedBeforeAnythingRuns) {
  EXPECT_TRUE(contains(drydock({"mutate", "--jobs", "0"}).err, "--jobs takes a number from 1"));
  EXPECT_TRUE(contains(drydock({"mutate", "--run", "3"}).err, "did you mean --runs?"));
  EXPECT_TRUE(contains(drydock({"mutate", "--runs", "x"}).err, "--runs takes a whole number"));
}

}  // namespace
}  // namespace drydock::cli
