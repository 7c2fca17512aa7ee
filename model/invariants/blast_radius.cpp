#include "model/invariants/all.hpp"

namespace drydock::model {
namespace {

/// A request touches what it names and nothing else.
class BlastRadius final : public Invariant {
 public:
  BlastRadius() : Invariant("blast-radius") {}

  [[nodiscard]] bool rests(const Observation& /*seen*/) const override { return true; }

  void row_written(Observation& seen, const RowChange& change) override {
    if (change.before == change.workspace.row) return;
    judge(seen, change.event, change.workspace.key, sim::Name::none, "row");
  }

  void instance_entered(Observation& seen, const InstanceChange& change) override {
    if (!change.is_kill() && change.from) return;
    judge(seen, change.event, change.instance.workspace, change.instance.name, "instance");
  }

 private:
  void judge(Observation& seen, std::uint32_t event, WorkspaceKey changed, sim::Name instance, std::string_view what) {
    const auto nearest = seen.nearest_request(event);
    if (nearest.request == nullptr || seen.names(*nearest.request, changed)) return;
    seen.violated(*this,
                  fmt::format("a request that names {} changed the {} of {}", seen.alias(nearest.request->workspace),
                              what, seen.alias(changed)),
                  event, changed, instance);
  }
};

}  // namespace

std::unique_ptr<Invariant> make_blast_radius() { return std::make_unique<BlastRadius>(); }

}  // namespace drydock::model
