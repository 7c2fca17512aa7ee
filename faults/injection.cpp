#include "faults/injection.hpp"

namespace drydock::faults {

std::uint32_t emit_injected(sim::Record& record, std::uint32_t cause, sim::Name actor, const FaultSpec& fault,
                            sim::Subject subject) {
  return record.emit_from(
      cause, sim::Kind::fault_injected, actor, subject,
      {{"name", fault.name}, {"on", fault.on}, {"error", fault.error}, {"effect", fault.applied ? "applied" : "none"}});
}

}  // namespace drydock::faults
