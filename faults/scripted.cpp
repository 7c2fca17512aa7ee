// A plan decides when a fault strikes and which; what that does to the world is in physics.cpp.

#include "faults/scripted.hpp"

#include <algorithm>
#include <utility>

#include "faults/event_match.hpp"
#include "faults/injection.hpp"

namespace drydock::faults {

using sim::Instant;
using sim::kTimeZero;
using sim::Name;

ScriptedPlan::ScriptedPlan(sim::Scheduler& scheduler, sim::Choices& choices, sim::Record& record, Effects& effects,
                           std::vector<FaultSpec> faults)
    : scheduler_(scheduler),
      choices_(choices),
      record_(record),
      effects_(effects),
      actor_(record.name("world")),
      tasks_(scheduler) {
  faults_.reserve(faults.size());
  for (FaultSpec& spec : faults) add(std::move(spec));
  for (std::size_t index = 0; index < faults_.size(); ++index) schedule(index);
  listen();
}

ScriptedPlan::~ScriptedPlan() {
  if (listening_) record_.on_event({});
}

void ScriptedPlan::arm(FaultSpec spec) {
  const Duration now = scheduler_.now().time_since_epoch();
  if (spec.at) *spec.at += now;
  if (spec.window) spec.window = std::pair{spec.window->first + now, spec.window->second + now};
  add(std::move(spec));
  schedule(faults_.size() - 1);
  if (!listening_) listen();
}

void ScriptedPlan::add(FaultSpec spec) {
  Fault fault;
  fault.target = target_of(spec.on);
  fault.workspace = spec.workspace ? record_.name(*spec.workspace) : Name::none;
  if (spec.at) fault.armed_from = kTimeZero + *spec.at;
  fault.spec = std::move(spec);
  faults_.push_back(std::move(fault));
}

/// Schedules a fault that is no answer to a call: it strikes at its time, or at the beginning of its window.
void ScriptedPlan::schedule(std::size_t index) {
  const Fault& fault = faults_[index];
  if (fault.target == Target::call) return;
  if (fault.spec.at) {
    scheduler_.spawn(tasks_, "fault", strike_at(index, kTimeZero + *fault.spec.at, fault.workspace));
  } else if (fault.spec.window) {
    scheduler_.spawn(tasks_, "fault", strike_at(index, kTimeZero + fault.spec.window->first, fault.workspace));
  }
}

/// Listens to events, but only when some fault waits for one: listening costs time at each event.
void ScriptedPlan::listen() {
  listening_ =
      std::any_of(faults_.begin(), faults_.end(), [](const Fault& fault) { return fault.spec.when.has_value(); });
  if (!listening_) return;
  record_.on_event(
      [this](const sim::Event& event, std::initializer_list<sim::Field> detail) { event_happened(event, detail); });
}

void ScriptedPlan::lift() {
  lifted_ = true;
  tasks_.kill();
}

std::vector<FaultTally> ScriptedPlan::tallies() const {
  std::vector<FaultTally> out;
  out.reserve(faults_.size());
  for (const Fault& fault : faults_) out.push_back({fault.spec.name, fault.fired, fault.noticed});
  return out;
}

// --- calls ---------------------------------------------------------------------------------------

sim::Verdict ScriptedPlan::decide(const sim::Call& call, sim::FaultPoint point) {
  if (lifted_) return {};
  Fault* struck = nullptr;
  for (Fault& fault : faults_) {
    if (!concerns(fault, call, point)) continue;
    ++fault.calls;
    if (struck == nullptr && takes(fault, call)) struck = &fault;
  }
  return struck != nullptr ? strike(*struck, call) : sim::Verdict{};
}

bool ScriptedPlan::concerns(const Fault& fault, const sim::Call& call, sim::FaultPoint point) {
  if (fault.target != Target::call || moment_of(fault.spec) != point) return false;
  if (fault.spec.workspace && fault.workspace != call.workspace) return false;
  return meets_call(fault.spec.on, call.on);
}

bool ScriptedPlan::is_on(const Fault& fault) const {
  const FaultSpec& spec = fault.spec;
  if (spec.at || spec.when) return scheduler_.now() >= fault.armed_from && fault.occasions < spec.limit.value_or(1);
  if (spec.limit && fault.fired >= *spec.limit) return false;
  if (spec.window) {
    const Instant now = scheduler_.now();
    return kTimeZero + spec.window->first <= now && now < kTimeZero + spec.window->second;
  }
  return std::find(spec.nth.begin(), spec.nth.end(), fault.calls) != spec.nth.end();
}

bool ScriptedPlan::takes(Fault& fault, const sim::Call& call) {
  if (!is_on(fault)) return false;
  ++fault.occasions;
  return happens(fault, call.on, call.workspace);
}

bool ScriptedPlan::happens(const Fault& fault, std::string_view on, Name workspace) {
  if (fault.spec.probability.certain()) return true;
  const Place place = place_of(on, record_.text(workspace));
  return choices_.happens(choices_.site(place.actor, place.point), fault.spec.probability, fault.spec.name);
}

sim::Verdict ScriptedPlan::strike(Fault& fault, const sim::Call& call) {
  sim::Verdict verdict = verdict_of(fault.spec);
  ++fault.fired;
  if (!verdict.passes() || verdict.delay > Duration{}) ++fault.noticed;
  const auto event =
      emit_injected(record_, record_.current_cause(), actor_, fault.spec, {call.workspace, call.instance});
  // After a heartbeat that failed its agent does what it would have done anyway: nothing that
  // follows is the fault's.
  if (scheduler_.current() != nullptr && call.on != "agent.heartbeat" && call.on != "turn") record_.follow(event);
  return verdict;
}

// --- events --------------------------------------------------------------------------------------

void ScriptedPlan::event_happened(const sim::Event& event, std::initializer_list<sim::Field> detail) {
  if (lifted_) return;
  for (std::size_t index = 0; index < faults_.size(); ++index) {
    Fault& fault = faults_[index];
    if (!fault.spec.when || !matches(*fault.spec.when, record_, event, detail)) continue;
    // A fault of one workspace waits for its events, unless `where` says whose.
    const bool of_another = event.workspace != Name::none && event.workspace != fault.workspace;
    if (fault.spec.workspace && of_another && !fault.spec.when->where.contains("workspace")) continue;
    if (++fault.events == fault.spec.when->nth) triggered(index, event);
  }
}

void ScriptedPlan::triggered(std::size_t index, const sim::Event& event) {
  Fault& fault = faults_[index];
  fault.armed_from = event.at + fault.spec.when->delay;
  if (fault.target == Target::call) return;
  // An instance that nobody names is the one that the event is about.
  const Name workspace = fault.spec.workspace ? fault.workspace : event.workspace;
  scheduler_.spawn(tasks_, "fault", strike_at(index, fault.armed_from, workspace));
}

// --- what goes down ------------------------------------------------------------------------------

/// Brings something down, or sets its clock wrong, in a task of the plan's own, because a process cannot go down while
/// one of its own tasks runs.
sim::Task<void> ScriptedPlan::strike_at(std::size_t index, Instant at, Name workspace) {
  if (at > scheduler_.now()) co_await scheduler_.pause_until(at);
  Fault& fault = faults_[index];
  const Name subject = fault.target == Target::instance ? workspace : Name::none;
  if (!happens(fault, fault.spec.on, subject)) co_return;
  ++fault.fired;
  // It only coincides with the event that it waited for; nobody's request is to blame for it.
  const std::uint32_t event = emit_injected(record_, 0, actor_, fault.spec, {subject, Name::none});
  record_.follow(event);
  if (gives_notice(fault.spec.error)) co_await scheduler_.pause(fault.spec.notice);
  if (goes_down(fault, workspace, event)) ++fault.noticed;
  if (!shifts_clock(fault.spec.error) || !fault.spec.window) co_return;
  co_await scheduler_.pause_until(kTimeZero + fault.spec.window->second);
  effects_.shift_clock(Duration{});
}

bool ScriptedPlan::goes_down(const Fault& fault, Name workspace, std::uint32_t event) {
  if (shifts_clock(fault.spec.error)) {
    effects_.shift_clock(clock_shift(fault.spec));
    return true;
  }
  switch (fault.target) {
    case Target::platform:
      return effects_.crash_platform(fault.spec.down, event);
    case Target::control_plane:
      return effects_.crash_control_plane(fault.spec.down, event);
    case Target::instance:
      return effects_.strike_instance(workspace, fault.spec) > 0;
    case Target::call:
      break;
  }
  DRYDOCK_CHECK(false, "{} does not go down", fault.spec.on);
}

}  // namespace drydock::faults
