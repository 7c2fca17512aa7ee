#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "faults/scripted.hpp"
#include "faults/search_space.hpp"
#include "sim/choices.hpp"
#include "sim/hooks.hpp"
#include "sim/record.hpp"
#include "sim/scheduler.hpp"

namespace drydock::faults {

/// Bounds what a search may do beside the scripted faults.
struct SearchedLimits {
  std::uint32_t max_faults = 0;
  Duration every{};    // between two ticks
  Duration horizon{};  // of the trouble phase
};

/// A fault that a search injected, and what became of it.
struct Injected {
  std::uint32_t family = 0;
  std::uint64_t fired = 0;
  std::uint64_t noticed = 0;
  /// True when the fault struck one call, and no other call came that it would have struck had it lasted: then a fault
  /// that lasts gives the same run.
  bool would_last_alike = false;
};

/// The adversary of an open world. The scripted faults come first; when they let a call pass, the tape says whether a
/// fault of the search space strikes it (`cp/stop.fault#3`; before the reply `cp/stop.reply.fault#3`). A search injects
/// at most `max_faults` in a run; then nothing is asked any more.
class SearchedPlan final : public sim::Adversary {
 public:
  SearchedPlan(sim::Scheduler& scheduler, sim::Choices& choices, sim::Record& record, Effects& effects,
               ScriptedPlan& scripted, const SearchSpace& space, SearchedLimits limits,
               std::vector<sim::Name> workspaces);

  sim::Verdict decide(const sim::Call& call, sim::FaultPoint point) override;

  /// Ends the trouble: calm begins and no fault strikes any more.
  void lift();
  /// Returns the injected faults, in the order of their injection.
  [[nodiscard]] std::vector<Injected> injected() const;

 private:
  /// A fault that goes on for a while.
  struct Spell {
    const SearchedFault* fault = nullptr;
    sim::Instant until{};
    std::size_t place = 0;  // in strikes_
    bool shadow = false;    // the fault struck once only; listed to see whether lasting would have mattered
  };

  sim::Task<void> tick();
  void ask_at_tick();
  sim::Verdict fault_at(const sim::Call& call, sim::FaultPoint point);
  sim::Verdict ask_call(const sim::Call& call, sim::FaultPoint point);
  const SearchedFault* ask(const SearchedMoment& moment, sim::Site site, sim::Probability odds);
  const Spell* spell_on(const sim::Call& call, sim::FaultPoint point);
  sim::Verdict strike(const SearchedFault& fault, const sim::Call& call, std::size_t place);
  void begin_spell(const SearchedFault& fault, bool shadow);
  void ask_crash(const sim::Call& call);
  void crash(const SearchedFault& fault, std::size_t place);
  void kill(const SearchedFault& fault, sim::Name workspace);
  std::size_t note(const SearchedFault& fault);
  [[nodiscard]] bool asks() const;

  sim::Scheduler& scheduler_;
  sim::Choices& choices_;
  sim::Record& record_;
  Effects& effects_;
  ScriptedPlan& scripted_;
  const SearchSpace& space_;
  SearchedLimits limits_;
  std::vector<sim::Name> workspaces_;
  sim::Name actor_;
  sim::Site platform_site_;
  sim::Site control_plane_site_;
  std::vector<Injected> strikes_;
  std::vector<Spell> spells_;
  std::uint64_t crash_asked_ = 0;  // at which step of the scheduler, last
  bool lifted_ = false;
  sim::TaskGroup tasks_;
};

}  // namespace drydock::faults
