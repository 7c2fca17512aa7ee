#include "scenarios/world.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "model/kinds.hpp"
#include "scenarios/files/names.hpp"
#include "scenarios/model_request.hpp"

namespace drydock::scenarios {
namespace {

using namespace std::chrono_literals;
using model::WorkspaceKey;
using sim::kTimeZero;
using sim::Task;

/// Workspaces that are up at time zero have been so for this long (docs/scenarios.md, *Time zero*).
constexpr sim::Duration kBootedBefore = 10min;

/// Whether a row of this status has the url that its agent registered. An expired key and a failed start leave it; what
/// parks or restarts a workspace clears it.
bool keeps_url(model::Status status) {
  return model::is_up(status) || status == model::Status::offline || status == model::Status::failed;
}

}  // namespace

World::World(const Scenario& scenario, const CaseSpec& played, const sim::Tape& tape, const RunOptions& options,
             model::Database& database)
    : scenario_(scenario),
      played_(played),
      database_(database),
      borrowed_(database),
      choices_(tape, options.fill),
      scheduler_(choices_, options.limits),
      record_(scheduler_, model::kind_table(), options.keep_record, options.event_limit),
      faults_(scheduler_, choices_, record_, *this, played.faults),
      searched_(open_world(scenario)),
      adversary_(searched_ ? static_cast<sim::Adversary&>(*searched_) : faults_),
      directory_(record_),
      observation_(scheduler_, record_, directory_, played.cloud),
      ec2_(scheduler_, choices_, record_, adversary_, played.cloud),
      store_(database, scheduler_, record_, adversary_, directory_, observation_),
      keys_(scheduler_, record_),
      control_plane_(scheduler_, choices_, record_, adversary_, ec2_, played.cloud, directory_),
      fleet_(scheduler_, choices_, adversary_, played.cloud, directory_, observation_),
      platform_({.clock = scheduler_,
                 .record = record_,
                 .adversary = adversary_,
                 .store = store_,
                 .keys = keys_,
                 .control_plane = control_plane_,
                 .fleet = fleet_,
                 .directory = directory_,
                 .observation = observation_}),
      invariants_(model::make_invariants()),
      endpoint_(ec2_, scheduler_, scenario.start_unix_us),
      clients_(scheduler_),
      full_calm_(options.full_calm || options.keep_record) {
  for (const auto& invariant : invariants_) observation_.add_observer(*invariant);
  // The observer first: it must know of an instance before an agent boots on it.
  ec2_.watch(observation_);
  ec2_.watch(fleet_);
  observation_.look_at(ec2_);
  observation_.owners_are_told_by(scenario.owner_tag);
  fleet_.connect(platform_, ec2_);
  control_plane_.connect(platform_, fleet_);
  scheduler_.on_step([this] { observation_.stepped(); });
}

World::~World() = default;

std::unique_ptr<faults::SearchedPlan> World::open_world(const Scenario& scenario) {
  if (!scenario.explore) return nullptr;
  const ExploreSpec& explore = *scenario.explore;
  std::vector<sim::Name> workspaces;
  for (const WorkspaceSpec& spec : scenario.workspaces) workspaces.push_back(record_.name(spec.alias));
  return std::make_unique<faults::SearchedPlan>(
      scheduler_, choices_, record_, *this, faults_, *explore.space,
      faults::SearchedLimits{.max_faults = explore.max_faults, .every = explore.every, .horizon = scenario.horizon},
      std::move(workspaces));
}

// --- time zero ------------------------------------------------------------------------------------------------------

void World::seed() {
  store_.use(played_.policy);
  fleet_.use(played_.policy);
  control_plane_.use(played_.policy);
  for (const WorkspaceSpec& spec : scenario_.workspaces) directory_.add(spec.alias, spec.uuid);
  // Names for those to be created: requests may speak of them before that, and meet no row.
  for (const StepSpec& step : scenario_.steps) {
    if (step.alias) name_workspace(*step.alias);
  }
  for (const WorkspaceSpec& spec : scenario_.workspaces) seed_workspace(spec);
}

WorkspaceKey World::name_workspace(const std::string& alias) {
  const WorkspaceKey key = directory_.add(alias, uuid_of_alias(alias));
  observation_.seed_workspace(key, WorkspaceKey::none, "", {});
  return key;
}

/// Names the workspace that a create makes: named by its step, or numbered.
WorkspaceKey World::created_workspace(const std::optional<std::string>& named) {
  if (named) return directory_.find(*named);
  std::string alias;
  do {
    alias = fmt::format("workspace-{}", ++unnamed_);
  } while (directory_.find(alias) != WorkspaceKey::none);
  return name_workspace(alias);
}

void World::seed_workspace(const WorkspaceSpec& spec) {
  model::SeedRow row;
  row.key = directory_.find(spec.alias);
  row.parent = spec.parent ? directory_.find(*spec.parent) : WorkspaceKey::none;
  row.status = *model::parse_status(spec.status);
  row.runtime = spec.runtime;
  row.kind = spec.kind;
  if (spec.elsewhere) control_plane_.place_elsewhere(row.key);
  row.active_tasks = spec.active_tasks;
  row.hibernation_idle_minutes = spec.hibernation_idle_minutes;
  row.secrets = spec.secrets;
  const bool up = model::is_up(row.status);
  row.error_rate = row.status == model::Status::degraded ? 0.5 : 0;
  observation_.seed_workspace(row.key, row.parent, row.runtime, {});
  if (!spec.instance_running) {
    store_.seed(row);
    return;
  }
  cloud::RunInstancesRequest launch;
  launch.workspace = spec.alias;
  launch.user_data = model::encode_user_data(kTimeZero - kBootedBefore, {});
  const model::Storage storage = played_.policy.backup_storage;
  if (storage != model::Storage::stateless) {
    launch.data_volume.emplace().delete_on_termination = storage == model::Storage::snapshot_before_stop;
  }
  const cloud::Instance& instance = ec2_.seed_running(std::move(launch), kTimeZero - kBootedBefore);
  row.instance_id = instance.id;
  if (storage == model::Storage::persistent_volume_reattach)
    control_plane_.remember_volume(row.key, ec2_.data_volume(instance.name)->id);
  row.last_heartbeat_at = kTimeZero;
  row.token = "token-" + spec.alias;
  if (keeps_url(row.status)) row.url = model::Fleet::url_of(instance);
  store_.seed(row);
  if (up) {
    keys_.set_liveness(row.key, played_.policy.time_liveness_ttl);
    keys_.set_url(row.key, row.url, played_.policy.time_url_cache_ttl);
  }
  fleet_.seed(instance, {.token = row.token,
                         .error_rate = row.error_rate,
                         .active_tasks = row.active_tasks,
                         .first_heartbeat = kTimeZero + played_.policy.time_heartbeat});
}

// --- the run --------------------------------------------------------------------------------------------------------

std::string World::play() {
  std::string bound = begin();
  return bound.empty() ? finish() : bound;
}

/// Plays a part of the run. Gives the bound that stopped it.
template <typename Part>
std::string World::bounded(const Part& part) {
  try {
    part();
  } catch (const sim::BoundReached& bound) {
    return bound.what();
  } catch (const sim::InternalError& error) {
    throw sim::InternalError(fmt::format("{} {}", error.what(), current_place()));
  }
  return {};
}

std::string World::begin() {
  return bounded([this] {
    start_steps();
    seed();
    platform_.start(played_.policy);
    start_traffic();
    start_open_world();
  });
}

std::string World::play_steps(std::uint64_t steps) {
  return bounded([&] {
    while (scheduler_.steps() < steps && step_trouble()) {
    }
  });
}

std::string World::play_until(sim::Instant until) {
  return bounded([&] { scheduler_.run_until(until); });
}

std::string World::finish() {
  return bounded([this] {
    while (step_trouble()) {
    }
    scheduler_.run_until(kTimeZero + scenario_.horizon);
    begin_calm();
    play_calm(kTimeZero + scenario_.horizon + calm_length(scenario_, played_.policy));
    observation_.ended();
  });
}

/// Names the moment, and the last decision that was taken: `at 1m20s after pm/ec2.run.pending#1`.
std::string World::current_place() const {
  const auto& asked = choices_.asked();
  const std::string decision =
      asked.empty() ? "before any decision"
                    : fmt::format("after {}#{}", choices_.site_name(asked.back().site), asked.back().occurrence);
  return fmt::format("at {} {}", sim::format_duration(scheduler_.now().time_since_epoch()), decision);
}

/// Steps, traffic and searched requests stop; faults end; what is drawn and still running is cut short.
void World::begin_calm() {
  record_.emit(sim::Kind::calm_begin, record_.name("world"), {});
  faults_.lift();
  if (searched_) searched_->lift();
  choices_.become_calm();
  observation_.calm_began();
  if (store_.clock_was_shifted()) store_.shift_clock({});
  if (!platform_.up()) start_platform();
  if (!control_plane_.up()) control_plane_.start_process();
  scheduler_.cut_drawn_delays();
}

std::uint64_t World::trace_hash() const {
  std::uint64_t hash = record_.hash();
  for (const sim::Asked& asked : choices_.asked()) {
    hash = sim::mix(hash, choices_.site_hash(asked.site));
    hash = sim::mix(hash, (std::uint64_t{asked.bound} << 32U) | asked.value);
  }
  return hash;
}

// --- faults that are not answers ------------------------------------------------------------------------------------

const model::Policy& World::running_policy() const { return deployed_ != nullptr ? *deployed_ : played_.policy; }

/// Stops the platform process and starts it at once under another policy.
void World::deploy(const StepSpec& step) {
  deployed_ = &*step.deploy_policy;
  tell_process(sim::Kind::process_crash, "platform", "deploy", record_.current_cause());
  platform_.crash();
  start_platform();
}

void World::start_platform() {
  tell_process(sim::Kind::process_start, "platform", running_policy().name, record_.current_cause());
  platform_.start(running_policy());
}

void World::tell_process(sim::Kind kind, std::string_view process, std::string_view why, std::uint32_t cause) {
  record_.emit_from(cause, kind, record_.name(process), {}, {{"process", process}, {"why", why}});
}

bool World::crash_platform(sim::Duration down, std::uint32_t cause) {
  if (!platform_.up()) return false;
  tell_process(sim::Kind::process_crash, "platform", "fault", cause);
  platform_.crash();
  scheduler_.spawn(clients_, "platform comes back", come_back(down, true)).cause = cause;
  return true;
}

bool World::crash_control_plane(sim::Duration down, std::uint32_t cause) {
  if (!control_plane_.up()) return false;
  tell_process(sim::Kind::process_crash, "cp", "fault", cause);
  control_plane_.crash();
  scheduler_.spawn(clients_, "control plane comes back", come_back(down, false)).cause = cause;
  return true;
}

/// Brings a process back after its down time, unless calm or a deploy did so before.
Task<void> World::come_back(sim::Duration down, bool platform) {
  co_await scheduler_.pause(down);
  if (platform && !platform_.up()) start_platform();
  if (!platform && !control_plane_.up()) {
    tell_process(sim::Kind::process_start, "cp", "", record_.current_cause());
    control_plane_.start_process();
  }
}

bool World::has_instance(sim::Name workspace) const {
  const auto& all = ec2_.instances();
  return std::any_of(all.begin(), all.end(), [&](const cloud::Instance& instance) {
    return instance.workspace == workspace && cloud::is_live(instance.state);
  });
}

std::size_t World::strike_instance(sim::Name workspace, const faults::FaultSpec& fault) {
  if (fault.error == "terminated") return ec2_.terminate_by_hand(workspace);
  if (fault.error == "stopped") return ec2_.stop_by_hand(workspace, fault.back_after);
  if (fault.error == "rebooted") return ec2_.reboot_by_hand(workspace);
  if (fault.error == "interrupted") return ec2_.interrupt(workspace);
  return ec2_.kill(workspace);
}

}  // namespace drydock::scenarios
