#include "scenarios/fix/judge.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "scenarios/files/decode.hpp"
#include "scenarios/files/embedded.hpp"
#include "scenarios/meters.hpp"
#include "scenarios/metrics.hpp"
#include "scenarios/outcome.hpp"
#include "scenarios/world.hpp"

namespace drydock::scenarios {

namespace {

/// After so many steps a run is looked at.
constexpr std::uint64_t kSteps = 64;

RunOptions options_of(const CaseSpec& played, const FixBounds& bounds, const Workbench& workbench) {
  RunOptions options;
  options.keep_record = !played.sql_invariants.empty();
  options.full_calm = false;
  options.limits.steps = bounds.most_steps;
  options.limits.stop = workbench.stop();
  return options;
}

std::vector<double> metrics_of(const Outcome& outcome) {
  std::vector<double> metrics;
  for (const MetricInfo& metric : metric_table()) metrics.push_back(metric_of(outcome, metric.name).value_or(0));
  return metrics;
}

/// Reads a run that users' invariants judge: those ask the whole record.
FixReading read_outcome(const Outcome& outcome) {
  FixReading reading;
  for (const ShownViolation& violation : outcome.violations) reading.broken.insert(violation.invariant);
  reading.metrics = metrics_of(outcome);
  reading.unasked = outcome.misaligned.size();
  reading.trace_hash = outcome.trace_hash;
  reading.steps = outcome.steps;
  reading.cut_short = !outcome.stopped_by.empty();
  return reading;
}

FixReading read_world(const World& world) {
  FixReading reading;
  for (const model::Violation& violation : world.observation().violations())
    reading.broken.insert(std::string{violation.invariant});
  reading.unasked = world.choices().misaligned().size();
  reading.trace_hash = world.trace_hash();
  reading.steps = world.scheduler().steps();
  return reading;
}

/// Gives what metrics are made of.
Outcome counted(const World& world, Meters& meters) {
  Outcome outcome;
  const sim::Record& record = world.record();
  for (std::size_t kind = 0; kind < record.kinds().size(); ++kind) {
    const auto count = record.count(static_cast<sim::Kind>(kind));
    if (count != 0) outcome.counts[std::string{record.kinds()[kind].name}] = count;
  }
  for (const model::Violation& violation : world.observation().violations()) {
    outcome.violations.emplace_back();
    outcome.violations.back().invariant = violation.invariant;
  }
  meters.read(world.observation(), outcome.metrics);
  return outcome;
}

bool breaks(const World& world, std::string_view invariant) {
  const auto& violations = world.observation().violations();
  return std::any_of(violations.begin(), violations.end(),
                     [&](const model::Violation& violation) { return violation.invariant == invariant; });
}

}  // namespace

FixReading read_run(const Scenario& scenario, const CaseSpec& played, const sim::Tape& tape, const FixBounds& bounds,
                    Workbench& workbench) {
  const RunOptions options = options_of(played, bounds, workbench);
  if (options.keep_record) return read_outcome(run(scenario, played, tape, options, workbench));
  World world(scenario, played, tape, options, workbench.database());
  Meters meters;
  world.watch(meters);
  std::string bound = world.begin();
  for (std::uint64_t steps = kSteps; bound.empty(); steps += kSteps) {
    bound = world.play_steps(steps);
    if (!bounds.ends_with.empty() && breaks(world, bounds.ends_with)) return read_world(world);
    if (world.scheduler().steps() < steps) break;
  }
  if (bound.empty()) bound = world.finish();
  FixReading reading = read_world(world);
  reading.metrics = metrics_of(counted(world, meters));
  reading.cut_short = !bound.empty();
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
  const FixBounds bounds{.ends_with = at_all ? std::string_view{} : invariant_, .most_steps = most_steps_};
  FixVerdict verdict;
  verdict.here = read_run(scenario_, played, tape_, bounds, workbench);
  verdict.holds_here = holds(verdict.here);
  verdict.holds = verdict.holds_here;
  for (const NeighbourTape& neighbour : around_) {
    if (!verdict.holds && !at_all) break;
    verdict.around.push_back(read_run(scenario_, played, neighbour.tape, bounds, workbench));
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
