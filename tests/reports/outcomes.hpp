#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "reports/case_report.hpp"
#include "scenarios/outcome.hpp"

namespace drydock::reports {

/// Hand-made outcomes that several report tests share.
inline sim::Instant at_ms(std::int64_t ms) { return sim::kTimeZero + std::chrono::milliseconds{ms}; }

inline scenarios::ShownEvent event(std::uint32_t seq, std::uint32_t cause, std::int64_t ms, const std::string& kind,
                                   const std::string& workspace, const std::string& instance = "",
                                   const std::string& detail = "{}") {
  return {seq, cause, at_ms(ms), kind, "platform", workspace, instance, detail};
}

/// A run in which everything went as it should.
inline scenarios::Outcome held_outcome() {
  scenarios::Outcome outcome;
  outcome.scenario = "reprov-thrash";
  outcome.case_name = "post-1556";
  outcome.policy = "post-1556";
  outcome.passed = true;
  outcome.trace_hash = 0xABC;
  outcome.virtual_length = std::chrono::minutes{24};
  outcome.start_unix_us = 1'779'149'100'000'000;  // 2026-05-19T00:05:00Z
  outcome.wall_us = 1'250;
  outcome.event_count = 421;
  outcome.counts = {{"provision.ec2_started", 2}, {"restart.dropped", 0}};
  outcome.metrics = {{"lost_writes", 0}, {"orphan_instance_hours", 1.5}};
  outcome.decisions = 143;
  return outcome;
}

/// A run that broke a promise that it should have kept, and an expectation.
inline scenarios::Outcome failed_outcome() {
  scenarios::Outcome outcome = held_outcome();
  outcome.case_name = "pre-1556";
  outcome.policy = "pre-1556";
  outcome.passed = false;
  outcome.expectations = {{"provision.ec2_started of reviewer is 1", false, "4"},
                          {"final of reviewer: status online", true, "online"}};
  scenarios::ShownViolation violation;
  violation.invariant = "no-healthy-kill";
  violation.message = "a terminate took effect on i-000002, which was pending for 29.251s";
  violation.at = at_ms(30'451);
  violation.event = 9;
  violation.workspace = "reviewer";
  violation.instance = "i-000002";
  violation.signature = "no-healthy-kill:http.request>restart.triggered>ec2.state";
  violation.causes = {
      event(9, 7, 30'451, "ec2.state", "reviewer", "i-000002", R"({"from":"pending","to":"shutting-down"})"),
      event(7, 1, 1'200, "restart.triggered", "reviewer"),
      event(1, 0, 0, "http.request", "reviewer", "", R"({"method":"PUT","path":"/workspaces/reviewer/secrets"})")};
  outcome.violations = {violation};
  outcome.unlisted = {0};
  outcome.tape = {{at_ms(1'300), "reviewer/ec2.run.pending", 2, 9, 8, "30s"}};
  return outcome;
}

/// A run in which two events decided what was broken: the second chain is a stop that failed.
inline scenarios::Outcome two_sided_outcome() {
  scenarios::Outcome outcome = failed_outcome();
  outcome.violations.front().other_causes = {
      {event(8, 2, 20'000, "stop.failed", "reviewer", "i-000001", R"({"http":503})"),
       event(2, 0, 1'000, "http.request", "reviewer", "", R"({"method":"POST","path":"/workspaces/reviewer/pause"})")}};
  return outcome;
}

/// An outcome with the file that it is reported of.
inline CaseReport report_of(scenarios::Outcome outcome) {
  return {std::move(outcome), {.file = "scenarios/reprov-thrash.json"}};
}

/// Changes one of the outcome's events, which it returns by value.
template <typename Change>
void change_event(scenarios::Outcome& outcome, std::size_t place, Change change) {
  std::vector<scenarios::ShownEvent> events(outcome.events.begin(), outcome.events.end());
  change(events[place]);
  outcome.events = scenarios::ShownEvents(events);
}

}  // namespace drydock::reports
