// A search decides when and where; what a fault does to the world is in physics.cpp.

#include "faults/searched.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "faults/injection.hpp"
#include "faults/physics.hpp"

namespace drydock::faults {
namespace {

using sim::FaultPoint;
using sim::Instant;
using sim::kTimeZero;
using sim::Name;
using sim::Probability;
using sim::Verdict;

/// The odds that a search answers anything other than "nothing": a hint that each fill weighs for itself.
constexpr Probability kOddsAtCall{40'000};
constexpr Probability kOddsOfCrash{5'000};
constexpr Probability kOddsAtTick{4'000};

/// Tells whether the platform sends a call of this name. Only at such calls and statements may the platform crash.
bool is_sent_by_platform(std::string_view on) {
  return on == "db.write" || (on.starts_with("cp.") && on != "cp.bootstrap_failed");
}
bool is_sent_by_control_plane(std::string_view on) { return on.starts_with("ec2."); }

/// Names the site of a searched fault: `cp/stop.fault`, and at later moments `cp/stop.reply.fault` and so on.
Place searched_place(std::string_view on, std::string_view workspace, FaultPoint point) {
  constexpr std::array<std::string_view, 4> kAspects{"", ".reply", ".visibility", ".completion"};
  Place place = place_of(on, workspace);
  place.point.insert(place.point.rfind('.'), kAspects[static_cast<std::size_t>(point)]);
  return place;
}

bool is_effect(FaultPoint point) { return point == FaultPoint::before_effect || point == FaultPoint::before_reply; }

bool same_moment(const SearchedFault& fault, FaultPoint point) { return moment_of(fault.spec) == point; }

}  // namespace

SearchedPlan::SearchedPlan(sim::Scheduler& scheduler, sim::Choices& choices, sim::Record& record, Effects& effects,
                           ScriptedPlan& scripted, const SearchSpace& space, SearchedLimits limits,
                           std::vector<Name> workspaces)
    : scheduler_(scheduler),
      choices_(choices),
      record_(record),
      effects_(effects),
      scripted_(scripted),
      space_(space),
      limits_(limits),
      workspaces_(std::move(workspaces)),
      actor_(record.name("world")),
      platform_site_(choices.site("platform", "process.fault")),
      control_plane_site_(choices.site("cp", "process.fault")),
      tasks_(scheduler) {
  const bool ticks = !space_.instance().empty() || !space_.networks().empty();
  if (ticks && limits_.max_faults > 0) scheduler_.spawn(tasks_, "fault", tick());
}

void SearchedPlan::lift() {
  lifted_ = true;
  tasks_.kill();
}

bool SearchedPlan::asks() const { return !lifted_ && strikes_.size() < limits_.max_faults; }

std::vector<Injected> SearchedPlan::injected() const {
  std::vector<Injected> out = strikes_;
  for (const Spell& spell : spells_) {
    if (spell.shadow) out[spell.place].would_last_alike = true;
  }
  return out;
}

const SearchedFault* SearchedPlan::ask(const SearchedMoment& moment, sim::Site site, Probability odds) {
  const std::uint32_t value = choices_.offer(site, {sim::Meaning::Kind::fault, odds, moment.families});
  if (value == 0) return nullptr;
  const SearchedFault& fault = moment.options[value - 1];
  choices_.annotate_last(fault.means);
  return &fault;
}

std::size_t SearchedPlan::note(const SearchedFault& fault) {
  strikes_.push_back({.family = fault.family, .fired = 0, .noticed = 0, .would_last_alike = false});
  return strikes_.size() - 1;
}

// --- calls ---------------------------------------------------------------------------------------

Verdict SearchedPlan::decide(const sim::Call& call, FaultPoint point) {
  Verdict verdict = fault_at(call, point);
  if (!lifted_ && is_effect(point) && is_sent_by_platform(call.on)) effects_.platform_acted();
  return verdict;
}

Verdict SearchedPlan::fault_at(const sim::Call& call, FaultPoint point) {
  Verdict scripted = scripted_.decide(call, point);
  if (lifted_ || scripted.adverse()) return scripted;
  if (const Spell* spell = spell_on(call, point)) return strike(*spell->fault, call, spell->place);
  if (!asks()) return scripted;
  Verdict verdict = ask_call(call, point);
  if (is_effect(point) && asks()) ask_crash(call);
  return verdict;
}

Verdict SearchedPlan::ask_call(const sim::Call& call, FaultPoint point) {
  const SearchedMoment* moment = space_.at_call(call.on, point);
  if (moment == nullptr) return {};
  const Place place = searched_place(call.on, record_.text(call.workspace), point);
  const SearchedFault* fault = ask(*moment, choices_.site(place.actor, place.point), kOddsAtCall);
  if (fault == nullptr) return {};
  const std::size_t at = note(*fault);
  begin_spell(*fault, fault->lasts == Duration{});
  return strike(*fault, call, at);
}

void SearchedPlan::begin_spell(const SearchedFault& fault, bool shadow) {
  const Duration lasts = shadow ? kSpell : fault.lasts;
  spells_.push_back({&fault, scheduler_.now() + lasts, strikes_.size() - 1, shadow});
}

/// Returns the lasting fault that strikes this call, or null. A fault that struck once only stays in the list as a
/// shadow for 30 s; when a call comes that it would have struck too, its shadow goes, because then the run would not
/// have been the same had the fault lasted.
const SearchedPlan::Spell* SearchedPlan::spell_on(const sim::Call& call, FaultPoint point) {
  if (spells_.empty()) return nullptr;
  const Instant now = scheduler_.now();
  const auto meets = [&](const Spell& spell) {
    return now < spell.until && same_moment(*spell.fault, point) && meets_call(spell.fault->spec.on, call.on);
  };
  std::erase_if(spells_, [&](const Spell& spell) { return spell.shadow && meets(spell); });
  const auto found =
      std::find_if(spells_.begin(), spells_.end(), [&](const Spell& spell) { return !spell.shadow && meets(spell); });
  return found == spells_.end() ? nullptr : &*found;
}

Verdict SearchedPlan::strike(const SearchedFault& fault, const sim::Call& call, std::size_t place) {
  Verdict verdict = verdict_of(fault.spec);
  Injected& injected = strikes_[place];
  ++injected.fired;
  if (verdict.adverse()) ++injected.noticed;
  const auto event =
      emit_injected(record_, record_.current_cause(), actor_, fault.spec, {call.workspace, call.instance});
  // After a heartbeat that failed its agent does what it would have done anyway.
  if (scheduler_.current() != nullptr && call.on != "agent.heartbeat" && call.on != "turn") record_.follow(event);
  return verdict;
}

// --- processes -----------------------------------------------------------------------------------

/// Asks, after an effect of a process, whether the process crashes once the task that made the effect has parked. Asks
/// once in a step of the scheduler: a step is done before its process can go down.
void SearchedPlan::ask_crash(const sim::Call& call) {
  const bool platform = is_sent_by_platform(call.on);
  if (!platform && !is_sent_by_control_plane(call.on)) return;
  const SearchedMoment& moment = platform ? space_.platform_crash() : space_.control_plane_crash();
  if (moment.empty() || crash_asked_ == scheduler_.steps()) return;
  crash_asked_ = scheduler_.steps();
  const SearchedFault* fault = ask(moment, platform ? platform_site_ : control_plane_site_, kOddsOfCrash);
  if (fault == nullptr) return;
  const std::size_t place = note(*fault);
  scheduler_.after_step([this, fault, place] { crash(*fault, place); });
}

void SearchedPlan::crash(const SearchedFault& fault, std::size_t place) {
  if (lifted_) return;
  ++strikes_[place].fired;
  const std::uint32_t event = emit_injected(record_, 0, actor_, fault.spec, {});
  const bool was_up = target_of(fault.spec.on) == Target::platform ? effects_.crash_platform(fault.lasts, event)
                                                                   : effects_.crash_control_plane(fault.lasts, event);
  if (was_up) ++strikes_[place].noticed;
}

// --- ticks ---------------------------------------------------------------------------------------

sim::Task<void> SearchedPlan::tick() {
  for (Instant at = kTimeZero + limits_.every; at < kTimeZero + limits_.horizon; at += limits_.every) {
    co_await scheduler_.pause_until(at);
    ask_at_tick();
  }
}

/// Asks about the networks and the instances. The occurrence of such a decision is the number of its tick, and so says
/// when the fault begins.
void SearchedPlan::ask_at_tick() {
  for (const auto& [on, moment] : space_.networks()) {
    const Place place = place_of(on, {});
    if (!asks()) return;
    const SearchedFault* fault = ask(moment, choices_.site(place.actor, place.point), kOddsAtTick);
    if (fault == nullptr) continue;
    note(*fault);
    begin_spell(*fault, false);
  }
  if (space_.instance().empty()) return;
  for (const Name workspace : workspaces_) {
    const Place place = place_of("instance", record_.text(workspace));
    if (!asks()) return;
    const SearchedFault* fault = ask(space_.instance(), choices_.site(place.actor, place.point), kOddsAtTick);
    if (fault != nullptr) kill(*fault, workspace);
  }
}

/// Ends the instances of a workspace. When it has no live instance nothing is recorded.
void SearchedPlan::kill(const SearchedFault& fault, Name workspace) {
  const std::size_t place = note(fault);
  if (!effects_.has_instance(workspace)) return;
  ++strikes_[place].fired;
  ++strikes_[place].noticed;
  record_.follow(emit_injected(record_, 0, actor_, fault.spec, {workspace, Name::none}));
  effects_.strike_instance(workspace, fault.spec);
}

}  // namespace drydock::faults
