#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace drydock::reports {

/// `kWidth` is the number of columns of every text report. It never follows the terminal: the same run reads the same
/// in a terminal, in a pipe and in a bug report.
inline constexpr std::size_t kWidth = 80;

/// Gives the text as one line that is safe to print: control characters, line breaks and the characters that reorder
/// text are written as escapes, invalid UTF-8 as U+FFFD. Names come from files, and a name must not move the cursor.
[[nodiscard]] std::string printable(std::string_view text);

/// Counts the terminal cells that the text takes: combining marks take none, East Asian wide characters and emoji two.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// Adds spaces behind the text up to `width` cells.
[[nodiscard]] std::string pad(std::string text, std::size_t width);

/// Cuts the text to `width` cells, with an ellipsis at the end, where it is longer.
[[nodiscard]] std::string fit(std::string_view text, std::size_t width);

/// Does the same to a name, so that names stay apart that differ anywhere: both its ends are kept, and between them,
/// from a width of 7 on, stand five characters that are made of the whole name.
[[nodiscard]] std::string fit_ends(std::string_view text, std::size_t width);

/// Breaks the text at its spaces into lines of at most `width` cells; a longer word is cut. The result has at least one
/// line.
[[nodiscard]] std::vector<std::string> wrap(std::string_view text, std::size_t width);

/// Wraps the text to `kWidth`, with `first` before its first line and as many spaces before the others.
[[nodiscard]] std::string paragraph(std::string_view first, std::string_view text);

/// An `Entry` of a listing has a name, and what is to be said of it.
struct Entry {
  std::string head;
  std::string body;
};

/// Writes entries in two columns, or each body below its head where heads are long.
[[nodiscard]] std::string listing(const std::vector<Entry>& entries);

}  // namespace drydock::reports
