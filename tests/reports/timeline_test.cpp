#include "reports/timeline.hpp"

#include <gtest/gtest.h>

#include <regex>
#include <sstream>

#include "reports/layout.hpp"
#include "tests/reports/outcomes.hpp"

namespace drydock::reports {
namespace {

using scenarios::Outcome;

Outcome recorded() {
  Outcome outcome;
  outcome.events = {
      event(1, 0, 0, "http.request", "pm", "",
            R"({"method":"PUT","path":"/workspaces/pm/secrets","as":"user","step":"s"})"),
      event(2, 0, 0, "http.request", "pm", "",
            R"({"method":"POST","path":"/workspaces/pm/a2a","as":"lead","step":""})"),
      event(3, 2, 1, "http.response", "pm", "", R"({"status":200})"),
      event(4, 1, 2, "http.response", "pm", "", R"({"status":503})"),
      event(5, 1, 3, "agent.heartbeat", "pm"),
      event(6, 1, 1'300, "workspace.status", "pm", "", R"({"from":"online","to":"offline"})"),
      event(7, 6, 9'000, "violation", "pm", "", R"({"invariant":"settles"})"),
  };
  outcome.tape = {{at_ms(1'300), "pm/ec2.run.pending", 2, 9, 8, "30s"},
                  {at_ms(500), "world/order", 1, 2, 1, "restart goes first of 2"}};
  return outcome;
}

TEST(Timeline, ShowsStepsAndDecisions) {
  EXPECT_EQ(timeline(recorded(), false, {}),
            "  +0.000s   PUT /workspaces/pm/secrets arrived (as user)\n"
            "  +0.002s   the platform answered 503 to PUT /workspaces/pm/secrets\n"
            "  +0.500s * restart goes first of 2 (world/order#1=1)\n"
            "  +1.300s * pm: ec2.run.pending is 30s (pm/ec2.run.pending#2=8)\n"
            "  +1.300s   pm became offline (was online)\n"
            "  +9.000s ! the promise settles was broken for pm\n");
}

TEST(Timeline, ShowsEverythingWhereThatIsWanted) {
  const std::string text = timeline(recorded(), true, {});
  EXPECT_NE(text.find("POST /workspaces/pm/a2a arrived (as lead)"), std::string::npos);
  EXPECT_NE(text.find("sent a heartbeat"), std::string::npos);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 9);
}

TEST(Timeline, ColourChangesNoLetter) {
  const std::string coloured = timeline(recorded(), true, {.colour = true});
  EXPECT_NE(coloured.find('\033'), std::string::npos);
  EXPECT_EQ(std::regex_replace(coloured, std::regex("\033\\[[0-9;]*m"), ""), timeline(recorded(), true, {}));
}

TEST(Timeline, FitsItsColumns) {
  Outcome outcome = recorded();
  outcome.tape[0].means = "a long story " + std::string(300, 'x');
  change_event(outcome, 0, [](scenarios::ShownEvent& one) { one.detail = "[no object]"; });
  std::istringstream lines(timeline(outcome, true, {}));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), kWidth) << line;
}

}  // namespace
}  // namespace drydock::reports
