#include "tests/tidy/lint.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include "tests/tidy/tokens.hpp"

namespace drydock::tidy {
namespace {

// From the ground up.
constexpr std::array<std::string_view, 7> kFloorFolders = {"sim/",     "model/",  "faults/", "scenarios/",
                                                           "reports/", "server/", "cli/"};
constexpr int kLongestFile = 500;
constexpr std::size_t kWidestLine = 120;  // as in .clang-format

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void check_unit(const Unit& unit, Findings& out) {
  // Tests and benches are checked for what the compiler gets wrong silently, and for what an editor shows; the rest is
  // for the product.
  check_await_forms(unit, out);
  check_line_width(unit, out);
  check_usings(unit, out);
  if (!is_on_a_floor(unit)) return;
  check_coroutine_lifetimes(unit, out);
  check_symmetric_transfer(unit, out);
  check_floors(unit, out);
  check_determinism(unit, out);
  check_sql(unit, out);
  check_stops(unit, out);
  check_standard_headers(unit, out);
  check_shape(unit, out);
}

}  // namespace

std::size_t floor_height(const Unit& unit) {
  const auto* const floor =
      std::find_if(kFloorFolders.begin(), kFloorFolders.end(), [&](std::string_view name) { return unit.below(name); });
  return static_cast<std::size_t>(floor - kFloorFolders.begin());
}

bool is_on_a_floor(const Unit& unit) { return floor_height(unit) < kFloorFolders.size(); }

void Unit::report(Findings& out, int line, std::string rule, std::string message) const {
  out.push_back({file.path, line, std::move(rule), std::move(message)});
}

std::vector<SourceFile> read_tree(const std::filesystem::path& root) {
  std::vector<std::string_view> folders(kFloorFolders.begin(), kFloorFolders.end());
  folders.insert(folders.end(), {"tests/", "bench/"});
  std::vector<SourceFile> files;
  for (const std::string_view folder : folders) {
    if (!std::filesystem::is_directory(root / folder)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
      const std::string extension = entry.path().extension();
      if (!entry.is_regular_file() || (extension != ".cpp" && extension != ".hpp")) continue;
      files.push_back({entry.path().lexically_relative(root).generic_string(), read(entry.path())});
    }
  }
  std::sort(files.begin(), files.end(), [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

Findings lint(std::span<const SourceFile> files) {
  std::deque<Tokens> tokens;  // a deque, because units refer to its elements
  std::vector<Unit> units;
  for (const SourceFile& file : files) {
    units.push_back({file, tokens.emplace_back(tokenize(file.text))});
  }
  Findings out;
  for (const Unit& unit : units) check_unit(unit, out);
  check_single_resume(units, out);
  check_include_cycles(units, out);
  check_unit_circles(units, out);
  check_members(units, out);
  check_homonyms(units, out);
  std::sort(out.begin(), out.end());
  return out;
}

std::string to_string(const Finding& finding) {
  return finding.path + ":" + std::to_string(finding.line) + ": " + finding.rule + ": " + finding.message;
}

void check_shape(const Unit& unit, Findings& out) {
  if (unit.tokens.lines >= kLongestFile) {
    unit.report(out, unit.tokens.lines, "file-length",
                "files stay under " + std::to_string(kLongestFile) + " lines: split it by theme");
  }
  if (unit.file.path.ends_with(".hpp") && !unit.tokens.opens_with_pragma_once) {
    unit.report(out, 1, "pragma-once", "a header opens with #pragma once");
  }
}

void check_line_width(const Unit& unit, Findings& out) {
  std::istringstream lines(unit.file.text);
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    // Characters, not bytes: a character of UTF-8 has one byte that does not continue another.
    const auto width = static_cast<std::size_t>(std::count_if(
        line.begin(), line.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
    if (width <= kWidestLine || unit.tokens.lines_of_raw_text.contains(number)) continue;
    unit.report(out, number, "line-width",
                std::to_string(width) + " columns: lines end within " + std::to_string(kWidestLine));
  }
}

}  // namespace drydock::tidy
