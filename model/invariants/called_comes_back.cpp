#include "model/invariants/all.hpp"

namespace drydock::model {
namespace {

/// Whoever is called is up in the end, unless a client has it rest. `comes-back` asks what clients wished; a call is a
/// wish that a hibernated workspace has to hear.
class CalledComesBack final : public Invariant {
 public:
  CalledComesBack() : Invariant("called-comes-back") {}

  [[nodiscard]] bool rests(const Observation& /*seen*/) const override { return true; }

  void ended(Observation& seen) override {
    for (const WorkspaceFacts& workspace : seen.workspaces()) {
      if (!workspace.row.exists || workspace.external() || workspace.launch_failed_in_calm) continue;
      if (workspace.called_event <= workspace.status_event || is_up_or_parked(workspace.row.status)) continue;
      seen.not_kept(*this,
                    fmt::format("{} was called while it was {}, and still is at the end of calm",
                                seen.alias(workspace.key), to_text(workspace.row.status)),
                    {workspace.called_event, workspace.status_event, seen.newest_instance_event(workspace)},
                    workspace.key);
    }
  }

 private:
  static bool is_up_or_parked(Status status) { return is_up(status) || status == Status::paused || is_removed(status); }
};

}  // namespace

std::unique_ptr<Invariant> make_called_comes_back() { return std::make_unique<CalledComesBack>(); }

}  // namespace drydock::model
