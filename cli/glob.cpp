#include "cli/glob.hpp"

#include <cstddef>

namespace drydock::cli {
namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80; }

/// Returns the length in bytes of the character at `at`.
std::size_t character_length(std::string_view text, std::size_t at) {
  std::size_t length = 1;
  while (at + length < text.size() && is_continuation(text[at + length])) ++length;
  return length;
}

struct Match {
  std::size_t pattern_bytes = 0;  // 0: no match
  std::size_t text_bytes = 0;
};

/// Matches one element of the pattern that is not `*` with the text's next character.
Match match_one(std::string_view pattern, std::size_t p, std::string_view text, std::size_t t) {
  if (p >= pattern.size()) return {};
  if (pattern[p] == '?') return {1, character_length(text, t)};
  const bool escaped = pattern[p] == '\\' && p + 1 < pattern.size();
  const std::size_t literal = escaped ? p + 1 : p;
  if (pattern[literal] != text[t]) return {};
  return {literal + 1 - p, 1};
}

}  // namespace

bool glob_matches(std::string_view pattern, std::string_view text) {
  constexpr std::size_t kNone = std::string_view::npos;
  std::size_t p = 0;
  std::size_t t = 0;
  // Only the last star is ever widened, so the time is at most the product of both lengths.
  std::size_t star = kNone;
  std::size_t star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_text = t;
      continue;
    }
    if (const Match match = match_one(pattern, p, text, t); match.pattern_bytes > 0) {
      p += match.pattern_bytes;
      t += match.text_bytes;
      continue;
    }
    if (star == kNone) return false;
    p = star + 1;
    t = ++star_text;
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace drydock::cli
