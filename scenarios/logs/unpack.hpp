#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "scenarios/files/diagnostic.hpp"

namespace drydock::scenarios {

/// The text of a log file, or why there is none.
struct UnpackedLog {
  std::optional<std::string> text;
  Diagnostic error;
};

/// Gives the text of a log file: gzip is inflated (one file after another in one, too), a byte order mark is dropped.
/// What is no text is refused with a word on what it looks like and what to do. A text larger than 64 MiB is refused.
[[nodiscard]] UnpackedLog unpack_log(const std::string& file, std::string_view bytes);

}  // namespace drydock::scenarios
