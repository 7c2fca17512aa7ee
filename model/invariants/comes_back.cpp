#include "model/invariants/all.hpp"

namespace drydock::model {
namespace {

/// A workspace that a client last asked to run, runs. Degraded counts: it is up and says so itself.
class ComesBack final : public Invariant {
 public:
  ComesBack() : Invariant("comes-back") {}

  [[nodiscard]] bool rests(const Observation& /*seen*/) const override { return true; }

  void ended(Observation& seen) override {
    for (const WorkspaceFacts& workspace : seen.workspaces()) {
      if (!workspace.row.exists || workspace.external()) continue;
      if (!workspace.wished_run.value_or(false) || workspace.launch_failed_in_calm) continue;
      const Status status = workspace.row.status;
      if (status == Status::hibernated) continue;  // idle, as it was configured
      if (is_up(status)) continue;
      seen.not_kept(
          *this,
          fmt::format("{} was asked to run and is {} at the end of calm", seen.alias(workspace.key), to_text(status)),
          {workspace.wish_event, workspace.status_event, seen.newest_instance_event(workspace)}, workspace.key);
    }
  }
};

}  // namespace

std::unique_ptr<Invariant> make_comes_back() { return std::make_unique<ComesBack>(); }

}  // namespace drydock::model
