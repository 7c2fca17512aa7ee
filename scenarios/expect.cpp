#include "scenarios/expect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace drydock::scenarios {
namespace {

using sim::Duration;

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

bool has_details(const ShownEvent& event, const std::map<std::string, Json>& where) {
  if (where.empty()) return true;
  const Json detail = Json::parse(event.detail);
  return std::all_of(where.begin(), where.end(), [&](const auto& wanted) {
    const auto found = detail.find(wanted.first);
    return found != detail.end() && is_subset(wanted.second, *found);
  });
}

/// Everything that judging one expectation looks at.
struct Judge {
  const Scenario& scenario;
  const Outcome& outcome;
  const TraceDatabase* trace{};
  bool exercised = true;

  ExpectationResult operator()(const CountExpectation& wanted) const {
    std::uint64_t count = 0;
    for (const ShownEvent& event : outcome.events) count += matches(event, wanted) ? 1 : 0;
    return {.text = {}, .passed = wanted.bounds.contains(count), .actual = fmt::format("{}", count)};
  }

  ExpectationResult operator()(const StepResponseExpectation& wanted) const {
    for (const ShownResponse& response : outcome.responses) {
      if (response.id == wanted.step && response.nth == wanted.nth) return answer(wanted.response, response);
    }
    return {.text = {}, .passed = false, .actual = "no answer"};
  }

  ExpectationResult operator()(const FinalExpectation& wanted) const {
    for (const FinalWorkspace& final : outcome.final) {
      if (final.workspace == wanted.workspace) return row(wanted, final);
    }
    return {.text = {}, .passed = false, .actual = "no such workspace"};
  }

  ExpectationResult operator()(const HoldsExpectation& wanted) const {
    for (const ShownViolation& violation : outcome.violations) {
      if (violation.invariant == wanted.invariant) {
        return {.text = {}, .passed = false, .actual = "violated: " + violation.message};
      }
    }
    return {.text = {}, .passed = true, .actual = "held"};
  }

  ExpectationResult operator()(const ViolatesExpectation& wanted) const {
    for (const ShownViolation& violation : outcome.violations) {
      const bool there = !wanted.workspace || violation.workspace == *wanted.workspace;
      if (there && violation.invariant == wanted.invariant) {
        return {.text = {}, .passed = true, .actual = violation.message};
      }
    }
    return {.text = {}, .passed = false, .actual = "held"};
  }

  ExpectationResult operator()(const SometimesExpectation& wanted) {
    const bool happened = std::any_of(outcome.events.begin(), outcome.events.end(), [&](const ShownEvent& event) {
      return event.kind == wanted.kind && has_details(event, wanted.where);
    });
    if (!happened) exercised = false;
    return {.text = {}, .passed = true, .actual = happened ? "happened" : "did not happen: not exercised"};
  }

  ExpectationResult operator()(const SqlExpectation& wanted) const {
    if (trace == nullptr) return {.text = {}, .passed = false, .actual = "not asked: the run's record is not kept"};
    const TraceDatabase::Answer answer = trace->query(wanted.sql);
    if (!answer.error.empty()) return {.text = {}, .passed = false, .actual = "SQL error: " + answer.error};
    std::string actual = fmt::format("{} rows", answer.rows);
    if (!answer.evidence.empty()) actual += fmt::format(": {}", fmt::join(answer.evidence, "; "));
    return {.text = {}, .passed = wanted.bounds.contains(answer.rows), .actual = std::move(actual)};
  }

  static bool matches(const ShownEvent& event, const CountExpectation& wanted) {
    if (event.kind != wanted.kind) return false;
    if (wanted.workspace && event.workspace != *wanted.workspace) return false;
    const Duration at = event.at.time_since_epoch();
    if (wanted.between && (at < wanted.between->first || at >= wanted.between->second)) return false;
    return has_details(event, wanted.where);
  }

