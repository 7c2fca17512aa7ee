#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace drydock::scenarios {

/// A part of a log that is read by itself: a JSON value, or a line.
struct LogPiece {
  std::string_view text;
  std::size_t line = 1;  // of its first character, from 1
  std::size_t column = 1;
};

/// Drops blanks from both ends.
[[nodiscard]] std::string_view without_blanks(std::string_view text);

/// Splits a log into its lines. Empty ones and lines of `//` comment are not among them.
[[nodiscard]] std::vector<LogPiece> log_lines(std::string_view text);

/// Splits a log into the JSON values that follow each other in it, over lines or several in one. With `by_lines` no
/// value goes on over the end of its line, so that one that is broken costs no other. What is no JSON is a piece too.
[[nodiscard]] std::vector<LogPiece> log_values(std::string_view text, bool by_lines);

/// Finds the end of the JSON value at the beginning of a text by its brackets; empty where they do not close.
[[nodiscard]] std::optional<std::size_t> end_of_value(std::string_view text);

}  // namespace drydock::scenarios
