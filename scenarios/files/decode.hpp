#pragma once

#include <string>
#include <string_view>

#include "scenarios/files/decoded.hpp"
#include "scenarios/scenario.hpp"

namespace drydock::scenarios {

/// Reads one scenario file's text. A syntax error stops at the first; everything else is reported at once.
/// Reads a list of faults, as a scenario has it, that is armed while that scenario plays.
[[nodiscard]] Decoded<std::vector<faults::FaultSpec>> decode_armed_faults(const Scenario& scenario,
                                                                          std::string_view text);

[[nodiscard]] Decoded<Scenario> decode_scenario(const std::string& file, std::string_view text);

}  // namespace drydock::scenarios
