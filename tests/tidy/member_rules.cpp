// Every member has an initialiser: a number, a pointer, an enumerator or a duration without one holds
// whatever the memory held before, and no compiler warns where the object is made with `T x;`. Types
// that initialise themselves need none; where a constructor is written, its list counts.

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/tidy/lint.hpp"
#include "tests/tidy/tokens.hpp"

namespace drydock::tidy {
namespace {

// Beside these: enumerations, which are found in the sources, and pointers.
constexpr std::array<std::string_view, 29> kHoldsAnything = {
    "bool",    "char",     "short",    "int",       "long",      "unsigned",   "signed",       "float",
    "double",  "size_t",   "ssize_t",  "ptrdiff_t", "int8_t",    "int16_t",    "int32_t",      "int64_t",
    "uint8_t", "uint16_t", "uint32_t", "uint64_t",  "byte",      "time_point", "microseconds", "milliseconds",
    "seconds", "Duration", "duration", "Instant",   "uintptr_t",
};

// What a declaration of a data member does not begin with.
constexpr std::array<std::string_view, 12> kOtherDeclarations = {
    "using", "typedef", "friend", "static",   "template", "class",
    "enum",  "struct",  "union",  "operator", "explicit", "virtual",
};

using Names = std::set<std::string, std::less<>>;

struct Known {
  Names enumerations;
  Names in_constructor_lists;
};

bool opens(const Tokens& tokens, std::size_t i) {
  return (tokens.is(i, "(") || tokens.is(i, "{") || tokens.is(i, "[")) && tokens.match[i] != kNone;
}

// `: a(…), b{…}` of any constructor; too many names do no harm, for a member must also be there.
void collect(const Tokens& tokens, Known& known) {
  for (std::size_t i = 0; i + 1 < tokens.code.size(); ++i) {
    if (tokens.is(i, "enum")) {
      const std::size_t name = tokens.is(i + 1, "class") || tokens.is(i + 1, "struct") ? 2 : 1;
      if (tokens.is_word(i + name)) known.enumerations.insert(tokens.code[i + name].text);
    }
    const bool listed = i > 0 && tokens.is_word(i) && (tokens.is(i - 1, ":") || tokens.is(i - 1, ","));
    if (listed && (tokens.is(i + 1, "(") || tokens.is(i + 1, "{"))) {
      known.in_constructor_lists.insert(tokens.code[i].text);
    }
  }
}

// The `{` of a class whose keyword stands at `at`; kNone when it is another use of the word.
std::size_t class_body(const Tokens& tokens, std::size_t at) {
  const bool keyword = tokens.is(at, "struct") || tokens.is(at, "class");
  if (!keyword || (at > 0 && tokens.is(at - 1, "enum"))) return kNone;
  const bool defines =
      tokens.is_word(at + 1) && (tokens.is(at + 2, "{") || tokens.is(at + 2, ":") || tokens.is(at + 2, "final"));
  if (!defines) return kNone;
  for (std::size_t i = at + 2; i < tokens.code.size(); ++i) {
    if (tokens.is(i, "{")) return i;
    if (tokens.is(i, ";") || tokens.is(i, "(")) return kNone;
  }
  return kNone;
}

struct Declaration {
  std::size_t begin = 0;
  std::size_t end = 0;  // its `;`, or the `}` of a function's body
  bool plain = true;    // neither brackets nor an initialiser
};

std::vector<Declaration> declarations(const Tokens& tokens, std::size_t body) {
  std::vector<Declaration> all;
  Declaration now{.begin = body + 1};
  for (std::size_t i = body + 1; i < tokens.match[body]; ++i) {
    const bool label = tokens.is(i, ":") && i == now.begin + 1;
    if (label) now = {.begin = i + 1};
    if (tokens.is(i, "=")) now.plain = false;
    bool ends = tokens.is(i, ";");
    if (opens(tokens, i)) {
      // An array's bound initialises nothing.
      if (!tokens.is(i, "[")) now.plain = false;
      const bool block = tokens.is(i, "{");
      i = tokens.match[i];
      ends = block && !tokens.is(i + 1, ";") && !tokens.is(i + 1, ",") && !tokens.is(i + 1, "{");
    }
    if (!ends) continue;
    now.end = i;
    all.push_back(now);
    now = {.begin = i + 1};
  }
  return all;
}

bool declares_constructor(const Tokens& tokens, const Declaration& it, std::string_view name) {
  if (tokens.is(it.end - 1, "default") || tokens.is(it.end - 1, "delete")) return false;
  for (std::size_t i = it.begin; i < it.end && !tokens.is(i, ":"); ++i) {
    if (tokens.is(i, "~") || tokens.is(i, ";")) return false;
    if (tokens.is(i, name) && tokens.is(i + 1, "(")) return true;
    if (tokens.is(i, "(")) return false;
  }
  return false;
}

// The member's name, or kNone when the declaration initialises it, or its type does.
std::size_t uninitialised(const Tokens& tokens, const Declaration& it, const Known& known) {
  if (!it.plain || it.end < it.begin + 2 || !tokens.is(it.end, ";")) return kNone;
  if (contains(kOtherDeclarations, tokens.code[it.begin].text)) return kNone;
  std::size_t name = it.end - 1;
  if (tokens.is(name, "]")) name = tokens.match[name] - 1;
  if (!tokens.is_word(name) || name == it.begin) return kNone;
  const std::size_t last = name - 1;
  if (tokens.is(last, "*")) return name;
  if (!tokens.is_word(last)) return kNone;
  const std::string& type = tokens.code[last].text;
  return contains(kHoldsAnything, type) || known.enumerations.contains(type) ? name : kNone;
}

void check_class(const Unit& unit, std::size_t at, const Known& known, Findings& out) {
  const Tokens& tokens = unit.tokens;
  const std::size_t body = class_body(tokens, at);
  if (body == kNone || tokens.match[body] == kNone) return;
  const std::vector<Declaration> all = declarations(tokens, body);
  const bool constructed = std::any_of(all.begin(), all.end(), [&](const Declaration& it) {
    return declares_constructor(tokens, it, tokens.code[at + 1].text);
  });
  for (const Declaration& it : all) {
    const std::size_t name = uninitialised(tokens, it, known);
    if (name == kNone) continue;
    const Token& member = tokens.code[name];
    if (constructed && known.in_constructor_lists.contains(member.text)) continue;
    unit.report(out, member.line, "member-init",
                member.text + ": holds what the memory held before: give it an initialiser");
  }
}

}  // namespace

void check_members(std::span<const Unit> units, Findings& out) {
  Known known;
  for (const Unit& unit : units) collect(unit.tokens, known);
  for (const Unit& unit : units) {
    if (!is_on_a_floor(unit)) continue;
    for (std::size_t i = 0; i < unit.tokens.code.size(); ++i) check_class(unit, i, known, out);
  }
}

}  // namespace drydock::tidy
