#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace drydock::cloud::query {

/// Reads base64 as RFC 4648 writes it, with or without line ends and padding; nothing for any other text.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);
/// Writes base64 with padding, on one line.
[[nodiscard]] std::string to_base64(std::string_view bytes);

}  // namespace drydock::cloud::query
