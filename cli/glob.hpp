#pragma once

#include <string_view>

namespace drydock::cli {

/// Whether `text` matches `pattern`: `*` is any run of characters, `?` one character, `\` takes the
/// next one literally.
[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view text);

}  // namespace drydock::cli
