// A `using` of a source file earns its line: clang-tidy knows the rule, but only for the file that it was given, and it
// is given a batch of sources at a time.

#include <algorithm>
#include <cstddef>
#include <string>

#include "tests/tidy/lint.hpp"
#include "tests/tidy/tokens.hpp"

namespace drydock::tidy {
namespace {

/// The `;` that ends what begins at `at`.
std::size_t end_of_statement(const Tokens& tokens, std::size_t at) {
  while (at < tokens.code.size() && !tokens.is(at, ";")) ++at;
  return at;
}

/// `using a::b;`, but neither `using namespace a;` nor `using b = a;`.
bool declares_name(const Tokens& tokens, std::size_t at, std::size_t end) {
  if (!tokens.is(at, "using") || tokens.is(at + 1, "namespace") || !tokens.is_word(end - 1)) return false;
  for (std::size_t i = at; i < end; ++i) {
    if (tokens.is(i, "=")) return false;
  }
  return true;
}

bool is_said_elsewhere(const Tokens& tokens, const std::string& name, std::size_t but) {
  for (std::size_t i = 0; i < tokens.code.size(); ++i) {
    if (i != but && tokens.is(i, name)) return true;
  }
  return std::any_of(tokens.directives.begin(), tokens.directives.end(),
                     [&](const Token& line) { return line.text.find(name) != std::string::npos; });
}

}  // namespace

void check_usings(const Unit& unit, Findings& out) {
  if (!unit.file.path.ends_with(".cpp")) return;
  const Tokens& tokens = unit.tokens;
  for (std::size_t at = 0; at < tokens.code.size(); ++at) {
    const std::size_t end = tokens.is(at, "using") ? end_of_statement(tokens, at) : at;
    if (end == at || !declares_name(tokens, at, end)) continue;
    const Token& name = tokens.code[end - 1];
    if (!is_said_elsewhere(tokens, name.text, end - 1)) {
      unit.report(out, name.line, "unused-using", name.text + ": nothing below says this name");
    }
  }
}

}  // namespace drydock::tidy
