#pragma once

#include <string>

#include "reports/exploration.hpp"
#include "tests/reports/outcomes.hpp"

namespace drydock::reports {

/// A finding around the violation of `failed_outcome`, under a name and signature of its own.
inline scenarios::Finding finding(const std::string& invariant = "no-healthy-kill", const std::string& way = "a") {
  scenarios::Finding made;
  made.invariant = invariant;
  made.signature = invariant + ":" + way;
  made.first_run = 7;
  made.times = 31;
  made.found_after_s = 0.25;
  made.size_found = 14;
  made.shrink_runs = 40;
  made.shrink_s = 0.125;
  made.minimal = true;
  made.outcome = failed_outcome();
  made.outcome.policy = "latest";
  made.outcome.violations.front().invariant = invariant;
  made.outcome.violations.front().signature = made.signature;
  made.message = made.outcome.violations.front().message;
  // By site, as outcomes list them; not by time.
  made.outcome.tape = {{at_ms(41'200), "cp/stop.fault", 3, 4, 1, "cp.stop fails with http-503"},
                       {at_ms(1'300), "reviewer/ec2.run.pending", 2, 9, 8, "30s"},
                       {at_ms(40'000), "world/request", 1, 7, 2, "user: DELETE /workspaces/w1?confirm=true"}};
  made.explained = {{made.outcome.tape[0], "", 3, 0}, {made.outcome.tape[1], "any from 28s to 30s", 8, 2}};
  return made;
}

/// A search of 500 runs that found nothing.
inline ExplorationReport quiet_report() {
  ExplorationReport report;
  scenarios::Exploration& found = report.found;
  found.scenario = "reprov-thrash";
  found.policy = "latest";
  found.strategy = "mixed";
  found.seed = 1;
  found.runs = 500;
  found.distinct = 480;
  found.wall_s = 4;
  found.residual.upper_95 = {{"blast-radius", 0.005973}, {"no-healthy-kill", 0.005973}, {"settles", 0.005973}};
  found.residual.law = "half the runs random, half pct";
  found.residual.states = 231;
  found.residual.transitions = 880;
  found.residual.seen_once = 12;
  found.residual.unseen_transition = 0.031;
  found.residual.unseen_transitions_estimate = 34.4;
  report.inputs = 0xABCDEF;
  return report;
}

/// A search of 500 runs that found one violation.
inline ExplorationReport broken_report() {
  ExplorationReport report = quiet_report();
  report.found.findings = {finding()};
  report.found.residual.upper_95["no-healthy-kill"] = 0.09;
  report.files = {{"drydock replay found/no-healthy-kill-12345678.tape.json",
                   "found/no-healthy-kill-12345678.tape.json", "found/no-healthy-kill-12345678.scenario.json"}};
  return report;
}

inline void add_finding(ExplorationReport& report, const scenarios::Finding& one) {
  report.found.findings.push_back(one);
  report.files.push_back({"drydock run reprov-thrash --policy latest", "", ""});
}

}  // namespace drydock::reports
