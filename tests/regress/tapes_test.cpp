// Every tape beside this file is a hazard of `spring-2026` or of `autumn`, told in docs/findings.md. Here it is held to
// what a finding says of itself: it breaks its promise in its way, none of its decisions can be left out, and
// `hardened` keeps the promise in the same world. The recorded trace hash is not asserted: it moves with every change
// of the model, and the promise and the signature are what was found.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "model/invariants/catalogue.hpp"
#include "scenarios/files/tape_file.hpp"
#include "scenarios/run.hpp"
#include "tests/support/play.hpp"

namespace drydock::scenarios {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFewest = 40;
/// Over how many calls a fault is moved.
constexpr std::uint32_t kCalls = 12;

struct Finding {
  std::string file;
  std::string invariant;
  std::string signature;
  TapeFile tape;
};

std::vector<std::string> tape_files() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(fs::path{DRYDOCK_SOURCE_DIR} / "tests/regress")) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(".tape.json")) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

Finding read(const std::string& name) {
  std::ostringstream text;
  text << std::ifstream(fs::path{DRYDOCK_SOURCE_DIR} / "tests/regress" / name).rdbuf();
  auto decoded = decode_tape(name, text.str());
  for (const Diagnostic& error : decoded.errors) ADD_FAILURE() << to_text(error);
  Finding finding;
  finding.file = name;
  if (!decoded.value) return finding;
  finding.tape = std::move(*decoded.value);
  finding.invariant = finding.tape.finding.value("invariant", "");
  finding.signature = finding.tape.finding.value("signature", "");
  return finding;
}

/// By the platform's and the control plane's own calls; an agent's and the ticks mean the same under any policy.
bool is_counted_by_calls(std::string_view site) {
  const bool theirs = site.starts_with("platform/") || site.starts_with("cp/") || site.starts_with("cloud/");
  return theirs && site.ends_with(".fault");
}

/// Whether a decision of this site was answered in the run.
bool is_met(const Outcome& outcome, std::string_view site) {
  return std::any_of(outcome.tape.begin(), outcome.tape.end(),
                     [&](const ShownDecision& decision) { return decision.site == site; });
}

std::vector<std::string> tapes_with_counted_faults() {
  std::vector<std::string> names = tape_files();
  std::erase_if(names, [](const std::string& name) {
    const Finding finding = read(name);
    const auto& entries = finding.tape.tape.entries();
    return std::none_of(entries.begin(), entries.end(),
                        [](const auto& entry) { return is_counted_by_calls(entry.first.first); });
  });
  return names;
}

class RegressTapes : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    finding_ = read(GetParam());
    ASSERT_FALSE(finding_.invariant.empty()) << "a tape of nothing that was found";
    ASSERT_FALSE(finding_.tape.tape.entries().empty());
  }

  Outcome play(const sim::Tape& tape) { return run(finding_.tape.scenario, finding_.tape.played, tape, {}, bench_); }

  [[nodiscard]] bool is_there(const Outcome& outcome) const {
    return std::any_of(outcome.violations.begin(), outcome.violations.end(), [&](const ShownViolation& violation) {
      return violation.invariant == finding_.invariant && violation.signature == finding_.signature;
    });
  }

  [[nodiscard]] bool breaks_promise(const Outcome& outcome) const {
    return std::any_of(outcome.violations.begin(), outcome.violations.end(),
                       [&](const ShownViolation& one) { return one.invariant == finding_.invariant; });
  }

  void become_hardened() {
    finding_.tape.played.policy_name = "hardened";
    finding_.tape.played.policy = test::policy_of("hardened");
  }

  Finding finding_;
  Workbench bench_;
};

TEST_P(RegressTapes, BreakTheirPromise) {
  const std::string& policy = finding_.tape.played.policy_name;
  EXPECT_TRUE(policy == "spring-2026" || policy == "autumn") << policy;
  EXPECT_EQ(finding_.tape.played.policy, test::policy_of(policy));
  EXPECT_TRUE(finding_.tape.played.set.empty());
  const Outcome outcome = play(finding_.tape.tape);
  EXPECT_EQ(outcome.stopped_by, "");
  for (const ShownDecision& decision : outcome.misaligned) {
    ADD_FAILURE() << decision.site << "#" << decision.occurrence << "=" << decision.value << " met no question";
  }
  EXPECT_TRUE(is_there(outcome)) << finding_.signature;
}

