#include "reports/markdown.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "tests/reports/outcomes.hpp"

namespace drydock::reports {
namespace {

using scenarios::Outcome;

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// Gives the lines outside of fenced blocks: markup is read there.
std::vector<std::string> lines_outside_of_blocks(const std::string& text) {
  std::vector<std::string> lines;
  std::string fence;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    const std::string ticks = line.substr(0, line.find_first_not_of('`'));
    if (fence.empty() && ticks.size() >= 3) {
      fence = ticks;
    } else if (!fence.empty() && line == fence) {
      fence.clear();
    } else if (fence.empty()) {
      lines.push_back(line);
    }
  }
  EXPECT_EQ(fence, "") << "a block is open at the end";
  return lines;
}

/// The line without its code spans, as CommonMark reads them: a run of backticks to the next run of that length.
std::string without_code(const std::string& line) {
  std::string out;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t end = std::min(line.find_first_not_of('`', at), line.size());
    if (end == at) {
      out += line[at++];
      continue;
    }
    std::size_t close = end;
    std::size_t after = end;
    while (close < line.size()) {
      close = line.find('`', close);
      if (close == std::string::npos) break;
      after = std::min(line.find_first_not_of('`', close), line.size());
      if (after - close == end - at) break;
      close = after;
    }
    EXPECT_LT(close, line.size()) << "a span without an end: " << line;
    if (close >= line.size()) return out;
    at = after;
  }
  return out;
}

TEST(Markdown, SaysAtOnceThatAllIsWell) {
  const std::string text = markdown(std::vector{report_of(held_outcome())}, {});
  EXPECT_EQ(text,
            "## ✅ drydock: 1 case: 1 ok\n\n"
            "| verdict | scenario | case | events | virtual time | |\n"
            "|---|---|---|---:|---:|---|\n"
            "| ok | `reprov-thrash` | `post-1556` | 421 | 24m |  |\n\n");
}

TEST(Markdown, TellsOfAFailureWhatSomeoneNeeds) {
  const std::string text = markdown(std::vector{report_of(held_outcome()), report_of(failed_outcome())}, {});
  EXPECT_TRUE(text.starts_with("## ❌ drydock: 2 cases: 1 ok, 1 failed\n")) << text;
  std::size_t at = 0;
  for (const char* part :
       {"| **FAIL** | `reprov-thrash` | `pre-1556` | 421 | 24m | 1 violated, 1 unmet |\n| ok | ",
        "### `reprov-thrash` / `pre-1556`\n",
        "**`no-healthy-kill`** was broken at +30.451s for `reviewer`, instance `i-000002`.\n",
        "- What happened: `a terminate took effect on i-000002, which was pending for 29.251s`\n",
        "- The promise: A terminate that takes effect on a live instance",
        "<details><summary>how it came about (3 steps)</summary>\n\n```text\n +0.000s  00:05:00Z  PUT ",
        "+30.451s  00:05:30Z  i-000002 of reviewer became shutting-down (was pending)\n```\n\n</details>\n",
        "- expected `provision.ec2_started of reviewer is 1`, found `4`\n", "reviewer/ec2.run.pending#2=8 (30s)\n```\n",
        "```sh\ndrydock run scenarios/reprov-thrash.json --case pre-1556\n```\n"}) {
    const auto found = text.find(part, at);
    ASSERT_NE(found, std::string::npos) << part << "\nis missing after\n" << text.substr(at);
    at = found;
  }
}

TEST(Markdown, NamesWhatWasNotPlayedAndWhatBroke) {
  const Ending ending{.interrupted = true,
                      .not_played = {{"a", "b"}, {"a", "c"}},
                      .internal_errors = {{{"a", "x"}, "the clock went back"}}};
  const std::string text = markdown(std::vector{report_of(held_outcome())}, ending);
  EXPECT_TRUE(text.starts_with("## ❌ drydock: "));
  EXPECT_TRUE(contains(text, "**Interrupted**: 2 cases were not played.\n"));
  EXPECT_TRUE(contains(text, "**Internal error**: `a / x: the clock went back`\n"));
  EXPECT_TRUE(contains(markdown({}, {}), "no case was played"));
}

