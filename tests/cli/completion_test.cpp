// The scripts of `drydock completion`, in real shells: bash always, zsh and fish where they are installed.

#include "cli/completion.hpp"

#include <algorithm>
#include <map>

#include "reports/reproduce.hpp"
#include "tests/cli/shells.hpp"

namespace drydock::cli {
namespace {

using Words = std::vector<std::string>;

bool has(const Words& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// What a shell completes in a directory with two files and a folder.
class CompletionTest : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    write("incident.json", "{}");
    write("incident.tape.json", "{}");
    std::filesystem::create_directory(path("folder"));
  }

  /// The script for a shell, in a file.
  [[nodiscard]] std::string script(const std::string& name) const {
    return write("drydock." + name, drydock({"completion", name}).out);
  }

  /// The replies of bash to each line, as readline gets them.
  [[nodiscard]] std::vector<Words> bash(const Words& lines) const {
    std::string program = "cd '" + path("") + "'; source '" + script("bash") + "'\n";
    for (const std::string& line : lines) {
      program += "COMP_LINE=" + reports::shell_quote(line) +
                 "; COMP_POINT=${#COMP_LINE}; _drydock; printf '%s\\n' \"${COMPREPLY[@]}\" ==\n";
    }
    std::vector<Words> replies(1);
    for (const std::string& line : lines_of(shell("bash --norc --noprofile '" + write("try.bash", program) + "'"))) {
      if (line == "==") {
        replies.emplace_back();
      } else if (!line.empty()) {
        replies.back().push_back(line);
      }
    }
    replies.pop_back();
    for (Words& words : replies) std::sort(words.begin(), words.end());
    return replies;
  }

  using Replies = std::vector<std::pair<std::string, Words>>;

