// Floors: includes go downwards only. Siblings (model and faults) do not see each other.

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include "tests/tidy/lint.hpp"
#include "tests/tidy/tokens.hpp"

namespace drydock::tidy {
namespace {

struct Floor {
  std::string_view name;
  std::string_view may_include;  // names between spaces
};

constexpr std::array<Floor, 7> kFloors = {{
    {"sim", " sim "},
    {"model", " sim model "},
    {"faults", " sim faults "},
    {"scenarios", " sim model faults scenarios "},
    {"reports", " sim model faults scenarios reports "},
    {"server", " sim model faults scenarios reports server "},
    {"cli", " sim model faults scenarios reports server cli "},
}};

std::string_view top_folder(std::string_view path) {
  const std::size_t slash = path.find('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

const Floor* floor_of(std::string_view path) {
  const auto* const found =
      std::find_if(kFloors.begin(), kFloors.end(), [&](const Floor& f) { return f.name == top_folder(path); });
  return found == kFloors.end() ? nullptr : found;
}

bool is_ours(std::string_view include) {
  return floor_of(include) != nullptr || include.starts_with("tests/") || include.starts_with("bench/") ||
         include.ends_with(".hpp");
}

// Libraries name their headers .hpp too, but below a folder of their own; pugixml has one header.
constexpr std::array<std::string_view, 5> kLibraries = {"nlohmann/", "boost/", "tl/", "Random123/", "pugixml.hpp"};

bool is_library(std::string_view include) {
  return std::any_of(kLibraries.begin(), kLibraries.end(),
                     [&](std::string_view library) { return include.starts_with(library); });
}

enum class Mark { unseen, open, done };

class CycleFinder {
 public:
  CycleFinder(std::span<const Unit> units, Findings& out) : out_(out) {
    for (const Unit& unit : units) by_path_.emplace(unit.file.path, &unit);
  }

  void run() {
    for (const auto& [path, unit] : by_path_) visit(*unit);
  }

 private:
  void visit(const Unit& unit) {
    if (marks_[unit.file.path] != Mark::unseen) return;
    marks_[unit.file.path] = Mark::open;
    for (const Include& include : unit.tokens.includes) {
      const auto target = by_path_.find(include.path);
      if (target == by_path_.end()) continue;
      if (marks_[include.path] == Mark::open) {
        unit.report(out_, include.line, "include-cycle", include.path + " includes this file again");
      }
      visit(*target->second);
    }
    marks_[unit.file.path] = Mark::done;
  }

  Findings& out_;
  std::map<std::string, const Unit*, std::less<>> by_path_;
  std::map<std::string, Mark, std::less<>> marks_;
};

}  // namespace

void check_floors(const Unit& unit, Findings& out) {
  const Floor* const floor = floor_of(unit.file.path);
  if (floor == nullptr) return;
  for (const Include& include : unit.tokens.includes) {
    if (!is_ours(include.path) || is_library(include.path)) continue;
    const std::string target(top_folder(include.path));
    if (floor_of(include.path) == nullptr) {
      unit.report(out, include.line, "include-path",
                  "\"" + include.path + "\": includes name a floor, from the root of the tree");
    } else if (floor->may_include.find(" " + target + " ") == std::string_view::npos) {
      unit.report(
          out, include.line, "floor",
          std::string(floor->name) + " may not include " + target + " (" + include.path + "): imports go downwards");
    } else if (unit.below("sim/search/") && include.path.starts_with("sim/cloud/")) {
      unit.report(out, include.line, "floor",
                  "search works on tapes and outcomes and knows no cloud (" + include.path + ")");
    }
  }
}

void check_include_cycles(std::span<const Unit> units, Findings& out) { CycleFinder(units, out).run(); }

}  // namespace drydock::tidy
