#include "model/observation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "model/kinds.hpp"

namespace drydock::model {
namespace {

/// How far back a chain of causes is followed: far beyond any single operation, and a bound on the cost of one event.
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
    : scheduler_(scheduler), record_(record), directory_(directory), profile_(profile) {
  workspaces_.emplace_back();
}

void Observation::judge_by(Invariant& invariant) {
  invariants_.push_back(&invariant);
  if (invariant.wants_steps()) steppers_.push_back(&invariant);
}

// --- rows -----------------------------------------------------------------------------------------------------------

WorkspaceFacts& Observation::facts(WorkspaceKey key) {
  while (workspaces_.size() <= index(key)) {
    const auto next = static_cast<WorkspaceKey>(workspaces_.size());
    workspaces_.emplace_back().key = next;
  }
  return workspaces_[index(key)];
}

void Observation::seed_workspace(WorkspaceKey key, WorkspaceKey parent, std::string runtime,
                                 Row row) {
  WorkspaceFacts& workspace = facts(key);
  workspace.parent = parent;
  workspace.runtime = std::move(runtime);
  if (row.status == Status::online || row.status == Status::degraded) workspace.wished_run = true;
  workspace.row = std::move(row);
}

void Observation::row_written(WorkspaceKey key, Row after, std::uint32_t event) {
  WorkspaceFacts& workspace = facts(key);
  const Row before = std::exchange(workspace.row, std::move(after));
  workspace.touched = true;
  if (workspace.row.status != Status::failed && before.status == Status::failed)
    workspace.failure_explained = false;
  mark_changed(event, "a workspace row");
  for (Invariant* invariant : invariants_)
    invariant->row_written(*this, {workspace, before, event});
}

void Observation::structure_event(WorkspaceKey key, std::string_view type,
                                  std::uint32_t /*event*/) {
  if (type == "WORKSPACE_PROVISION_FAILED") facts(key).failure_explained = true;
}

// --- instances ------------------------------------------------------------------------------------------------------

void Observation::instance_entered(const cloud::Instance& instance,
                                   std::optional<cloud::InstanceState> from, std::uint32_t event) {
  const WorkspaceKey key = directory_.find(instance.request.workspace);
  InstanceFacts& seen = instances_[instance.name];
  if (!from) {
    const UserData data = decode_user_data(instance.request.user_data);
    seen = {.name = instance.name,
            .workspace = key,
            .state = instance.state,
            .launched = instance.launched,
            .configuration_read = data.read_at,
            .secrets = data.secrets,
            .last_heartbeat = std::nullopt,
            .last_heartbeat_status = 0};
    facts(key).instances.push_back(instance.name);
  }
  seen.state = instance.state;
  mark_changed(event, "an instance");
  const InstanceChange change{seen, from, instance.reason, event};
  if (change.is_death() && calm_) facts(key).launch_failed_in_calm = true;
  for (Invariant* invariant : invariants_) invariant->instance_entered(*this, change);
}

void Observation::start_accepted(std::string_view instance_id, std::uint32_t event) {
  const InstanceFacts* seen = instance(record_.name(instance_id));
  if (seen == nullptr) return;
  for (Invariant* invariant : invariants_) invariant->start_accepted(*this, *seen, event);
}

void Observation::start_failed(WorkspaceKey key) {
  if (calm_) facts(key).launch_failed_in_calm = true;
}

void Observation::heartbeat_sent(sim::Name instance) {
  instances_[instance].last_heartbeat = now();
}

void Observation::heartbeat_answered(sim::Name instance, int status) {
  instances_[instance].last_heartbeat_status = status;
}

const InstanceFacts* Observation::instance(sim::Name name) const {
  const auto found = instances_.find(name);
  return found == instances_.end() ? nullptr : &found->second;
}

const InstanceFacts* Observation::named_instance(const WorkspaceFacts& workspace) const {
  if (workspace.row.instance_id.empty()) return nullptr;
  return instance(record_.name(workspace.row.instance_id));
}

// --- requests and configuration -------------------------------------------------------------------------------------

void Observation::request_arrived(const Request& request) {
  RequestFacts seen;
  seen.event = request.event;
  seen.route = request.route;
  seen.workspace = request.workspace;
  seen.other = request.caller;
  if (request.route == Route::delegate) {
    const auto to = request.body.find("to");
    if (to != request.body.end()) seen.other = directory_.find(to->second);
  }
  requests_.emplace(request.event, std::move(seen));
}

void Observation::answered(std::uint32_t request, const Response& response, std::uint32_t event) {
  RequestFacts& seen = requests_.at(request);
  seen.status = response.status;
  note_wish(seen, response);
  if (response.accepted() && seen.secrets_committed != 0) {
    WorkspaceFacts& workspace = facts(seen.workspace);
    workspace.secrets_promised = std::max(workspace.secrets_promised, seen.secrets_committed);
  }
  for (Invariant* invariant : invariants_) invariant->answered(*this, seen, response, event);
}

void Observation::note_wish(const RequestFacts& request, const Response& response) {
  if (!response.accepted()) return;
  if (request.route == Route::restart && response.body.string_at("status") == "provisioning") {
    facts(request.workspace).wished_run = true;
  }
}

void Observation::secret_committed(WorkspaceKey key, std::uint32_t event) {
  WorkspaceFacts& workspace = facts(key);
  ++workspace.secrets_committed;
  workspace.configuration_changed = now();
  const Nearest nearest = nearest_request(event);
  if (nearest.request != nullptr) nearest.request->secrets_committed = workspace.secrets_committed;
  mark_changed(event, "a secret");
  for (Invariant* invariant : invariants_) invariant->configuration_changed(*this, key, event);
}

void Observation::file_committed(WorkspaceKey key, std::uint32_t event) {
  facts(key).configuration_changed = now();
  mark_changed(event, "a file");
  for (Invariant* invariant : invariants_) invariant->configuration_changed(*this, key, event);
}

ConfigurationVersion Observation::committed(WorkspaceKey key) const {
  return {index(key) < workspaces_.size() ? workspaces_[index(key)].secrets_committed : 0,
          global_secrets_committed_};
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

/// Remembers that a request changed something before it was answered.
void Observation::mark_changed(std::uint32_t event, std::string_view what) {
  const Nearest nearest = nearest_request(event);
  if (nearest.request != nullptr && !nearest.request->status) nearest.request->changed = what;
}

// --- judging --------------------------------------------------------------------------------------------------------

void Observation::stepped() {
  for (Invariant* invariant : steppers_) invariant->stepped(*this);
}

void Observation::ended() {
  for (Invariant* invariant : invariants_) invariant->ended(*this);
}

void Observation::violated(const Invariant& invariant, std::string message, std::uint32_t event,
                           WorkspaceKey workspace, sim::Name instance) {
  const sim::Name name =
      workspace == WorkspaceKey::none ? sim::Name::none : directory_.name(workspace);
  for (const Violation& known : violations_) {
    if (known.invariant == invariant.name() && known.workspace == name &&
        known.instance == instance)
      return;
  }
  violations_.push_back({.invariant = invariant.name(),
                         .message = std::move(message),
                         .at = now(),
                         .event = event,
                         .workspace = name,
                         .instance = instance});
  const Violation& kept = violations_.back();
  record_.emit_from(event, sim::Kind::violation, record_.name("world"), {name, instance},
                    {{"invariant", kept.invariant}, {"message", kept.message}});
}

}  // namespace drydock::model
