// No circles among units. A unit is a header and the source beside it; units that include each other in a circle
// cannot be understood, tested or moved one by one, and no order of reading them is right.

#include <array>
#include <deque>
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

/// Two units that are one thing in two files; they count as one unit.
struct Pair {
  std::string_view name;
  std::array<std::string_view, 2> units;
};

constexpr std::array<Pair, 2> kPairs = {{
    // serve.hpp is a part of the class SimEc2 that is a template.
    {"sim/cloud/sim_ec2+serve", {"sim/cloud/sim_ec2", "sim/cloud/serve"}},
    // The reader is the inside of the source, and what it makes are the source's types.
    {"scenarios/files/json_reader+json_source", {"scenarios/files/json_reader", "scenarios/files/json_source"}},
}};

std::string name_of(std::string_view path) {
  const std::string_view stem = path.substr(0, path.rfind('.'));
  for (const Pair& pair : kPairs) {
    if (stem == pair.units[0] || stem == pair.units[1]) return std::string(pair.name);
  }
  return std::string(stem);
}

/// The line by which one unit includes the other.
struct Arrow {
  const Unit* from = nullptr;
  int line = 0;
  std::string to;
};

class Map {
 public:
  explicit Map(std::span<const Unit> units) {
    for (const Unit& unit : units) {
      if (is_on_a_floor(unit)) arrows_[name_of(unit.file.path)];
    }
    for (const Unit& unit : units) {
      if (is_on_a_floor(unit)) add(unit);
    }
  }

  /// One finding a circle: of each unit that no reported circle holds yet, the shortest circle through it.
  void report(Findings& out) const {
    std::set<std::string> reported;
    for (const auto& [name, arrows] : arrows_) {
      if (reported.contains(name)) continue;
      const std::vector<Arrow> circle = shortest_circle(name);
      if (circle.empty()) continue;
      std::string way;
      for (const Arrow& arrow : circle) {
        reported.insert(arrow.to);
        const std::string place = arrow.from->file.path + ":" + std::to_string(arrow.line);
        way += (way.empty() ? "" : ", ") + place + " includes " + arrow.to;
      }
      circle.front().from->report(out, circle.front().line, "unit-circle",
                                  way + ": units may not include each other in a circle");
    }
  }

 private:
  using Arrows = std::map<std::string, Arrow, std::less<>>;

  void add(const Unit& unit) {
    const std::string name = name_of(unit.file.path);
    for (const Include& include : unit.tokens.includes) {
      const std::string target = name_of(include.path);
      if (target != name && arrows_.contains(target)) arrows_[name].emplace(target, Arrow{&unit, include.line, target});
    }
  }

  /// Breadth first from the unit back to it; empty where no way leads back.
  std::vector<Arrow> shortest_circle(const std::string& start) const {
    std::map<std::string, std::vector<Arrow>> ways;
    std::deque<std::string> waiting{start};
    while (!waiting.empty()) {
      const std::string at = waiting.front();
      waiting.pop_front();
      for (const auto& [to, arrow] : arrows_.at(at)) {
        std::vector<Arrow> way = ways[at];
        way.push_back(arrow);
        if (to == start) return way;
        if (ways.emplace(to, std::move(way)).second) waiting.push_back(to);
      }
    }
    return {};
  }

  std::map<std::string, Arrows> arrows_;
};

}  // namespace

void check_unit_circles(std::span<const Unit> units, Findings& out) { Map(units).report(out); }

}  // namespace drydock::tidy
