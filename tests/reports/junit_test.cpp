#include "reports/junit.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "tests/reports/outcomes.hpp"

namespace drydock::reports {
namespace {

using scenarios::Outcome;

std::string read(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

/// A real parser's word on a document, by the schema of what CI servers read; and what it reads at an XPath.
class Parsed {
 public:
  explicit Parsed(const std::string& document) {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    file_ = std::filesystem::path(testing::TempDir()) / (std::string("drydock-junit-") + info->name() + ".xml");
    std::ofstream(file_, std::ios::binary) << document;
    const std::string schema = std::string{DRYDOCK_SOURCE_DIR} + "/tests/support/junit.xsd";
    errors_ = output_of("xmllint --noout --schema '" + schema + "'", code_);
  }
  Parsed(const Parsed&) = delete;
  Parsed& operator=(const Parsed&) = delete;
  ~Parsed() {
    std::filesystem::remove(file_);
    std::filesystem::remove(file_.string() + ".out");
  }

  [[nodiscard]] bool valid() const { return code_ == 0; }
  [[nodiscard]] const std::string& errors() const { return errors_; }
  [[nodiscard]] std::string at(const std::string& xpath) const {
    int code = 0;
    std::string text = output_of("xmllint --xpath 'string(" + xpath + ")'", code);
    EXPECT_EQ(code, 0) << xpath << ": " << text;
    while (text.ends_with('\n')) text.pop_back();
    return text;
  }

 private:
  [[nodiscard]] std::string output_of(const std::string& command, int& code) const {
    const std::string out = file_.string() + ".out";
    const std::string line = command + " '" + file_.string() + "' >'" + out + "' 2>&1";
    code = std::system(line.c_str());  // NOLINT(cert-env33-c,concurrency-mt-unsafe): a test's own words
    return read(out);
  }

  std::filesystem::path file_;
  std::string errors_;
  int code_ = 0;
};

Outcome with(Outcome outcome, const std::string& case_name) {
  outcome.case_name = case_name;
  return outcome;
}

TEST(Junit, IsASuitePerScenarioAndATestPerCase) {
  Outcome other = held_outcome();
  other.scenario = "ordinary-day";
  const std::vector<CaseReport> reports{report_of(held_outcome()), report_of(other), report_of(failed_outcome())};
  const Parsed xml(junit(reports, {.started_unix_us = 1'779'149'130'451'000}));
  ASSERT_TRUE(xml.valid()) << xml.errors();
  EXPECT_EQ(xml.at("/testsuites/@tests"), "3");
  EXPECT_EQ(xml.at("/testsuites/@failures"), "1");
  EXPECT_EQ(xml.at("/testsuites/@time"), "0.003");
  EXPECT_EQ(xml.at("count(/testsuites/testsuite)"), "2");
  EXPECT_EQ(xml.at("//testsuite[1]/@name"), "reprov-thrash");
  EXPECT_EQ(xml.at("//testsuite[1]/@tests"), "2");
  EXPECT_EQ(xml.at("//testsuite[1]/@failures"), "1");
  EXPECT_EQ(xml.at("//testsuite[1]/@timestamp"), "2026-05-19T00:05:30");
  EXPECT_EQ(xml.at("//testsuite[1]/testcase[2]/@name"), "pre-1556");
  EXPECT_EQ(xml.at("//testsuite[1]/testcase[2]/@classname"), "drydock.reprov-thrash");
  EXPECT_EQ(xml.at("//testsuite[1]/testcase[2]/@file"), "scenarios/reprov-thrash.json");
  EXPECT_EQ(xml.at("//testsuite[1]/testcase[2]/@time"), "0.001");
  EXPECT_EQ(xml.at("//testsuite[2]/@name"), "ordinary-day");
}

TEST(Junit, AFailureIsOneElementWithTheWholeBlock) {
  const Parsed xml(junit(std::vector{report_of(failed_outcome())}, {}));
  ASSERT_TRUE(xml.valid()) << xml.errors();
  EXPECT_EQ(xml.at("//failure/@type"), "no-healthy-kill");
  EXPECT_EQ(xml.at("//failure/@message"),
            "no-healthy-kill was broken for reviewer at +30.451s: a terminate took effect on "
            "i-000002, which was pending for 29.251s (and 1 more)");
  const std::string text = xml.at("//failure");
  EXPECT_NE(text.find("how it came about:"), std::string::npos) << text;
  EXPECT_NE(text.find("expectation not met"), std::string::npos) << text;
  EXPECT_EQ(xml.at("//system-out"), "reproduce: drydock run scenarios/reprov-thrash.json --case pre-1556");
}

TEST(Junit, AnUnmetExpectationSaysWhatWasFound) {
  Outcome outcome = failed_outcome();
  outcome.violations.clear();
  outcome.unlisted.clear();
  const Parsed xml(junit(std::vector{report_of(outcome)}, {}));
  ASSERT_TRUE(xml.valid()) << xml.errors();
  EXPECT_EQ(xml.at("//failure/@type"), "expectation");
  EXPECT_EQ(xml.at("//failure/@message"), "expected provision.ec2_started of reviewer is 1, found 4");
}

/// What a scenario is about stands once at its suite, as readers show properties.
TEST(Junit, ASuiteSaysWhatItsScenarioIsAbout) {
  CaseReport first = report_of(held_outcome());
  first.about = {.title = "A <thrash> & more", .story = "One\nday", .source = ""};
  CaseReport second = first;
  second.outcome.case_name = "other";
  CaseReport copy = second;
  copy.invocation.file = "b/s.json";
  copy.about.title = "A copy";
  const Parsed xml(junit(std::vector{first, second, copy}, {.not_played = {{first.outcome.scenario, "late"}}}));
  ASSERT_TRUE(xml.valid()) << xml.errors();
  EXPECT_EQ(xml.at("count(//properties)"), "1");
  EXPECT_EQ(xml.at("count(//property)"), "4");
  EXPECT_EQ(xml.at("//property[@name=\"title\"]/@value"), "A <thrash> & more");
  EXPECT_EQ(xml.at("//property[@name=\"story\"]/@value"), "One\\nday");
  EXPECT_EQ(xml.at("//property[@name=\"title (b/s.json)\"]/@value"), "A copy");
  const Parsed none(junit(std::vector{report_of(held_outcome())}, {}));
  ASSERT_TRUE(none.valid()) << none.errors();
  EXPECT_EQ(none.at("count(//properties)"), "0");
}

/// Readers attach the file that a mark in the output names; only our own marks are there.
TEST(Junit, NoNameAttachesAFile) {
  const std::string mark = "[[ATTACHMENT|/etc/hostname]]";
  Outcome outcome = failed_outcome();
  outcome.case_name = mark;
  outcome.violations.front().message = mark;
  const Ending ending{.internal_errors = {{{mark, mark}, mark}},
                      .files = {{.kind = "html", .path = "page.html", .one_run = false}}};
  const Parsed xml(junit(std::vector{CaseReport{outcome, {.file = mark}}}, ending));
  ASSERT_TRUE(xml.valid()) << xml.errors();
  for (const char* place : {"//system-out", "//failure", "//error"})
    EXPECT_EQ(xml.at(place).find("[[ATTACHMENT|/etc"), std::string::npos) << place;
  EXPECT_NE(xml.at("//system-out").find("[[ATTACHMENT|page.html]]"), std::string::npos);
}

TEST(Junit, EveryOtherEndHasItsElement) {
  Outcome idle = with(held_outcome(), "idle");
  idle.exercised = false;
  Outcome cut = with(held_outcome(), "cut");
  cut.passed = false;
  cut.stopped_by = "1000000 steps";
  const Ending ending{.interrupted = true,
                      .not_played = {{"reprov-thrash", "later"}},
                      .internal_errors = {{{"reprov-thrash", "broken"}, "the clock went back"}}};
  const Parsed xml(junit(std::vector{report_of(idle), report_of(cut)}, ending));
  ASSERT_TRUE(xml.valid()) << xml.errors();
  EXPECT_EQ(xml.at("//testsuite/@skipped"), "2");
  EXPECT_EQ(xml.at("//testsuite/@errors"), "2");
  EXPECT_EQ(xml.at("//testsuite/@failures"), "0");
  EXPECT_NE(xml.at("//testcase[@name=\"idle\"]/skipped/@message").find("not exercised"), std::string::npos);
  EXPECT_EQ(xml.at("//testcase[@name=\"cut\"]/error/@type"), "inconclusive");
  EXPECT_EQ(xml.at("//testcase[@name=\"broken\"]/error/@message"), "internal error: the clock went back");
  EXPECT_NE(xml.at("//testcase[@name=\"later\"]/skipped/@message").find("interrupted"), std::string::npos);
}

TEST(Junit, WithoutAnyRunIsAnEmptyList) {
  const Parsed xml(junit({}, {}));
  ASSERT_TRUE(xml.valid()) << xml.errors();
  EXPECT_EQ(xml.at("/testsuites/@tests"), "0");
}

TEST(Junit, AttachesTheReportsThatHoldTheCase) {
  const std::vector<CaseReport> reports{report_of(held_outcome()), report_of(failed_outcome())};
  const Ending ending{.files = {{"json", "out/r.json"}, {"junit", "out/j.xml"}, {"json", "bad]]path"}}};
  const Parsed xml(junit(reports, ending));
  ASSERT_TRUE(xml.valid()) << xml.errors();
  EXPECT_EQ(xml.at("//testcase[2]/system-out"),
            "reproduce: drydock run scenarios/reprov-thrash.json --case pre-1556\n"
            "[[ATTACHMENT|out/r.json]]");
  EXPECT_EQ(xml.at("//testcase[1]/system-out").find("ATTACHMENT"), std::string::npos);
}

TEST(Junit, AttachesAReportOfOneRunToThatRunOnly) {
  const std::vector<CaseReport> reports{report_of(failed_outcome()), report_of(failed_outcome())};
  const Ending ending{.files = {{.kind = "perfetto", .path = "out/p.json", .one_run = true}}};
  const Parsed xml(junit(reports, ending));
  ASSERT_TRUE(xml.valid()) << xml.errors();
  EXPECT_NE(xml.at("//testcase[1]/system-out").find("[[ATTACHMENT|out/p.json]]"), std::string::npos);
  EXPECT_EQ(xml.at("//testcase[2]/system-out").find("ATTACHMENT"), std::string::npos);
}

/// Everything that XML 1.0 cannot hold, or that would end an element, an attribute or a CDATA section early.
TEST(Junit, IsWellFormedWhateverTheNames) {
  const std::string evil = std::string("a\0b", 3) +
                           "\x01\x1F\x7F\r\n\t ]]> <!-- & \"'</failure>"
                           "\xED\xA0\x80 \xEF\xBF\xBE \xEF\xBF\xBF \xF4\x90\x80\x80 \xC0\xAF \xFF"
                           "\u202E \U0001F600";
  Outcome outcome = failed_outcome();
  outcome.scenario = evil;
  outcome.case_name = evil;
  outcome.violations.front().invariant = evil;
  outcome.violations.front().message = evil;
  outcome.violations.front().causes.front().workspace = evil;
  outcome.expectations.front().text = evil;
  outcome.tape.front().site = evil;
  const Ending ending{
      .not_played = {{evil, evil}}, .internal_errors = {{{evil, evil}, evil}}, .files = {{"json", "r&<>.json"}}};
  const Parsed xml(junit(std::vector{CaseReport{outcome, {.file = evil}}}, ending));
  ASSERT_TRUE(xml.valid()) << xml.errors();
  EXPECT_EQ(xml.at("count(//testcase)"), "3");
  EXPECT_NE(xml.at("//testcase[1]/@name").find("]]> <!-- & \"'</failure>"), std::string::npos);
  EXPECT_NE(xml.at("//testcase[1]/system-out").find("[[ATTACHMENT|r&<>.json]]"), std::string::npos);
}

/// Every single byte, and every pair of a lead byte and one that may follow it.
TEST(Junit, IsWellFormedForEveryByte) {
  std::string bytes;
  for (int first = 0; first < 256; ++first) {
    bytes += static_cast<char>(first);
    bytes += ' ';
    bytes += static_cast<char>(first);
    bytes += "\xBF\xBE\xBF ";
  }
  Outcome outcome = failed_outcome();
  outcome.case_name = bytes;
  outcome.violations.front().message = bytes;
  const Parsed xml(junit(std::vector{report_of(outcome)}, {}));
  ASSERT_TRUE(xml.valid()) << xml.errors();
}

/// Readers keep one of two cases of one name, or take the second for a retry of the first.
TEST(Junit, NoTwoCasesHaveOneName) {
  const auto from = [](Outcome outcome, const std::string& file) {
    return CaseReport{std::move(outcome), {.file = file}};
  };
  const std::vector<CaseReport> reports{
      from(with(failed_outcome(), "latest"), "a/s.json"), from(with(held_outcome(), "latest"), "b/s.json"),
      from(with(held_outcome(), "latest"), "b/s.json"), from(with(held_outcome(), "other"), "b/s.json"),
      from(with(held_outcome(), "latest (b/s.json) #2"), "c/s.json")};
  const Ending ending{.not_played = {{"reprov-thrash", "latest", "d/s.json"}},
                      .internal_errors = {{{"reprov-thrash", "latest", "e/s.json"}, "oops"}}};
  const Parsed xml(junit(reports, ending));
  ASSERT_TRUE(xml.valid()) << xml.errors();
  const std::vector<std::string> names{"latest (a/s.json)",    "latest (b/s.json)", "latest (b/s.json) #3", "other",
                                       "latest (b/s.json) #2", "latest (e/s.json)", "latest (d/s.json)"};
  for (std::size_t i = 0; i < names.size(); ++i)
    EXPECT_EQ(xml.at("//testcase[" + std::to_string(i + 1) + "]/@name"), names[i]);
  EXPECT_EQ(xml.at("//testcase[7]/@file"), "d/s.json");
}

}  // namespace
}  // namespace drydock::reports