  void expect_of_bash(const Replies& wanted) const {
    Words lines;
    for (const auto& [line, words] : wanted) lines.push_back(line);
    const auto replies = bash(lines);
    ASSERT_EQ(replies.size(), wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_EQ(replies[i], wanted[i].second) << lines[i];
  }
};

TEST_F(CompletionTest, BashKnowsEveryCommandAndOption) {
  Words lines{"drydock "};
  for (const Command& command : commands()) lines.push_back("drydock " + std::string{command.name} + " -");
  const auto replies = bash(lines);
  ASSERT_EQ(replies.size(), lines.size());
  for (std::size_t i = 0; i < commands().size(); ++i) {
    const Command& command = commands()[i];
    EXPECT_TRUE(has(replies[0], std::string{command.name})) << command.name;
    const Description description = describe(command);
    for (const auto& option : description.options.options())
      EXPECT_TRUE(has(replies[i + 1], "--" + option->long_name())) << lines[i + 1] << option->long_name();
  }
}

TEST_F(CompletionTest, BashKnowsTheWordsOfEveryValue) {
  Words lines;
  std::vector<Words> expected;
  for (const Command& command : commands()) {
    const Description description = describe(command);
    const std::string name{command.name};
    for (const auto& option : description.options.options()) {
      if (value_name(*option).empty()) continue;
      lines.push_back("drydock " + name + " --" + option->long_name() + " ");
      expected.push_back(value_of(*option).words);
    }
    lines.push_back("drydock " + name + " ");
    expected.push_back(value_of(description.operands).words);
  }
  const auto replies = bash(lines);
  ASSERT_EQ(replies.size(), lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    for (const std::string& word : expected[i]) EXPECT_TRUE(has(replies[i], word)) << lines[i] << word;
  }
}

TEST_F(CompletionTest, BashCompletesWhatIsBegun) {
  expect_of_bash({{"drydock exp", {"explore"}},
                  {"drydock --v", {"--version"}},
                  {"drydock run --twi", {"--twice"}},
                  {"drydock run --policy pre-155", {"pre-1556"}},
                  {"drydock run incident.json --case post-15", {"post-1556"}},
                  {"drydock help schem", {"schema"}},
                  {"drydock run x --jobs ", {}},
                  {"drydock rum x", {}}});
}

// readline's own word begins behind the last '=', and a reply must not repeat what stands before.
TEST_F(CompletionTest, BashGoesOnBehindEqualSigns) {
  expect_of_bash({{"drydock run --policy=pre-155", {"pre-1556"}},
                  {"drydock run --set probe.restart_gate=of", {"off"}},
                  {"drydock run --set=probe.restart_gate=of", {"off"}},
                  {"drydock run --set restart.debounce_w", {"restart.debounce_window="}},
                  {"drydock run --report json=inc", {"incident.json", "incident.tape.json"}},
                  {"drydock run --report=json=incident.t", {"incident.tape.json"}}});
}

TEST_F(CompletionTest, BashCompletesPathsWherePathsStand) {
  expect_of_bash({{"drydock replay incident.t", {"incident.tape.json"}},
                  {"drydock run 'incident.t", {"incident.tape.json"}},
                  {"drydock findings list incident.t", {"incident.tape.json"}},
                  {"drydock findings acc", {"accept"}},
                  {"drydock new x --dir ", {"folder"}},
                  {"drydock list inc", {}},
                  {"drydock demo inc", {}}});
}

TEST_F(CompletionTest, EveryScriptHasEveryOption) {
  const std::string zsh = drydock({"completion", "zsh"}).out;
  const std::string fish = drydock({"completion", "fish"}).out;
  for (const Command& command : commands()) {
    const std::string name{command.name};
    const auto at = zsh.find("\n    " + name + ")\n");
    ASSERT_NE(at, std::string::npos) << name;
    const std::string section = zsh.substr(at, zsh.find(";;", at) - at);
    const Description description = describe(command);
    for (const auto& option : description.options.options()) {
      EXPECT_TRUE(contains(section, "--" + option->long_name())) << name << " " << option->long_name();
      const std::string shortest = option->canonical_display_name(po::command_line_style::allow_dash_for_short);
      const std::string letter = shortest.starts_with('-') ? " -s " + shortest.substr(1) : "";
      EXPECT_TRUE(contains(
          fish, reports::shell_quote("__drydock_command " + name) + letter + " -l " + option->long_name() + " "))
          << name << " " << option->long_name();
    }
  }
}

TEST_F(CompletionTest, FishCompletes) {
  if (!is_installed("fish")) GTEST_SKIP() << "fish is not installed";
  const std::string file = script("fish");
  EXPECT_EQ(shell("fish -n '" + file + "'"), "");
  const std::map<std::string, std::string> wanted{{"drydock exp", "explore"},
                                                  {"drydock run --twi", "--twice"},
                                                  {"drydock run --policy pre-155", "pre-1556"},
                                                  {"drydock run --set restart.debounce_w", "restart.debounce_window="},
                                                  {"drydock run --report json=incident.t", "json=incident.tape.json"},
                                                  {"drydock replay incident.t", "incident.tape.json"},
                                                  {"drydock list kn", "knobs"},
                                                  {"drydock new x --dir fol", "folder/"}};
  std::string program = "cd '" + path("") + "'; source '" + file + "'\n";
  for (const auto& [line, word] : wanted) program += "complete -C " + reports::shell_quote(line) + "\n";
  const Words said = lines_of(shell("HOME='" + path("") + "' fish --no-config '" + write("try.fish", program) + "'"));
  ASSERT_EQ(said.size(), wanted.size());
  auto line = said.begin();
  for (const auto& [typed, word] : wanted) {
    EXPECT_EQ(line->substr(0, line->find('\t')), word) << typed;
    ++line;
  }
}

// zsh completes only where somebody types: in a terminal of its own, where the key ^O writes down the line.
TEST_F(CompletionTest, ZshCompletes) {
  if (!is_installed("zsh")) GTEST_SKIP() << "zsh is not installed";
  const std::string file = script("zsh");
  EXPECT_EQ(shell("zsh -n '" + file + "'"), "");
  const std::vector<std::pair<std::string, std::string>> wanted{
      {"drydock exp", "drydock explore "},
      {"drydock run --twi", "drydock run --twice "},
      {"drydock run --policy pre-155", "drydock run --policy pre-1556 "},
      {"drydock run --policy=pre-155", "drydock run --policy=pre-1556 "},
      {"drydock run --set restart.debounce_w", "drydock run --set restart.debounce_window="},
      {"drydock run --report json=incident.t", "drydock run --report json=incident.tape.json "},
      {"drydock replay incident.t", "drydock replay incident.tape.json "},
      {"drydock list kn", "drydock list knobs "},
      {"drydock new x --dir fol", "drydock new x --dir folder/"}};
  write("setup", "autoload -U compinit; compinit -u -D; source '" + file +
                     "'; unset zle_bracketed_paste\n"
                     "say() { print -r -- \"$BUFFER\" >> said; BUFFER=''; CURSOR=0 }\n"
                     "zle -N say; bindkey '^O' say; bindkey '^I' complete-word; print ready >> said\n");
  std::string program = "cd '" + path("") +
                        "'; : > said; zmodload zsh/zpty; zpty drydock zsh -f -i\n"
                        "lines() { local n=0; while (( $(wc -l < said) < $1 && n++ < 500 )); do "
                        "zpty -rt drydock || true; sleep 0.02; done >/dev/null; }\n"
                        "zpty -w drydock 'source ./setup'; lines 1\n";
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    program += "zpty -wn drydock " + reports::shell_quote(wanted[i].first) + "$'\\t\\x0f'; lines " +
               std::to_string(i + 2) + "\n";
  }
  program += "zpty -d drydock\n";
  const std::string noise = shell("TERM=dumb ZDOTDIR='" + path("") + "' zsh -f '" + write("try.zsh", program) + "'");
  const Words said = lines_of(read(path("said")));
  ASSERT_EQ(said.size(), wanted.size() + 1) << noise;
  for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_EQ(said[i + 1], wanted[i].second);
}

TEST(Completion, OfNoOtherShell) {
  EXPECT_EQ(drydock({"completion"}).code, kBadInput);
  const Said said = drydock({"completion", "fisch"});
  EXPECT_EQ(said.code, kBadInput);
  EXPECT_TRUE(contains(said.err, "did you mean fish?")) << said.err;
}

}  // namespace
}  // namespace drydock::cli
