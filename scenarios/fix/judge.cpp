#include "scenarios/fix/judge.hpp"

#include <string_view>
#include <utility>

#include "scenarios/files/decode.hpp"
#include "scenarios/files/embedded.hpp"
#include "scenarios/metrics.hpp"

namespace drydock::scenarios {

FixReading read_run(const Scenario& scenario, const CaseSpec& played, const sim::Tape& tape, Workbench& workbench) {
  RunOptions options;
  options.keep_record = !played.sql_invariants.empty();
  options.full_calm = false;
  const Outcome outcome = run(scenario, played, tape, options, workbench);
  FixReading reading;
  for (const ShownViolation& violation : outcome.violations) reading.broken.insert(violation.invariant);
  for (const MetricInfo& metric : metric_table())
    reading.metrics.push_back(metric_of(outcome, metric.name).value_or(0));
  reading.unasked = outcome.misaligned.size();
  reading.trace_hash = outcome.trace_hash;
  reading.cut_short = !outcome.stopped_by.empty();
  return reading;
}

bool FixJudge::holds(const FixReading& reading) const {
  return !reading.cut_short && !reading.broken.contains(invariant_);
}

FixVerdict FixJudge::judge(const CaseSpec& played, Workbench& workbench) const {
  return look(played, false, workbench);
}

FixVerdict FixJudge::look_at_all(const CaseSpec& played, Workbench& workbench) const {
  return look(played, true, workbench);
}

FixVerdict FixJudge::look(const CaseSpec& played, bool at_all, Workbench& workbench) const {
  FixVerdict verdict;
  verdict.here = read_run(scenario_, played, tape_, workbench);
  verdict.holds_here = holds(verdict.here);
  verdict.holds = verdict.holds_here;
  for (const NeighbourTape& neighbour : around_) {
    if (!verdict.holds && !at_all) break;
    verdict.around.push_back(read_run(scenario_, played, neighbour.tape, workbench));
    verdict.holds = verdict.holds && holds(verdict.around.back());
  }
  verdict.runs = 1 + verdict.around.size();
  return verdict;
}

std::vector<Scenario> whole_catalogue() {
  std::vector<Scenario> catalogue;
  for (const EmbeddedFile& file : embedded_files()) {
    if (file.path.find('/') != std::string_view::npos) continue;
    auto decoded = decode_scenario(std::string{file.path}, file.text);
    if (decoded.value) catalogue.push_back(*std::move(decoded.value));
  }
  return catalogue;
}

}  // namespace drydock::scenarios
