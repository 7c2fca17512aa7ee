#pragma once

#include <string>

namespace drydock::scenarios {

/// `drydock 0.1.0`: what wrote a file.
[[nodiscard]] std::string tool_name();

}  // namespace drydock::scenarios
