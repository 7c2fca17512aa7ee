#include "tests/mutants/weave.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <stdexcept>
#include <utility>
#include <vector>

namespace drydock::mutants {
namespace {

/// Half open.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

std::size_t skip_space(const std::string& text, std::size_t at) {
  while (at < text.size() && is_space(text[at])) ++at;
  return at;
}

/// Where the string literals and the comments of a source are. Raw strings are not expected in one that is mutated.
struct Layout {
  std::vector<Span> literals;  // with their quotes
  std::vector<Span> comments;
};

std::size_t end_of_quoted(const std::string& source, std::size_t at) {
  const char quote = source[at];
  for (++at; at < source.size() && source[at] != quote; ++at) {
    if (source[at] == '\\') ++at;
  }
  return std::min(at + 1, source.size());
}

Layout layout_of(const std::string& source) {
  Layout layout;
  std::size_t at = 0;
  while (at < source.size()) {
    const std::size_t begin = at;
    if (source.compare(at, 2, "//") == 0) {
      at = std::min(source.find('\n', at), source.size());
      layout.comments.push_back({begin, at});
    } else if (source.compare(at, 2, "/*") == 0) {
      at = std::min(source.find("*/", at), source.size() - 2) + 2;
      layout.comments.push_back({begin, at});
    } else if (source[at] == '"') {
      at = end_of_quoted(source, at);
      layout.literals.push_back({begin, at});
    } else if (source[at] == '\'' && (at == 0 || std::isalnum(static_cast<unsigned char>(source[at - 1])) == 0)) {
      at = end_of_quoted(source, at);  // a character, not a digit separator
    } else {
      ++at;
    }
  }
  return layout;
}

bool within(const std::vector<Span>& spans, std::size_t at) {
  return std::any_of(spans.begin(), spans.end(), [at](const Span& span) { return span.begin <= at && at < span.end; });
}

/// Where `wanted` ends if it stands at `at`; npos if it does not.
std::size_t match_at(const std::string& source, std::size_t at, const std::string& wanted) {
  std::size_t k = 0;
  while (k < wanted.size()) {
    if (at >= source.size()) return std::string::npos;
    if (is_space(wanted[k])) {
      if (!is_space(source[at])) return std::string::npos;
      at = skip_space(source, at);
      k = skip_space(wanted, k);
    } else {
      if (source[at] != wanted[k]) return std::string::npos;
      ++at;
      ++k;
    }
  }
  return at;
}

/// A source, and what is said when a mutant does not fit it.
struct Source {
  const std::string& text;
  const std::string& path;
  Layout layout;
};

[[noreturn]] void fail(const Mutant& mutant, const Source& source, const std::string& text,
                       const std::string& message) {
  throw std::invalid_argument("mutant " + mutant.name + ": " + message + " in " + source.path + ": " + text);
}

Span find_once(const Source& source, Span where, const Mutant& mutant, const std::string& wanted) {
  std::vector<Span> found;
  for (std::size_t at = where.begin; at < where.end; ++at) {
    const std::size_t end = match_at(source.text, at, wanted);
    if (end != std::string::npos && !within(source.layout.comments, at)) found.push_back({at, end});
  }
  if (found.empty()) fail(mutant, source, wanted, "this text is not there");
  if (found.size() > 1) {
    fail(mutant, source, wanted, "this text is there " + std::to_string(found.size()) + " times");
  }
  return found.front();
}

/// Where a change may be: the function that it names, up to the brace in the first column that ends it.
Span scope_of(const Source& source, const Mutant& mutant, const Change& change) {
  const Span all{0, source.text.size()};
  if (change.in.empty()) return all;
  const Span head = find_once(source, all, mutant, change.in);
  return {head.begin, std::min(source.text.find("\n}", head.end), all.end)};
}

enum class Form { text, statement, expression };

/// What is switched as one: a place in the source, and what each of its mutants puts there.
struct Place {
  Form form = Form::expression;
  std::vector<std::pair<int, std::string>> replacements;
};

/// The literal that the span lies in, with those beside it that the compiler joins to it.
Span whole_text(const std::string& source, const Layout& layout, Span span) {
  const auto& all = layout.literals;
  auto first = std::find_if(all.begin(), all.end(),
                            [&](const Span& literal) { return literal.begin < span.begin && span.end < literal.end; });
  auto last = first;
  const auto joined = [&](const Span& a, const Span& b) { return skip_space(source, a.end) == b.begin; };
  while (first != all.begin() && joined(*(first - 1), *first)) --first;
  while (last + 1 != all.end() && joined(*last, *(last + 1))) ++last;
  return {first->begin, last->end};
}

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

/// How a change is switched, and what its place is widened to.
std::pair<Span, Form> place_of(const Source& source, const Mutant& mutant, const Change& change, Span span) {
  const auto& literals = source.layout.literals;
  const bool begins_inside = std::any_of(literals.begin(), literals.end(), [&](const Span& literal) {
    return literal.begin < span.begin && span.begin < literal.end;
  });
  if (begins_inside) {
    const bool ends_inside = std::any_of(literals.begin(), literals.end(), [&](const Span& literal) {
      return literal.begin < span.begin && span.end < literal.end;
    });
    if (!ends_inside) fail(mutant, source, change.find, "this text spans two string literals");
    return {whole_text(source.text, source.layout, span), Form::text};
  }
  const char last = change.find.back();
  if (last == ';' || last == '}') return {span, Form::statement};
  if ((change.find + change.replace).find("co_await") != std::string::npos)
    fail(mutant, source, change.find, "an expression may not await, write whole statements");
  return {span, Form::expression};
}

std::string switched(const Place& place, const std::string& original) {
  std::string out;
  if (place.form == Form::statement) {
    out = "{ ";
    for (const auto& [number, text] : place.replacements)
      out += "if (::drydock::mutants::active(" + std::to_string(number) + ")) { " + text + " } else ";
    return out + "{ " + original + " } }";
  }
  for (const auto& [number, text] : place.replacements)
    out += "(::drydock::mutants::active(" + std::to_string(number) + ") ? (" + text + ") : ";
  return out + "(" + original + ")" + std::string(place.replacements.size(), ')');
}

/// Outer places before those that lie within them.
struct OuterFirst {
  bool operator()(const Span& a, const Span& b) const { return a.begin != b.begin ? a.begin < b.begin : a.end > b.end; }
};
using Places = std::map<Span, Place, OuterFirst>;

void add(const Source& source, const Mutant& mutant, const Change& change, Places& places) {
  const Span exact = find_once(source, scope_of(source, mutant, change), mutant, change.find);
  const auto [span, form] = place_of(source, mutant, change, exact);
  std::string replacement = change.replace;
  if (form == Form::text) {
    replacement = one_line(source.text.substr(span.begin, exact.begin - span.begin) + replacement +
                           source.text.substr(exact.end, span.end - exact.end));
  }
  for (const auto& [other, unused] : places) {
    const bool apart = other.end <= span.begin || span.end <= other.begin;
    const bool nested =
        (other.begin <= span.begin && span.end <= other.end) || (span.begin <= other.begin && other.end <= span.end);
    if (!apart && !nested) fail(mutant, source, change.find, "this text overlaps another mutant's");
  }
  Place& place = places[span];
  place.form = form;
  place.replacements.emplace_back(number_of(mutant.name), std::move(replacement));
}

/// The text of `span`, its places switched; `next` goes past those that lie in it.
std::string woven(const Source& source, Span span, Places::const_iterator& next, Places::const_iterator end) {
  std::string out;
  std::size_t at = span.begin;
  while (next != end && next->first.begin < span.end) {
    const auto& [inner, place] = *next++;
    out += source.text.substr(at, inner.begin - at);
    out += switched(place, woven(source, inner, next, end));
    at = inner.end;
  }
  return out + source.text.substr(at, span.end - at);
}

}  // namespace

std::string weave(const std::string& text, const std::string& path, std::span<const Mutant> mutants) {
  const Source source{text, path, layout_of(text)};
  Places places;
  for (const Mutant& mutant : mutants) {
    for (const Change& change : mutant.changes) add(source, mutant, change, places);
  }
  auto next = places.cbegin();
  return "#include \"tests/mutants/active.hpp\"\n#line 1 \"" + path + "\"\n" +
         woven(source, {0, text.size()}, next, places.cend());
}

}  // namespace drydock::mutants
