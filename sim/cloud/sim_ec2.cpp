#include "sim/cloud/sim_ec2.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/cloud/errors.hpp"

namespace drydock::cloud {
namespace {

bool is_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// `i-` and 8 or 17 lower-case hex digits (docs/cloud.md §1.3).
bool well_formed_instance_id(std::string_view id) {
  return id.starts_with("i-") && (id.size() == 10 || id.size() == 19) && is_hex(id.substr(2));
}

bool well_formed_token(std::string_view token) {
  const auto ascii = [](char c) { return c >= 0x21 && c <= 0x7E; };
  return token.size() <= 64 && std::all_of(token.begin(), token.end(), ascii);
}

Error not_found(const std::vector<std::string>& ids) {
  if (ids.size() == 1)
    return {"InvalidInstanceID.NotFound", 400, fmt::format("no instance '{}' exists", ids.front())};
  return {"InvalidInstanceID.NotFound", 400,
          fmt::format("no instances '{}' exist", fmt::join(ids, ", "))};
}

InstanceDescription describe(const Instance& instance) {
  return {.id = instance.id,
          .state = instance.state,
          .workspace = instance.request.workspace,
          .client_token = instance.request.client_token,
          .private_ip = instance.private_ip};
}

}  // namespace

const SimEc2::Api SimEc2::kRun{"RunInstances", "ec2.RunInstances", "ec2.RunInstances.latency"};
const SimEc2::Api SimEc2::kTerminate{"TerminateInstances", "ec2.TerminateInstances",
                                     "ec2.TerminateInstances.latency"};
const SimEc2::Api SimEc2::kDescribe{"DescribeInstances", "ec2.DescribeInstances",
                                    "ec2.DescribeInstances.latency"};

std::string_view to_text(InstanceState state) {
  switch (state) {
    case InstanceState::pending:
      return "pending";
    case InstanceState::running:
      return "running";
    case InstanceState::shutting_down:
      return "shutting-down";
    case InstanceState::terminated:
      return "terminated";
    case InstanceState::stopping:
      return "stopping";
    case InstanceState::stopped:
      return "stopped";
  }
  return "unknown";
}

SimEc2::SimEc2(sim::Scheduler& scheduler, sim::Choices& choices, sim::Record& record,
               sim::Adversary& adversary, const Profile& profile)
    : scheduler_(scheduler),
      choices_(choices),
      record_(record),
      adversary_(adversary),
      profile_(profile),
      actor_(record.name("cloud")),
      tasks_(scheduler) {}

sim::Task<std::optional<Error>> SimEc2::obey(sim::Context context, sim::Verdict verdict) {
  if (verdict.delay > sim::Duration{}) {
    const bool waited = co_await scheduler_.sleep(context, verdict.delay);
    if (!waited) co_return Error{"RequestTimeout", 0, "no answer before the caller's deadline"};
  }
  switch (verdict.what) {
    case sim::Verdict::What::pass:
      co_return std::nullopt;
    case sim::Verdict::What::fail:
      co_return Error{verdict.error, error_status(verdict.error), "injected"};
    case sim::Verdict::What::lose:
      break;
  }
  co_await scheduler_.pause_until(context.until);
  co_return Error{"RequestTimeout", 0, "no answer before the caller's deadline"};
}

sim::Task<std::optional<Error>> SimEc2::arrive(sim::Context context, const Api* api,
                                               sim::Name workspace, sim::Name instance) {
  const sim::Call call{api->fault_point, workspace, instance};
  sim::Verdict verdict = adversary_.decide(call, sim::FaultPoint::before_effect);
  std::optional<Error> refused = co_await obey(context, std::move(verdict));
  if (refused) co_return refused;
  const auto& range = profile_.api_latency.of(api->action);
  const std::string& actor = record_.text(workspace == sim::Name::none ? actor_ : workspace);
  const sim::Duration latency = choices_.draw(actor, api->latency, range);
  if (scheduler_.now() + latency > context.until) {
    // The caller hangs up before the request is served, and it is dropped unserved.
    co_await scheduler_.pause_until(context.until);
    co_return Error{"RequestTimeout", 0, "no answer before the caller's deadline"};
  }
  co_await scheduler_.pause_drawn(latency, range.typical());
  co_return std::nullopt;
}

sim::Task<std::optional<Error>> SimEc2::reply(sim::Context context, const Api* api,
                                              sim::Name workspace, sim::Name instance) {
  const sim::Call call{api->fault_point, workspace, instance};
  sim::Verdict verdict = adversary_.decide(call, sim::FaultPoint::before_reply);
  co_return co_await obey(context, std::move(verdict));
}

Error SimEc2::refuse(const Api& api, sim::Name workspace, sim::Name instance, Error error) {
  record_.emit(sim::Kind::ec2_error, actor_, {workspace, instance},
               {{"action", api.action}, {"code", error.code}, {"message", error.message}});
  return error;
}

// --- RunInstances ---------------------------------------------------------------------------------------------------

sim::Task<Result<InstanceDescription>> SimEc2::run_instances(sim::Context context,
                                                             RunInstancesRequest request) {
  const sim::Name workspace = record_.name(request.workspace);
  std::optional<Error> refused = co_await arrive(context, &kRun, workspace, sim::Name::none);
  if (refused)
    co_return tl::unexpected(refuse(kRun, workspace, sim::Name::none, std::move(*refused)));
  const Result<Instance*> launched = launch(request);
  if (!launched)
    co_return tl::unexpected(refuse(kRun, workspace, sim::Name::none, launched.error()));
  const InstanceDescription answer = describe(**launched);
  std::optional<Error> lost = co_await reply(context, &kRun, workspace, (*launched)->name);
  if (lost) co_return tl::unexpected(std::move(*lost));
  co_return answer;
}

/// The ClientToken rules of docs/cloud.md §1.5: same token and parameters → the same instance, whatever its state;
/// other parameters, or an instance that ended → an error.
Result<Instance*> SimEc2::launch(const RunInstancesRequest& request) {
  if (!well_formed_token(request.client_token)) {
    return tl::unexpected(
        Error{"InvalidClientToken", 400, "a ClientToken is up to 64 ASCII characters"});
  }
  const auto known = by_token_.find(request.client_token);
  if (known != by_token_.end() && !request.client_token.empty()) {
    Instance* instance = known->second;
    if (!(instance->request == request)) {
      return tl::unexpected(
          Error{"IdempotentParameterMismatch", 400, "the token was used with other parameters"});
    }
    if (instance->state == InstanceState::terminated) {
      return tl::unexpected(
          Error{"IdempotentInstanceTerminated", 400, "the token's instance is terminated"});
    }
    return instance;
  }
  Instance& instance = create(request, scheduler_.now());
  instance.visible_from = scheduler_.now() + visibility_lag(instance);
  const auto event = record_.emit(sim::Kind::ec2_call, actor_, {instance.workspace, instance.name},
                                  {{"action", kRun.action}});
  const sim::CauseScope scope(record_, event);
  tell(instance, std::nullopt, "");
  scheduler_.spawn(tasks_, "launch", finish_launch(&instance));
  return &instance;
}

/// How long no call knows the new id yet: the region's own lag, and what the adversary adds.
sim::Duration SimEc2::visibility_lag(const Instance& instance) {
  const sim::Duration lag =
      choices_.draw(instance.request.workspace, "ec2.run.visibility", profile_.visibility_lag);
  const sim::Call call{kRun.fault_point, instance.workspace, instance.name};
  return lag + adversary_.decide(call, sim::FaultPoint::before_visibility).delay;
}

Instance& SimEc2::create(RunInstancesRequest request, sim::Instant launched) {
  const auto number = instances_.size() + 1;
  Instance& instance = instances_.emplace_back();
  // An id of its own that says nothing about its place in a sequence, and is the same in every replay.
  instance.id = fmt::format("i-{:016x}{:x}", sim::mix(sim::hash_text(request.workspace), number),
                            number % 16);
  instance.name = record_.name(instance.id);
  instance.workspace = record_.name(request.workspace);
  instance.private_ip =
      fmt::format("10.{}.{}.{}", 16 + number / 65536, number / 256 % 256, number % 256);
  instance.launched = launched;
  by_id_[instance.id] = &instance;
  if (!request.client_token.empty()) by_token_[request.client_token] = &instance;
  instance.request = std::move(request);
  return instance;
}

const Instance& SimEc2::seed_running(RunInstancesRequest request, sim::Instant launched) {
  Instance& instance = create(std::move(request), launched);
  instance.state = InstanceState::running;
  // It entered this state before the record began.
  for (InstanceWatcher* watcher : watchers_) watcher->instance_entered(instance, std::nullopt, 0);
  return instance;
}

std::size_t SimEc2::kill(sim::Name workspace) {
  std::size_t killed = 0;
  for (Instance& instance : instances_) {
    const bool meant = workspace == sim::Name::none || instance.workspace == workspace;
    if (!meant || !is_live(instance.state)) continue;
    enter(instance, InstanceState::terminated, "Server.InternalError");
    ++killed;
  }
  return killed;
}

sim::Task<void> SimEc2::finish_launch(Instance* instance) {
  const sim::Duration pending =
      choices_.draw(instance->request.workspace, "ec2.run.pending", profile_.pending);
  co_await scheduler_.pause_drawn(pending, profile_.pending.typical());
  if (instance->state == InstanceState::pending) enter(*instance, InstanceState::running, "");
}

// --- TerminateInstances ---------------------------------------------------------------------------------------------

sim::Task<Result<std::vector<StateChange>>> SimEc2::terminate_instances(
    sim::Context context, std::vector<std::string> ids) {
  const sim::Name workspace = workspace_of(ids);
  const sim::Name named = ids.empty() ? sim::Name::none : record_.name(ids.front());
  std::optional<Error> refused = co_await arrive(context, &kTerminate, workspace, named);
  if (refused) co_return tl::unexpected(refuse(kTerminate, workspace, named, std::move(*refused)));
  const Result<std::vector<Instance*>> found = resolve(ids);
  if (!found) co_return tl::unexpected(refuse(kTerminate, workspace, named, found.error()));
  std::vector<StateChange> changes;
  for (Instance* instance : *found) changes.push_back(begin_termination(*instance));
  std::optional<Error> lost = co_await reply(context, &kTerminate, workspace, named);
  if (lost) co_return tl::unexpected(std::move(*lost));
  co_return changes;
}

/// Idempotent: a shutting-down or terminated instance stays what it is (docs/cloud.md §1.2).
StateChange SimEc2::begin_termination(Instance& instance) {
  const InstanceState previous = instance.state;
  const auto event = record_.emit(sim::Kind::ec2_call, actor_, {instance.workspace, instance.name},
                                  {{"action", kTerminate.action}, {"previous", to_text(previous)}});
  if (previous != InstanceState::shutting_down && previous != InstanceState::terminated) {
    const sim::CauseScope scope(record_, event);
    enter(instance, InstanceState::shutting_down, "Client.UserInitiatedShutdown");
    scheduler_.spawn(tasks_, "termination", finish_termination(&instance));
  }
  return {instance.id, previous, instance.state};
}

sim::Task<void> SimEc2::finish_termination(Instance* instance) {
  const sim::Duration duration =
      choices_.draw(instance->request.workspace, "ec2.terminate.duration", profile_.terminate);
  co_await scheduler_.pause_drawn(duration, profile_.terminate.typical());
  enter(*instance, InstanceState::terminated, instance->reason);
}

// --- DescribeInstances ----------------------------------------------------------------------------------------------

sim::Task<Result<std::vector<InstanceDescription>>> SimEc2::describe_instances(
    sim::Context context, std::vector<std::string> ids) {
  const sim::Name workspace = workspace_of(ids);
  const sim::Name named = ids.empty() ? sim::Name::none : record_.name(ids.front());
  std::optional<Error> refused = co_await arrive(context, &kDescribe, workspace, named);
  if (refused) co_return tl::unexpected(refuse(kDescribe, workspace, named, std::move(*refused)));
  const Result<std::vector<Instance*>> found = resolve(ids);
  if (!found) co_return tl::unexpected(refuse(kDescribe, workspace, named, found.error()));
  std::vector<InstanceDescription> answer;
  for (const Instance* instance : *found) answer.push_back(describe(*instance));
  std::optional<Error> lost = co_await reply(context, &kDescribe, workspace, named);
  if (lost) co_return tl::unexpected(std::move(*lost));
  co_return answer;
}

// --- what they share ------------------------------------------------------------------------------------------------

const Instance* SimEc2::find(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

/// A new id may be unknown for a while (docs/cloud.md §4); a terminated instance answers for a while, then its id is
/// unknown again (§1.4).
Instance* SimEc2::visible(std::string_view id) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return nullptr;
  Instance* instance = found->second;
  const sim::Instant now = scheduler_.now();
  const bool gone =
      instance->terminated && now >= *instance->terminated + profile_.terminated_visible;
  return gone || now < instance->visible_from ? nullptr : instance;
}

Result<std::vector<Instance*>> SimEc2::resolve(const std::vector<std::string>& ids) {
  if (ids.empty())
    return tl::unexpected(Error{"MissingParameter", 400, "no instance id was given"});
  std::vector<Instance*> found;
  std::vector<std::string> missing;
  for (const std::string& id : ids) {
    if (!well_formed_instance_id(id)) {
      return tl::unexpected(
          Error{"InvalidInstanceID.Malformed", 400, fmt::format("'{}' is no instance id", id)});
    }
    Instance* instance = visible(id);
    if (instance == nullptr) {
      missing.push_back(id);
    } else {
      found.push_back(instance);
    }
  }
  if (!missing.empty()) return tl::unexpected(not_found(missing));
  return found;
}

void SimEc2::enter(Instance& instance, InstanceState state, std::string_view reason) {
  const InstanceState from = instance.state;
  instance.state = state;
  instance.reason = reason;
  if (state == InstanceState::terminated) instance.terminated = scheduler_.now();
  tell(instance, from, reason);
}

std::uint32_t SimEc2::tell(const Instance& instance, std::optional<InstanceState> from,
                           std::string_view reason) {
  const auto event = record_.emit(sim::Kind::ec2_state, actor_, {instance.workspace, instance.name},
                                  {{"from", from ? to_text(*from) : std::string_view{"none"}},
                                   {"to", to_text(instance.state)},
                                   {"reason", reason}});
  const sim::CauseScope scope(record_, event);
  for (InstanceWatcher* watcher : watchers_) watcher->instance_entered(instance, from, event);
  return event;
}

sim::Name SimEc2::workspace_of(const std::vector<std::string>& ids) {
  const Instance* first = ids.empty() ? nullptr : find(ids.front());
  return first != nullptr ? first->workspace : sim::Name::none;
}

}  // namespace drydock::cloud
