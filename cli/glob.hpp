#pragma once

#include <string_view>

namespace drydock::cli {

/// Tells whether `text` matches `pattern`, where `*` is any run of characters, `?` is one character, and `\` takes the
/// next one literally.
[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view text);

}  // namespace drydock::cli
