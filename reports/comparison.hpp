#pragma once

#include <span>
#include <string>
#include <vector>

#include "reports/case_report.hpp"
#include "scenarios/whatif/compare.hpp"

namespace drydock::reports {

/// Runs of one tape beside each other. The first is the baseline that each other one is compared with.
struct ComparedRuns {
  std::vector<std::string> names;  // of each run, as a reader tells them apart
  std::vector<CaseReport> runs;
  std::vector<scenarios::Comparison> comparisons;  // the first run and each other one
  std::string reproduce;                           // the line that asks the same again
};

/// The same over many tapes.
struct ComparedTapes {
  std::vector<std::string> names;
  std::string scenario;
  scenarios::Study study;
  std::string reproduce;
};

}  // namespace drydock::reports
