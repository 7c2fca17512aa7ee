#pragma once

#include <span>
#include <string>
#include <string_view>

#include "model/observation.hpp"
#include "scenarios/outcome.hpp"
#include "sim/record.hpp"

namespace drydock::scenarios {

/// Joins the invariant's name and the kinds of events along its chain of causes: the same bug found twice has the same
/// signature. A promise that is judged at the end is broken by no event; its signature has the chain of each event that
/// decided it.
[[nodiscard]] std::string signature_of(const sim::Record& record, const model::Violation& violation);
/// Makes the same signature from events as reports show them; `causes` begin with the violating event.
[[nodiscard]] std::string signature_of(std::string_view invariant, std::span<const ShownEvent> causes);

/// Gives a short name of a signature: 8 hexadecimal digits.
[[nodiscard]] std::string signature_tag(std::string_view signature);
/// Names a finding so that it has the same name in every search, and a file may have the name:
/// `<invariant>-<8 hexadecimal digits of its signature>`.
[[nodiscard]] std::string finding_stem(std::string_view invariant, std::string_view signature);

}  // namespace drydock::scenarios
