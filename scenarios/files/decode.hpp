#pragma once

#include <string>
#include <string_view>

#include "scenarios/files/decoded.hpp"
#include "scenarios/scenario.hpp"

namespace drydock::scenarios {

/// Reads one scenario file's text. A syntax error stops at the first; everything else is reported at once.
[[nodiscard]] Decoded<Scenario> decode_scenario(const std::string& file, std::string_view text);

}  // namespace drydock::scenarios
