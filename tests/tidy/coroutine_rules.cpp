// The coroutine rules. g++ 12 miscompiles several places where `co_await` may legally stand,
// without a warning (CONTRIBUTING.md shows them); so it may stand in four forms of statement only:
//
//   co_await X;     T v = co_await X;     v = co_await X;     co_return co_await X;
//
// where X holds no brace, lambda, `?` or second await. What a coroutine refers to must outlive it:
// its parameters are values, and a coroutine lambda captures nothing.

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>

#include "tests/tidy/lint.hpp"
#include "tests/tidy/tokens.hpp"

namespace drydock::tidy {
namespace {

// What a coroutine may take by reference: ports and bundles of them, which the run's World owns, so
// that they outlive every task. A type qualifies if its name ends in one of these. Extend this
// table, with that test in mind.
constexpr std::array<std::string_view, 11> kOutlivesTasks = {
    "Deps", "Platform", "ControlPlane", "Store", "Ec2", "Scheduler", "Clock", "World", "Record", "Choices", "Adversary",
};

// Types that look at storage of somebody else.
constexpr std::array<std::string_view, 3> kViews = {"string_view", "span", "initializer_list"};

// ---- where an await may stand ----

// The first token of the statement that `at` belongs to, or nothing when `at` stands within
// brackets of an expression.
std::optional<std::size_t> statement_begin(const Tokens& tokens, std::size_t at) {
  std::size_t i = at;
  while (i > 0) {
    const std::size_t before = i - 1;
    if (tokens.is(before, ";") || tokens.is(before, "{")) return i;
    if (tokens.is(before, "}")) return i;
    if (tokens.is(before, "(") || tokens.is(before, "[")) return std::nullopt;
    const bool closes = tokens.is(before, ")") || tokens.is(before, "]");
    i = closes && tokens.match[before] != kNone ? tokens.match[before] : before;
  }
  return i;
}

// One past the last token of the expression: its `;`, or the bracket that encloses it.
std::size_t expression_end(const Tokens& tokens, std::size_t at) {
  for (std::size_t i = at; i < tokens.code.size(); ++i) {
    const bool opens = tokens.is(i, "(") || tokens.is(i, "[") || tokens.is(i, "{");
    if (opens && tokens.match[i] != kNone) {
      i = tokens.match[i];
    } else if (tokens.is(i, ";") || tokens.is(i, ")") || tokens.is(i, "]") || tokens.is(i, "}")) {
      return i;
    }
  }
  return tokens.code.size();
}

// A statement may be the branch of another: skips `if (…)`, `else`, `for (…)`, `case …:` and their
// like.
std::size_t skip_heads(const Tokens& tokens, std::size_t begin, std::size_t end) {
  std::size_t i = begin;
  while (i < end) {
    if (tokens.is(i, "else") || tokens.is(i, "do")) {
      ++i;
    } else if (tokens.is(i, "if") || tokens.is(i, "while") || tokens.is(i, "for")) {
      i += tokens.is(i + 1, "constexpr") ? 2 : 1;
      if (!tokens.is(i, "(") || tokens.match[i] == kNone) return i;
      i = tokens.match[i] + 1;
    } else if (tokens.is(i, "case") || tokens.is(i, "default")) {
      while (i < end && !tokens.is(i, ":")) ++i;
      ++i;
    } else {
      return i;
    }
  }
  return end;
}

bool any_of(const Tokens& tokens, std::size_t begin, std::size_t end, std::initializer_list<std::string_view> texts) {
  for (std::size_t i = begin; i < end; ++i) {
    for (const std::string_view text : texts) {
      if (tokens.is(i, text)) return true;
    }
  }
  return false;
}

// The same, but not within brackets.
bool any_at_top(const Tokens& tokens, std::size_t begin, std::size_t end,
                std::initializer_list<std::string_view> texts) {
  for (std::size_t i = begin; i < end; ++i) {
    for (const std::string_view text : texts) {
      if (tokens.is(i, text)) return true;
    }
    if (tokens.match[i] != kNone && tokens.match[i] > i) i = tokens.match[i];
  }
  return false;
}

bool is_allowed_prefix(const Tokens& tokens, std::size_t begin, std::size_t at) {
  if (begin == at) return true;
  if (begin + 1 == at && tokens.is(begin, "co_return")) return true;
  const std::size_t equals = at - 1;
  return begin < equals && tokens.is(equals, "=") &&
         !any_of(tokens, begin, equals, {"=", "(", "{", "?", "return", "co_return", "throw"});
}

std::string_view enclosing_message(const Tokens& tokens, std::size_t at) {
  std::size_t open = tokens.parent[at];
  while (open != kNone && open > 0 && tokens.is(open, "(")) {
    if (any_of(tokens, open - 1, open, {"if", "while", "switch", "for", "constexpr"})) {
      return "co_await in a condition: name the answer first, then branch on it";
    }
    open = tokens.parent[open];
  }
  return "co_await inside an expression: await in a statement of its own, then use the answer";
}

void check_await(const Unit& unit, std::size_t at, Findings& out) {
  const Tokens& tokens = unit.tokens;
  const int line = tokens.code[at].line;
  const auto fail = [&](std::string_view message) { unit.report(out, line, "await-form", std::string(message)); };
  const std::optional<std::size_t> begin = statement_begin(tokens, at);
  const std::size_t end = expression_end(tokens, at + 1);
  // A block's own statements end in `;`; between the braces of an initialiser there are none.
  if (!begin || !tokens.is(end, ";")) return fail(enclosing_message(tokens, at));
  if (!is_allowed_prefix(tokens, skip_heads(tokens, *begin, at), at)) {
    return fail("allowed are: co_await X; T v = co_await X; v = co_await X; co_return co_await X;");
  }
  if (any_of(tokens, at + 1, end, {"co_await"})) return fail("a second co_await in one statement");
  if (any_of(tokens, at + 1, end, {"{"})) {
    return fail("a brace or lambda in an awaited expression: name the request first, then await");
  }
  if (any_of(tokens, at + 1, end, {"?"})) return fail("a conditional in an awaited expression");
  if (any_at_top(tokens, at + 1, end, {"&&", "||", "==", "!=", "<=", ">=", "<=>", "+", "-", "/", "%", "|", "^", "="})) {
    return fail("an operator beside co_await: name the answer first, then compute with it");
  }
}

// ---- what a coroutine holds on to ----

struct Function {
  std::size_t body = kNone;
  std::size_t params = kNone;    // its "(", if there is one
  std::size_t captures = kNone;  // a lambda's "["
};

bool may_stand_before_body(const Tokens& tokens, std::size_t i) {
  static constexpr std::array<std::string_view, 6> kTypePunctuation = {"::", "<", ">", ",", "*", "->"};
  return tokens.is_word(i) || tokens.is(i, "&") || tokens.is(i, "&&") ||
         (i < tokens.code.size() && tokens.code[i].kind == Kind::punctuation &&
          contains(kTypePunctuation, tokens.code[i].text));
}

// The "(" of a template lambda follows `]<…>`: from its ">" back to the "]".
std::size_t before_template_head(const Tokens& tokens, std::size_t close) {
  int depth = 0;
  for (std::size_t i = close + 1; i-- > 0;) {
    if (tokens.is(i, ">")) ++depth;
    if (tokens.is(i, "<") && --depth == 0) return i == 0 ? kNone : i - 1;
    if (tokens.is(i, ";") || tokens.is(i, "{") || tokens.is(i, "}")) return kNone;
  }
  return kNone;
}

// Whether the "{" at `brace` opens a function or a lambda; control flow, classes and initialisers
// do not count.
std::optional<Function> function_at(const Tokens& tokens, std::size_t brace) {
  std::size_t i = brace;
  while (i > 0) {
    --i;
    if (tokens.is(i, "else") || tokens.is(i, "do") || tokens.is(i, "try")) return std::nullopt;
    if (may_stand_before_body(tokens, i)) continue;
    if (tokens.match[i] == kNone) return std::nullopt;
    if (tokens.is(i, "]")) return Function{brace, kNone, tokens.match[i]};
    if (!tokens.is(i, ")")) return std::nullopt;
    const std::size_t open = tokens.match[i];
    if (open == 0) return std::nullopt;
    std::size_t before = open - 1;
    if (any_of(tokens, before, open, {"noexcept", "requires", "decltype"})) {
      i = before;
      continue;
    }
    if (any_of(tokens, before, open, {"if", "while", "for", "switch", "catch", "constexpr"})) {
      return std::nullopt;
    }
    if (tokens.is(before, ">")) before = before_template_head(tokens, before);
    if (before != kNone && tokens.is(before, "]")) {
      return Function{brace, open, tokens.match[before]};
    }
    return Function{brace, open, kNone};
  }
  return std::nullopt;
}

std::optional<Function> enclosing_function(const Tokens& tokens, std::size_t at) {
  for (std::size_t open = tokens.parent[at]; open != kNone; open = tokens.parent[open]) {
    if (!tokens.is(open, "{")) continue;
    if (const auto function = function_at(tokens, open)) return function;
  }
  return std::nullopt;
}

bool is_port(std::string_view type) {
  return std::any_of(kOutlivesTasks.begin(), kOutlivesTasks.end(),
                     [&](std::string_view name) { return type.ends_with(name); });
}

// One parameter, [begin, end). What it is, if it may dangle.
std::string_view hazard_of_parameter(const Tokens& tokens, std::size_t begin, std::size_t end) {
  std::string_view last_word;
  int angle = 0;
  for (std::size_t i = begin; i < end && !tokens.is(i, "="); ++i) {
    if (tokens.is(i, "<")) ++angle;
    if (tokens.is(i, ">")) --angle;
    if (tokens.is_word(i) && contains(kViews, tokens.code[i].text)) return "a view";
    if (tokens.is(i, "*") && last_word == "char") return "a C string";
    if (angle == 0 && tokens.is(i, "&&")) return "an rvalue reference";
    if (angle == 0 && tokens.is(i, "&") && !is_port(last_word)) return "a reference";
    if (tokens.is_word(i) && angle == 0) last_word = tokens.code[i].text;
    if (tokens.is_word(i) && angle > 0 && tokens.code[i].text == "char") last_word = "char";
  }
  return {};
}

void check_parameters(const Unit& unit, std::size_t open, Findings& out) {
  const Tokens& tokens = unit.tokens;
  const std::size_t close = tokens.match[open];
  std::size_t begin = open + 1;
  int angle = 0;
  for (std::size_t i = begin; i <= close; ++i) {
    if (tokens.is(i, "<")) ++angle;
    if (tokens.is(i, ">")) --angle;
    if (i < close && tokens.match[i] != kNone && tokens.match[i] > i) i = tokens.match[i];
    if (i != close && !(tokens.is(i, ",") && angle == 0)) continue;
    const std::string_view hazard = hazard_of_parameter(tokens, begin, i);
    if (!hazard.empty()) {
      unit.report(out, tokens.code[begin].line, "coroutine-parameter",
                  std::string(hazard) + " as a parameter of a coroutine: take it by value");
    }
    begin = i + 1;
  }
}

}  // namespace

void check_await_forms(const Unit& unit, Findings& out) {
  for (std::size_t i = 0; i < unit.tokens.code.size(); ++i) {
    if (unit.tokens.is(i, "co_await")) check_await(unit, i, out);
  }
}

void check_coroutine_lifetimes(const Unit& unit, Findings& out) {
  const Tokens& tokens = unit.tokens;
  std::set<std::size_t> seen;
  for (std::size_t i = 0; i < tokens.code.size(); ++i) {
    if (!tokens.is(i, "co_await") && !tokens.is(i, "co_return") && !tokens.is(i, "co_yield")) {
      continue;
    }
    const auto function = enclosing_function(tokens, i);
    if (!function || !seen.insert(function->body).second) continue;
    if (function->captures != kNone && tokens.match[function->captures] != function->captures + 1) {
      unit.report(out, tokens.code[function->captures].line, "coroutine-capture",
                  "a coroutine lambda captures: the frame refers to a lambda that may be gone; "
                  "pass the values as parameters");
    }
    if (function->params != kNone) check_parameters(unit, function->params, out);
  }
}

void check_symmetric_transfer(const Unit& unit, Findings& out) {
  const Tokens& tokens = unit.tokens;
  for (std::size_t i = 0; i < tokens.code.size(); ++i) {
    if (!tokens.is(i, "await_suspend")) continue;
    const std::size_t begin = statement_begin(tokens, i).value_or(i);
    const bool leading = any_of(tokens, begin, i, {"coroutine_handle"});
    const std::size_t close = tokens.is(i + 1, "(") ? tokens.match[i + 1] : kNone;
    bool trailing = false;
    for (std::size_t k = close; k < tokens.code.size() && !tokens.is(k, "{") && !tokens.is(k, ";"); ++k) {
      trailing = trailing || tokens.is(k, "coroutine_handle");
    }
    if (leading || trailing) {
      unit.report(out, tokens.code[i].line, "symmetric-transfer",
                  "await_suspend returns a handle: without optimisation every transfer eats stack; "
                  "park it and let the scheduler resume");
    }
  }
}

void check_single_resume(std::span<const Unit> units, Findings& out) {
  for (const Unit& unit : units) {
    if (unit.below("tests/")) continue;
    const bool is_scheduler = unit.file.path == "sim/scheduler.cpp";
    int count = 0;
    for (std::size_t i = 1; i < unit.tokens.code.size(); ++i) {
      const bool called = (unit.tokens.is(i - 1, ".") || unit.tokens.is(i - 1, "->")) && unit.tokens.is(i, "resume") &&
                          unit.tokens.is(i + 1, "(");
      if (!called) continue;
      ++count;
      if (!is_scheduler || count > 1) {
        unit.report(out, unit.tokens.code[i].line, "single-resume",
                    "one resume() in the code base, in the loop of sim/scheduler.cpp");
      }
    }
    if (is_scheduler && count == 0) {
      unit.report(out, 1, "single-resume", "the scheduler's loop has lost its resume()");
    }
  }
}

}  // namespace drydock::tidy
