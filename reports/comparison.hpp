#pragma once

#include <span>
#include <string>
#include <vector>

#include "reports/case_report.hpp"
#include "scenarios/whatif/compare.hpp"

namespace drydock::reports {

/// Holds runs of one tape to be shown beside each other. The first run is the baseline that each other run is compared
/// with.
struct ComparedRuns {
  std::vector<std::string> names;  // of each run, as a reader tells them apart
  std::vector<CaseReport> runs;
  std::vector<scenarios::Comparison> comparisons;  // the first run and each other one
  std::string reproduce;                           // the line that asks the same again
};

/// Holds the comparison of the same variants over many tapes.
struct ComparedTapes {
  std::vector<std::string> names;
  std::string scenario;
  scenarios::Study study;
  std::string reproduce;
};

}  // namespace drydock::reports
