#include "model/agent/fleet.hpp"

#include <algorithm>

#include "sim/carry_out.hpp"
#include "sim/cloud/errors.hpp"
#include "sim/cloud/instance.hpp"
#include "sim/cloud/sim_ec2.hpp"

namespace drydock::model {
namespace {

DispatchResult result_of(const sim::CallFailure& failure) {
  if (failure.timed_out) return {Dispatched::deadline};
  const int http = cloud::error_status(failure.error);
  return {http == 0 ? Dispatched::reset : Dispatched::answered, http};
}

}  // namespace

struct Fleet::Agent final : public sim::Turns {
  explicit Agent(sim::Scheduler& clock) : tasks(clock) {}

  /// The next heartbeat does what the last one did, if that was sent after the last change.
  [[nodiscard]] bool idle(const sim::Stillness& still) const override {
    return beaten_at && *beaten_at > still.since && !registers_next;
  }

  WorkspaceKey workspace = WorkspaceKey::none;
  sim::Name instance{};
  std::string url;
  std::string token;
  HeartbeatPayload payload;
  sim::Instant up_since{};
  bool booted = false;
  bool lingers = false;  // its instance has left `running`, and it has not noticed yet
  bool registered = true;
  std::optional<sim::Instant> beaten_at;  // the last heartbeat was sent; empty: none since the agent came up
  bool registers_next = false;            // before its next heartbeat
  std::optional<sim::Instant> silent_since;
  sim::Signal fell_silent;
  bool works = true;    // it does something between two heartbeats, and on a call
  sim::Signal listens;  // it works again, or has fallen silent
  sim::TaskGroup tasks;
};

Fleet::Fleet(sim::Scheduler& clock, sim::Choices& choices, sim::Adversary& adversary, const cloud::Profile& profile,
             const Directory& directory, Observation& observation)
    : clock_(clock),
      choices_(choices),
      adversary_(adversary),
      profile_(profile),
      directory_(directory),
      observation_(observation),
      lingering_(clock) {}

Fleet::~Fleet() = default;

std::string Fleet::url_of(const cloud::Instance& instance) { return "http://" + instance.private_ip + ":8000"; }

Fleet::Agent& Fleet::add(const cloud::Instance& instance) {
  auto agent = std::make_unique<Agent>(clock_);
  agent->workspace = directory_.find(instance.request.workspace);
  agent->instance = instance.name;
  agent->url = url_of(instance);
  agent->up_since = clock_.now();
  Agent& added = *agent;
  by_instance_[instance.name] = &added;
  by_url_[added.url] = std::move(agent);
  return added;
}

void Fleet::instance_entered(const cloud::Instance& instance, std::optional<cloud::InstanceState> from,
                             std::uint32_t /*event*/) {
  const auto known = by_instance_.find(instance.name);
  if (instance.state == cloud::InstanceState::running && from) {
    if (known != by_instance_.end()) return start_anew(*known->second);
    if (directory_.find(instance.request.workspace) != WorkspaceKey::none) return start(add(instance));
    // Whatever runs on a client's instance keeps its state on the data volume.
    if (observation_.is_owned(instance.name)) disks_->guest_wrote(instance.name, clock_.now());
  } else if (known != by_instance_.end() && instance.state != cloud::InstanceState::running) {
    instance_left(*known->second, instance);
  }
}

void Fleet::start(Agent& agent) { clock_.spawn(agent.tasks, "boot", boot(&agent)); }

/// Boots the agent of an instance that ran before: of what it was, its token is left, which is on its disk.
void Fleet::start_anew(Agent& agent) {
  silence(agent);
  agent.silent_since.reset();
  agent.lingers = false;
  agent.booted = false;
  agent.registered = true;
  agent.beaten_at.reset();
  agent.registers_next = false;
  agent.works = true;
  agent.up_since = clock_.now();
  start(agent);
}

void Fleet::instance_rebooted(const cloud::Instance& instance) {
  const auto known = by_instance_.find(instance.name);
  if (known != by_instance_.end()) start_anew(*known->second);
}

/// Silences the agent of an instance that has left `running`: a guest that is told to shut down may take its time,
/// which the adversary says; the agent on a host that dies is silent at once.
void Fleet::instance_left(Agent& agent, const cloud::Instance& instance) {
  if (agent.silent_since || agent.lingers) return;
  sim::Duration lingers{};
  if (instance.state != cloud::InstanceState::terminated) {
    const sim::Call call{"agent", instance.workspace, instance.name};
    lingers = adversary_.decide(call, sim::FaultPoint::before_effect).delay;
  }
  if (lingers <= sim::Duration{}) return silence(agent);
  agent.lingers = true;
  clock_.spawn(lingering_, "lingering agent", fall_silent(&agent, lingers));
}

/// Silences the agent after a delay, or at once when calm begins: faults end then.
sim::Task<void> Fleet::fall_silent(Agent* agent, sim::Duration after) {
  constexpr sim::Duration in_calm{};
  co_await clock_.pause_drawn(after, in_calm);
  if (agent->lingers) silence(*agent);
}

void Fleet::silence(Agent& agent) {
  if (agent.silent_since) return;
  agent.silent_since = clock_.now();
  agent.tasks.kill();
  agent.fell_silent.notify_all();
  agent.listens.notify_all();
}

void Fleet::seed(const cloud::Instance& instance, Seed seed) {
  Agent& agent = add(instance);
  agent.token = std::move(seed.token);
  agent.payload.error_rate = seed.error_rate;
  agent.payload.active_tasks = seed.active_tasks;
  agent.up_since = instance.launched;
  agent.booted = true;
  disks_->guest_wrote(agent.instance, sim::kTimeZero);
  observation_.heartbeat_sent(agent.instance);
  observation_.heartbeat_answered(agent.instance, 200);
  clock_.spawn(agent.tasks, "heartbeat", beat(&agent, seed.first_heartbeat));
}

/// Boots, registers exactly once (a failure is not retried), then beats.
sim::Task<void> Fleet::boot(Agent* agent) {
  const std::string& runtime = observation_.workspace(agent->workspace).runtime;
  const sim::DurationRange& range = profile_.boot.of(runtime);
  const sim::Duration boot_time = choices_.draw(directory_.alias(agent->workspace), "agent.boot", range);
  co_await clock_.pause_drawn(boot_time, range.typical());
  agent->booted = true;
  disks_->guest_wrote(agent->instance, clock_.now());
  co_await register_once(agent);
  co_await beat(agent, clock_.now());
}

sim::Task<void> Fleet::register_once(Agent* agent) {
  AgentCall call;
  call.workspace = agent->workspace;
  call.instance = agent->instance;
  call.bearer = agent->token;
  call.url = agent->url;
  const sim::Context context{clock_.now() + policy_->time_agent_client_timeout};
  Response answer = co_await registry_->register_agent(context, std::move(call));
  agent->registered = answer.accepted();
  // The plaintext is told once; an agent that boots anew has it on its disk.
  const std::string_view issued = answer.body.string_at("auth_token");
  if (!issued.empty()) agent->token = issued;
}

/// Beats for ever, with a fixed sleep after each heartbeat. A 401 does not make the agent read its token again.
sim::Task<void> Fleet::beat(Agent* agent, sim::Instant first) {
  co_await clock_.next_turn(first, *agent);
  while (true) {
    if (policy_->agent_names_instance && !agent->registered) co_await register_once(agent);
    AgentCall call;
    call.workspace = agent->workspace;
    call.instance = agent->instance;
    call.bearer = agent->token;
    call.payload = agent->payload;
    work(*agent);
    call.payload.active = agent->works && agent->payload.active_tasks > 0;
    call.payload.uptime_seconds = (clock_.now() - agent->up_since) / std::chrono::seconds{1};
    const sim::Context context{clock_.now() + policy_->time_agent_client_timeout};
    agent->beaten_at = clock_.now();
    observation_.heartbeat_sent(agent->instance);
    disks_->guest_wrote(agent->instance, clock_.now());
    Response answer = co_await registry_->heartbeat(context, std::move(call));
    observation_.heartbeat_answered(agent->instance, answer.status);
    if (answer.status == 401 || answer.status == 409) agent->registered = false;
    agent->registers_next = policy_->agent_names_instance && !agent->registered;
    const sim::Instant next = clock_.now() + policy_->time_heartbeat;
    co_await clock_.next_turn(next, *agent);
  }
}

/// Asks the adversary whether the agent works; one that does not is wedged, or works and tells nobody (`quiet`).
void Fleet::work(Agent& agent) {
  const sim::Call turn{"turn", directory_.name(agent.workspace), agent.instance};
  const sim::Verdict verdict = adversary_.decide(turn, sim::FaultPoint::before_effect);
  agent.works = verdict.passes();
  observation_.agent_worked(agent.instance, verdict.error != "wedged");
  if (agent.works) agent.listens.notify_all();
}

// --- calls to agents ------------------------------------------------------------------------------------------------

sim::Task<DispatchResult> Fleet::dispatch(sim::Context context, std::string url, sim::Duration takes) {
  const sim::Instant sent_at = clock_.now();
  const auto found = by_url_.find(url);
  Agent* agent = found == by_url_.end() ? nullptr : found->second.get();
  const sim::Name workspace = agent != nullptr ? directory_.name(agent->workspace) : sim::Name::none;
  const sim::Name instance = agent != nullptr ? agent->instance : sim::Name::none;
  const sim::Call call{"a2a.send", workspace, instance};
  sim::Verdict before = adversary_.decide(call, sim::FaultPoint::before_effect);
  if (before.adverse()) {
    const std::optional<sim::CallFailure> refused = co_await sim::carry_out(clock_, context, std::move(before));
    if (refused) co_return result_of(*refused);
  }
  const DispatchResult outcome = co_await serve(context, agent, sent_at, takes);
  if (outcome.how != Dispatched::served) co_return outcome;
  sim::Verdict after = adversary_.decide(call, sim::FaultPoint::before_reply);
  const std::optional<sim::CallFailure> lost = co_await sim::carry_out(clock_, context, std::move(after));
  if (lost) co_return result_of(*lost);
  co_return outcome;
}

/// Has the agent work on a call that was sent at `sent_at`, once it works at all. Where its address falls silent
/// meanwhile, the call fails one connect timeout later; a call to a silent address fails one connect timeout after it
/// was made.
sim::Task<DispatchResult> Fleet::serve(sim::Context context, Agent* agent, sim::Instant sent_at, sim::Duration takes) {
  while (agent != nullptr && !agent->silent_since && !agent->works) {
    const bool changed = co_await clock_.wait(agent->listens, context.until);
    if (!changed) co_return DispatchResult{Dispatched::deadline};
  }
  if (agent != nullptr && !agent->silent_since) {
    observation_.delivered(agent->instance, sent_at);
    const sim::Instant served_at = clock_.now() + takes;
    const bool fell_silent = co_await clock_.wait(agent->fell_silent, std::min(served_at, context.until));
    if (!fell_silent && served_at > context.until) co_return DispatchResult{Dispatched::deadline};
    if (!fell_silent) {
      disks_->guest_wrote(agent->instance, clock_.now());
      co_return DispatchResult{Dispatched::served};
    }
  }
  const bool given_up = co_await clock_.sleep(context, policy_->time_connect_timeout);
  co_return DispatchResult{given_up ? Dispatched::silent : Dispatched::deadline};
}

bool Fleet::agent_booted(sim::Name instance) const {
  const auto found = by_instance_.find(instance);
  return found != by_instance_.end() && found->second->booted;
}

}  // namespace drydock::model
