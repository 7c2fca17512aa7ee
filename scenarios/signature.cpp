#include "scenarios/signature.hpp"

#include <fmt/format.h>

#include "sim/hash.hpp"

namespace drydock::scenarios {
namespace {

class Signature {
 public:
  explicit Signature(std::string_view invariant) : text_(invariant) { text_ += ":"; }

  /// Begins another chain of causes.
  void begin() {
    if (!empty_) text_ += "|";
    between_ = "";
  }
  void add(std::string_view kind) {
    text_ += between_;
    text_ += kind;
    between_ = "<";
    empty_ = false;
  }
  [[nodiscard]] std::string text() const { return text_; }

 private:
  std::string text_;
  std::string_view between_;
  bool empty_ = true;
};

}  // namespace

std::string signature_of(const sim::Record& record, const model::Violation& violation) {
  Signature signature(violation.invariant);
  const auto add_chain = [&](std::uint32_t head) {
    signature.begin();
    for (std::uint32_t seq = head; seq != 0; seq = record.event(seq).cause)
      signature.add(record.kind_name(record.event(seq).kind));
  };
  if (violation.event != 0) {
    add_chain(violation.event);
  } else {
    for (const std::uint32_t head : violation.decided_by) add_chain(head);
  }
  return signature.text();
}

std::string signature_of(std::string_view invariant, std::span<const ShownEvent> causes) {
  Signature signature(invariant);
  for (const ShownEvent& event : causes) signature.add(event.kind);
  return signature.text();
}

std::string signature_tag(std::string_view signature) {
  return fmt::format("{:08x}", static_cast<std::uint32_t>(sim::hash_text(signature) >> 32U));
}

std::string finding_stem(std::string_view invariant, std::string_view signature) {
  std::string stem;
  for (const char c : invariant) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    stem += plain ? c : '-';
  }
  return fmt::format("{}-{}", stem, signature_tag(signature));
}

}  // namespace drydock::scenarios
