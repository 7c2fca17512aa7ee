#include "scenarios/signature.hpp"

namespace drydock::scenarios {
namespace {

class Signature {
 public:
  explicit Signature(std::string_view invariant) : text_(invariant) {}

  void add(std::string_view kind) {
    text_ += first_ ? ":" : "<";
    text_ += kind;
    first_ = false;
  }
  [[nodiscard]] std::string text() const { return first_ ? text_ + ":" : text_; }

 private:
  std::string text_;
  bool first_ = true;
};

}  // namespace

std::string signature_of(const sim::Record& record, const model::Violation& violation) {
  Signature signature(violation.invariant);
  for (std::uint32_t seq = violation.event; seq != 0; seq = record.event(seq).cause) {
    signature.add(record.kind_name(record.event(seq).kind));
  }
  return signature.text();
}

std::string signature_of(std::string_view invariant, std::span<const ShownEvent> causes) {
  Signature signature(invariant);
  for (const ShownEvent& event : causes) signature.add(event.kind);
  return signature.text();
}

}  // namespace drydock::scenarios
