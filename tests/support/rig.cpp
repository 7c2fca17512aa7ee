#include "tests/support/rig.hpp"

#include <algorithm>
#include <stdexcept>

#include "scenarios/files/names.hpp"
#include "scenarios/files/request_patterns.hpp"
#include "scenarios/model_request.hpp"

namespace drydock::test {
namespace {

cloud::Profile exact_profile() {
  cloud::Profile profile;
  profile.pending = {25s, 25s};
  profile.boot = {{10s, 10s}, {}};
  profile.terminate = {5s, 5s};
  profile.api_latency = {{100ms, 100ms}, {{"RunInstances", {1s, 1s}}}};
  profile.cp_latency = {100ms, 100ms};
  profile.snapshot = {30s, 30s};
  profile.volume_deletion = {5s, 5s};
  return profile;
}

}  // namespace

sim::Verdict ScriptedAdversary::decide(const sim::Call& call, sim::FaultPoint point) {
  if (point == sim::FaultPoint::before_effect) ++calls_[std::string{call.on}];
  for (Rule& rule : rules_) {
    if (rule.on != call.on || rule.point != point || rule.times == 0) continue;
    if (rule.times != kAlways) --rule.times;
    return rule.verdict;
  }
  return {};
}

Rig::Rig(const std::string& preset, const Settings& set, const std::vector<RigWorkspace>& workspaces)
    : policy_(policy_of(preset, set)),
      profile_(exact_profile()),
      choices_(sim::Tape{}),
      scheduler_(choices_),
      record_(scheduler_, model::kind_table(), true, 1'000'000),
      directory_(record_),
      observation_(scheduler_, record_, directory_, profile_),
      ec2_(scheduler_, choices_, record_, adversary_, profile_),
      store_(database_, scheduler_, record_, adversary_, directory_, observation_),
      keys_(scheduler_, record_),
      control_plane_(scheduler_, choices_, record_, adversary_, ec2_, profile_, directory_),
      fleet_(scheduler_, choices_, adversary_, profile_, directory_, observation_),
      process_({.clock = scheduler_,
                .record = record_,
                .adversary = adversary_,
                .store = store_,
                .keys = keys_,
                .control_plane = control_plane_,
                .fleet = fleet_,
                .directory = directory_,
                .observation = observation_}),
      tasks_(scheduler_) {
  ec2_.watch(observation_);
  ec2_.watch(fleet_);
  observation_.look_at(ec2_);
  fleet_.connect(process_, ec2_);
  control_plane_.connect(process_, fleet_);
  store_.use(policy_);
  fleet_.use(policy_);
  control_plane_.use(policy_);
  for (const RigWorkspace& spec : workspaces) {
    directory_.add(spec.id, scenarios::uuid_of_alias(spec.id));
  }
  for (const RigWorkspace& spec : workspaces) add(spec);
  process_.start(policy_);
}

Rig::~Rig() = default;

void Rig::add(const RigWorkspace& spec) {
  model::SeedRow row;
  row.key = key(spec.id);
  row.parent = spec.parent.empty() ? WorkspaceKey::none : key(spec.parent);
  row.status = spec.status;
  row.runtime = spec.runtime;
  row.secrets = spec.secrets;
  row.error_rate = spec.error_rate;
  row.active_tasks = spec.active_tasks;
  row.hibernation_idle_minutes = spec.hibernation_idle_minutes;
  const bool up = spec.status == Status::online || spec.status == Status::degraded;
  observation_.seed_workspace(row.key, row.parent, row.runtime, {});
  if (!spec.instance.value_or(up)) {
    store_.seed(row);
    return;
  }
  cloud::RunInstancesRequest launch;
  launch.workspace = spec.id;
  launch.user_data = model::encode_user_data(sim::kTimeZero - 10min, {});
  const model::Storage storage = policy_.backup_storage;
  if (spec.volume.value_or(storage != model::Storage::stateless)) {
    launch.data_volume.emplace().delete_on_termination = storage == model::Storage::snapshot_before_stop;
  }
  const cloud::Instance& instance = ec2_.seed_running(std::move(launch), sim::kTimeZero - 10min);
  row.instance_id = instance.id;
  const cloud::Volume* volume = ec2_.data_volume(instance.name);
  if (volume != nullptr && storage == model::Storage::persistent_volume_reattach)
    control_plane_.remember_volume(row.key, volume->id);
  row.last_heartbeat_at = sim::kTimeZero;
  row.token = "token-" + spec.id;
  if (up) row.url = model::Fleet::url_of(instance);
  store_.seed(row);
  if (up) {
    keys_.set_liveness(row.key, policy_.time_liveness_ttl);
    keys_.set_url(row.key, row.url, policy_.time_url_cache_ttl);
  }
  fleet_.seed(instance, {.token = row.token,
                         .error_rate = row.error_rate,
                         .active_tasks = row.active_tasks,
                         .first_heartbeat = sim::kTimeZero + policy_.time_heartbeat});
}

sim::Task<bool> Rig::finish(sim::Task<void> task) {
  co_await std::move(task);
  co_return true;
}

void Rig::await(sim::Task<void> task) { await(finish(std::move(task))); }

model::Request Rig::parse(const std::string& line, std::map<std::string, std::string> body) const {
  const scenarios::ParsedRequest parsed = scenarios::parse_request(line);
  if (!parsed.request) throw std::invalid_argument(parsed.error);
  model::Request request = scenarios::to_model_request(*parsed.request, directory_);
  request.body = std::move(body);
  return request;
}

model::Response Rig::request(const std::string& line, std::map<std::string, std::string> body) {
  return await(process_.request(parse(line, std::move(body)), "user"));
}

sim::Task<void> Rig::keep_answer(sim::Task<model::Response> answer) {
  model::Response response = co_await std::move(answer);
  answers_.push_back(std::move(response));
}

void Rig::send(const std::string& line, std::map<std::string, std::string> body) {
  spawn(keep_answer(process_.request(parse(line, std::move(body)), "user")));
}

WorkspaceKey Rig::name_workspace(const std::string& alias) {
  const WorkspaceKey named = directory_.add(alias, scenarios::uuid_of_alias(alias));
  observation_.seed_workspace(named, WorkspaceKey::none, "", {});
  return named;
}

void Rig::restart_platform(Duration down) {
  process_.crash();
  run_for(down);
  process_.start(policy_);
}

// --- what happened ------------------------------------------------------------------------------

std::vector<Duration> Rig::times(std::string_view kind, std::string_view workspace, std::string_view detail) const {
  std::vector<Duration> found;
  for (const sim::Event& event : record_.events()) {
    if (record_.kind_name(event.kind) != kind) continue;
    if (!workspace.empty() && record_.text(event.workspace) != workspace) continue;
    if (sim::to_json(record_.details(event)).find(detail) == std::string::npos) continue;
    found.push_back(event.at - sim::kTimeZero);
  }
  return found;
}

std::size_t Rig::count(std::string_view kind, std::string_view workspace, std::string_view detail) const {
  return times(kind, workspace, detail).size();
}

std::vector<std::string> Rig::order_of(const std::vector<std::string>& kinds) const {
  std::vector<std::string> order;
  for (const sim::Event& event : record_.events()) {
    const std::string kind{record_.kind_name(event.kind)};
    if (std::find(kinds.begin(), kinds.end(), kind) != kinds.end()) order.push_back(kind);
  }
  return order;
}

std::string Rig::sql(const std::string& query) const {
  sqlite3_stmt* statement = nullptr;
  const int prepared = sqlite3_prepare_v2(database_.handle(), query.c_str(), -1, &statement, nullptr);
  if (prepared != SQLITE_OK) throw std::invalid_argument(sqlite3_errmsg(database_.handle()));
  std::string text;
  if (sqlite3_step(statement) == SQLITE_ROW) {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
    if (bytes != nullptr) text = bytes;
  }
  sqlite3_finalize(statement);
  return text;
}

std::string Rig::row(const std::string& column, std::string_view alias) const {
  return sql("SELECT " + column + " FROM workspaces WHERE alias = '" + std::string{alias} + "'");
}

void Rig::put(const std::string& column, const std::string& value, std::string_view alias) {
  sql("UPDATE workspaces SET " + column + " = " + value + " WHERE alias = '" + std::string{alias} + "'");
}

void Rig::kill_instance(std::string_view alias) { ec2_.kill(directory_.name(key(alias))); }

std::string Rig::instance_state(std::string_view alias) const {
  const cloud::Instance* instance = ec2_.find(row("instance_id", alias));
  return instance == nullptr ? "none" : std::string{cloud::to_text(instance->state)};
}

std::string Rig::state_of(std::string_view instance) const {
  const cloud::Instance* found = ec2_.find(instance);
  return found == nullptr ? "none" : std::string{cloud::to_text(found->state)};
}

std::size_t Rig::live_instances(std::string_view alias) const {
  const auto& all = ec2_.instances();
  return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](const cloud::Instance& instance) {
    return instance.request.workspace == alias && cloud::is_live(instance.state);
  }));
}

// --- cycles -------------------------------------------------------------------------------------

namespace {

sim::Task<void> cycle(sim::Scheduler& clock, Cycles* seen, Duration time) {
  ++seen->begun;
  co_await clock.pause(time);
  ++seen->ended;
}

}  // namespace

model::Platform::Cycle Cycles::taking(sim::Scheduler& clock, Duration time) {
  return [this, &clock, time] { return cycle(clock, this, time); };
}

}  // namespace drydock::test
