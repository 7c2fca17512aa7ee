#include "model/invariants/all.hpp"

namespace drydock::model {
namespace {

/// Every row comes to rest once nobody sends requests any more.
class Settles final : public Invariant {
 public:
  Settles() : Invariant("settles") {}

  [[nodiscard]] bool rests(const Observation& /*seen*/) const override { return true; }

  void ended(Observation& seen) override {
    for (const WorkspaceFacts& workspace : seen.workspaces()) {
      if (!workspace.row.exists || !workspace.touched || is_rest(workspace)) continue;
      seen.not_kept(
          *this,
          fmt::format("{} was still {} at the end of calm{}", seen.alias(workspace.key), to_text(workspace.row.status),
                      workspace.row.status == Status::failed ? ", and no event says why" : ""),
          {workspace.status_event, seen.newest_instance_event(workspace)}, workspace.key);
    }
  }

 private:
  static bool is_rest(const WorkspaceFacts& workspace) {
    switch (workspace.row.status) {
      case Status::online:
      case Status::degraded:
      case Status::paused:
      case Status::hibernated:
      case Status::removed:
        return true;
      case Status::awaiting_agent:
        return workspace.external();
      case Status::failed:
        return workspace.failure_explained;
      case Status::offline:
      case Status::provisioning:
      case Status::hibernating:
      case Status::pending_removal:
        return false;
    }
    return false;
  }
};

}  // namespace

std::unique_ptr<Invariant> make_settles() { return std::make_unique<Settles>(); }

}  // namespace drydock::model
