#include <algorithm>

#include "model/invariants/all.hpp"

namespace drydock::model {
namespace {

using namespace std::chrono_literals;

/// An instance whose last heartbeat is no older than this is healthy, unless its agent is wedged: three intervals of
/// heartbeats.
constexpr sim::Duration kFresh = 90s;

/// Nobody's working instance is terminated without a client having asked for it, or a reason that its row shows.
class NoHealthyKill final : public Invariant {
 public:
  NoHealthyKill() : Invariant("no-healthy-kill") {}

  [[nodiscard]] bool rests(const Observation& /*seen*/) const override { return true; }

  void instance_entered(Observation& seen, const InstanceChange& change) override {
    if (!change.is_kill() || !is_healthy(seen, change)) return;
    const WorkspaceFacts& workspace = seen.workspace(change.instance.workspace);
    if (is_leftover(seen, workspace, change.instance) || follows_change(workspace, change.instance)) return;
    if (spend_request(seen, change)) return;
    seen.violated(*this, message(seen, workspace, change), change.event, workspace.key, change.instance.name);
  }

 private:
  static bool is_healthy(Observation& seen, const InstanceChange& change) {
    if (change.instance.wedged) return false;
    const auto& beat = change.instance.last_heartbeat;
    return seen.is_booting(change.instance) || (beat && seen.now() - *beat < kFresh);
  }

  /// Tells whether the workspace is removed or gone, or its row names another instance.
  static bool is_leftover(Observation& seen, const WorkspaceFacts& workspace, const InstanceFacts& instance) {
    if (!workspace.row.exists || is_removed(workspace.row.status)) return true;
    return workspace.row.instance_id != seen.text(instance.name);
  }

  static bool follows_change(const WorkspaceFacts& workspace, const InstanceFacts& instance) {
    return workspace.configuration_changed && *workspace.configuration_changed > instance.configuration_read;
  }

  /// Tells whether the termination is the direct work of a request that stops what it names, and that has not yet
  /// stopped an instance of this workspace. Such a request justifies one termination a workspace.
  static bool spend_request(Observation& seen, const InstanceChange& change) {
    const auto [request, direct] = seen.nearest_request(change.event);
    if (request == nullptr || !direct || !stops_what_it_names(request->route)) return false;
    const WorkspaceKey key = change.instance.workspace;
    const bool concerns = key == request->workspace || seen.is_descendant(key, request->workspace);
    if (!concerns) return false;
    if (std::find(request->spent.begin(), request->spent.end(), key) != request->spent.end()) return false;
    request->spent.push_back(key);
    return true;
  }

  /// Tells whether the route stops the workspace that it names, or its descendants. Another promise (blast-radius)
  /// judges whether the request may reach these.
  static bool stops_what_it_names(Route route) {
    return route == Route::restart || route == Route::pause || route == Route::hibernate || route == Route::remove;
  }

  static std::string message(Observation& seen, const WorkspaceFacts& workspace, const InstanceChange& change) {
    const std::string_view was = cloud::to_text(*change.from);
    const auto age = sim::format_seconds(seen.now() - change.instance.launched);
    return fmt::format("{}'s {} instance {} was terminated {} s after its launch, and nobody had asked for that",
                       seen.alias(workspace.key), was, seen.text(change.instance.name), age);
  }
};

}  // namespace

std::unique_ptr<Invariant> make_no_healthy_kill() { return std::make_unique<NoHealthyKill>(); }

}  // namespace drydock::model
