#include <set>

#include "model/invariants/all.hpp"

namespace drydock::model {
namespace {

/// An instance that a row names and nobody is served by is to be terminated, and somebody has written that down.
class LiveInstancesServe final : public Invariant {
 public:
  LiveInstancesServe() : Invariant("live-instances-serve") {}

  [[nodiscard]] bool rests(const Observation& /*seen*/) const override { return true; }

  void terminate_recorded(Observation& seen, WorkspaceKey workspace, sim::Name instance) override {
    const InstanceFacts* named = seen.named_instance(seen.workspace(workspace));
    if (instance == sim::Name::none && named != nullptr) instance = named->name;
    owed_.insert(instance);
  }

  void ended(Observation& seen) override {
    for (const WorkspaceFacts& workspace : seen.workspaces()) {
      if (!workspace.row.exists || workspace.external() || is_up(workspace.row.status)) continue;
      const InstanceFacts* instance = seen.named_instance(workspace);
      if (instance == nullptr || !cloud::is_live(instance->state) || !seen.is_wanted(workspace, instance->name))
        continue;
      if (seen.is_booting(*instance) || owed_.contains(instance->name)) continue;
      seen.not_kept(
          *this,
          fmt::format("instance {} of {} is {} at the end of calm, serves nobody, and nothing says that it is "
                      "to be terminated: its row is {}",
                      seen.text(instance->name), seen.alias(workspace.key), cloud::to_text(instance->state),
                      to_text(workspace.row.status)),
          {workspace.status_event, instance->entered}, workspace.key, instance->name);
    }
  }

 private:
  std::set<sim::Name> owed_;  // instances whose terminate is durably owed
};

}  // namespace

std::unique_ptr<Invariant> make_live_instances_serve() { return std::make_unique<LiveInstancesServe>(); }

}  // namespace drydock::model
