#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace drydock::tidy {

enum class Kind { word, number, punctuation, string, character };

struct Token {
  Kind kind;
  std::string text;  // of a string: its contents, escapes undone
  int line;
};

struct Include {
  std::string path;
  int line;
};

/// Whether a table of words holds one.
template <std::size_t N>
bool contains(const std::array<std::string_view, N>& table, std::string_view text) {
  return std::find(table.begin(), table.end(), text) != table.end();
}

inline constexpr std::size_t kNone = static_cast<std::size_t>(-1);

/// A source without its comments. Preprocessor lines stand apart: they follow no grammar of
/// statements.
struct Tokens {
  std::vector<Token> code;
  std::vector<Token> directives;
  std::vector<Include> includes;
  bool opens_with_pragma_once = false;
  int lines = 0;
  std::set<int> lines_of_raw_text;  // those that begin within a raw string literal

  // For each token of `code`: the bracket that answers this one, and the opening one that it stands
  // in.
  std::vector<std::size_t> match;
  std::vector<std::size_t> parent;

  bool is(std::size_t at, std::string_view text) const {
    return at < code.size() && code[at].text == text && code[at].kind != Kind::string &&
           code[at].kind != Kind::character;
  }
  bool is_word(std::size_t at) const { return at < code.size() && code[at].kind == Kind::word; }
};

Tokens tokenize(std::string_view text);

}  // namespace drydock::tidy
