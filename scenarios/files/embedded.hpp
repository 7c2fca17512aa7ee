#pragma once

#include <span>
#include <string_view>

namespace drydock::scenarios {

// A scenario or policy preset that travels inside the binary, so that `drydock demo` and preset names
// work without the source tree. The path is relative to scenarios/, e.g. "policies/latest.json".
struct EmbeddedFile {
  std::string_view path;
  std::string_view text;
};

// All scenarios/*.json, scenarios/mappings/*.json and scenarios/policies/*.json, sorted by path.
std::span<const EmbeddedFile> embedded_files();

}  // namespace drydock::scenarios
