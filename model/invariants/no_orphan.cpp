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
    for (const OwnedInstance& owned : seen.owned()) judge_owned(seen, owned);
  }

 private:
  /// The client's platform no longer knows an instance that it asked to terminate, nor one that it has replaced.
  void judge_owned(Observation& seen, const OwnedInstance& owned) {
    if (!cloud::is_live(owned.state)) return;
    const OwnedInstance* next = owned.end_asked != 0 ? nullptr : successor(seen, owned);
    if (owned.end_asked == 0 && next == nullptr) return;
    const std::string why = next == nullptr ? std::string{"a client asked to terminate it"}
                                            : fmt::format("{} was launched after it", seen.text(next->name));
    seen.violated(*this,
                  fmt::format("instance {} of {} is {} at the end of calm, and {}", seen.text(owned.name),
                              seen.text(owned.owner), cloud::to_text(owned.state), why),
                  next == nullptr ? owned.end_asked : next->launched, WorkspaceKey::none, owned.name, owned.launched);
  }

  /// What was launched for the same owner later, and did not end by itself.
  static const OwnedInstance* successor(const Observation& seen, const OwnedInstance& owned) {
    for (auto one = seen.owned().rbegin(); &*one != &owned; ++one) {
      if (one->owner == owned.owner && (cloud::is_live(one->state) || one->killed != 0)) return &*one;
    }
    return nullptr;
  }

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
