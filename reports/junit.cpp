#include "reports/junit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "reports/layout.hpp"
#include "reports/reproduce.hpp"
#include "reports/text.hpp"
#include "reports/words.hpp"
#include "sim/utf8.hpp"

namespace drydock::reports {
namespace {

using scenarios::Outcome;
using scenarios::ShownViolation;

/// Escapes the text as XML content or attribute. XML 1.0 has no way to write most control characters and the two
/// noncharacters, not even as references: they become U+FFFD.
std::string xml(std::string_view text) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  const std::string valid = sim::valid_utf8(text);
  std::string out;
  for (std::size_t i = 0; i < valid.size(); ++i) {
    const auto byte = static_cast<unsigned char>(valid[i]);
    const std::string_view three = std::string_view{valid}.substr(i, 3);
    if (byte == '&') {
      out += "&amp;";
    } else if (byte == '<') {
      out += "&lt;";
    } else if (byte == '>') {
      out += "&gt;";
    } else if (byte == '"') {
      out += "&quot;";
    } else if (byte < 0x20 && byte != '\n' && byte != '\t') {
      out += kReplacement;
    } else if (three == "\xEF\xBF\xBE" || three == "\xEF\xBF\xBF") {
      out += kReplacement;
      i += 2;
    } else {
      out += valid[i];
    }
  }
  return out;
}

/// Gives the text without the marks by which readers attach files: a name could carry one.
std::string without_marks(std::string text) {
  constexpr std::string_view kMark = "[[ATTACHMENT";
  for (std::size_t at = text.find(kMark); at != std::string::npos; at = text.find(kMark, at)) text.insert(at + 1, " ");
  return text;
}

/// Writes an attribute, its value in one line: a parser would make spaces of line breaks.
std::string attribute(std::string_view name, std::string_view value) {
  return fmt::format(" {}=\"{}\"", name, xml(printable(value)));
}

/// Writes microseconds as seconds with three digits: the readers' schema refuses more digits.
std::string wall_seconds(std::uint64_t us) {
  const std::uint64_t ms = us / 1000;
  return fmt::format("{}.{:03}", ms / 1000, ms % 1000);
}

/// Writes an instant as `2026-05-19T00:05:30`, in UTC: the schemas know neither zone nor fraction.
std::string wall_timestamp(std::int64_t unix_us) {
  return sim::format_rfc3339(unix_us).substr(0, std::string_view{"2026-05-19T00:05:30"}.size());
}

/// A `Test` is one `<testcase>`.
struct Test {
  CaseName name;
  About about{};           // of the scenario; nothing where it was not played
  std::string shown_name;  // of the case; no other test of its suite has it
  std::uint64_t wall_us = 0;
  std::string_view element;  // `failure`, `error`, `skipped`; empty where it passed
  std::string type;
  std::string message;
  std::string text;
  std::string output;
};

std::string about(const ShownViolation& violation) {
  std::string text = violation.invariant + " was broken";
  if (!violation.workspace.empty()) text += " for " + violation.workspace;
  return text + fmt::format(" at {}: {}", since_start(violation.at), violation.message);
}

/// Says what failed in one line, the first failure in full: the lists of CI servers show only this line.
void say_failure(const Outcome& outcome, Test& test) {
  const auto unmet = std::find_if(outcome.expectations.begin(), outcome.expectations.end(),
                                  [](const auto& expectation) { return !expectation.passed; });
  const std::size_t count = outcome.unlisted.size() + unmet_count(outcome);
  test.element = "failure";
  if (!outcome.unlisted.empty()) {
    const ShownViolation& first = outcome.violations[outcome.unlisted.front()];
    test.type = first.invariant;
    test.message = about(first);
  } else if (unmet != outcome.expectations.end()) {
    test.type = "expectation";
    test.message = fmt::format("expected {}, found {}", unmet->text, unmet->actual);
  }
  if (count > 1) test.message += fmt::format(" (and {} more)", count - 1);
}

/// Names the reports that hold the run. Readers take the first attachment only, so the page for people comes first. A
/// path with `]]` would end the mark early and is left out.
std::string attachments(std::span<const CaseReport> reports, std::size_t index, const Ending& ending) {
  std::vector<std::string> paths;
  for (const WrittenReport& file : ending.files) {
    const bool holds_it = !file.one_run || shown_run(reports) == index;
    if (!holds_it || file.kind == "junit" || printable(file.path) != file.path) continue;
    if (file.path.find("]]") != std::string::npos) continue;
    paths.insert(file.kind == "html" ? paths.begin() : paths.end(), file.path);
  }
  std::string text;
  for (const std::string& path : paths) text += fmt::format("[[ATTACHMENT|{}]]\n", path);
  return text;
}

Test test_of(std::span<const CaseReport> reports, std::size_t index, const Ending& ending) {
  const CaseReport& report = reports[index];
  const Outcome& outcome = report.outcome;
  Test test;
  test.name = {outcome.scenario, outcome.case_name, report.invocation.file};
  test.about = report.about;
  test.wall_us = outcome.wall_us;
  test.output = without_marks("reproduce: " + reproduce_command(outcome, report.invocation) + "\n");
  const CaseStatus found = case_status(outcome);
  if (found == CaseStatus::held && report.known.empty()) return test;
  test.output += attachments(reports, index, ending);
  if (found == CaseStatus::failed) say_failure(outcome, test);
  if (found == CaseStatus::inconclusive) {
    test.element = "error";
    test.type = "inconclusive";
    test.message = "the run was cut short: " + outcome.stopped_by;
  }
  if (found == CaseStatus::not_exercised || found == CaseStatus::held) {
    test.element = "skipped";
    test.message = report.known.empty() ? "not exercised: " + why_not_exercised(outcome) : report.known;
    return test;
  }
  test.text = without_marks(case_block(report, {}));
  return test;
}

Test test_of(const InternalFailure& error) {
  Test test;
  test.name = error.played;
  test.element = "error";
  test.type = "internal";
  test.message = "internal error: " + error.what;
  test.text = without_marks(printable(error.what) + "\n");
  return test;
}

Test not_played(const CaseName& name) {
  Test test;
  test.name = name;
  test.element = "skipped";
  test.message = "not played: the run was interrupted";
  return test;
}

/// Names each test so that no other of its suite has its name: readers keep one of two equal ones, or take the second
/// for a retry of the first. Cases of one name bear their file, those of one file their number.
void tell_apart(std::vector<Test>& tests) {
  using Name = std::pair<std::string, std::string>;  // suite, test
  const auto name_of = [](const Test& test) { return Name{printable(test.name.scenario), printable(test.shown_name)}; };
  const auto counted_names = [&] {
    std::map<Name, std::size_t> counts;
    for (const Test& test : tests) ++counts[name_of(test)];
    return counts;
  };
  for (Test& test : tests) test.shown_name = test.name.case_name;
  const auto equal = counted_names();
  for (Test& test : tests) {
    if (equal.at(name_of(test)) > 1 && !test.name.file.empty()) test.shown_name += " (" + test.name.file + ")";
  }
  std::map<Name, std::size_t> taken = counted_names();
  std::set<Name> given;
  for (Test& test : tests) {
    const std::string name = test.shown_name;
    for (std::size_t n = 2; given.contains(name_of(test)); ++n) {
      test.shown_name = fmt::format("{} #{}", name, n);
      if (taken.contains(name_of(test))) test.shown_name = name;  // another test bears it by itself
    }
    given.insert(name_of(test));
  }
}

std::vector<Test> tests_of(std::span<const CaseReport> reports, const Ending& ending) {
  std::vector<Test> tests;
  for (std::size_t i = 0; i < reports.size(); ++i) tests.push_back(test_of(reports, i, ending));
  for (const InternalFailure& error : ending.internal_errors) tests.push_back(test_of(error));
  for (const CaseName& name : ending.not_played) tests.push_back(not_played(name));
  tell_apart(tests);
  return tests;
}

/// A `Suite` is the tests of a scenario, which need not have been played one after another.
struct Suite {
  std::string name;
  std::vector<const Test*> tests;
};

Suite& suite_of(const Test& test, std::vector<Suite>& suites) {
  const auto found =
      std::find_if(suites.begin(), suites.end(), [&](const Suite& suite) { return suite.name == test.name.scenario; });
  return found == suites.end() ? suites.emplace_back(Suite{test.name.scenario, {}}) : *found;
}

std::vector<Suite> suites_of(const std::vector<Test>& tests) {
  std::vector<Suite> suites;
  for (const Test& test : tests) suite_of(test, suites).tests.push_back(&test);
  return suites;
}

struct Counts {
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t errors = 0;
  std::size_t skipped = 0;
  std::uint64_t wall_us = 0;

