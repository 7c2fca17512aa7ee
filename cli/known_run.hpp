#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/known.hpp"
#include "cli/selection.hpp"
#include "reports/case_report.hpp"
#include "reports/memory.hpp"

namespace drydock::cli {

/// Cases that are played while findings are known: a promise that a case breaks and does not list is a finding. What is
/// known and accepted fails no case.
class KnownRun {
 public:
  /// Throws as KnownFindings does.
  explicit KnownRun(const KnownRequest& request) : known_(request, "run") {}

  /// Takes what is known out of what fails the run, and keeps everything for the end.
  void take(const Job& job, reports::CaseReport& report);

  /// Notes what was seen. Returns a report for each policy under which something was.
  [[nodiscard]] std::vector<reports::MemoryReport> end();

 private:
  struct OfPolicy {
    model::Policy policy;
    std::vector<scenarios::SeenFinding> seen;
  };

  KnownFindings known_;
  std::map<std::string, OfPolicy> policies_;
};

}  // namespace drydock::cli
