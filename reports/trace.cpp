#include "reports/trace.hpp"

#include "scenarios/trace/trace_database.hpp"
#include "sim/check.hpp"

namespace drydock::reports {

std::string trace_file(std::span<const CaseReport> reports, const Ending& /*ending*/) {
  const scenarios::Outcome& outcome = reports.front().outcome;
  DRYDOCK_CHECK(outcome.trace != nullptr, "the run's trace database was not kept");
  return outcome.trace->file(outcome);
}

}  // namespace drydock::reports
