#include "model/invariants/all.hpp"

namespace drydock::model {
namespace {

/// A call reaches the instance that holds the workspace's newest state, and no other that still answers at an address.
class DeliveredToNamed final : public Invariant {
 public:
  DeliveredToNamed() : Invariant("delivered-to-named") {}

  [[nodiscard]] bool rests(const Observation& /*seen*/) const override { return true; }

  void delivered(Observation& seen, const InstanceFacts& instance, sim::Instant sent_at, std::uint32_t event) override {
    const WorkspaceFacts& workspace = seen.workspace(instance.workspace);
    const Row& row = workspace.row;
    if (!row.exists || is_removed(row.status) || row.instance_id == seen.text(instance.name)) return;
    if (workspace.named_at > sent_at) return;  // it was on its way when the row was written
    seen.violated(*this,
                  fmt::format("a call to {} reached instance {} while its row named {}", seen.alias(workspace.key),
                              seen.text(instance.name), row.instance_id.empty() ? "none" : row.instance_id),
                  event, workspace.key, instance.name, workspace.naming_event);
  }
};

}  // namespace

std::unique_ptr<Invariant> make_delivered_to_named() { return std::make_unique<DeliveredToNamed>(); }

}  // namespace drydock::model