TEST_P(RegressTapes, NeedEachDecision) {
  ASSERT_TRUE(is_there(play(finding_.tape.tape))) << "or else leaving something out shows nothing";
  for (const auto& [question, value] : finding_.tape.tape.entries()) {
    const auto& [site, occurrence] = question;
    sim::Tape fewer = finding_.tape.tape;
    fewer.set(site, occurrence, 0);
    EXPECT_NE(value, 0U) << site << "#" << occurrence << " is no decision";
    const Outcome outcome = play(fewer);
    EXPECT_EQ(outcome.stopped_by, "") << site << "#" << occurrence;
    EXPECT_FALSE(is_there(outcome)) << site << "#" << occurrence << "=" << value;
  }
}

/// Decisions that the other policy does not ask for change nothing. No other promise pays for it either.
TEST_P(RegressTapes, AreClosedByHardened) {
  become_hardened();
  const Outcome outcome = play(finding_.tape.tape);
  EXPECT_EQ(outcome.stopped_by, "");
  EXPECT_EQ(test::violations(outcome), std::vector<std::string>{});
}

/// A fault that is counted by calls meets another call under another policy, which then proves nothing. So it is moved.
class RegressCountedFaults : public RegressTapes {};

TEST_P(RegressCountedFaults, AreClosedWhicheverCallTheyMeet) {
  become_hardened();
  bool met = false;
  for (const auto& [question, value] : finding_.tape.tape.entries()) {
    const auto& [site, occurrence] = question;
    if (!is_counted_by_calls(site)) continue;
    sim::Tape moved = finding_.tape.tape;
    moved.set(site, occurrence, 0);
    for (std::uint32_t call = 1; call <= kCalls; ++call) {
      moved.set(site, call, value);
      const Outcome outcome = play(moved);
      EXPECT_FALSE(breaks_promise(outcome)) << site << "#" << call << "=" << value;
      met = met || is_met(outcome, site);
      moved.set(site, call, 0);
    }
  }
  EXPECT_TRUE(met) << "no fault of this tape met any call of hardened's";
}

std::string test_name(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param.substr(0, info.param.find('.'));
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Each, RegressTapes, ::testing::ValuesIn(tape_files()), test_name);

INSTANTIATE_TEST_SUITE_P(Each, RegressCountedFaults, ::testing::ValuesIn(tapes_with_counted_faults()), test_name);

/// What is one hazard less is one signature less: a search would show one of them and never the other.
TEST(RegressTapesTogether, OfOnePromiseThatIsJudgedAtTheEndHaveSignaturesOfTheirOwn) {
  std::map<std::string, std::string> by_signature;
  for (const std::string& name : tape_files()) {
    const Finding finding = read(name);
    const auto& known = model::invariant_catalogue();
    const auto promise =
        std::find_if(known.begin(), known.end(), [&](const auto& one) { return one.name == finding.invariant; });
    ASSERT_NE(promise, known.end()) << name;
    if (promise->when == "eventually") {
      EXPECT_TRUE(by_signature.emplace(finding.signature, name).second)
          << name << " and " << by_signature[finding.signature] << ": " << finding.signature;
    }
  }
  EXPECT_GE(by_signature.size(), kFewest / 3);
}

/// A test of every file passes where there is none, and a list may name a file that is gone.
TEST(RegressTapesTogether, AreThereAndToldOf) {
  const std::vector<std::string> names = tape_files();
  EXPECT_GE(names.size(), kFewest);
  EXPECT_GE(tapes_with_counted_faults().size(), kFewest / 4);
  std::ostringstream findings;
  findings << std::ifstream(fs::path{DRYDOCK_SOURCE_DIR} / "docs/findings.md").rdbuf();
  for (const std::string& name : names) {
    EXPECT_NE(findings.str().find("tests/regress/" + name), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace drydock::scenarios
