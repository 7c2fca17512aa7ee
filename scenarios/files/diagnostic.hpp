#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace drydock::scenarios {

/// One thing that is wrong with a user's file or command line.
struct Diagnostic {
  std::string file;
  std::size_t line = 0;  // from 1; 0 where there is no file position
  std::size_t column = 0;
  std::string pointer;  // JSON pointer into the file
  std::string message;
  std::string hint;  // the nearest valid name, or what would be right; may be empty

  friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};

/// Makes a diagnostic that has no place in a file: of a command line, or of a setting.
[[nodiscard]] Diagnostic problem(std::string message, std::string hint = {});
/// Makes a diagnostic of a whole file, without a line.
[[nodiscard]] Diagnostic problem_in(std::string file, std::string message, std::string hint = {});

/// Gives a diagnostic as one line: `file:line:col: /pointer: message (hint)`.
[[nodiscard]] std::string to_text(const Diagnostic& diagnostic);

/// Finds the candidate with the smallest edit distance, if that is near enough to be meant; empty otherwise.
[[nodiscard]] std::string nearest(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace drydock::scenarios
