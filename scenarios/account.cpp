#include "scenarios/account.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <variant>

namespace drydock::scenarios {
namespace {

/// The decisions as they were consumed: the seed would answer anew what the run without the fault asks in its place.
sim::Tape consumed_tape(const Outcome& outcome) {
  sim::Tape tape;
  for (const ShownDecision& decision : outcome.tape) tape.set(decision.site, decision.occurrence, decision.value);
  return tape;
}

bool asks_for_faults(const Expectation& expectation) {
  constexpr std::string_view kind = "fault.injected";
  if (const auto* count = std::get_if<CountExpectation>(&expectation.what)) return count->kind == kind;
  const auto* sometimes = std::get_if<SometimesExpectation>(&expectation.what);
  return sometimes != nullptr && sometimes->kind == kind;
}

/// Collects the expectations, those of the steps included, and whether each was met.
std::multiset<std::pair<std::string, bool>> met(const CaseSpec& played, const Outcome& outcome) {
  std::set<std::string> left_out;
  for (const Expectation& expectation : played.expect) {
    if (asks_for_faults(expectation)) left_out.insert(expectation.text);
  }
  std::multiset<std::pair<std::string, bool>> all;
  for (const ExpectationResult& result : outcome.expectations) {
    if (!left_out.contains(result.text)) all.emplace(result.text, result.passed);
  }
  return all;
}

std::set<std::pair<std::string, std::string>> violated(const Outcome& outcome) {
  std::set<std::pair<std::string, std::string>> all;
  for (const ShownViolation& violation : outcome.violations) all.emplace(violation.invariant, violation.workspace);
  return all;
}

/// Instants, and how long something has been up: whatever takes a moment longer changes them, and nothing comes of it.
bool is_a_time(std::string_view column) { return column.ends_with("_at") || column == "uptime_seconds"; }

bool same_row(const FinalWorkspace& a, const FinalWorkspace& b) {
  if (a.workspace != b.workspace || a.instance_state != b.instance_state) return false;
  const auto same = [](const auto& left, const auto& right) {
    return left.first == right.first && (is_a_time(left.first) || left.second == right.second);
  };
  return std::equal(a.columns.begin(), a.columns.end(), b.columns.begin(), b.columns.end(), same);
}

}  // namespace

bool went_otherwise(const CaseSpec& played, Judged judged, const Outcome& a, const Outcome& b) {
  if (a.stopped_by != b.stopped_by || violated(a) != violated(b)) return true;
  if (judged == Judged::expectations_and_promises && met(played, a) != met(played, b)) return true;
  return !std::equal(a.final.begin(), a.final.end(), b.final.begin(), b.final.end(), same_row);
}

void account_for_faults(const CaseSpec& played, Judged judged, const Replay& replay, Outcome& outcome) {
  const sim::Tape tape = consumed_tape(outcome);
  for (FaultAccount& account : outcome.faults) {
    CaseSpec without = played;
    const auto removed =
        std::erase_if(without.faults, [&](const faults::FaultSpec& spec) { return spec.name == account.name; });
    if (removed == 0) continue;
    account.mattered = account.fired > 0 && went_otherwise(played, judged, outcome, replay(without, tape));
  }
}

}  // namespace drydock::scenarios
