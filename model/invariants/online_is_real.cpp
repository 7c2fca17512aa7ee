#include "model/invariants/all.hpp"

namespace drydock::model {
namespace {

/// Online means what it says: an instance that runs, an address, and heartbeats that the platform accepts.
class OnlineIsReal final : public Invariant {
 public:
  OnlineIsReal() : Invariant("online-is-real") {}

  [[nodiscard]] bool rests(const Observation& /*seen*/) const override { return true; }

  void ended(Observation& seen) override {
    for (const WorkspaceFacts& workspace : seen.workspaces()) {
      if (!workspace.row.exists || workspace.row.status != Status::online || workspace.external()) continue;
      const InstanceFacts* instance = seen.named_instance(workspace);
      const std::string_view wrong = what_is_wrong(workspace, instance);
      if (wrong.empty()) continue;
      seen.not_kept(*this, fmt::format("{} is online, but {}", seen.alias(workspace.key), wrong),
                    {workspace.status_event, instance != nullptr ? instance->entered : workspace.naming_event},
                    workspace.key, instance != nullptr ? instance->name : sim::Name::none);
    }
  }

 private:
  static std::string_view what_is_wrong(const WorkspaceFacts& workspace, const InstanceFacts* instance) {
    if (instance == nullptr) return "its row names no instance";
    if (instance->state != cloud::InstanceState::running) return "the instance that its row names is not running";
    if (workspace.row.url.empty()) return "its row has no url";
    if (!instance->last_heartbeat) return "its instance has never sent a heartbeat";
    if (instance->last_heartbeat_status != 200) return "the platform does not accept its heartbeats";
    return {};
  }
};

}  // namespace

std::unique_ptr<Invariant> make_online_is_real() { return std::make_unique<OnlineIsReal>(); }

}  // namespace drydock::model