/// Nothing that a file can say is read as markup.
TEST(Markdown, NoNameBreaksOut) {
  const std::string evil =
      "``` `x` | <script>alert(1)</script> </details> @everyone #1 [a](b) **b** \\\n# h\n```\n"
      "|a|\n</summary> ````` `";
  Outcome outcome = failed_outcome();
  outcome.scenario = evil;
  outcome.case_name = evil;
  outcome.stopped_by = evil;
  outcome.violations.front().workspace = evil;
  outcome.violations.front().instance = evil;
  outcome.violations.front().message = evil;
  outcome.violations.front().promise = evil;
  outcome.violations.front().causes.front().workspace = evil;
  outcome.expectations.front().text = evil;
  outcome.expectations.front().actual = "`";
  outcome.tape.front().site = evil;
  const Ending ending{.internal_errors = {{{evil, evil}, evil}}};
  const std::string text = markdown(std::vector{CaseReport{outcome, {.file = evil}}}, ending);
  std::size_t folds = 0;
  for (const std::string& line : lines_outside_of_blocks(text)) {
    std::string rest = without_code(line);
    if (rest.starts_with("<details>") || rest == "</details>") {
      ++folds;
      continue;
    }
    for (const char* markup : {"<", "@", "[", "script", "\\"}) EXPECT_EQ(rest.find(markup), std::string::npos) << line;
    EXPECT_NE(line, "# h");
    // A bar within code ends a cell nevertheless, unless it is escaped.
    if (!line.starts_with("| **")) continue;
    std::size_t bars = 0;
    for (std::size_t i = 0; i < line.size(); ++i) bars += line[i] == '|' && (i == 0 || line[i - 1] != '\\') ? 1U : 0U;
    EXPECT_EQ(bars, 7U) << line;
  }
  EXPECT_EQ(folds, 4U) << text;
}

TEST(Markdown, NeverExceedsWhatACommentMayHold) {
  Outcome outcome = failed_outcome();
  outcome.violations.front().message = std::string(5'000, '`');
  std::vector<CaseReport> reports(300, report_of(outcome));
  reports.push_back(report_of(held_outcome()));
  const std::string text = markdown(reports, {});
  EXPECT_LE(text.size(), kMostMarkdown);
  EXPECT_GT(text.size(), kMostMarkdown / 2);
  EXPECT_TRUE(contains(text, "… and 201 more cases, no worse than the last of these.\n"));
  EXPECT_TRUE(contains(text, "> **Cut here**: ")) << text.substr(text.size() - 300);
  EXPECT_EQ(lines_outside_of_blocks(text).back().substr(0, 15), "> **Cut here**:");
}

TEST(Markdown, TellsEveryChainOfAViolation) {
  const std::vector<CaseReport> reports{report_of(two_sided_outcome())};
  const std::string text = markdown(reports, {});
  EXPECT_NE(text.find("how it came about (5 steps)"), std::string::npos) << text;
  EXPECT_NE(text.find("and what else decided it:\n +1.000s  00:05:01Z  POST /workspaces/reviewer/pause"),
            std::string::npos)
      << text;
}

TEST(Markdown, SaysWhatTheScenarioIsAbout) {
  CaseReport report = report_of(failed_outcome());
  report.about = {"A thrash", "It was *night*.", "issue 1556"};
  const std::string text = markdown(std::vector{report}, {});
  EXPECT_TRUE(contains(text, "### `reprov-thrash` / `pre-1556`\n\n`A thrash`\n\n- Source: `issue 1556`\n\n")) << text;
  EXPECT_TRUE(contains(text, "<summary>the story</summary>\n\n```text\nIt was *night*.\n```\n")) << text;
}

TEST(Markdown, NamesThatBeginAlikeStayApartInTheTable) {
  Outcome a = held_outcome();
  a.case_name = std::string(70, 'x') + "1";
  Outcome b = a;
  b.case_name.back() = '2';
  const std::vector<CaseReport> reports{report_of(a), report_of(b)};
  const std::string text = markdown(reports, {});
  EXPECT_NE(text.find("x1` |"), std::string::npos) << text;
  EXPECT_NE(text.find("x2` |"), std::string::npos) << text;
}

}  // namespace
}  // namespace drydock::reports
