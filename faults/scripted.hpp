#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "faults/physics.hpp"
#include "faults/plan.hpp"
#include "sim/choices.hpp"
#include "sim/hooks.hpp"
#include "sim/record.hpp"
#include "sim/scheduler.hpp"

namespace drydock::faults {

/// The world's part in faults that are not answers to a call. The plan asks for it from a task of its own, whose cause
/// is the event of the fault.
class Effects {
 public:
  Effects() = default;
  Effects(const Effects&) = delete;
  Effects& operator=(const Effects&) = delete;
  virtual ~Effects() = default;

  /// Crashes a process: it loses its memory and its tasks, and is started again `down` later; the event `cause` is its
  /// cause. Returns false when the process was not up.
  virtual bool crash_platform(Duration down, std::uint32_t cause) = 0;
  virtual bool crash_control_plane(Duration down, std::uint32_t cause) = 0;
  /// Lets the platform's clock be so much ahead of the right time from now on; negative: behind.
  virtual void shift_clock(Duration ahead) = 0;
  /// Tells whether `workspace` has a live instance.
  [[nodiscard]] virtual bool has_instance(sim::Name workspace) const = 0;
  /// Lets the fault, one at `instance`, strike the instances of `workspace` (none: of every workspace) that it can.
  /// Returns how many it struck.
  virtual std::size_t strike_instance(sim::Name workspace, const FaultSpec& fault) = 0;
  /// A call or a statement of the platform has just had its effect, or is about to.
  virtual void platform_acted() {}
};

/// Says what became of one fault of a plan. Whether the fault mattered is found out by a second run without it.
struct FaultTally {
  std::string name;
  std::uint64_t fired = 0;
  /// Counts how often somebody noticed: a caller got the error, the silence or the delay, or something that was up went
  /// down.
  std::uint64_t noticed = 0;
};

/// The adversary that injects the faults of a scenario. When several faults would strike one call, the first of the
/// list strikes it; the others count the call and wait for another.
///
/// A fault counts a call, and its probability is decided, once: at the one moment of the call at which the fault
/// strikes (physics.hpp). So an `applied` fault counts the calls that took effect.
///
/// `at` and `when` give a fault one occasion, or `limit` of them: the first calls that it may strike from then on. In a
/// window and with `nth`, every matching call is an occasion until the fault has struck `limit` times.
class ScriptedPlan final : public sim::Adversary {
 public:
  ScriptedPlan(sim::Scheduler& scheduler, sim::Choices& choices, sim::Record& record, Effects& effects,
               std::vector<FaultSpec> faults);
  ~ScriptedPlan() override;

  sim::Verdict decide(const sim::Call& call, sim::FaultPoint point) override;

  /// Adds a fault while the world plays. Its times count from now.
  void arm(FaultSpec spec);

  /// Ends the trouble: calm begins and no fault strikes any more.
  void lift();

  /// Returns one tally for each fault, in the order of the plan.
  [[nodiscard]] std::vector<FaultTally> tallies() const;

 private:
  struct Fault {
    FaultSpec spec;
    Target target = Target::call;
    sim::Name workspace = sim::Name::none;
    sim::Instant armed_from = sim::kNever;  // `at`, and `when` once its event came
    std::uint32_t events = 0;               // that `when` waits for
    std::uint32_t calls = 0;
    std::uint32_t occasions = 0;  // calls of which an armed fault was the one to strike
    std::uint64_t fired = 0;
    std::uint64_t noticed = 0;
  };

  void add(FaultSpec spec);
  void schedule(std::size_t index);
  void listen();

  [[nodiscard]] static bool concerns(const Fault& fault, const sim::Call& call, sim::FaultPoint point);
  [[nodiscard]] bool is_on(const Fault& fault) const;
  bool takes(Fault& fault, const sim::Call& call);
  bool happens(const Fault& fault, std::string_view on, sim::Name workspace);
  sim::Verdict strike(Fault& fault, const sim::Call& call);

  void event_happened(const sim::Event& event, std::initializer_list<sim::Field> detail);
  void triggered(std::size_t index, const sim::Event& event);
  sim::Task<void> strike_at(std::size_t index, sim::Instant at, sim::Name workspace);
  bool goes_down(const Fault& fault, sim::Name workspace, std::uint32_t event);

  sim::Scheduler& scheduler_;
  sim::Choices& choices_;
  sim::Record& record_;
  Effects& effects_;
  sim::Name actor_;
  std::vector<Fault> faults_;
  bool listening_ = false;
  bool lifted_ = false;
  sim::TaskGroup tasks_;
};

}  // namespace drydock::faults
