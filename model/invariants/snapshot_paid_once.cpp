#include <map>
#include <string_view>

#include "model/invariants/all.hpp"
#include "model/kinds.hpp"

namespace drydock::model {
namespace {

/// A client that asks for a snapshot again, because it heard nothing or of a failure although there is one, is not left
/// with two.
class SnapshotPaidOnce final : public Invariant {
 public:
  SnapshotPaidOnce() : Invariant("snapshot-paid-once") {}

  [[nodiscard]] bool rests(const Observation& /*seen*/) const override { return true; }

  void ended(Observation& seen) override {
    std::map<std::string_view, const ClientsOwn*> unheard;  // by what was asked
    for (const ClientsOwn& own : seen.clients_own()) {
      if (own.what != "snapshot" || !own.costs) continue;
      const SnapshotCall* call = seen.snapshot_call(seen.nearest_cause(own.made, kind::wire_request));
      if (call == nullptr) continue;
      const auto before = unheard.find(call->parameters);
      if (before != unheard.end()) {
        seen.violated(*this,
                      fmt::format("snapshot {} was taken where {} was there, of which its client had not been told",
                                  seen.text(own.name), seen.text(before->second->name)),
                      own.made, WorkspaceKey::none, own.name, before->second->made);
        unheard.erase(before);
      }
      if (!call->told) unheard[call->parameters] = &own;
    }
  }
};

}  // namespace

std::unique_ptr<Invariant> make_snapshot_paid_once() { return std::make_unique<SnapshotPaidOnce>(); }

}  // namespace drydock::model
