#include "scenarios/signature.hpp"

namespace drydock::scenarios {

std::string signature_of(const sim::Record& record, const model::Violation& violation) {
  std::string signature = std::string{violation.invariant} + ":";
  for (std::uint32_t seq = violation.event; seq != 0; seq = record.event(seq).cause) {
    signature += signature.back() == ':' ? "" : "<";
    signature += record.kind_name(record.event(seq).kind);
  }
  return signature;
}

}  // namespace drydock::scenarios
