#include "scenarios/run.hpp"

#include <malloc.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "model/kinds.hpp"
#include "scenarios/expect.hpp"
#include "scenarios/histories.hpp"
#include "scenarios/meters.hpp"
#include "scenarios/signature.hpp"
#include "scenarios/trace/sql_invariants.hpp"
#include "scenarios/world.hpp"

namespace drydock::scenarios {

struct Workbench::Parts {
  model::Database database;
};

namespace {

/// Each run fills and frees the same few hundred kilobytes. By default glibc gives such blocks back to the kernel at
/// once and gets them again, page fault by page fault: a fifth of a run's time (docs/architecture.md, *Decisions*).
void keep_freed_memory() {
#ifdef __GLIBC__
  static const bool kept = [] {
    constexpr int kMost = 256 << 20;
    mallopt(M_TRIM_THRESHOLD, kMost);
    mallopt(M_MMAP_THRESHOLD, kMost);
    return true;
  }();
  (void)kept;
#endif
}

}  // namespace

Workbench::Workbench() = default;
Workbench::~Workbench() = default;

model::Database& Workbench::database() {
  if (!parts_) {
    keep_freed_memory();
    parts_ = std::make_unique<Parts>();
  }
  return parts_->database;
}

namespace {

ShownEvent show(const sim::Record& record, const sim::Event& event) {
  return {.seq = event.seq,
          .cause = event.cause,
          .at = event.at,
          .kind = std::string{record.kind_name(event.kind)},
          .actor = record.text(event.actor),
          .workspace = record.text(event.workspace),
          .instance = record.text(event.instance),
          .detail = sim::to_json(record.details(event))};
}

ShownDecision show(const sim::Choices& choices, const sim::Asked& asked) {
  return {.at = asked.at,
          .site = choices.site_name(asked.site),
          .occurrence = asked.occurrence,
          .bound = asked.bound,
          .value = asked.value,
          .means = sim::Choices::means(asked)};
}

/// Shows the chain of the violating event and those of the events that decided it, each event once.
void show_causes(const sim::Record& record, const model::Violation& violation, ShownViolation& shown) {
  std::set<std::uint32_t> told;
  const auto chain_of = [&](std::uint32_t head) {
    std::vector<ShownEvent> chain;
    for (std::uint32_t seq = head; seq != 0 && told.insert(seq).second; seq = record.event(seq).cause)
      chain.push_back(show(record, record.event(seq)));
    return chain;
  };
  shown.causes = chain_of(violation.event);
  for (const std::uint32_t head : violation.decided_by) {
    std::vector<ShownEvent> chain = chain_of(head);
    if (chain.empty()) continue;
    if (shown.causes.empty()) {
      shown.causes = std::move(chain);
    } else {
      shown.other_causes.push_back(std::move(chain));
    }
  }
}

ShownViolation show(const World& world, const model::Violation& violation) {
  const sim::Record& record = world.record();
  ShownViolation shown{.invariant = std::string{violation.invariant},
                       .message = violation.message,
                       .at = violation.at,
                       .event = violation.event,
                       .workspace = record.text(violation.workspace),
                       .instance = record.text(violation.instance),
                       .causes = {},
                       .other_causes = {},
                       .signature = signature_of(record, violation),
                       .promise = {}};
  show_causes(record, violation, shown);
  return shown;
}

constexpr std::array<std::string_view, 4> kAliveness{"running", "pending", "stopping", "stopped"};

/// How alive the most alive instance of each workspace is, as a place in kAliveness; what is not there has none.
std::map<sim::Name, std::size_t> most_alive(const cloud::SimEc2& ec2) {
  std::map<sim::Name, std::size_t> best;
  for (const cloud::Instance& instance : ec2.instances()) {
    const auto* found = std::find(kAliveness.begin(), kAliveness.end(), cloud::to_text(instance.state));
    if (found == kAliveness.end()) continue;
    const auto place = static_cast<std::size_t>(found - kAliveness.begin());
    const auto known = best.try_emplace(instance.workspace, place).first;
    known->second = std::min(known->second, place);
  }
  return best;
}

Json column(sqlite3_stmt* row, int at) {
  switch (sqlite3_column_type(row, at)) {
    case SQLITE_INTEGER:
      return sqlite3_column_int64(row, at);
    case SQLITE_FLOAT:
      return sqlite3_column_double(row, at);
    case SQLITE_NULL:
      return nullptr;
    default:
      return reinterpret_cast<const char*>(sqlite3_column_text(row, at));
  }
}

/// Reads the rows at the end, with the columns as the upstream schema names them.
std::vector<FinalWorkspace> final_rows(const World& world) {
  std::vector<FinalWorkspace> rows;
  const auto alive = most_alive(world.ec2());
  for (std::size_t i = 1; i <= world.directory().size(); ++i) {
    const auto key = static_cast<model::WorkspaceKey>(i);
    const auto& entry = world.directory().entry(key);
    const auto found = alive.find(entry.name);
    const std::string state{found == alive.end() ? "none" : kAliveness[found->second]};
    rows.push_back({.workspace = entry.alias, .columns = {}, .instance_state = state});
  }
  model::Query select = world.database().query(
      "SELECT w.key AS row_key, w.*, p.id AS parent_id, f.id AS forwarded_to FROM workspaces w "
      "LEFT JOIN workspaces p ON p.key = w.parent_key "
      "LEFT JOIN workspaces f ON f.key = w.forwarded_to_key ORDER BY w.key");
  while (select.step()) {
    auto& columns = rows[static_cast<std::size_t>(select.integer(0)) - 1].columns;
    for (int at = 1; at < sqlite3_column_count(select.handle()); ++at) {
      const std::string name = sqlite3_column_name(select.handle(), at);
      if (!name.ends_with("key")) columns[name] = column(select.handle(), at);
    }
  }
  return rows;
}

void collect(const World& world, const RunOptions& options, Outcome& outcome) {
  const sim::Record& record = world.record();
  outcome.trace_hash = world.trace_hash();
  outcome.virtual_length = world.scheduler().now().time_since_epoch();
  outcome.event_count = record.events().size();
  outcome.steps = world.scheduler().steps();
  outcome.statements = world.database().statements_run();
  for (std::size_t kind = 0; kind < record.kinds().size(); ++kind) {
    const auto count = record.count(static_cast<sim::Kind>(kind));
    if (count != 0) outcome.counts[std::string{record.kinds()[kind].name}] = count;
  }
  for (const model::Violation& violation : world.observation().violations()) {
    outcome.violations.push_back(show(world, violation));
  }
  outcome.responses = world.responses();
  outcome.final = final_rows(world);
  outcome.decisions = world.choices().asked().size();
  for (const sim::Asked& asked : world.choices().asked()) {
    if (asked.value != 0) outcome.tape.push_back(show(world.choices(), asked));
  }
  std::sort(outcome.tape.begin(), outcome.tape.end(), [](const ShownDecision& a, const ShownDecision& b) {
    return std::tie(a.site, a.occurrence) < std::tie(b.site, b.occurrence);
  });
  for (const sim::Decision& decision : world.choices().misaligned()) {
    outcome.misaligned.push_back({.at = {},
                                  .site = decision.site,
                                  .occurrence = decision.occurrence,
                                  .bound = 0,
                                  .value = decision.value,
                                  .means = {}});
  }
  for (const faults::FaultTally& tally : world.faults().tallies()) {
    outcome.faults.push_back({.name = tally.name,
                              .planned = true,
                              .fired = tally.fired,
                              .noticed = tally.noticed,
                              .mattered = std::nullopt});
  }
  if (!options.keep_record) return;
  for (const sim::Event& event : record.events()) outcome.events.push_back(show(record, event));
}

}  // namespace

Outcome run(const Scenario& scenario, const CaseSpec& played, const sim::Tape& tape, const RunOptions& asked_for,
            Workbench& workbench) {
  RunOptions options = asked_for;
  if (!options.limits.stop) options.limits.stop = workbench.stop();
  Outcome outcome;
  outcome.scenario = scenario.name;
  outcome.case_name = played.name;
  outcome.policy = played.policy_name;
  outcome.seed = tape.seed();
  outcome.start_unix_us = scenario.start_unix_us;
  World world(scenario, played, tape, options, workbench.database());
  Meters meters;
  world.watch(meters);
  Histories histories(world.record(), outcome.rows, outcome.volumes);
  if (options.keep_record) {
    world.watch(static_cast<model::Observer&>(histories));
    world.watch(static_cast<cloud::InstanceWatcher&>(histories));
  }
  outcome.stopped_by = world.play();
  if (options.keep_record) histories.finish(world.observation());
  collect(world, options, outcome);
  meters.read(world.observation(), outcome.metrics);
  const bool asked = options.keep_trace || asks_sql(played) || !played.sql_invariants.empty();
  if (options.keep_record && asked) {
    outcome.trace = std::make_shared<TraceDatabase>(world, outcome, options.limits.stop);
    judge_sql_invariants(played, outcome);
  }
  judge_expectations(scenario, played, outcome.trace.get(), outcome);
  // A statement that did not end says nothing of the run.
  if (outcome.trace && outcome.trace->was_stopped()) throw sim::RunStopped();
  if (!options.keep_trace) outcome.trace.reset();
  return outcome;
}

}  // namespace drydock::scenarios