  static ExpectationResult answer(const ResponseExpectation& wanted, const ShownResponse& given) {
    std::string actual = fmt::format("{} {}", given.status, given.body.dump());
    bool passed = !wanted.status || *wanted.status == given.status;
    for (const auto& header : wanted.headers) {
      const auto found = std::find_if(given.headers.begin(), given.headers.end(),
                                      [&](const auto& other) { return same_name(other.first, header.first); });
      passed = passed && found != given.headers.end() && found->second == header.second;
      actual += fmt::format(", {}: {}", header.first, found == given.headers.end() ? "(none)" : found->second);
    }
    if (wanted.body) passed = passed && is_subset(*wanted.body, given.body);
    return {.text = {}, .passed = passed, .actual = std::move(actual)};
  }

  static ExpectationResult row(const FinalExpectation& wanted, const FinalWorkspace& final) {
    ExpectationResult result{.text = {}, .passed = true, .actual = {}};
    for (const auto& [name, value] : wanted.columns) {
      Json actual = nullptr;
      if (name == "instance") {
        actual = final.instance_state;
      } else if (const auto found = final.columns.find(name); found != final.columns.end()) {
        actual = found->second;
      }
      result.passed = result.passed && actual == value;
      if (!result.actual.empty()) result.actual += ", ";
      result.actual += fmt::format("{} {}", name, actual.dump());
    }
    return result;
  }
};

std::string step_text(const StepSpec& step, std::uint32_t nth, const ResponseExpectation& wanted) {
  std::string text = fmt::format("answer {} of {}", nth, step.id);
  if (wanted.status) text += fmt::format(" is {}", *wanted.status);
  for (const auto& [name, value] : wanted.headers) text += fmt::format(", {}: {}", name, value);
  if (wanted.body) text += " with " + wanted.body->dump();
  return text;
}

void judge_steps(const Scenario& scenario, const Judge& judge, std::vector<ExpectationResult>& results) {
  for (const StepSpec& step : scenario.steps) {
    if (step.expect.empty()) continue;
    for (std::uint32_t nth = 1; nth <= step.times; ++nth) {
      const ResponseExpectation& wanted = step.expect.size() == 1 ? step.expect.front() : step.expect[nth - 1];
      ExpectationResult result = judge({.step = step.id, .nth = nth, .response = wanted});
      result.text = step_text(step, nth, wanted);
      results.push_back(std::move(result));
    }
  }
}

bool is_listed(const CaseSpec& played, const ShownViolation& violation) {
  return std::any_of(played.expect.begin(), played.expect.end(), [&](const Expectation& expectation) {
    const auto* listed = std::get_if<ViolatesExpectation>(&expectation.what);
    return listed != nullptr && listed->invariant == violation.invariant &&
           (!listed->workspace || *listed->workspace == violation.workspace);
  });
}

}  // namespace

bool is_subset(const Json& wanted, const Json& actual) {
  if (!wanted.is_object()) return wanted == actual;
  if (!actual.is_object()) return false;
  return std::all_of(wanted.items().begin(), wanted.items().end(), [&](const auto& item) {
    const auto found = actual.find(item.key());
    return found != actual.end() && is_subset(item.value(), *found);
  });
}

bool asks_sql(const CaseSpec& played) {
  return std::any_of(played.expect.begin(), played.expect.end(), [](const Expectation& expectation) {
    return std::holds_alternative<SqlExpectation>(expectation.what);
  });
}

void judge_expectations(const Scenario& scenario, const CaseSpec& played, const TraceDatabase* trace,
                        Outcome& outcome) {
  Judge judge{.scenario = scenario, .outcome = outcome, .trace = trace};
  std::vector<ExpectationResult> results;
  if (played.judges_steps) judge_steps(scenario, judge, results);
  for (const Expectation& expectation : played.expect) {
    ExpectationResult result = std::visit(judge, expectation.what);
    result.text = expectation.text;
    results.push_back(std::move(result));
  }
  for (std::size_t i = 0; i < outcome.violations.size(); ++i) {
    if (!is_listed(played, outcome.violations[i])) outcome.unlisted.push_back(i);
  }
  const bool met = std::all_of(results.begin(), results.end(), [](const auto& result) { return result.passed; });
  outcome.expectations = std::move(results);
  outcome.exercised = judge.exercised;
  outcome.passed = met && outcome.unlisted.empty() && outcome.stopped_by.empty();
}

}  // namespace drydock::scenarios
