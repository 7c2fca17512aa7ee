#include "model/invariants/all.hpp"

namespace drydock::model {
namespace {

/// What a client made over the wire and still pays for, it knows of: an answer that it had whole names it.
class MadeIsKnown final : public Invariant {
 public:
  MadeIsKnown() : Invariant("made-is-known") {}

  [[nodiscard]] bool rests(const Observation& /*seen*/) const override { return true; }

  void ended(Observation& seen) override {
    for (const ClientsOwn& own : seen.clients_own()) {
      if (own.is_known || !own.costs) continue;
      seen.violated(
          *this,
          fmt::format("{} {} is there at the end, and no client was ever told of it", own.what, seen.text(own.name)),
          own.made, WorkspaceKey::none, own.name, 0);
    }
  }
};

}  // namespace

std::unique_ptr<Invariant> make_made_is_known() { return std::make_unique<MadeIsKnown>(); }

}  // namespace drydock::model
