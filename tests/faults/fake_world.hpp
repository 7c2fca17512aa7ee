#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "faults/scripted.hpp"

namespace drydock::faults {

using namespace std::chrono_literals;

inline constexpr auto kRestartCycle = sim::Kind{static_cast<std::uint16_t>(sim::Kind::first_free)};

/// One service that asks the adversary and carries its verdicts out as the real ones do, its callers, and a plan.
class FakeWorld final : public Effects {
 public:
  explicit FakeWorld(std::vector<FaultSpec> faults, sim::Tape tape = {})
      : choices(std::move(tape)),
        scheduler(choices),
        record(scheduler, kinds(), true, 100'000),
        plan(std::make_unique<ScriptedPlan>(scheduler, choices, record, *this, std::move(faults))) {}

  bool crash_platform(Duration down, std::uint32_t /*cause*/) override { return went_down("platform", down); }
  bool crash_control_plane(Duration down, std::uint32_t /*cause*/) override { return went_down("cp", down); }
  void shift_clock(Duration ahead) override { effects.push_back("clock " + sim::format_duration(ahead) + when()); }
  [[nodiscard]] bool has_instance(sim::Name /*workspace*/) const override { return up; }
  std::size_t strike_instance(sim::Name workspace, const FaultSpec& fault) override {
    const std::string what = fault.error == "dies" ? "kill" : fault.error;
    effects.push_back(what + " " + record.text(workspace) + when());
    record.emit(sim::Kind::ec2_state, record.name("cloud"), {workspace, sim::Name::none});
    return up ? 1 : 0;
  }

  /// A call at an instant; `log` gets what its caller saw, and when.
  void call(Duration at, std::string on, std::string workspace = {}, Duration deadline = 30s) {
    scheduler.spawn(tasks, "call", make_call(*this, at, std::move(on), std::move(workspace), deadline));
  }
  void event(Duration at, std::string workspace = {}, std::string source = "user", int n = 0) {
    scheduler.spawn(tasks, "event", make_event(*this, at, std::move(workspace), std::move(source), n));
  }
  /// One call of `cp.stop` a second, first at 1 s.
  void stops(int count, const std::string& workspace = "pm") {
    for (int i = 1; i <= count; ++i) call(i * 1s, "cp.stop", workspace);
  }
  void run(Duration until = 10min) { scheduler.run_until(sim::kTimeZero + until); }

  [[nodiscard]] std::string when() const { return "@" + sim::format_duration(scheduler.now() - sim::kTimeZero); }
  [[nodiscard]] std::vector<const sim::Event*> injected() const {
    std::vector<const sim::Event*> out;
    for (const sim::Event& event : record.events()) {
      if (event.kind == sim::Kind::fault_injected) out.push_back(&event);
    }
    return out;
  }

  /// Whom services ask: the plan, unless somebody stands before it.
  [[nodiscard]] sim::Adversary& asked() { return adversary != nullptr ? *adversary : *plan; }

  sim::Choices choices;
  sim::Scheduler scheduler;
  sim::Record record;
  std::unique_ptr<ScriptedPlan> plan;
  sim::Adversary* adversary = nullptr;
  std::vector<std::string> log;
  std::vector<std::string> effects;  // of the faults that are no answers
  int served = 0;                    // calls that took effect
  bool up = true;
  sim::TaskGroup tasks{scheduler};

 private:
  static std::span<const sim::KindInfo> kinds() {
    static const auto table = [] {
      std::array<sim::KindInfo, static_cast<std::size_t>(kRestartCycle) + 1> filled{};
      std::copy(sim::world_kinds().begin(), sim::world_kinds().end(), filled.begin());
      filled.back() = {"restart.cycle", "a restart cycle began"};
      return filled;
    }();
    return table;
  }

  bool went_down(const std::string& process, Duration down) {
    effects.push_back("crash " + process + " " + sim::format_duration(down) + when());
    if (!up) return false;
    // What a process is: its tasks die, from outside of them.
    tasks.kill();
    record.emit(sim::Kind::process_crash, record.name(process), {});
    return true;
  }

  static sim::Task<std::string> serve(FakeWorld& world, std::string on, sim::Name workspace, sim::Instant deadline);
  static sim::Task<void> make_call(FakeWorld& world, Duration at, std::string on, std::string workspace,
                                   Duration deadline);
  static sim::Task<void> make_event(FakeWorld& world, Duration at, std::string workspace, std::string source, int n);
};

using Log = std::vector<std::string>;

inline FaultSpec fault(std::string on, std::string error) {
  FaultSpec spec;
  spec.name = on + ":" + error;
  spec.on = std::move(on);
  spec.error = std::move(error);
  return spec;
}

inline FaultSpec window(std::string on, std::string error, Duration from = 0s, Duration until = 10min) {
  FaultSpec spec = fault(std::move(on), std::move(error));
  spec.window = {from, until};
  return spec;
}

inline FaultSpec nth(std::string on, std::string error, std::vector<std::uint32_t> calls) {
  FaultSpec spec = fault(std::move(on), std::move(error));
  spec.nth = std::move(calls);
  return spec;
}

inline FaultSpec at(std::string on, std::string error, Duration when) {
  FaultSpec spec = fault(std::move(on), std::move(error));
  spec.at = when;
  return spec;
}

inline FaultSpec after(std::string on, std::string error, EventTrigger when) {
  FaultSpec spec = fault(std::move(on), std::move(error));
  spec.when = std::move(when);
  return spec;
}

/// What five calls of cp.stop, one a second from 1 s, see of a plan.
inline Log five_stops(std::vector<FaultSpec> faults) {
  FakeWorld world(std::move(faults));
  world.stops(5);
  world.run();
  return world.log;
}

inline sim::Tape seeded(std::uint64_t seed) {
  sim::Tape tape;
  tape.set_seed(seed);
  return tape;
}

}  // namespace drydock::faults
