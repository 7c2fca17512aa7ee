#include "cli/values.hpp"

#include <algorithm>

#include "tests/cli/support.hpp"

namespace drydock::cli {
namespace {

Description description_of(std::string_view name) {
  const auto all = commands();
  const auto found =
      std::find_if(all.begin(), all.end(), [name](const Command& command) { return command.name == name; });
  return describe(*found);
}

bool has(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

TEST(Describe, SaysWhatHelpSays) {
  for (const Command& command : commands()) {
    const Description description = describe(command);
    const std::string help = drydock({"help", std::string{command.name}}).out;
    EXPECT_TRUE(contains(help, std::string{description.usage.examples})) << command.name;
    for (const auto& option : description.options.options())
      EXPECT_TRUE(contains(help, "--" + option->long_name())) << command.name;
  }
}

// Whoever adds an option whose value has a new name says in cli/values.cpp what may stand there.
TEST(Values, TheNamesOfAllValuesAreKnown) {
  for (const Command& command : commands()) {
    const Description description = describe(command);
    for (const auto& option : description.options.options()) {
      const std::string name = value_name(*option);
      EXPECT_TRUE(name.empty() || name == "KIND=PATH" || value_named(name).has_value())
          << command.name << " --" << option->long_name() << " takes a " << name;
    }
    const std::string operands{description.operands.name};
    EXPECT_TRUE(description.operands.most == 0 || !description.operands.words.empty() ||
                value_named(operands).has_value())
        << command.name << " takes a " << operands;
  }
}

TEST(Values, SmallLettersAreTheWordsThemselves) {
  EXPECT_EQ(value_named("text|json")->words, (std::vector<std::string>{"text", "json"}));
  EXPECT_TRUE(has_only_words("text|json"));
  EXPECT_EQ(value_named("N|none")->words, std::vector<std::string>{"none"});
  EXPECT_FALSE(has_only_words("N|none"));
  EXPECT_FALSE(value_named("N|WHATEVER").has_value());
  EXPECT_FALSE(has_only_words(""));
}

TEST(Values, NamesInCapitalsStandForWhatThereIs) {
  EXPECT_TRUE(has(value_named("NAME|FILE")->words, "pre-1556"));
  EXPECT_TRUE(value_named("NAME|FILE")->files);
  EXPECT_TRUE(has(value_named("ID")->words, "no-orphan"));
  EXPECT_FALSE(has_only_words("ID"));  // a user's own invariant is one too
  EXPECT_TRUE(has(value_named("PATTERN")->words, "post-1556"));
  const auto settings = value_named("KEY=VALUE")->words;
  EXPECT_TRUE(has(settings, "restart.debounce_window="));
  EXPECT_TRUE(has(settings, "probe.restart_gate=off"));
  EXPECT_FALSE(has(settings, "probe.restart_gate="));
  EXPECT_TRUE(has(settings, "cloud.pending="));
}

TEST(Values, ReportKindsAreTheCommandsOwn) {
  const Description explore = description_of("explore");
  const Value report = value_of(explore.options.find("report", false));
  EXPECT_TRUE(has(report.words, "json="));
  EXPECT_TRUE(report.files);
  EXPECT_TRUE(has(report.words, "trace=")) << "of all of its runs";
  EXPECT_FALSE(has(report.words, "mermaid=")) << "a search is no single run";
  EXPECT_EQ(report.words.size(), 5U);
}

TEST(Values, OperandsAreWordsScenariosOrFiles) {
  EXPECT_TRUE(has(value_of(description_of("list").operands).words, "knobs"));
  const Value files = value_of(description_of("run").operands);
  EXPECT_TRUE(has(files.words, "reprov-thrash"));
  EXPECT_TRUE(files.files);
  EXPECT_TRUE(value_of(description_of("replay").operands).words.empty());
  EXPECT_FALSE(value_of(description_of("demo").operands).files);
  EXPECT_FALSE(value_of(description_of("list").operands).files);
  const Value findings = value_of(description_of("findings").operands);
  EXPECT_TRUE(has(findings.words, "accept"));
  EXPECT_TRUE(findings.files) << "behind an action stands a file";
}

TEST(Values, OptionsThatMayBeRepeatedAreKnown) {
  const Description run = description_of("run");
  EXPECT_TRUE(is_repeatable(run.options.find("policy", false)));
  EXPECT_TRUE(is_repeatable(run.options.find("report", false)));
  EXPECT_TRUE(is_repeatable(run.options.find("tape", false)));
  EXPECT_FALSE(is_repeatable(run.options.find("seed", false)));
  EXPECT_FALSE(is_repeatable(run.options.find("quiet", false)));
}

// One rule for all: a value whose name says all that it may be is checked while it is read.
TEST(Values, OtherWordsAreRefusedWithTheNearest) {
  const auto refused = [](const Arguments& arguments, const std::string& what) {
    const Said said = drydock(arguments);
    EXPECT_EQ(said.code, kBadInput) << what;
    EXPECT_TRUE(contains(said.err, what)) << said.err;
  };
  refused({"run", "x.json", "--format", "jsn"}, "--format is one of text, json, ndjson, junit, not 'jsn'");
  refused({"run", "x.json", "--color=alway"}, "(did you mean always?)");
  refused({"explore", "x.json", "--strategy", "pst"}, "(did you mean pct?)");
  refused({"explore", "x.json", "--promise", "no-orphans"}, "(did you mean no-orphan?)");
  refused({"explore", "x.json", "--until", "last"}, "--until is one of first, budget");
  refused({"shrink", "x.json", "--promise", "no-orphans"}, "(did you mean no-orphan?)");
  refused({"schema", "scenarios"}, "WHAT is one of scenario, policy");
}

}  // namespace
}  // namespace drydock::cli
