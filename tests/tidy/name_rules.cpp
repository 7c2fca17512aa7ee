// One name for one type. A reader takes a name for what it was where he met it before, whatever the namespace; so two
// headers of the floors do not declare the same name at namespace scope, and a type that is private to one file does
// not have the name of a type in a header that this file includes. Types within a class are free to choose: whoever
// is not in that class names them with it (`Difference::Kind`).

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/tidy/lint.hpp"
#include "tests/tidy/tokens.hpp"

namespace drydock::tidy {
namespace {

struct DeclaredType {
  std::string name;
  std::string stands_for;  // what an alias names, its tokens joined; empty for a class or an enumeration
  const Unit* unit = nullptr;
  int line = 0;
  bool shared = false;  // at namespace scope of a header

  std::string place() const { return unit->file.path + ":" + std::to_string(line); }
  bool is_alias() const { return !stands_for.empty(); }
};

bool is_header(const Unit& unit) { return unit.file.path.ends_with(".hpp"); }

/// Reads the types that a file declares at namespace scope.
class TypeReader {
 public:
  TypeReader(const Unit& unit, std::vector<DeclaredType>& out) : unit_(unit), tokens_(unit.tokens), out_(out) {}

  void run() { read(0, tokens_.code.size(), is_header(unit_)); }

 private:
  void read(std::size_t begin, std::size_t end, bool shared) {
    for (std::size_t i = begin; i < end; ++i) {
      if (tokens_.is(i, "namespace")) {
        i = read_namespace(i, shared);
      } else if (tokens_.is(i, "template") && tokens_.is(i + 1, "<")) {
        i = end_of_angles(i + 1);
      } else if (tokens_.is(i, "using")) {
        i = read_alias(i, shared);
      } else if (declares_type(i)) {
        i = read_type(i, shared);
      } else if (opens(i)) {
        i = tokens_.match[i];
      }
    }
  }

  bool declares_type(std::size_t i) const {
    return tokens_.is(i, "enum") || tokens_.is(i, "struct") || tokens_.is(i, "class") || tokens_.is(i, "union");
  }

  bool opens(std::size_t i) const {
    return (tokens_.is(i, "{") || tokens_.is(i, "(") || tokens_.is(i, "[")) && tokens_.match[i] != kNone;
  }

  /// The next `{` or `;` that no other bracket encloses.
  std::size_t body_or_end(std::size_t i) const {
    while (i < tokens_.code.size() && !tokens_.is(i, "{") && !tokens_.is(i, ";")) {
      i = opens(i) ? tokens_.match[i] + 1 : i + 1;
    }
    return i;
  }

  std::size_t end_of_angles(std::size_t i) const {
    int depth = 0;
    for (; i < tokens_.code.size(); ++i) {
      if (tokens_.is(i, "<")) ++depth;
      if (tokens_.is(i, ">") && --depth == 0) break;
      if (opens(i)) i = tokens_.match[i];
    }
    return i;
  }

  std::size_t read_namespace(std::size_t at, bool shared) {
    const std::size_t body = body_or_end(at);
    if (!opens(body)) return body;
    read(body + 1, tokens_.match[body], shared && tokens_.is_word(at + 1));
    return tokens_.match[body];
  }

  std::size_t read_alias(std::size_t at, bool shared) {
    std::size_t i = at;
    std::string stands_for;
    for (; i < tokens_.code.size() && !tokens_.is(i, ";"); ++i) {
      if (i > at + 2) stands_for += tokens_.code[i].text;
    }
    if (tokens_.is_word(at + 1) && tokens_.is(at + 2, "=")) add(at + 1, std::move(stands_for), shared);
    return i;
  }

