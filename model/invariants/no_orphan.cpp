#include "model/invariants/all.hpp"

namespace drydock::model {
namespace {

/// Every instance that costs money belongs to a workspace.
class NoOrphan final : public Invariant {
 public:
  NoOrphan() : Invariant("no-orphan") {}

  [[nodiscard]] bool rests(const Observation& /*seen*/) const override { return true; }

  void ended(Observation& seen) override {
    for (const WorkspaceFacts& workspace : seen.workspaces()) {
      for (const sim::Name name : workspace.instances) {
        const InstanceFacts* instance = seen.instance(name);
        if (!cloud::is_live(instance->state) || seen.is_wanted(workspace, name)) continue;
        seen.not_kept(*this,
                      fmt::format("instance {} of {} is {} at the end of calm, and {}", seen.text(name),
                                  seen.alias(workspace.key), cloud::to_text(instance->state), why(workspace)),
                      {not_wanted_since(workspace), instance->entered}, workspace.key, name);
      }
    }
  }

 private:
  /// Gives the event since which the row does not want the instance.
  static std::uint32_t not_wanted_since(const WorkspaceFacts& workspace) {
    const bool rests = is_removed(workspace.row.status) || is_dormant(workspace.row.status);
    return workspace.row.exists && !rests ? workspace.naming_event : workspace.status_event;
  }
  static std::string why(const WorkspaceFacts& workspace) {
    if (!workspace.row.exists) return "there is no row of that workspace";
    if (is_removed(workspace.row.status) || is_dormant(workspace.row.status))
      return fmt::format("its row is {}", to_text(workspace.row.status));
    return "its row names another";
  }
};

}  // namespace

std::unique_ptr<Invariant> make_no_orphan() { return std::make_unique<NoOrphan>(); }

}  // namespace drydock::model
