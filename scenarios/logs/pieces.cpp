#include "scenarios/logs/pieces.hpp"

#include <algorithm>

namespace drydock::scenarios {
namespace {

constexpr std::string_view kBlank = " \t\r\n";

/// Goes through a text and keeps count of lines and columns.
class Walker {
 public:
  explicit Walker(std::string_view text) : text_(text) {}

  [[nodiscard]] bool at_end() const { return text_.empty(); }
  [[nodiscard]] std::string_view rest() const { return text_; }
  [[nodiscard]] LogPiece piece(std::size_t size) const { return {text_.substr(0, size), line_, column_}; }

  void go(std::size_t size) {
    const std::string_view gone = text_.substr(0, size);
    const auto breaks = static_cast<std::size_t>(std::count(gone.begin(), gone.end(), '\n'));
    line_ += breaks;
    column_ = breaks == 0 ? column_ + gone.size() : gone.size() - gone.rfind('\n');
    text_.remove_prefix(gone.size());
  }

  [[nodiscard]] std::size_t to_end_of_line() const { return std::min(text_.find('\n'), text_.size()); }

  /// Passes over blanks and lines of comment.
  void skip() {
    while (!text_.empty()) {
      if (text_.starts_with("//")) {
        go(to_end_of_line());
      } else if (kBlank.find(text_.front()) != std::string_view::npos) {
        go(1);
      } else {
        return;
      }
    }
  }

 private:
  std::string_view text_;
  std::size_t line_ = 1;
  std::size_t column_ = 1;
};

}  // namespace

std::string_view without_blanks(std::string_view text) {
  const auto from = text.find_first_not_of(kBlank);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(kBlank) - from + 1);
}

std::optional<std::size_t> end_of_value(std::string_view text) {
  std::size_t depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      for (++i; i < text.size() && text[i] != '"' && text[i] != '\n'; ++i) {
        if (text[i] == '\\') ++i;
      }
      if (i >= text.size() || text[i] == '\n') return std::nullopt;
      if (depth == 0) return i + 1;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      if (depth <= 1) return i + 1;
      --depth;
    } else if (c == '/' && text.substr(i).starts_with("//")) {
      i = std::min(text.find('\n', i), text.size() - 1);
    } else if (depth == 0) {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

std::vector<LogPiece> log_lines(std::string_view text) {
  std::vector<LogPiece> lines;
  for (Walker walker(text); !walker.at_end();) {
    const std::size_t size = walker.to_end_of_line();
    const std::string_view content = without_blanks(walker.rest().substr(0, size));
    if (!content.empty() && !content.starts_with("//")) lines.push_back(walker.piece(size));
    walker.go(size + 1);
  }
  return lines;
}

std::vector<LogPiece> log_values(std::string_view text, bool by_lines) {
  std::vector<LogPiece> values;
  Walker walker(text);
  for (walker.skip(); !walker.at_end(); walker.skip()) {
    const std::size_t line = walker.to_end_of_line();
    const auto end = end_of_value(by_lines ? walker.rest().substr(0, line) : walker.rest());
    const std::size_t size = end.value_or(by_lines ? line : walker.rest().size());
    values.push_back(walker.piece(size));
    walker.go(size);
  }
  return values;
}

}  // namespace drydock::scenarios
