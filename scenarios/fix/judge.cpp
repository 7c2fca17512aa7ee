#include "scenarios/fix/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>
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
constexpr std::uint64_t kStepsBetweenLooks = 64;
/// A decision is aimed again at so many questions.
constexpr std::size_t kAimed = 4;

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

std::vector<NotedQuestion> noted_in(const World& world, const sim::Tape& tape) {
  std::set<std::string_view> sites;
  for (const auto& [key, value] : tape.entries()) sites.insert(key.first);
  std::vector<NotedQuestion> noted;
  for (const sim::Asked& asked : world.choices().asked()) {
    const std::string& site = world.choices().site_name(asked.site);
    if (sites.contains(site)) noted.push_back({{site, asked.occurrence}, asked.at});
  }
  return noted;
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
  for (std::uint64_t steps = kStepsBetweenLooks; bound.empty(); steps += kStepsBetweenLooks) {
    bound = world.play_steps(steps);
    if (!bounds.ends_with.empty() && breaks(world, bounds.ends_with)) return read_world(world);
    if (world.scheduler().steps() < steps) break;
  }
  if (bound.empty()) bound = world.finish();
  FixReading reading = read_world(world);
  reading.metrics = metrics_of(counted(world, meters));
  reading.cut_short = !bound.empty();
  if (bounds.noted != nullptr) reading.noted = noted_in(world, *bounds.noted);
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

void FixJudge::aim_as(const FixReading& failing) {
  for (const NotedQuestion& question : failing.noted) {
    const auto entry = tape_.entries().find(question.key);
    if (entry != tape_.entries().end() && entry->second != 0) moments_.emplace(question.key, question.at);
  }
}

std::vector<NeighbourTape> FixJudge::aimed_again(const FixReading& here) const {
  std::vector<NeighbourTape> aimed;
  for (const auto& [key, moment] : moments_) {
    std::vector<NotedQuestion> there;
    for (const NotedQuestion& question : here.noted)
      if (question.key.first == key.first) there.push_back(question);
    const auto away = [&moment = moment](const NotedQuestion& question) {
      return std::chrono::abs(question.at - moment);
    };
    std::stable_sort(there.begin(), there.end(), [&](const auto& a, const auto& b) { return away(a) < away(b); });
    there.resize(std::min(there.size(), kAimed));
    for (const NotedQuestion& question : there) {
      if (tape_.entries().contains(question.key)) continue;
      NeighbourTape neighbour{tape_,
                              fmt::format("{}#{} at the time of #{}", key.first, question.key.second, key.second)};
      neighbour.tape.set(key.first, key.second, 0);
      neighbour.tape.set(key.first, question.key.second, tape_.entries().at(key));
      aimed.push_back(std::move(neighbour));
    }
  }
  return aimed;
}

void FixJudge::look_aimed(const CaseSpec& played, Workbench& workbench, FixVerdict& verdict) const {
  for (const NeighbourTape& neighbour : aimed_again(verdict.here)) {
    ++verdict.runs;
    const FixBounds bounds{.ends_with = invariant_, .most_steps = most_steps_};
    if (holds(read_run(scenario_, played, neighbour.tape, bounds, workbench))) continue;
    verdict.holds = false;
    verdict.broken_by = neighbour.what;
    return;
  }
}

FixVerdict FixJudge::look(const CaseSpec& played, bool at_all, Workbench& workbench) const {
  FixBounds bounds{.ends_with = at_all ? std::string_view{} : invariant_, .most_steps = most_steps_, .noted = &tape_};
  FixVerdict verdict;
  verdict.here = read_run(scenario_, played, tape_, bounds, workbench);
  verdict.runs = 1;
  verdict.holds_here = holds(verdict.here);
  verdict.holds = verdict.holds_here;
  bounds.noted = nullptr;
  if (verdict.holds && !at_all && !around_.empty()) look_aimed(played, workbench, verdict);
  for (const NeighbourTape& neighbour : around_) {
    if (!verdict.holds && !at_all) break;
    verdict.around.push_back(read_run(scenario_, played, neighbour.tape, bounds, workbench));
    ++verdict.runs;
    if (!verdict.holds || holds(verdict.around.back())) continue;
    verdict.holds = false;
    verdict.broken_by = neighbour.what;
  }
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
