#include "model/observation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "model/kinds.hpp"
#include "sim/cloud/instance.hpp"
#include "sim/cloud/sim_ec2.hpp"
#include "sim/cloud/storage.hpp"

namespace drydock::model {
namespace {

/// A chain of causes is followed for at most so many links: far more than any single operation makes, and a bound on
/// the cost of one event.
constexpr int kLongestChain = 256;

struct UserData {
  sim::Instant read_at{};
  ConfigurationVersion secrets;
};

UserData decode_user_data(std::string_view text) {
  std::array<std::int64_t, 3> parts{};
  const char* at = text.data();
  const char* end = text.data() + text.size();
  for (std::int64_t& part : parts) {
    at = std::from_chars(at, end, part).ptr;
    if (at != end) ++at;
  }
  return {sim::Instant{sim::Duration{parts[0]}},
          {static_cast<std::uint64_t>(parts[1]), static_cast<std::uint64_t>(parts[2])}};
}

}  // namespace

std::string encode_user_data(sim::Instant read_at, const ConfigurationVersion& secrets) {
  return fmt::format("{} {} {}", read_at.time_since_epoch().count(), secrets.own, secrets.global);
}

Observation::Observation(sim::Scheduler& scheduler, sim::Record& record, const Directory& directory,
                         const cloud::Profile& profile)
    : scheduler_(scheduler), record_(record), directory_(directory), profile_(profile), setbacks_(record) {
  workspaces_.emplace_back();
}

void Observation::add_observer(Observer& observer) {
  observers_.push_back(&observer);
  if (observer.wants_steps()) steppers_.push_back(&observer);
}

// --- rows -----------------------------------------------------------------------------------------------------------

WorkspaceFacts& Observation::facts(WorkspaceKey key) {
  while (workspaces_.size() <= index(key)) {
    const auto next = static_cast<WorkspaceKey>(workspaces_.size());
    workspaces_.emplace_back().key = next;
  }
  return workspaces_[index(key)];
}

void Observation::seed_workspace(WorkspaceKey key, WorkspaceKey parent, std::string runtime, Row row) {
  WorkspaceFacts& workspace = facts(key);
  workspace.parent = parent;
  workspace.runtime = std::move(runtime);
  if (is_up(row.status)) workspace.wished_run = true;
  workspace.row = std::move(row);
}

void Observation::row_written(WorkspaceKey key, Row after, std::uint32_t event) {
  WorkspaceFacts& workspace = facts(key);
  const Row before = std::exchange(workspace.row, std::move(after));
  workspace.touched = true;
  const bool appeared = workspace.row.exists != before.exists;
  if (appeared || workspace.row.status != before.status) workspace.status_event = event;
  if (appeared || workspace.row.instance_id != before.instance_id) {
    workspace.naming_event = event;
    workspace.named_at = scheduler_.now();
  }
  if (workspace.row.status != Status::failed && before.status == Status::failed) workspace.failure_explained = false;
  mark_changed(event, "a workspace row");
  note_request(workspace, before, event);
  for (Observer* observer : observers_) observer->row_written(*this, {workspace, before, event});
}

/// Notes a change of a row in the facts of the client request that it follows from directly: whether the request has
/// paused or removed the workspace, and what the client now wishes. Changes with no such request are not noted.
void Observation::note_request(WorkspaceFacts& workspace, const Row& before, std::uint32_t event) {
  const auto [request, direct] = nearest_request(event);
  if (request == nullptr || !direct) return;
  const bool removes = !workspace.row.exists || is_removed(workspace.row.status);
  const auto add = [key = workspace.key](std::vector<WorkspaceKey>& list) {
    if (std::find(list.begin(), list.end(), key) == list.end()) list.push_back(key);
  };
  if (request->route == Route::pause && workspace.row.status == Status::paused) add(request->paused);
  if (request->route == Route::remove && removes) add(request->removed);
  note_wish(workspace, before, request->route, event);
}

/// Sets the client's wish from the row that its request wrote: a create, restart or resume that launches wishes the
/// workspace to run; a pause, remove or hibernate that takes effect wishes it to rest.
void Observation::note_wish(WorkspaceFacts& workspace, const Row& before, Route route, std::uint32_t event) {
  const bool starts = route == Route::create || route == Route::restart || route == Route::resume;
  const bool launches = workspace.row.exists && workspace.row.status == Status::provisioning &&
                        workspace.row.instance_id == before.instance_id;
  if (starts && launches) {
    workspace.wished_run = true;
    workspace.wish_event = event;
  }
  const bool rests = !workspace.row.exists || is_removed(workspace.row.status) || is_dormant(workspace.row.status);
  const bool parks = route == Route::pause || route == Route::remove || route == Route::hibernate;
  if (parks && rests) workspace.wished_run = false;
}

void Observation::structure_event(WorkspaceKey key, std::string_view type, std::uint32_t /*event*/) {
  if (type == "WORKSPACE_PROVISION_FAILED") facts(key).failure_explained = true;
  if (type.find("terminate") != std::string_view::npos) terminate_recorded(key, sim::Name::none);
}

// --- instances ------------------------------------------------------------------------------------------------------

bool Observation::is_booting(const InstanceFacts& instance) const {
  const std::string& runtime = workspace(instance.workspace).runtime;
  return now() - instance.launched <= profile_.pending.hi + profile_.boot.of(runtime).hi;
}

void Observation::instance_entered(const cloud::Instance& instance, std::optional<cloud::InstanceState> from,
                                   std::uint32_t event) {
  const WorkspaceKey key = directory_.find(instance.request.workspace);
  if (key == WorkspaceKey::none) {
    note_clients_own(instance.name, "instance", cloud::is_live(instance.state), event);
    return note_owned(instance, from, event);
  }
  InstanceFacts& seen = instances_[instance.name];
  if (!from) {
    const UserData data = decode_user_data(instance.request.user_data);
    seen = {.name = instance.name,
            .workspace = key,
            .state = instance.state,
            .entered = event,
            .launched = instance.launched,
            .configuration_read = data.read_at,
            .secrets = data.secrets,
            .last_heartbeat = std::nullopt,
            .last_heartbeat_status = 0};
    facts(key).instances.push_back(instance.name);
  }
  seen.state = instance.state;
  seen.entered = event;
  mark_changed(event, "an instance");
  const InstanceChange change{seen, from, instance.reason, event};
  if (change.is_death() || change.is_kill()) count_lost_writes(change);
  if (change.is_death() && calm_) facts(key).launch_failed_in_calm = true;
  for (Observer* observer : observers_) observer->instance_entered(*this, change);
}

void Observation::snapshot_entered(const cloud::Snapshot& snapshot, std::optional<cloud::SnapshotState> /*from*/,
                                   std::uint32_t event) {
  if (directory_.find(text(snapshot.workspace)) != WorkspaceKey::none) return;
  const bool costs =
      snapshot.state == cloud::SnapshotState::pending || snapshot.state == cloud::SnapshotState::completed;
  note_clients_own(snapshot.name, "snapshot", costs, event);
}

void Observation::note_clients_own(sim::Name name, std::string_view what, bool costs, std::uint32_t event) {
  const auto [place, made] = clients_own_places_.try_emplace(name, clients_own_.size());
  if (made) {
    clients_own_.push_back({.name = name, .what = what, .made = event, .costs = costs, .is_known = false});
    unknown_to_clients_.insert(place->second);
  }
  clients_own_[place->second].costs = costs;
}

void Observation::client_was_told(std::string_view answer) {
  std::erase_if(unknown_to_clients_, [&](std::size_t place) {
    ClientsOwn& own = clients_own_[place];
    own.is_known = answer.find(text(own.name)) != std::string_view::npos;
    return own.is_known;
  });
}

void Observation::count_lost_writes(const InstanceChange& change) {
  const Row& row = facts(change.instance.workspace).row;
  const cloud::Volume* volume = ec2_->data_volume(change.instance.name);
  if (volume == nullptr || !volume->delete_on_termination) return;
  if (!row.exists || is_removed(row.status)) return;
  lost_writes_ += static_cast<std::int64_t>(volume->writes.size() - volume->saved);
}

void Observation::start_accepted(std::string_view instance_id, std::uint32_t event) {
  const InstanceFacts* seen = instance(record_.name(instance_id));
  if (seen == nullptr) return;
  for (Observer* observer : observers_) observer->start_accepted(*this, *seen, event);
}

void Observation::start_failed(WorkspaceKey key) {
  if (calm_) facts(key).launch_failed_in_calm = true;
  for (Observer* observer : observers_) observer->start_failed(*this, key);
}

// --- stops and operations -------------------------------------------------------------------------------------------

void Observation::stop_returned(WorkspaceKey key, sim::Name instance, bool stopped, std::uint32_t event,
                                bool answered) {
  const bool attempted = instance != sim::Name::none;
  // A stop that finds nothing to stop succeeds: somebody else has made the stops that failed before it.
  if (!attempted && !stopped) {
    const InstanceFacts* named = named_instance(facts(key));
    if (named == nullptr) return;
    instance = named->name;
  }
  const Nearest nearest = nearest_request(event);
  if (nearest.request != nullptr && nearest.direct) {
    auto& failed = nearest.request->stops_failed;
    std::erase(failed, key);
    if (!stopped) failed.push_back(key);
  }
  const StopOutcome outcome{key, instance, stopped, attempted, attempted && answered, event, current_operation()};
  for (Observer* observer : observers_) observer->stop_returned(*this, outcome);
}

void Observation::terminate_recorded(WorkspaceKey key, sim::Name instance) {
  for (Observer* observer : observers_) observer->terminate_recorded(*this, key, instance);
}

std::uint64_t Observation::operation_began(Operation operation) {
  operation.id = ++operations_begun_;
  operation.root = scheduler_.current();
  operations_.push_back(operation);
  return operation.id;
}

void Observation::operation_ended(std::uint64_t id) {
  const auto found =
      std::find_if(operations_.begin(), operations_.end(), [&](const Operation& open) { return open.id == id; });
  if (found == operations_.end()) return;
  const Operation ended = *found;
  operations_.erase(found);
  for (Observer* observer : observers_) observer->operation_ended(*this, ended);
}

/// Returns the innermost open operation of the running task; null when it has none.
const Operation* Observation::current_operation() const {
  const auto found = std::find_if(operations_.rbegin(), operations_.rend(),
                                  [&](const Operation& open) { return open.root == scheduler_.current(); });
  return found == operations_.rend() ? nullptr : &*found;
}

void Observation::orphan_sweep_began(std::uint32_t event) {
  for (Observer* observer : observers_) observer->orphan_sweep_began(*this, event);
}

/// The operations of the process that crashed are gone with it: they never end.
void Observation::process_started() {
  operations_.clear();
  for (Observer* observer : observers_) observer->process_started(*this);
}

void Observation::heartbeat_sent(sim::Name instance) { instances_[instance].last_heartbeat = now(); }

void Observation::heartbeat_answered(sim::Name instance, int status) {
  instances_[instance].last_heartbeat_status = status;
}

void Observation::agent_worked(sim::Name instance, bool works) {
  InstanceFacts& seen = instances_[instance];
  const bool begins = !works && !seen.wedged;
  seen.wedged = !works;
  if (!begins) return;
  for (Observer* observer : observers_) observer->wedged(*this, seen);
}

void Observation::delivered(sim::Name instance, sim::Instant sent_at) {
  const InstanceFacts& facts = instances_[instance];
  for (Observer* observer : observers_) observer->delivered(*this, facts, sent_at, record_.current_cause());
}

const InstanceFacts* Observation::instance(sim::Name name) const {
  const auto found = instances_.find(name);
  return found == instances_.end() ? nullptr : &found->second;
}

const InstanceFacts* Observation::named_instance(const WorkspaceFacts& workspace) const {
  if (workspace.row.instance_id.empty()) return nullptr;
  return instance(record_.name(workspace.row.instance_id));
}

std::uint32_t Observation::newest_instance_event(const WorkspaceFacts& workspace) const {
  return workspace.instances.empty() ? 0 : instance(workspace.instances.back())->entered;
}

// --- requests and configuration -------------------------------------------------------------------------------------

void Observation::request_arrived(const Request& request) {
  RequestFacts seen;
  seen.event = request.event;
  seen.route = request.route;
  seen.workspace = request.workspace;
  seen.other = request.caller;
  seen.cascade = request.asks("cascade") || (request.route == Route::remove && request.asks("confirm"));
  seen.accepts_state_loss = accepts_state_loss(request);
  if (request.route == Route::delegate) {
    const auto to = request.body.find("to");
    if (to != request.body.end()) seen.other = directory_.find(to->second);
  }
  requests_.emplace(request.event, std::move(seen));
}

void Observation::answered(std::uint32_t request, const Response& response, std::uint32_t event) {
  RequestFacts& seen = requests_.at(request);
  seen.status = response.status;
  if (response.accepted()) note_promise(seen);
  if (response.status != 0) note_call(seen);
  for (Observer* observer : observers_) observer->answered(*this, seen, response, event);
}

/// Notes whom the request called, if it did and the platform was there to hear it.
void Observation::note_call(const RequestFacts& request) {
  const WorkspaceKey called = request.route == Route::a2a        ? request.workspace
                              : request.route == Route::delegate ? request.other
                                                                 : WorkspaceKey::none;
  if (called != WorkspaceKey::none) facts(called).called_event = request.event;
}

void Observation::secret_committed(WorkspaceKey key, std::uint32_t event) {
  WorkspaceFacts& workspace = facts(key);
  ++workspace.secrets_committed;
  workspace.configuration_changed = now();
  workspace.configuration_event = event;
  const Nearest nearest = nearest_request(event);
  if (nearest.request != nullptr) nearest.request->secrets_committed = workspace.secrets_committed;
  mark_changed(event, "a secret");
  for (Observer* observer : observers_) observer->configuration_changed(*this, key, event);
}

void Observation::global_secret_committed(const std::vector<WorkspaceKey>& reached, std::uint32_t event) {
  ++global_secrets_committed_;
  const Nearest nearest = nearest_request(event);
  if (nearest.request != nullptr) {
    nearest.request->secrets_committed = global_secrets_committed_;
    nearest.request->reached = reached;
  }
  mark_changed(event, "a secret");
  for (const WorkspaceKey key : reached) {
    facts(key).configuration_changed = now();
    facts(key).configuration_event = event;
    for (Observer* observer : observers_) observer->configuration_changed(*this, key, event);
  }
}

void Observation::file_committed(WorkspaceKey key, std::uint32_t event) {
  facts(key).configuration_changed = now();
  facts(key).configuration_event = event;
  mark_changed(event, "a file");
  for (Observer* observer : observers_) observer->configuration_changed(*this, key, event);
}

/// Notes that a request which was answered 2xx has promised the configuration that it committed.
void Observation::note_promise(const RequestFacts& request) {
  const std::uint64_t committed = request.secrets_committed;
  for (const WorkspaceKey key : request.reached) {
    std::uint64_t& promised = facts(key).global_secrets_promised;
    promised = std::max(promised, committed);
  }
  if (is_global(request.route) || committed == 0) return;
  std::uint64_t& promised = facts(request.workspace).secrets_promised;
  promised = std::max(promised, committed);
}

ConfigurationVersion Observation::committed(WorkspaceKey key) const {
  return {index(key) < workspaces_.size() ? workspaces_[index(key)].secrets_committed : 0, global_secrets_committed_};
}

Observation::Nearest Observation::nearest_request(std::uint32_t event) {
  bool direct = true;
  for (int walked = 0; event != 0 && walked < kLongestChain; ++walked) {
    const sim::Event& cause = record_.event(event);
    if (cause.kind == kind::restart_triggered) direct = false;
    if (cause.kind == kind::http_request) return {&requests_.at(event), direct};
    event = cause.cause;
  }
  return {};
}

std::uint32_t Observation::nearest_cause(std::uint32_t event, sim::Kind kind) const {
  for (int walked = 0; event != 0 && walked < kLongestChain; ++walked) {
    const sim::Event& cause = record_.event(event);
    if (cause.kind == kind) return event;
    if (cause.kind == kind::http_request) return 0;
    event = cause.cause;
  }
  return 0;
}

bool Observation::is_wanted(const WorkspaceFacts& workspace, sim::Name instance) const {
  const Row& row = workspace.row;
  return row.exists && !is_removed(row.status) && !is_dormant(row.status) && row.instance_id == text(instance);
}

bool Observation::is_descendant(WorkspaceKey key, WorkspaceKey ancestor) const {
  // The depth is bounded: a tree that is deeper than it has members is a ring.
  for (std::size_t depth = 0; depth < workspaces_.size() && key != WorkspaceKey::none; ++depth) {
    key = index(key) < workspaces_.size() ? workspaces_[index(key)].parent : WorkspaceKey::none;
    if (key == ancestor) return true;
  }
  return false;
}

bool Observation::names(const RequestFacts& request, WorkspaceKey key) const {
  if (is_global(request.route) || key == request.workspace || key == request.other) return true;
  return request.cascade && is_descendant(key, request.workspace);
}

/// Remembers that a request changed something before it was answered.
void Observation::mark_changed(std::uint32_t event, std::string_view what) {
  const Nearest nearest = nearest_request(event);
  if (nearest.request != nullptr && !nearest.request->status) nearest.request->changed = what;
}

// --- judging --------------------------------------------------------------------------------------------------------

void Observation::stepped() {
  for (Observer* observer : steppers_) observer->stepped(*this);
}

void Observation::ended() {
  for (Observer* observer : observers_) observer->ended(*this);
}

bool Observation::rests() const {
  return std::all_of(observers_.begin(), observers_.end(),
                     [this](const Observer* observer) { return observer->rests(*this); });
}

void Observation::violated(const Invariant& invariant, std::string message, std::uint32_t event, WorkspaceKey workspace,
                           sim::Name instance, std::uint32_t beside) {
  const sim::Name name = workspace == WorkspaceKey::none ? sim::Name::none : directory_.name(workspace);
  if (!is_first_violation(invariant, name, instance)) return;
  std::vector<std::uint32_t> others;
  if (beside != 0) others.push_back(beside);
  keep_violation({.invariant = invariant.name(),
                  .message = std::move(message),
                  .at = now(),
                  .event = event,
                  .workspace = name,
                  .instance = instance,
                  .decided_by = std::move(others)});
}

void Observation::not_kept(const Invariant& invariant, std::string message, std::vector<std::uint32_t> decided_by,
                           WorkspaceKey workspace, sim::Name instance) {
  const sim::Name name = directory_.name(workspace);
  if (!is_first_violation(invariant, name, instance)) return;
  keep_violation({.invariant = invariant.name(),
                  .message = std::move(message),
                  .at = now(),
                  .event = 0,
                  .workspace = name,
                  .instance = instance,
                  .decided_by = setbacks_.added_to(std::move(decided_by), name)});
}

bool Observation::is_first_violation(const Invariant& invariant, sim::Name workspace, sim::Name instance) {
  return violated_.emplace(invariant.name(), workspace, instance).second;
}

void Observation::keep_violation(Violation violation) {
  violations_.push_back(std::move(violation));
  const Violation& kept = violations_.back();
  record_.emit_from(kept.event, sim::Kind::violation, record_.name("world"), {kept.workspace, kept.instance},
                    {{"invariant", kept.invariant}, {"message", kept.message}});
}

}  // namespace drydock::model
