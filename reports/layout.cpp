#include "reports/layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "sim/hash.hpp"
#include "sim/utf8.hpp"

namespace drydock::reports {
namespace {

struct CodePoint {
  char32_t value = 0;
  std::string_view bytes;
};

/// Takes the first character off text that is valid UTF-8.
CodePoint take(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  CodePoint point;
  point.bytes = text.substr(0, length);
  point.value = length == 1 ? lead : lead & (0xFFU >> (length + 1));
  for (const char byte : point.bytes.substr(1)) {
    point.value = (point.value << 6) | (static_cast<unsigned char>(byte) & 0x3FU);
  }
  text.remove_prefix(point.bytes.size());
  return point;
}

struct Span {
  char32_t first;
  char32_t last;
};

template <std::size_t N>
bool within(char32_t value, const std::array<Span, N>& spans) {
  return std::any_of(spans.begin(), spans.end(),
                     [value](const Span& span) { return span.first <= value && value <= span.last; });
}

// C0, DEL and C1; then what is invisible, looks like a blank, breaks lines or turns the reading direction: Unicode's
// Default_Ignorable_Code_Point (DerivedCoreProperties.txt, Unicode 15) and the blanks that are no white space.
constexpr std::array<Span, 21> kUnprintable{
    {{0x00, 0x1F},       {0x7F, 0x9F},       {0xAD, 0xAD},      {0x034F, 0x034F}, {0x061C, 0x061C}, {0x115F, 0x1160},
     {0x17B4, 0x17B5},   {0x180B, 0x180F},   {0x200B, 0x200B},  {0x200E, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F},
     {0x2800, 0x2800},   {0x3164, 0x3164},   {0xFEFF, 0xFEFF},  {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFB}, {0x1BCA0, 0x1BCA3},
     {0x1D159, 0x1D159}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF}}};
// Joiners and variation selectors belong to the writing of some languages and of emoji; after ASCII they do nothing.
constexpr std::array<Span, 2> kJoining{{{0x200C, 0x200D}, {0xFE00, 0xFE0F}}};

constexpr std::array<Span, 5> kNarrowest{
    {{0x0300, 0x036F}, {0x1AB0, 0x1AFF}, {0x200C, 0x200D}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}}};

constexpr std::array<Span, 9> kWide{{{0x1100, 0x115F},
                                     {0x2E80, 0xA4CF},
                                     {0xAC00, 0xD7A3},
                                     {0xF900, 0xFAFF},
                                     {0xFE30, 0xFE6F},
                                     {0xFF00, 0xFF60},
                                     {0xFFE0, 0xFFE6},
                                     {0x1F300, 0x1FAFF},
                                     {0x20000, 0x3FFFD}}};

std::size_t cells(char32_t value) {
  if (within(value, kNarrowest)) return 0;
  return within(value, kWide) ? 2 : 1;
}

std::string escape(char32_t value) {
  switch (value) {
    case '\n':
      return "\\n";
    case '\t':
      return "\\t";
    case '\r':
      return "\\r";
    default:
      return value < 0x80 ? fmt::format("\\x{:02x}", static_cast<std::uint32_t>(value))
                          : fmt::format("\\u{:04x}", static_cast<std::uint32_t>(value));
  }
}

/// Takes as many characters off `rest` as `width` cells hold.
std::string_view take_cells(std::string_view& rest, std::size_t width) {
  std::string_view ahead = rest;
  std::size_t used = 0;
  std::size_t bytes = 0;
  while (!ahead.empty()) {
    const CodePoint point = take(ahead);
    used += cells(point.value);
    if (used > width && bytes > 0) break;
    bytes += point.bytes.size();
  }
  const std::string_view taken = rest.substr(0, bytes);
  rest.remove_prefix(bytes);
  return taken;
}

