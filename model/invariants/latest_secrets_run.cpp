#include "model/invariants/all.hpp"

namespace drydock::model {
namespace {

/// The instance that runs has read every configuration that an answer said was saved.
class LatestSecretsRun final : public Invariant {
 public:
  LatestSecretsRun() : Invariant("latest-secrets-run") {}

  [[nodiscard]] bool rests(const Observation& /*seen*/) const override { return true; }

  void ended(Observation& seen) override {
    for (const WorkspaceFacts& workspace : seen.workspaces()) {
      if (!workspace.row.exists || workspace.row.status != Status::online) continue;
      const InstanceFacts* instance = seen.named_instance(workspace);
      if (instance == nullptr) continue;
      const bool own_is_stale = instance->secrets.own < workspace.secrets_promised;
      const bool global_is_stale = instance->secrets.global < workspace.global_secrets_promised;
      if (!own_is_stale && !global_is_stale) continue;
      seen.not_kept(
          *this,
          fmt::format("{} is online on instance {}, which booted before the newest {} that was answered 2xx",
                      seen.alias(workspace.key), seen.text(instance->name), own_is_stale ? "secret" : "global secret"),
          {workspace.configuration_event, instance->entered}, workspace.key, instance->name);
    }
  }
};

}  // namespace

std::unique_ptr<Invariant> make_latest_secrets_run() { return std::make_unique<LatestSecretsRun>(); }

}  // namespace drydock::model
