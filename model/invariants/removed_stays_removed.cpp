#include "model/invariants/all.hpp"

namespace drydock::model {
namespace {

/// A removed row stays removed, and names no new instance.
class RemovedStaysRemoved final : public Invariant {
 public:
  RemovedStaysRemoved() : Invariant("removed-stays-removed") {}

  [[nodiscard]] bool rests(const Observation& /*seen*/) const override { return true; }

  void row_written(Observation& seen, const RowChange& change) override {
    const Row& after = change.workspace.row;
    if (!change.before.exists || !is_removed(change.before.status) || !after.exists) return;
    if (!is_removed(after.status)) {
      seen.violated(
          *this, fmt::format("{} was removed and became {}", seen.alias(change.workspace.key), to_text(after.status)),
          change.event, change.workspace.key);
    } else if (!after.instance_id.empty() && after.instance_id != change.before.instance_id) {
      seen.violated(
          *this,
          fmt::format("{} was removed and got the instance {}", seen.alias(change.workspace.key), after.instance_id),
          change.event, change.workspace.key);
    }
  }
};

}  // namespace

std::unique_ptr<Invariant> make_removed_stays_removed() { return std::make_unique<RemovedStaysRemoved>(); }

}  // namespace drydock::model