/// Gives five characters that stand for the text: two texts have the same ones by a chance of one in 33 million.
std::string tag_of(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuv";
  std::string tag;
  std::uint64_t hash = sim::hash_text(text);
  for (int i = 0; i < 5; ++i, hash /= kDigits.size()) tag += kDigits[hash % kDigits.size()];
  return tag;
}

void add_word(std::vector<std::string>& lines, std::string_view word, std::size_t width) {
  const std::size_t used = display_width(lines.back());
  if (used > 0 && used + 1 + display_width(word) <= width) {
    lines.back().append(" ").append(word);
    return;
  }
  if (used > 0) lines.emplace_back();
  lines.back() = take_cells(word, width);
  while (!word.empty()) lines.emplace_back(take_cells(word, width));
}

}  // namespace

std::string printable(std::string_view text) {
  const std::string valid = sim::valid_utf8(text);
  std::string out;
  std::string_view rest = valid;
  char32_t before = 0;
  while (!rest.empty()) {
    const CodePoint point = take(rest);
    const bool joins_nothing = before < 0x80 && within(point.value, kJoining);
    if (joins_nothing || within(point.value, kUnprintable)) {
      out += escape(point.value);
    } else {
      out += point.bytes;
    }
    before = point.value;
  }
  return out;
}

std::size_t display_width(std::string_view text) {
  const std::string valid = sim::valid_utf8(text);
  std::size_t width = 0;
  for (std::string_view rest = valid; !rest.empty();) width += cells(take(rest).value);
  return width;
}

std::string pad(std::string text, std::size_t width) {
  const std::size_t used = display_width(text);
  if (used < width) text.append(width - used, ' ');
  return text;
}

std::string fit(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string{text};
  const std::string valid = sim::valid_utf8(text);
  std::string_view rest = valid;
  return std::string{take_cells(rest, width - 1)} + "…";
}

std::string fit_ends(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string{text};
  constexpr std::size_t kLeastWithTag = 7;
  constexpr std::size_t kLeastWithTail = 16;
  const std::string valid = sim::valid_utf8(text);
  std::string_view rest = valid;
  const std::string between = width < kLeastWithTag ? "…" : "…" + tag_of(valid) + (width < kLeastWithTail ? "" : "…");
  const std::size_t room = width - display_width(between);
  const bool has_tail = width < kLeastWithTag || width >= kLeastWithTail;
  const std::string head{take_cells(rest, has_tail ? room / 3 : room)};
  if (!has_tail) return head + between;
  const std::size_t tail = room - display_width(head);
  for (std::size_t left = display_width(rest); left > tail;) left -= cells(take(rest).value);
  return head + between + std::string{rest};
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  const std::string valid = sim::valid_utf8(text);
  std::vector<std::string> lines(1);
  for (std::string_view rest = valid; !rest.empty();) {
    const auto space = rest.find(' ');
    const std::string_view word = rest.substr(0, space);
    rest.remove_prefix(space == std::string_view::npos ? rest.size() : space + 1);
    if (!word.empty()) add_word(lines, word, width);
  }
  return lines;
}

std::string paragraph(std::string_view first, std::string_view text) {
  const std::size_t margin = display_width(first);
  std::string out;
  for (const std::string& line : wrap(text, kWidth - margin)) {
    out += out.empty() ? std::string{first} : std::string(margin, ' ');
    out += line;
    out += '\n';
  }
  return out;
}

std::string listing(const std::vector<Entry>& entries) {
  constexpr std::size_t kLongestHead = 30;
  std::size_t widest = 0;
  for (const Entry& entry : entries) widest = std::max(widest, display_width(entry.head));
  std::string out;
  for (const Entry& entry : entries) {
    if (widest <= kLongestHead) {
      out += paragraph(pad(entry.head, widest) + "  ", entry.body);
    } else {
      out += entry.head + "\n";
      if (!entry.body.empty()) out += paragraph("    ", entry.body);
    }
  }
  return out;
}

}  // namespace drydock::reports
