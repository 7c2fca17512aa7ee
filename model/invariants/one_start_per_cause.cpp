#include "model/invariants/all.hpp"

namespace drydock::model {
namespace {

/// Every launch has a cause of its own: a client's wish, a configuration change, or the loss of an instance or of what
/// its agent does.
class OneStartPerCause final : public Invariant {
 public:
  OneStartPerCause() : Invariant("one-start-per-cause") {}

  [[nodiscard]] bool rests(const Observation& /*seen*/) const override { return true; }

  void answered(Observation& seen, const RequestFacts& request, const Response& response,
                std::uint32_t /*event*/) override {
    const bool launches = request.route == Route::restart || request.route == Route::create;
    if (!launches) return;
    // A request without an answer was not refused: the platform may have accepted it before it went down.
    const bool unanswered = response.status == 0;
    if (!unanswered && !response.accepted()) return;
    if (unanswered || response.body.string_at("status") == "provisioning") ++credit(seen, request.workspace);
  }

  /// A resume is a cause for each row that it sets to provisioning; two accepted resumes are two causes. So is a call
  /// that wakes a hibernated row.
  void row_written(Observation& seen, const RowChange& change) override {
    const Row& after = change.workspace.row;
    const bool launches = after.status == Status::provisioning && after.instance_id == change.before.instance_id;
    if (!launches) return;
    const auto nearest = seen.nearest_request(change.event);
    if (nearest.request == nullptr) return;
    const Route route = nearest.request->route;
    const bool wakes = change.before.status == Status::hibernated && (route == Route::a2a || route == Route::delegate);
    if (wakes || route == Route::resume) ++credit(seen, change.workspace.key);
  }

  void wedged(Observation& seen, const InstanceFacts& instance) override { ++credit(seen, instance.workspace); }

  void start_failed(Observation& seen, WorkspaceKey workspace) override { ++credit(seen, workspace); }

  void configuration_changed(Observation& seen, WorkspaceKey workspace, std::uint32_t /*event*/) override {
    ++credit(seen, workspace);
  }

  void instance_entered(Observation& seen, const InstanceChange& change) override {
    if (change.is_death()) ++credit(seen, change.instance.workspace);
  }

  void start_accepted(Observation& seen, const InstanceFacts& instance, std::uint32_t event) override {
    auto& left = credit(seen, instance.workspace);
    --left;
    if (left >= 0) return;
    left = 0;  // told; a later start with a cause of its own is none too many
    seen.violated(*this,
                  fmt::format("{} was started once more than there were causes for", seen.alias(instance.workspace)),
                  event, instance.workspace, instance.name);
  }

 private:
  std::int64_t& credit(Observation& seen, WorkspaceKey key) {
    if (credits_.size() < seen.workspaces().size()) credits_.resize(seen.workspaces().size());
    return credits_[index(key)];
  }

  std::vector<std::int64_t> credits_;
};

}  // namespace

std::unique_ptr<Invariant> make_one_start_per_cause() { return std::make_unique<OneStartPerCause>(); }

}  // namespace drydock::model
