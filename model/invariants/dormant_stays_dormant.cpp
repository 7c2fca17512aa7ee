#include "model/invariants/all.hpp"
#include "model/kinds.hpp"

namespace drydock::model {
namespace {

/// A workspace that a client parked stays parked until a client wants it back.
class DormantStaysDormant final : public Invariant {
 public:
  DormantStaysDormant() : Invariant("dormant-stays-dormant") {}

  [[nodiscard]] bool rests(const Observation& /*seen*/) const override { return true; }

  void row_written(Observation& seen, const RowChange& change) override {
    const Row& after = change.workspace.row;
    if (!change.before.exists || !is_dormant(change.before.status)) return;
    if (after.exists && after.status == change.before.status) return;
    if (is_asked_for(seen, change)) return;
    seen.violated(
        *this,
        fmt::format("{} was {} and became {}, and no client had asked for that", seen.alias(change.workspace.key),
                    to_text(change.before.status), after.exists ? to_text(after.status) : std::string_view{"gone"}),
        change.event, change.workspace.key);
  }

 private:
  /// Tells whether the change is the work of a client's request that moves a workspace. A change by an agent that the
  /// request once launched, or by a dead verdict that it led to, is not.
  static bool is_asked_for(Observation& seen, const RowChange& change) {
    const std::uint32_t event = change.event;
    for (const auto between : {kind::agent_register, kind::agent_heartbeat, kind::probe_dead}) {
      if (seen.nearest_cause(event, between) != 0) return false;
    }
    const auto [request, direct] = seen.nearest_request(event);
    if (request == nullptr) return false;
    switch (request->route) {
      case Route::restart:
      case Route::pause:
      case Route::resume:
      case Route::hibernate:
      case Route::remove:
        return true;
      case Route::a2a:
      case Route::delegate:
        // Its wake: by a programmatic restart, or by a claim of the call's own (`hibernate.wakes`).
        return change.before.status == Status::hibernated &&
               (!direct || change.workspace.row.status == Status::provisioning);
      default:
        return false;
    }
  }
};

}  // namespace

std::unique_ptr<Invariant> make_dormant_stays_dormant() { return std::make_unique<DormantStaysDormant>(); }

}  // namespace drydock::model
