#pragma once

#include <compare>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// The rules of this code base that no compiler checks: where `co_await` may stand, which floor may
// include which, what could make two runs of one tape differ. It reads tokens, not types: a rule
// that a reader can apply to one screen of code is one that this can apply too.
//
// A new rule is a function here, a line in `lint`, and a BAD and a GOOD snippet in tidy_test.cpp.
namespace drydock::tidy {

struct Tokens;

struct SourceFile {
  std::string path;  // relative to the root of the tree, with '/'
  std::string text;
};

struct Finding {
  std::string path;
  int line = 0;
  std::string rule;
  std::string message;

  auto operator<=>(const Finding&) const = default;
};

using Findings = std::vector<Finding>;

/// All C++ sources of the floors, of tests/ and of bench/.
std::vector<SourceFile> read_tree(const std::filesystem::path& root);

/// Every rule over every file; sorted by place.
Findings lint(std::span<const SourceFile> files);

/// "path:line: rule: message", as editors and compilers have it.
std::string to_string(const Finding& finding);

// ---- the rules, by theme; each appends what it finds ----

/// One file, as text and as tokens.
struct Unit {
  const SourceFile& file;
  const Tokens& tokens;

  void report(Findings& out, int line, std::string rule, std::string message) const;
  bool below(std::string_view folder) const { return file.path.starts_with(folder); }
};

/// Tells whether the unit belongs to the product, not to tests/ or bench/.
bool is_on_a_floor(const Unit& unit);

/// The number of the unit's floor, counted from below: 0 is sim. Outside the product it is the number of floors.
std::size_t floor_height(const Unit& unit);

void check_await_forms(const Unit& unit, Findings& out);
void check_coroutine_lifetimes(const Unit& unit, Findings& out);
void check_symmetric_transfer(const Unit& unit, Findings& out);
void check_single_resume(std::span<const Unit> units, Findings& out);
void check_floors(const Unit& unit, Findings& out);
void check_include_cycles(std::span<const Unit> units, Findings& out);
void check_determinism(const Unit& unit, Findings& out);
void check_members(std::span<const Unit> units, Findings& out);
void check_sql(const Unit& unit, Findings& out);
void check_stops(const Unit& unit, Findings& out);
void check_unit_circles(std::span<const Unit> units, Findings& out);
void check_homonyms(std::span<const Unit> units, Findings& out);
void check_standard_headers(const Unit& unit, Findings& out);
void check_shape(const Unit& unit, Findings& out);
void check_line_width(const Unit& unit, Findings& out);
void check_usings(const Unit& unit, Findings& out);

}  // namespace drydock::tidy
