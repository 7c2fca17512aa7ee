#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace drydock::sim {

/// Returns the position of the first invalid UTF-8 sequence, or npos when there is none.
[[nodiscard]] std::size_t find_invalid_utf8(std::string_view text);

/// Returns the text with each invalid byte replaced by U+FFFD.
[[nodiscard]] std::string valid_utf8(std::string_view text);

}  // namespace drydock::sim
