#include "reports/reproduce.hpp"

#include <gtest/gtest.h>

#include "tests/reports/outcomes.hpp"

namespace drydock::reports {
namespace {

TEST(Reproduce, NamesTheCase) {
  EXPECT_EQ(reproduce_command(held_outcome(), {.file = "a.json"}), "drydock run a.json --case post-1556");
}

TEST(Reproduce, RepeatsWhatWasAskedFor) {
  Invocation invocation{.file = "dir/with space.json", .policy = "latest", .tape = "t.json", .seed = 7};
  invocation.set = {"probe.restart_gate=off"};
  invocation.deviate = {"reviewer/ec2.run.pending#2=8"};
  EXPECT_EQ(reproduce_command(held_outcome(), invocation),
            "drydock run 'dir/with space.json' --policy latest --tape t.json --seed 7"
            " --set probe.restart_gate=off --deviate 'reviewer/ec2.run.pending#2=8'");
}

TEST(Reproduce, ATapeBringsItsOwnCase) {
  EXPECT_EQ(reproduce_command(held_outcome(), {.tape = "t.json"}), "drydock run --tape t.json");
}

TEST(Reproduce, CaseNamesAreTakenLiterally) {
  scenarios::Outcome outcome = held_outcome();
  outcome.case_name = "what? *all*";
  EXPECT_EQ(reproduce_command(outcome, {.file = "a.json"}), R"(drydock run a.json --case 'what\? \*all\*')");
}

TEST(ShellQuote, SurvivesAnything) {
  EXPECT_EQ(shell_quote("a-b_c.d/e=f"), "a-b_c.d/e=f");
  EXPECT_EQ(shell_quote(""), "''");
  EXPECT_EQ(shell_quote("it's"), R"('it'\''s')");
  EXPECT_EQ(shell_quote("$(rm)"), "'$(rm)'");
  EXPECT_EQ(shell_quote("a\nb'"), R"($'a\x0ab\'')");
  EXPECT_EQ(shell_quote("\u202E"), R"($'\xe2\x80\xae')");
}

}  // namespace
}  // namespace drydock::reports
