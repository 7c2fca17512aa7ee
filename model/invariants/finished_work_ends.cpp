#include <map>

#include "model/invariants/all.hpp"

namespace drydock::model {
namespace {

/// So often the control plane may say of an instance that has terminated that there is nothing to stop: to each actor
/// that did not see the other's answer, with its retries (docs/platform.md §3.3, §10). Who got no answer asks again.
constexpr std::uint32_t kAsks = 10;

/// Nobody asks for ever to have stopped what has ended.
class FinishedWorkEnds final : public Invariant {
 public:
  FinishedWorkEnds() : Invariant("finished-work-ends") {}

  /// Each ask is an event of its own, so a world in which asks go on does not rest.
  [[nodiscard]] bool rests(const Observation& /*seen*/) const override { return true; }

  void stop_returned(Observation& seen, const StopOutcome& stop) override {
    const InstanceFacts* instance = stop.answered ? seen.instance(stop.instance) : nullptr;
    if (instance == nullptr || instance->state != cloud::InstanceState::terminated) return;
    if (++asks_[stop.instance] != kAsks + 1) return;
    seen.violated(*this,
                  fmt::format("the control plane was asked {} times to stop instance {} of {}, which has terminated",
                              kAsks + 1, seen.text(stop.instance), seen.alias(stop.workspace)),
                  stop.event, stop.workspace, stop.instance, instance->entered);
  }

 private:
  std::map<sim::Name, std::uint32_t> asks_;  // since it terminated
};

}  // namespace

std::unique_ptr<Invariant> make_finished_work_ends() { return std::make_unique<FinishedWorkEnds>(); }

}  // namespace drydock::model