  /// A definition follows as `struct Name {`, `… final :`, `… : Base {`; anything else is another use of the keyword,
  /// or names what was declared before (a forward declaration, a specialisation, a member of another class).
  std::size_t read_type(std::size_t at, bool shared) {
    std::size_t name = at + 1;
    if (tokens_.is(at, "enum") && (tokens_.is(name, "class") || tokens_.is(name, "struct"))) ++name;
    while (tokens_.is(name, "[") && opens(name)) name = tokens_.match[name] + 1;
    if (!tokens_.is_word(name)) return at;
    const std::size_t next = name + (tokens_.is(name + 1, "final") ? 2 : 1);
    if (!tokens_.is(next, "{") && !tokens_.is(next, ":")) return name;
    const std::size_t body = body_or_end(next);
    if (!opens(body)) return body;
    add(name, {}, shared);
    return tokens_.match[body];
  }

  void add(std::size_t at, std::string stands_for, bool shared) {
    const Token& name = tokens_.code[at];
    out_.push_back({name.text, std::move(stands_for), &unit_, name.line, shared});
  }

  const Unit& unit_;
  const Tokens& tokens_;
  std::vector<DeclaredType>& out_;
};

/// `using reports::ReportFile` in other words: `using ReportFile = reports::ReportFile`.
bool hands_on(const DeclaredType& type) { return type.stands_for.ends_with("::" + type.name); }

/// Two aliases of one thing are that thing.
bool same_thing(const DeclaredType& a, const DeclaredType& b) { return a.is_alias() && a.stands_for == b.stands_for; }

using ByName = std::map<std::string, std::vector<const DeclaredType*>, std::less<>>;

/// All types at namespace scope, those of the lower floors first.
std::vector<DeclaredType> types_of(std::span<const Unit> units) {
  std::vector<DeclaredType> types;
  for (const Unit& unit : units) {
    if (is_on_a_floor(unit)) TypeReader(unit, types).run();
  }
  std::erase_if(types, hands_on);
  std::stable_sort(types.begin(), types.end(), [](const DeclaredType& a, const DeclaredType& b) {
    return floor_height(*a.unit) < floor_height(*b.unit);
  });
  return types;
}

void check_shared(const ByName& shared, Findings& out) {
  for (const auto& [name, types] : shared) {
    const DeclaredType& first = *types.front();
    for (const DeclaredType* const type : types) {
      if (type == &first || same_thing(*type, first)) continue;
      type->unit->report(out, type->line, "homonym", name + ": another type has this name, at " + first.place());
    }
  }
}

/// The headers of the floors that a file includes, itself or through others.
class Reach {
 public:
  explicit Reach(std::span<const Unit> units) {
    for (const Unit& unit : units) by_path_.emplace(unit.file.path, &unit);
  }

  std::set<const Unit*> of(const Unit& unit) const {
    std::set<const Unit*> seen;
    visit(unit, seen);
    return seen;
  }

 private:
  void visit(const Unit& unit, std::set<const Unit*>& seen) const {
    if (!seen.insert(&unit).second) return;
    for (const Include& include : unit.tokens.includes) {
      const auto found = by_path_.find(include.path);
      if (found != by_path_.end()) visit(*found->second, seen);
    }
  }

  std::map<std::string, const Unit*, std::less<>> by_path_;
};

void check_private(const DeclaredType& type, const ByName& shared, const Reach& reach, Findings& out) {
  const auto namesakes = shared.find(type.name);
  if (namesakes == shared.end()) return;
  const std::set<const Unit*> seen = reach.of(*type.unit);
  for (const DeclaredType* const other : namesakes->second) {
    if (!seen.contains(other->unit) || same_thing(type, *other)) continue;
    type.unit->report(out, type.line, "homonym",
                      type.name + ": this file includes another type of this name, from " + other->place());
  }
}

}  // namespace

void check_homonyms(std::span<const Unit> units, Findings& out) {
  const std::vector<DeclaredType> types = types_of(units);
  ByName shared;
  for (const DeclaredType& type : types) {
    if (type.shared) shared[type.name].push_back(&type);
  }
  check_shared(shared, out);
  const Reach reach(units);
  for (const DeclaredType& type : types) {
    if (!type.shared) check_private(type, shared, reach, out);
  }
}

}  // namespace drydock::tidy
