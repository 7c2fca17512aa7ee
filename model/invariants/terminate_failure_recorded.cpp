#include "model/invariants/all.hpp"

#include <algorithm>

namespace drydock::model {
namespace {

/// An operation that gives a terminate up leaves a row behind that says so.
class TerminateFailureRecorded final : public Invariant {
 public:
  TerminateFailureRecorded() : Invariant("terminate-failure-recorded") {}

  [[nodiscard]] bool rests(const Observation& /*seen*/) const override { return true; }

  void stop_returned(Observation& seen, const StopOutcome& stop) override {
    if (stop.operation == nullptr || stop.operation->recurs) return;
    const auto same = [&](const Owed& owed) {
      if (owed.operation != stop.operation->id) return false;
      if (stop.instance != sim::Name::none) return owed.instance == stop.instance;
      return owed.workspace == stop.workspace && has_ended(seen, owed.instance);
    };
    owed_.erase(std::remove_if(owed_.begin(), owed_.end(), same), owed_.end());
    if (!stop.stopped) owed_.push_back({stop.operation->id, stop.workspace, stop.instance, stop.event});
  }

  void terminate_recorded(Observation& seen, WorkspaceKey workspace, sim::Name instance) override {
    const auto met = [&](const Owed& owed) {
      if (instance != sim::Name::none) return owed.instance == instance;
      return owed.workspace == workspace && seen.workspace(workspace).row.instance_id == seen.text(owed.instance);
    };
    owed_.erase(std::remove_if(owed_.begin(), owed_.end(), met), owed_.end());
  }

  void operation_ended(Observation& seen, const Operation& operation) override {
    for (const Owed& owed : owed_) {
      if (owed.operation != operation.id) continue;
      seen.violated(*this,
                    fmt::format("a {} gave up terminating {}'s instance {} and committed nothing that says so",
                                operation.label, seen.alias(owed.workspace), seen.text(owed.instance)),
                    owed.event, owed.workspace, owed.instance);
    }
    const auto over = [&](const Owed& owed) { return owed.operation == operation.id; };
    owed_.erase(std::remove_if(owed_.begin(), owed_.end(), over), owed_.end());
  }

  /// A crash cuts operations off: they do not end, so they have not given up.
  void process_started(Observation& /*seen*/) override { owed_.clear(); }

 private:
  struct Owed {
    std::uint64_t operation = 0;
    WorkspaceKey workspace = WorkspaceKey::none;
    sim::Name instance{};
    std::uint32_t event = 0;
  };

  /// Tells whether the instance has ended. A stop that found nothing to stop settles earlier failures only then:
  /// somebody else, such as a sweeper, has stopped the instance.
  static bool has_ended(const Observation& seen, sim::Name instance) {
    const InstanceFacts* facts = seen.instance(instance);
    return facts != nullptr && !cloud::is_live(facts->state);
  }

  std::vector<Owed> owed_;
};

}  // namespace

std::unique_ptr<Invariant> make_terminate_failure_recorded() { return std::make_unique<TerminateFailureRecorded>(); }

}  // namespace drydock::model
