#include "reports/mermaid.hpp"

#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <sstream>

#include "tests/reports/outcomes.hpp"

namespace drydock::reports {
namespace {

using scenarios::Outcome;
using scenarios::ShownEvent;

std::string diagram(const Outcome& outcome) {
  const CaseReport report{outcome, {}};
  return mermaid({&report, 1}, {});
}

/// A diagram read by the part of mermaid's grammar that is used here; everything else is an error.
struct Read {
  std::vector<std::string> titles;    // of the participants
  std::vector<std::string> messages;  // `p1->>p2: text`
  std::vector<std::string> notes;
  std::string title;  // of the diagram
};

Read read(const std::string& text) {
  // Plain characters, entities, and the break that mermaid knows; nothing that is syntax anywhere.
  const std::string label = R"re((?:[A-Za-z0-9 .,/_()+=!?*\x80-\xFF-]|#\d+;|<br/>)+)re";
  const std::regex participant("  (participant|actor) (p\\d+) as (" + label + ")");
  const std::regex note("  Note over (p\\d+)(,p\\d+)?: (" + label + ")");
  const std::regex message("  (p\\d+)(->>|-->>|-x|--x)(p\\d+): (" + label + ")");
  const std::regex title("  title (" + label + ")");
  Read found;
  std::map<std::string, std::string> known;
  std::istringstream in(text);
  std::string line;
  std::getline(in, line);
  EXPECT_EQ(line, "sequenceDiagram");
  std::smatch match;
  while (std::getline(in, line)) {
    if (known.empty() && std::regex_match(line, match, title)) {
      found.title = match[1];
    } else if (std::regex_match(line, match, participant)) {
      known[match[2]] = match[3];
      found.titles.push_back(match[3]);
    } else if (std::regex_match(line, match, note)) {
      EXPECT_TRUE(known.contains(match[1])) << line;
      found.notes.push_back(match[3]);
    } else if (std::regex_match(line, match, message)) {
      EXPECT_TRUE(known.contains(match[1]) && known.contains(match[3])) << line;
      found.messages.push_back(line.substr(2));
    } else {
      ADD_FAILURE() << "mermaid would not read: " << line;
    }
  }
  return found;
}

TEST(Mermaid, SaysWhatTheScenarioIsAbout) {
  CaseReport report{failed_outcome(), {}};
  report.about = {.title = "Four \"starts\"; one %%{init}%%\n---", .story = "It was\nMay.", .source = "issue #1556"};
  const Read found = read(mermaid({&report, 1}, {}));
  EXPECT_EQ(found.title, "Four #34;starts#34;#59; one #37;#37;#123;init#125;#37;#37;#92;n---");
  ASSERT_GE(found.notes.size(), 3U);
  EXPECT_EQ(found.notes[1], "It was#92;nMay.");
  EXPECT_EQ(found.notes[2], "source#58; issue #35;1556");
}

using Lines = std::vector<std::string>;

TEST(Mermaid, IsTheChainOfCausesOfTheFirstViolation) {
  const std::string text = diagram(failed_outcome());
  EXPECT_EQ(text,
            "sequenceDiagram\n"
            "  actor p1 as platform\n"
            "  participant p2 as platform\n"
            "  participant p3 as EC2\n"
            "  participant p4 as reviewer (instance)\n"
            "  Note over p1,p4: reprov-thrash / pre-1556, under pre-1556\n"
            "  p1->>p2: +0.000s PUT /workspaces/reviewer/secrets arrived\n"
            "  p2->>p2: +1.200s restart_by_id was called for reviewer\n"
            "  Note over p1,p4: 29s later\n"
            "  p3->>p4: +30.451s i-000002 of reviewer became shutting-down (was<br/>pending)\n"
            "  Note over p1,p4: +30.451s no-healthy-kill was broken#58; a terminate took effect<br/>"
            "on i-000002, which was pending for 29.251s\n");
  EXPECT_EQ(read(text).messages.size(), 3U);
}

Outcome with_requests(Outcome outcome) {
  const std::string step = R"({"method":"POST","path":"/workspaces/pm/restart","as":"ops","step":"s1"})";
  const std::string traffic = R"({"method":"POST","path":"/workspaces/pm/a2a","as":"lead","step":""})";
  outcome.events = {event(1, 0, 0, "http.request", "pm", "", traffic),
                    event(2, 0, 1'000, "http.request", "pm", "", step),
                    event(3, 2, 1'500, "provision.ec2_started", "pm", "i-1"),
                    event(4, 2, 2'000, "http.response", "pm", "", R"({"status":200})"),
                    event(5, 3, 60'000, "agent.register", "pm", "i-1"),
                    event(6, 0, 90'000, "process.crash", "", "", R"({"process":"platform"})")};
  return outcome;
}

TEST(Mermaid, WithoutAViolationIsWhatWasAskedAndLaunched) {
  const Read found = read(diagram(with_requests(held_outcome())));
  EXPECT_EQ(found.titles, (Lines{"ops", "platform", "control plane"}));
  EXPECT_EQ(found.messages, (Lines{"p1->>p2: +1.000s POST /workspaces/pm/restart arrived (as ops)",
                                   "p3-->>p2: +1.500s the control plane launched i-1 for pm",
                                   "p2-->>p1: +2.000s the platform answered 200"}));
  EXPECT_EQ(found.notes.back(), "+90.000s the process platform crashed");
}

/// A violation has no chain of causes where something should have been there at the end and was not.
TEST(Mermaid, AViolationWithoutCausesFollowsWhatHappened) {
  Outcome outcome = with_requests(failed_outcome());
  outcome.violations.front().causes.clear();
  const Read found = read(diagram(outcome));
  EXPECT_EQ(found.messages.size(), 3U);
  EXPECT_EQ(found.notes.back().substr(0, 36), "+30.451s no-healthy-kill was broken#");
}

TEST(Mermaid, AViolationIsToldWithWhatStepsAskedUntilThen) {
  Outcome outcome = with_requests(failed_outcome());
  outcome.events.push_back(event(10, 0, 31'000, "http.request", "pm", "",
                                 R"({"method":"POST","path":"/workspaces/pm/pause","as":"ops","step":"s2"})"));
  const Read found = read(diagram(outcome));
  ASSERT_EQ(found.messages.size(), 5U) << "the chain, a request and its answer; nothing that came afterwards";
  EXPECT_EQ(found.messages[1], "p1->>p3: +1.000s POST /workspaces/pm/restart arrived (as ops)");
  EXPECT_EQ(found.messages[2], "p3-->>p1: +2.000s the platform answered 200");
}

TEST(Mermaid, TwoChainsAreToldInOneOrder) {
  const Read found = read(diagram(two_sided_outcome()));
  ASSERT_EQ(found.messages.size(), 5U);
  EXPECT_NE(found.messages[1].find("/workspaces/reviewer/pause"), std::string::npos);
  EXPECT_NE(found.messages[3].find("--x"), std::string::npos) << "the stop that failed stands before the kill";
}

/// What a step asked is what a reader looks for; everything else between may be left out.
TEST(Mermaid, TheMiddleKeepsItsRequests) {
  Outcome outcome = failed_outcome();
  auto& causes = outcome.violations.front().causes;
  causes.clear();
  for (std::uint32_t i = 256; i > 0; --i) causes.push_back(event(i, i - 1, i * 100, "restart.triggered", "w"));
  const std::string step = R"({"method":"POST","path":"/workspaces/w/pause","as":"ops","step":"s"})";
  outcome.events = {event(100, 0, 10'000, "http.request", "w", "", step)};
  causes[156] = outcome.events.front();
  const Read found = read(diagram(outcome));
  EXPECT_EQ(found.messages.size(), 45U);
  EXPECT_EQ(std::count_if(found.messages.begin(), found.messages.end(),
                          [](const std::string& one) { return one.find("w/pause") != std::string::npos; }),
            1);
}

TEST(Mermaid, ARunWithoutAnythingIsStillADiagram) {
  const Read found = read(diagram(held_outcome()));
  EXPECT_EQ(found.titles, Lines{"platform"});
  EXPECT_EQ(found.messages.size(), 0U);
}

TEST(Mermaid, FitsAComment) {
  Outcome outcome = failed_outcome();
  auto& causes = outcome.violations.front().causes;
  causes.clear();
  for (std::uint32_t i = 256; i > 0; --i) {
    causes.push_back(event(i, i - 1, i * 1'000, "restart.triggered", std::string(900, 'w')));
  }
  const std::string text = diagram(outcome);
  EXPECT_LT(text.size(), 60'000U);
  const Read found = read(text);
  EXPECT_EQ(found.messages.size(), 44U);
  EXPECT_EQ(std::count(found.notes.begin(), found.notes.end(), "+16.000s … 212 more …"), 1);
}

/// Words and signs that mean something in mermaid's language.
TEST(Mermaid, NoNameIsSyntax) {
  for (const std::string evil :
       {"end", "loop", "alt", "wrap:", "", " ", "a;b", "#35;", "%%{init: {}}%%", "<img src=x>", "a\nparticipant b",
        "x->>y: z", "\"'`", "$$x$$", "style: a#b;c", "---", "é\xFF\u202E"}) {
    Outcome outcome = with_requests(failed_outcome());
    outcome.scenario = evil;
    outcome.policy = evil;
    outcome.violations.front().message = evil;
    for (ShownEvent& cause : outcome.violations.front().causes) cause.workspace = evil;
    outcome.violations.front().causes.back().detail = nlohmann::json{
        {"as", evil}, {"method", evil}, {"path", evil}}.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    const Read found = read(diagram(outcome));
    EXPECT_EQ(found.messages.size(), 5U) << evil;
    EXPECT_EQ(found.titles.size(), 5U) << evil;
  }
}

}  // namespace
}  // namespace drydock::reports
