#pragma once

#include <string>
#include <vector>

#include "scenarios/logs/imported_log.hpp"

namespace drydock::scenarios {

/// Writes a first mapping (`drydock.mapping/1`) for lines that nothing matched: a rule for each kind of line, the
/// commonest first, with the event whose name the line holds. A line that holds none is ignored by its rule, which says
/// so in a comment: somebody has to judge. The text is a valid mapping.
[[nodiscard]] std::string suggest_mapping(const std::vector<LogPlace>& unmatched);

}  // namespace drydock::scenarios
