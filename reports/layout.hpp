#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace drydock::reports {

/// What every text report is laid out for. It never follows the terminal: the same run reads the
/// same in a terminal, in a pipe and in a bug report.
inline constexpr std::size_t kWidth = 80;

/// The text as one line that is safe to print: control characters, line breaks and the characters
/// that reorder text are written as escapes, invalid UTF-8 as U+FFFD. Names come from files, and a
/// name must not move the cursor.
[[nodiscard]] std::string printable(std::string_view text);

/// How many terminal cells the text takes: combining marks none, East Asian wide characters and
/// emoji two.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// The text followed by spaces up to `width` cells.
[[nodiscard]] std::string pad(std::string text, std::size_t width);

/// The text, cut to `width` cells with an ellipsis where it is longer.
[[nodiscard]] std::string fit(std::string_view text, std::size_t width);

/// The text broken at its spaces into lines of at most `width` cells; a longer word is cut. Never
/// empty.
[[nodiscard]] std::vector<std::string> wrap(std::string_view text, std::size_t width);

/// The text wrapped to `kWidth`, `first` before its first line and as many spaces before the
/// others.
[[nodiscard]] std::string paragraph(std::string_view first, std::string_view text);

/// One entry of a listing: a name, and what is to be said of it.
struct Entry {
  std::string head;
  std::string body;
};

/// Entries in two columns, or with the body below its head where heads are long.
[[nodiscard]] std::string listing(const std::vector<Entry>& entries);

}  // namespace drydock::reports
