#include "cli/commands.hpp"

#include "reports/layout.hpp"
#include "tests/cli/support.hpp"

namespace drydock::cli {
namespace {

TEST(Commands, NoArgumentsIsHelpAndAnError) {
  const Said said = drydock({});
  EXPECT_EQ(said.code, kBadInput);
  EXPECT_EQ(said.out, "");
  EXPECT_TRUE(contains(said.err, "drydock demo"));
}

TEST(Commands, HelpHasExamplesBeforeOptions) {
  const Said said = drydock({"--help"});
  EXPECT_EQ(said.code, kHeld);
  EXPECT_LT(said.out.find("Examples:"), said.out.find("Options:"));
  for (const Command& command : commands()) EXPECT_TRUE(contains(said.out, "drydock " + std::string(command.name)));
  EXPECT_EQ(drydock({"help"}).out, said.out);
  EXPECT_EQ(drydock({"-h"}).out, said.out);
  expect_80_columns(said.out);
}

TEST(Commands, EveryCommandHasHelp) {
  for (const Command& command : commands()) {
    const std::string name{command.name};
    const Said said = drydock({"help", name});
    EXPECT_EQ(said.code, kHeld) << name;
    EXPECT_TRUE(said.out.starts_with("Examples:\n")) << name;
    EXPECT_TRUE(contains(said.out, "Usage: drydock " + name)) << name;
    EXPECT_EQ(drydock({name, "--help"}).out, said.out) << name;
    EXPECT_EQ(drydock({name, "-h"}).out, said.out) << name;
    expect_80_columns(said.out);
  }
}

TEST(Commands, Version) {
  const Said said = drydock({"--version"});
  EXPECT_EQ(said.code, kHeld);
  EXPECT_TRUE(said.out.starts_with("drydock 0."));
}

TEST(Commands, UnknownOnesAreNamed) {
  const Said said = drydock({"rum", "x.json"});
  EXPECT_EQ(said.code, kBadInput);
  EXPECT_TRUE(contains(said.err, "there is no command 'rum' (did you mean run?)")) << said.err;
  EXPECT_EQ(drydock({"help", "rum"}).code, kBadInput);
  EXPECT_EQ(drydock({"help", "help"}).out, drydock({"help"}).out);
  EXPECT_EQ(drydock({"help", "run", "list"}).code, kBadInput);
  EXPECT_EQ(drydock({"frobnicate", "x.json"}).code, kBadInput);
}

TEST(Commands, UnknownOptionsAreNamed) {
  const Said said = drydock({"run", "x.json", "--polcy", "latest"});
  EXPECT_EQ(said.code, kBadInput);
  EXPECT_TRUE(contains(said.err, "'--polcy' (did you mean --policy?)")) << said.err;
  EXPECT_EQ(drydock({"--verbose", "run"}).code, kBadInput);
}

TEST(Commands, AbbreviatedOptionsAreErrors) {
  EXPECT_EQ(drydock({"run", "x.json", "--pol", "latest"}).code, kBadInput);
  EXPECT_EQ(drydock({"list", "knobs", "--form", "json"}).code, kBadInput);
}

TEST(Commands, BadCommandLinesAreJsonWhereJsonIsWanted) {
  for (const Arguments& arguments : {Arguments{"run", "--format", "json"}, Arguments{"list", "knob", "--format=json"},
                                     Arguments{"run", "x.json", "--seed", "-1", "--format", "json"}}) {
    const Said said = drydock(arguments);
    EXPECT_EQ(said.code, kBadInput);
    EXPECT_EQ(said.err, "");
    ASSERT_EQ(said.json()["errors"].size(), 1U);
    EXPECT_EQ(said.json()["errors"][0]["line"], 0);
  }
}

TEST(Commands, ControlCharactersAreShown) {
  const Said said = drydock({"\033[2J"});
  EXPECT_EQ(said.code, kBadInput);
  EXPECT_FALSE(contains(said.err, "\033"));
}

TEST(Schema, PrintsEach) {
  for (const char* which : {"scenario", "policy", "tape", "mapping", "result"}) {
    const Said said = drydock({"schema", which});
    EXPECT_EQ(said.code, kHeld) << which;
    EXPECT_TRUE(said.json().is_object()) << which;
    EXPECT_TRUE(said.out.ends_with("}\n")) << which;
  }
  const Said said = drydock({"schema", "scenarios"});
  EXPECT_EQ(said.code, kBadInput);
  EXPECT_TRUE(contains(said.err, "did you mean scenario?")) << said.err;
  EXPECT_EQ(drydock({"schema"}).code, kBadInput);
  EXPECT_EQ(drydock({"schema", "tape", "result"}).code, kBadInput);
}

}  // namespace
}  // namespace drydock::cli
