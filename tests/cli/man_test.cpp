#include <filesystem>

#include "cli/options.hpp"
#include "tests/cli/shells.hpp"

namespace drydock::cli {
namespace {

using ManTest = CliTest;

/// As roff writes it.
std::string with_minus(std::string text) {
  for (auto at = text.find('-'); at != std::string::npos; at = text.find('-', at + 2)) text.insert(at, "\\");
  return text;
}

TEST_F(ManTest, HasEveryCommandOptionAndExitCode) {
  const std::string page = drydock({"man"}).out;
  for (const Command& command : commands()) {
    const auto at = page.find("\n.SS " + std::string{command.name} + "\n");
    ASSERT_NE(at, std::string::npos) << command.name;
    const std::string section = page.substr(at, page.find("\n.S", at + 1) - at);
    const Description description = describe(command);
    for (const auto& option : description.options.options())
      EXPECT_TRUE(contains(section, "\\fB" + with_minus("--" + option->long_name()) + "\\fR"))
          << command.name << " " << option->long_name();
  }
  for (const int code : {0, 1, 2, 3, 4, 70, 74, 130})
    EXPECT_TRUE(contains(page, "\n.B " + std::to_string(code) + "\n")) << code;
  EXPECT_TRUE(contains(page, "NO_COLOR"));
}

TEST_F(ManTest, EachCommandHasAPage) {
  for (const Command& command : commands()) {
    const std::string name{command.name};
    const Said said = drydock({"man", name});
    EXPECT_EQ(said.code, kHeld);
    EXPECT_TRUE(contains(said.out, "\n.SH NAME\ndrydock\\-" + name + " \\- ")) << name;
  }
  EXPECT_EQ(drydock({"man", "rum"}).code, kBadInput);
  EXPECT_EQ(drydock({"man", "run", "list"}).code, kBadInput);
}

// man itself is groff; -ww turns all warnings on.
TEST_F(ManTest, RoffHasNoWarnings) {
  if (!is_installed("groff")) GTEST_SKIP() << "groff is not installed";
  Arguments arguments{"man"};
  std::string files;
  files += " '" + write("drydock.1", drydock(arguments).out) + "'";
  for (const Command& command : commands()) {
    const std::string name{command.name};
    files += " '" + write("drydock-" + name + ".1", drydock({"man", name}).out) + "'";
  }
  EXPECT_EQ(shell("groff -k -man -Tutf8 -ww -z" + files), "");
}

TEST_F(ManTest, ShowsWhatOneMayCopy) {
  if (!is_installed("groff")) GTEST_SKIP() << "groff is not installed";
  const std::string file = write("run.1", drydock({"man", "run"}).out);
  const std::string shown = shell("groff -k -man -Tutf8 -P-cbou '" + file + "'");
  EXPECT_TRUE(contains(shown, "drydock run reprov-thrash --case 'pre-*'")) << shown;
}

}  // namespace
}  // namespace drydock::cli
