#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace drydock::scenarios {

/// The file formats that have a schema: scenario, policy, tape, mapping, result.
[[nodiscard]] std::vector<std::string> schema_names();

/// The JSON Schema (draft 2020-12) of a format, pretty-printed with a final newline; empty for an
/// unknown name. Made from the tables that the decoder reads by, so that the two cannot drift
/// apart.
[[nodiscard]] std::string schema_text(std::string_view which);

}  // namespace drydock::scenarios
