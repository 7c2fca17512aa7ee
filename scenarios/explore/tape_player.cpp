#include "scenarios/explore/tape_player.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "model/kinds.hpp"
#include "scenarios/explore/abstract_states.hpp"
#include "scenarios/signature.hpp"
#include "scenarios/world.hpp"

namespace drydock::scenarios {
namespace {

namespace search = sim::search;
using sim::Meaning;

struct RangePoints {
  std::string_view range;
  std::string_view point;
};
constexpr std::array kRangePoints{
    RangePoints{"cloud.pending", "ec2.run.pending"},
    RangePoints{"cloud.pending", "ec2.start.pending"},
    RangePoints{"cloud.boot", "agent.boot"},
    RangePoints{"cloud.terminate", "ec2.terminate.duration"},
    RangePoints{"cloud.api_latency", "ec2.*.latency"},
    RangePoints{"cloud.cp_latency", "cp.*.latency"},
    RangePoints{"cloud.image_pull", "image.pull"},
    RangePoints{"cloud.snapshot", "ec2.snapshot.duration"},
    RangePoints{"cloud.visibility_lag", "ec2.run.visibility"},
    RangePoints{"cloud.visibility_lag", "ec2.read.replica"},
};

search::SearchDecision met(const sim::Choices& choices, const sim::Asked& asked) {
  return {.decision = {choices.site_name(asked.site), asked.occurrence, asked.value},
          .bound = asked.bound,
          .kind = asked.meaning.kind,
          .at = asked.at,
          .alike = 0,
          .family = UINT32_MAX};
}

/// Tells whether an exhaustive search counts through the answers to this question.
bool is_listed(const search::FillParameters& parameters, const sim::Choices& choices, const sim::Asked& asked) {
  switch (asked.meaning.kind) {
    case Meaning::Kind::fault:
    case Meaning::Kind::request:
    case Meaning::Kind::happens:
      return true;
    case Meaning::Kind::delay:
      return !parameters.delays.empty() && search::varies(parameters, choices.site_name(asked.site));
    case Meaning::Kind::order:
    case Meaning::Kind::plain:
      return false;
  }
  return false;
}

void read_decisions(const World& world, const search::FillParameters& parameters, const search::ReadingOptions& wanted,
                    search::Reading& reading) {
  const sim::Choices& choices = world.choices();
  const auto injected = world.searched() != nullptr ? world.searched()->injected() : std::vector<faults::Injected>{};
  std::size_t faults = 0;
  std::size_t requests = 0;
  for (const sim::Asked& asked : choices.asked()) {
    reading.contention.add(asked);
    if (asked.value != 0) {
      search::SearchDecision& one = reading.tape.emplace_back(met(choices, asked));
      if (asked.meaning.kind == Meaning::Kind::request) {
        one.family = world.searched_requests()[requests++];
      } else if (asked.meaning.kind == Meaning::Kind::fault) {
        one.family = injected[faults].family;
        if (injected[faults++].would_last_alike) one.alike = asked.value + 1;
      }
    }
    if (wanted.asked && (wanted.every || is_listed(parameters, choices, asked)))
      reading.asked.push_back(met(choices, asked));
  }
  for (const faults::Injected& one : injected)
    reading.uses.push_back({.family = one.family, .fired = one.fired, .noticed = one.noticed});
  for (const std::uint32_t family : world.searched_requests())
    reading.uses.push_back({.family = family, .fired = 1, .noticed = 1});
}

/// The numbers of `search_measures`, in its order.
void read_measures(const World& world, search::Reading& reading) {
  const auto many = [&](sim::Kind kind) { return static_cast<std::int64_t>(world.record().count(kind)); };
  reading.measures = {many(model::kind::provision_ec2_started), many(model::kind::provision_ec2_stopped),
                      many(sim::Kind::ec2_call) + many(sim::Kind::ec2_error), many(sim::Kind::ec2_error),
                      world.observation().lost_writes()};
}

std::uint64_t final_state(const World& world) {
  std::uint64_t state = 0;
  for (const model::WorkspaceFacts& workspace : world.observation().workspaces()) {
    state = sim::mix(state, workspace.row.exists ? static_cast<std::uint64_t>(workspace.row.status) : 99);
    for (const sim::Name name : workspace.instances) {
      const auto* instance = world.observation().instance(name);
      if (instance != nullptr) state = sim::mix(state, static_cast<std::uint64_t>(instance->state));
    }
  }
  for (const model::ClientsOwn& own : world.observation().clients_own())
    state = sim::mix(state, static_cast<std::uint64_t>(own.costs));
  return state;
}

void keep_each_once(std::vector<search::Broken>& broken) {
  std::sort(broken.begin(), broken.end());
  broken.erase(std::unique(broken.begin(), broken.end()), broken.end());
}

void read_verdict(const World& world, search::Reading& reading) {
  reading.verdict = final_state(world);
  for (const model::Violation& violation : world.observation().violations()) {
    reading.broken.push_back({std::string{violation.invariant}, signature_of(world.record(), violation)});
    reading.verdict = sim::mix(reading.verdict, sim::hash_text(reading.broken.back().signature));
  }
  keep_each_once(reading.broken);
}

}  // namespace

TapePlayer::TapePlayer(const Scenario& scenario, const CaseSpec& played, const search::FillParameters& parameters,
                       StageOptions options)
    : scenario_(scenario),
      played_(played),
      unexpecting_(played),
      parameters_(parameters),
      stage_(scenario, played, options) {
  workbench_.stop_runs_when(std::move(options.stop));
  unexpecting_.expect.clear();
}

void TapePlayer::confirm(search::Reading& reading) {
  if (played_.sql_invariants.empty()) return;
  try {
    const Outcome outcome = run(scenario_, unexpecting_, search::tape_of(reading.tape), {}, workbench_);
    for (const ShownViolation& violation : outcome.violations)
      reading.broken.push_back({violation.invariant, violation.signature});
    keep_each_once(reading.broken);
  } catch (const sim::RunStopped&) {
    reading.stopped = true;
  }
}

search::Reading TapePlayer::play(const sim::Tape& tape, sim::Fill* fill, const search::ReadingOptions& wanted) {
  const StagedRun played = stage_.play(tape, fill, wanted.coverage);
  search::Reading reading;
  reading.cut_short = played.cut_short;
  reading.stopped = played.stopped;
  if (reading.stopped) return reading;
  read_run(*played.world, parameters_, wanted, reading);
  if (played.states != nullptr) {
    reading.states = played.states->states();
    reading.transitions = played.states->transitions();
    reading.state_names = played.states->state_names();
    reading.steps = played.states->steps();
  }
  return reading;
}

void read_run(const World& world, const search::FillParameters& parameters, const search::ReadingOptions& wanted,
              search::Reading& reading) {
  reading.hash = world.record().hash();
  read_decisions(world, parameters, wanted, reading);
  read_measures(world, reading);
  read_verdict(world, reading);
}

std::span<const std::string_view> search_measures() {
  static constexpr std::array<std::string_view, 5> kNames{"starts", "stops", "ec2_calls", "ec2_errors", "lost_writes"};
  return kNames;
}

search::FillParameters fill_parameters_of(const Scenario& scenario) {
  search::FillParameters parameters;
  parameters.horizon = scenario.horizon;
  if (!scenario.explore) return parameters;
  for (const std::string& range : scenario.explore->ranges) {
    for (std::string& point : points_of_range(range)) parameters.delays.push_back(std::move(point));
  }
  return parameters;
}

std::vector<std::string> points_of_range(std::string_view range) {
  const std::string_view head = range.substr(0, range.find('.', 6));
  std::vector<std::string> points;
  for (const RangePoints& each : kRangePoints) {
    if (each.range == head) points.emplace_back(each.point);
  }
  return points;
}

}  // namespace drydock::scenarios
