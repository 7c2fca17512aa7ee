#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "model/invariants/all.hpp"

namespace drydock::model {
namespace {

/// Between a row's write and that of its event others may write the row: longer than a statement takes, whatever meets
/// it.
constexpr sim::Duration kBetween = std::chrono::seconds{5};

constexpr std::array<std::pair<std::string_view, Status>, 9> kClaims{{
    {"WORKSPACE_ONLINE", Status::online},
    {"WORKSPACE_DEGRADED", Status::degraded},
    {"WORKSPACE_OFFLINE", Status::offline},
    {"WORKSPACE_PROVISIONING", Status::provisioning},
    {"WORKSPACE_PROVISION_FAILED", Status::failed},
    {"WORKSPACE_PAUSED", Status::paused},
    {"WORKSPACE_HIBERNATED", Status::hibernated},
    {"WORKSPACE_AWAITING_AGENT", Status::awaiting_agent},
    {"WORKSPACE_REMOVED", Status::removed},
}};

/// An event that says what became of a workspace says what its row said when the event was written, or just before.
class EventsAreTrue final : public Invariant {
 public:
  EventsAreTrue() : Invariant("events-are-true") {}

  [[nodiscard]] bool rests(const Observation& /*seen*/) const override { return true; }

  void row_written(Observation& seen, const RowChange& change) override {
    if (change.before.exists) left_[{change.workspace.key, change.before.status}] = seen.now();
  }

  void structure_event(Observation& seen, WorkspaceKey key, std::string_view type, std::uint32_t event) override {
    const auto claim = std::find_if(kClaims.begin(), kClaims.end(), [&](const auto& one) { return one.first == type; });
    if (claim == kClaims.end()) return;
    const WorkspaceFacts& workspace = seen.workspace(key);
    if (is_so(seen, workspace, claim->second)) return;
    seen.violated(*this,
                  fmt::format("an event said {} while {}'s row said {}", type, seen.alias(key),
                              workspace.row.exists ? to_text(workspace.row.status) : "nothing: it is gone"),
                  event, key, sim::Name::none, workspace.status_event);
  }

 private:
  [[nodiscard]] bool is_so(const Observation& seen, const WorkspaceFacts& workspace, Status claimed) const {
    const Row& row = workspace.row;
    if (claimed == Status::removed) return !row.exists || is_removed(row.status);
    if (row.exists && row.status == claimed) return true;
    // An external workspace that nobody hears of waits for its agent.
    if (claimed == Status::offline && row.exists && row.status == Status::awaiting_agent) return true;
    const auto left = left_.find({workspace.key, claimed});
    return left != left_.end() && seen.now() - left->second <= kBetween;
  }

  std::map<std::pair<WorkspaceKey, Status>, sim::Instant> left_;  // when the row was last written in that status
};

}  // namespace

std::unique_ptr<Invariant> make_events_are_true() { return std::make_unique<EventsAreTrue>(); }

}  // namespace drydock::model
