#pragma once

#include <string>
#include <string_view>

namespace drydock::reports {

// How text reports are painted and what their blocks are made of. Every line fits `kWidth` columns.

struct TextStyle {
  bool colour = false;  // changes no letter
};

inline constexpr std::string_view kRed = "\033[1;31m";
inline constexpr std::string_view kGreen = "\033[32m";
inline constexpr std::string_view kYellow = "\033[33m";
inline constexpr std::string_view kBold = "\033[1m";

/// Paints the text in a colour, where the style has colours.
[[nodiscard]] std::string paint(std::string_view text, std::string_view colour, TextStyle style);

/// Writes the line that begins a part of a block.
[[nodiscard]] std::string heading(std::string_view text, TextStyle style);

/// Writes `name  value`, with the value wrapped below itself.
[[nodiscard]] std::string field(std::string_view name, std::string_view value);

}  // namespace drydock::reports