  void add(const Test& test) {
    ++tests;
    failures += test.element == "failure" ? 1U : 0U;
    errors += test.element == "error" ? 1U : 0U;
    skipped += test.element == "skipped" ? 1U : 0U;
    wall_us += test.wall_us;
  }
  [[nodiscard]] std::string text() const {
    return fmt::format(" tests=\"{}\" failures=\"{}\" errors=\"{}\"", tests, failures, errors);
  }
  [[nodiscard]] std::string time() const { return fmt::format(" time=\"{}\"", wall_seconds(wall_us)); }
};

std::string render(const Test& test) {
  std::string out = "    <testcase" + attribute("name", test.shown_name) +
                    attribute("classname", "drydock." + test.name.scenario) +
                    fmt::format(" time=\"{}\"", wall_seconds(test.wall_us));
  if (!test.name.file.empty()) out += attribute("file", test.name.file);
  out += ">\n";
  if (!test.element.empty()) {
    out += fmt::format("      <{}{}", test.element, attribute("message", test.message));
    if (!test.type.empty()) out += attribute("type", test.type);
    out += fmt::format(">{}</{}>\n", xml(test.text), test.element);
  }
  if (!test.output.empty()) out += fmt::format("      <system-out>{}</system-out>\n", xml(test.output));
  return out + "    </testcase>\n";
}

std::string property(const std::string& name, const std::string& value) {
  if (value.empty()) return {};
  return "      <property" + attribute("name", name) + attribute("value", value) + "/>\n";
}

/// Writes what the suite's scenario is about, once. Where files of one scenario's name tell different things, each
/// after the first has its file in the names.
std::string properties_of(const Suite& suite) {
  std::vector<const Test*> told;
  std::string lines;
  for (const Test* test : suite.tests) {
    const bool is_told =
        std::any_of(told.begin(), told.end(), [&](const Test* other) { return other->about == test->about; });
    if (is_told) continue;
    const std::string of = told.empty() ? "" : " (" + test->name.file + ")";
    const std::string about = property("title" + of, test->about.title) + property("story" + of, test->about.story) +
                              property("source" + of, test->about.source);
    if (about.empty()) continue;
    lines += about;
    told.push_back(test);
  }
  return lines.empty() ? lines : "    <properties>\n" + lines + "    </properties>\n";
}

std::string render(const Suite& suite, const Ending& ending) {
  Counts counts;
  for (const Test* test : suite.tests) counts.add(*test);
  std::string out = "  <testsuite" + attribute("name", suite.name) + counts.text() +
                    fmt::format(" skipped=\"{}\"", counts.skipped) + counts.time();
  if (ending.started_unix_us != 0) out += attribute("timestamp", wall_timestamp(ending.started_unix_us));
  out += ">\n" + properties_of(suite);
  for (const Test* test : suite.tests) out += render(*test);
  return out + "  </testsuite>\n";
}

}  // namespace

std::string junit(std::span<const CaseReport> reports, const Ending& ending) {
  const std::vector<Test> tests = tests_of(reports, ending);
  Counts counts;
  for (const Test& test : tests) counts.add(test);
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"drydock\"" + counts.text() +
                    counts.time() + ">\n";
  for (const Suite& suite : suites_of(tests)) out += render(suite, ending);
  return out + "</testsuites>\n";
}

}  // namespace drydock::reports
