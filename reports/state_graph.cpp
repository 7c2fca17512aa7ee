#include "reports/state_graph.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "model/status.hpp"
#include "reports/html/page.hpp"
#include "reports/words.hpp"
#include "scenarios/explore/abstract_states.hpp"
#include "sim/cloud/states.hpp"

namespace drydock::reports {
namespace {

using scenarios::AbstractState;
using sim::search::Coverage;

constexpr double kColumn = 138;
constexpr double kRow = 92;
constexpr double kNodeWide = 96;
constexpr double kNodeHigh = 40;
constexpr double kGraphLeft = 118;
constexpr double kGraphTop = 34;

std::string share_text(std::uint64_t part, std::uint64_t of) {
  return of == 0 ? "" : small_percent(static_cast<double>(part) / static_cast<double>(of));
}

/// The place of a node: its status, and the state of the instance.
using NodeKey = std::pair<std::size_t, std::size_t>;

struct GraphNode {
  std::uint64_t states = 0;
  std::uint64_t runs = 0;  // that reached the state of it that most runs reached
  std::uint64_t first = UINT64_MAX;
};

struct GraphEdge {
  std::uint64_t runs = 0;  // that took the transition of it that most runs took
  std::uint64_t transitions = 0;
  std::set<std::string> because;
};

/// Names the columns in the order of a workspace's life, and the rows in that of an instance's.
std::vector<std::string> all_statuses() {
  using model::Status;
  std::vector<std::string> names{"none"};  // before it was created, and once it was purged
  for (const Status status :
       {Status::provisioning, Status::awaiting_agent, Status::online, Status::degraded, Status::offline, Status::failed,
        Status::paused, Status::hibernating, Status::hibernated, Status::pending_removal, Status::removed})
    names.emplace_back(to_text(status));
  return names;
}

std::vector<std::string> all_instance_states() {
  using cloud::InstanceState;
  std::vector<std::string> names{"none"};
  for (const InstanceState state : {InstanceState::pending, InstanceState::running, InstanceState::stopping,
                                    InstanceState::stopped, InstanceState::shutting_down, InstanceState::terminated})
    names.emplace_back(to_text(state));
  return names;
}

class StateGraph {
 public:
  StateGraph(const Coverage& seen, std::uint64_t runs) : runs_(runs) {
    take_states(seen);
    take_steps(seen);
    statuses_ = used(all_statuses(), [](const NodeKey& key) { return key.first; });
    instances_ = used(all_instance_states(), [](const NodeKey& key) { return key.second; });
  }

  [[nodiscard]] std::string svg() const {
    if (nodes_.empty()) return {};
    const double wide = kGraphLeft + kColumn * static_cast<double>(statuses_.size());
    const double high = kGraphTop + kRow * static_cast<double>(instances_.size());
    std::string out = fmt::format(
        "<svg class=\"state-graph\" viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"Abstract states and the "
        "steps between them\">\n<defs><marker id=\"step-end\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" "
        "markerWidth=\"7\" markerHeight=\"7\" markerUnits=\"userSpaceOnUse\" orient=\"auto\">"
        "<path class=\"arrow\" d=\"M0 0L8 4L0 8z\"/></marker></defs>\n",
        wide, high);
    out += axes();
    for (const auto& [ends, edge] : edges_) out += edge_svg(ends.first, ends.second, edge);
    for (const auto& [key, node] : nodes_) out += node_svg(key, node);
    return out + "</svg>\n";
  }

 private:
  static std::size_t place_in(const std::vector<std::string>& names, const std::string& name) {
    return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
  }
  static NodeKey key_of(const AbstractState& state) {
    return {place_in(all_statuses(), state.status), place_in(all_instance_states(), state.instance)};
  }

  void take_states(const Coverage& seen) {
    for (const auto& [state, what] : seen.seen_states()) {
      if (what.name.empty()) continue;
      const NodeKey key = key_of(AbstractState::parse(what.name));
      keys_[state] = key;
      GraphNode& node = nodes_[key];
      ++node.states;
      node.runs = std::max<std::uint64_t>(node.runs, what.runs);
      node.first = std::min(node.first, what.first);
    }
  }

  void take_steps(const Coverage& seen) {
    for (const auto& [transition, what] : seen.seen_transitions()) {
      const auto from = keys_.find(what.step.from);
      const auto to = keys_.find(what.step.to);
      if (from == keys_.end() || to == keys_.end() || from->second == to->second) continue;
      GraphEdge& edge = edges_[{from->second, to->second}];
      edge.runs = std::max<std::uint64_t>(edge.runs, what.runs);
      ++edge.transitions;
      edge.because.insert(what.step.because);
    }
  }

  /// Names those of `all` at which a node stands, by their places in `all`.
  template <typename Part>
  [[nodiscard]] std::vector<std::pair<std::size_t, std::string>> used(const std::vector<std::string>& all,
                                                                      const Part& part) const {
    std::set<std::size_t> places;
    for (const auto& [key, node] : nodes_) places.insert(part(key));
    std::vector<std::pair<std::size_t, std::string>> names;
    names.reserve(places.size());
    for (const std::size_t place : places) names.emplace_back(place, place < all.size() ? all[place] : "?");
    return names;
  }

  static double rank_of(const std::vector<std::pair<std::size_t, std::string>>& names, std::size_t place) {
    const auto at = std::find_if(names.begin(), names.end(), [&](const auto& name) { return name.first == place; });
    return static_cast<double>(at - names.begin());
  }
  [[nodiscard]] double x_of(const NodeKey& key) const {
    return kGraphLeft + kColumn * (rank_of(statuses_, key.first) + 0.5);
  }
  [[nodiscard]] double y_of(const NodeKey& key) const {
    return kGraphTop + kRow * (rank_of(instances_, key.second) + 0.5);
  }
  [[nodiscard]] std::string name_of(const NodeKey& key) const {
    const auto status = static_cast<std::size_t>(rank_of(statuses_, key.first));
    const auto instance = static_cast<std::size_t>(rank_of(instances_, key.second));
    return fmt::format("{}, instance {}", statuses_[status].second, instances_[instance].second);
  }

  [[nodiscard]] std::string axes() const {
    std::string out;
    const double bottom = kGraphTop + kRow * static_cast<double>(instances_.size());
    const double right = kGraphLeft + kColumn * static_cast<double>(statuses_.size());
    for (std::size_t i = 0; i < statuses_.size(); ++i) {
      const double x = kGraphLeft + kColumn * (static_cast<double>(i) + 0.5);
      out += fmt::format("<line class=\"axis\" x1=\"{0:.0f}\" y1=\"{1:.0f}\" x2=\"{0:.0f}\" y2=\"{2:.0f}\"/>", x,
                         kGraphTop, bottom);
      out += fmt::format("<text class=\"axis-name\" x=\"{:.0f}\" y=\"20\" text-anchor=\"middle\">{}</text>\n", x,
                         html_text(statuses_[i].second == "none" ? "no row" : statuses_[i].second));
    }
    for (std::size_t i = 0; i < instances_.size(); ++i) {
      const double y = kGraphTop + kRow * (static_cast<double>(i) + 0.5);
      out += fmt::format("<line class=\"axis\" x1=\"{1:.0f}\" y1=\"{0:.0f}\" x2=\"{2:.0f}\" y2=\"{0:.0f}\"/>", y,
                         kGraphLeft, right);
      out += fmt::format("<text class=\"axis-name\" x=\"{:.0f}\" y=\"{:.0f}\" text-anchor=\"end\">{}</text>\n",
                         kGraphLeft - 8, y + 4,
                         html_text(instances_[i].second == "none" ? "no instance" : instances_[i].second));
    }
    return out;
  }

  /// Draws an edge as a bow to the right of its direction, so that there and back are two lines.
  [[nodiscard]] std::string edge_svg(const NodeKey& from, const NodeKey& to, const GraphEdge& edge) const {
    const double x1 = x_of(from);
    const double y1 = y_of(from);
    const double x2 = x_of(to);
    const double y2 = y_of(to);
    const double length = std::hypot(x2 - x1, y2 - y1);
    const double bow = 0.06 * length + 12;
    const double cx = (x1 + x2) / 2 - bow * (y2 - y1) / length;
    const double cy = (y1 + y2) / 2 + bow * (x2 - x1) / length;
    const auto [sx, sy] = at_border(x1, y1, cx, cy);
    const auto [ex, ey] = at_border(x2, y2, cx, cy);
    const double share = runs_ == 0 ? 0 : static_cast<double>(edge.runs) / static_cast<double>(runs_);
    std::string because;
    for (const std::string& one : edge.because) because += (because.empty() ? "" : ", ") + one;
    return fmt::format(
        "<path class=\"step{}\" d=\"M{:.1f} {:.1f}Q{:.1f} {:.1f} {:.1f} {:.1f}\" stroke-width=\"{:.2f}\" "
        "marker-end=\"url(#step-end)\"><title>{} → {}: {} of runs, {} ({})</title></path>\n",
        share < kRare ? " rare" : "", sx, sy, cx, cy, ex, ey, 0.8 + 2.4 * std::sqrt(share), html_text(name_of(from)),
        html_text(name_of(to)), share_text(edge.runs, runs_), counted(edge.transitions, "transition"),
        html_text(because));
  }

  /// Gives the point at which the line from a node's middle to a point leaves the node.
  static std::pair<double, double> at_border(double x, double y, double to_x, double to_y) {
    const double dx = to_x - x;
    const double dy = to_y - y;
    const double scale = std::min(dx == 0 ? 1e9 : (kNodeWide / 2 + 2) / std::abs(dx),
                                  dy == 0 ? 1e9 : (kNodeHigh / 2 + 2) / std::abs(dy));
    return {x + dx * scale, y + dy * scale};
  }

  [[nodiscard]] std::string node_svg(const NodeKey& key, const GraphNode& node) const {
    const double share = runs_ == 0 ? 0 : static_cast<double>(node.runs) / static_cast<double>(runs_);
    return fmt::format(
        "<g class=\"node{}\"><rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.0f}\" height=\"{:.0f}\" rx=\"6\"/>"
        "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\" class=\"share\">{}</text>"
        "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>"
        "<title>{}: {}, first in run {}; the most common in {} of {}</title></g>\n",
        share < kRare ? " rare" : "", x_of(key) - kNodeWide / 2, y_of(key) - kNodeHigh / 2, kNodeWide, kNodeHigh,
        x_of(key), y_of(key) - 3, share_text(node.runs, runs_), x_of(key), y_of(key) + 13,
        counted(node.states, "state"), html_text(name_of(key)), counted(node.states, "state"), node.first, node.runs,
        counted(runs_, "run"));
  }

  /// What fewer runs than this reached is drawn with a broken line.
  static constexpr double kRare = 0.01;

  std::uint64_t runs_;
  std::map<std::uint64_t, NodeKey> keys_;  // by state
  std::map<NodeKey, GraphNode> nodes_;
  std::map<std::pair<NodeKey, NodeKey>, GraphEdge> edges_;
  std::vector<std::pair<std::size_t, std::string>> statuses_;
  std::vector<std::pair<std::size_t, std::string>> instances_;
};

// ---- the curve ----

constexpr double kCurveLeft = 48;
constexpr double kCurveTop = 12;
constexpr double kCurveWide = 620;
constexpr double kCurveHigh = 220;

template <typename Seen>
std::vector<std::uint64_t> firsts_of(const Seen& seen) {
  std::vector<std::uint64_t> firsts;
  firsts.reserve(seen.size());
  for (const auto& [key, what] : seen) firsts.push_back(what.first);
  std::sort(firsts.begin(), firsts.end());
  return firsts;
}

class DiscoveryCurve {
 public:
  DiscoveryCurve(std::uint64_t runs, std::size_t most)
      : decades_(std::max(1.0, std::log10(static_cast<double>(runs)))), most_(static_cast<double>(most)) {}

  /// Runs are told from 1: behind the first one stands what it has shown.
  [[nodiscard]] double x(std::uint64_t runs) const {
    return kCurveLeft + kCurveWide * std::log10(static_cast<double>(runs)) / decades_;
  }
  [[nodiscard]] double y(std::size_t seen) const {
    return kCurveTop + kCurveHigh * (1 - static_cast<double>(seen) / most_);
  }

  [[nodiscard]] std::string axes(std::size_t most) const {
    std::string out;
    for (std::uint64_t runs = 1; x(runs) <= kCurveLeft + kCurveWide + 0.5; runs *= 10) {
      out += fmt::format("<line class=\"axis\" x1=\"{0:.1f}\" y1=\"{1:.1f}\" x2=\"{0:.1f}\" y2=\"{2:.1f}\"/>", x(runs),
                         kCurveTop, kCurveTop + kCurveHigh);
      out += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>\n", x(runs),
                         kCurveTop + kCurveHigh + 18, runs_text(runs));
    }
    for (const std::size_t seen : {std::size_t{0}, most / 2, most}) {
      out += fmt::format("<line class=\"axis\" x1=\"{0:.1f}\" y1=\"{1:.1f}\" x2=\"{2:.1f}\" y2=\"{1:.1f}\"/>",
                         kCurveLeft, y(seen), kCurveLeft + kCurveWide);
      out += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n", kCurveLeft - 6, y(seen) + 4,
                         seen);
    }
    return out;
  }

  [[nodiscard]] std::string line(std::string_view kind, const std::vector<std::uint64_t>& firsts, std::uint64_t runs,
                                 std::string_view name) const {
    std::string path = fmt::format("M{:.1f} {:.1f}", kCurveLeft, y(0));
    for (std::size_t i = 0; i < firsts.size(); ++i) {
      if (i + 1 < firsts.size() && firsts[i + 1] == firsts[i]) continue;
      path += fmt::format("H{:.1f}V{:.1f}", x(firsts[i] + 1), y(i + 1));
    }
    path += fmt::format("H{:.1f}", x(runs));
    return fmt::format(
        "<path class=\"seen {}\" d=\"{}\"/><text class=\"seen-name {}\" x=\"{:.1f}\" y=\"{:.1f}\">{} {}</text>\n", kind,
        path, kind, kCurveLeft + kCurveWide + 8, y(firsts.size()) + 4, firsts.size(), name);
  }

 private:
  static std::string runs_text(std::uint64_t runs) {
    if (runs >= 1'000'000) return fmt::format("{} M", runs / 1'000'000);
    return runs >= 10'000 ? fmt::format("{} k", runs / 1000) : std::to_string(runs);
  }

  double decades_;
  double most_;
};

}  // namespace

std::string state_graph_svg(const Coverage& seen, std::uint64_t runs) { return StateGraph(seen, runs).svg(); }

std::string discovery_svg(const Coverage& seen, std::uint64_t runs) {
  const auto states = firsts_of(seen.seen_states());
  const auto transitions = firsts_of(seen.seen_transitions());
  if (transitions.empty() || runs == 0) return {};
  const std::size_t most = std::max(states.size(), transitions.size());
  // Of one shard among several, numbers go beyond the number of runs.
  runs = std::max(runs, std::max(states.empty() ? 0 : states.back(), transitions.back()) + 1);
  const DiscoveryCurve curve(runs, most);
  return fmt::format(
      "<svg class=\"discovery\" viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"States and transitions seen, "
      "over runs\">\n{}{}{}<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">runs</text></svg>\n",
      kCurveLeft + kCurveWide + 120, kCurveTop + kCurveHigh + 42, curve.axes(most),
      curve.line("transitions", transitions, runs, "transitions"), curve.line("states", states, runs, "states"),
      kCurveLeft + kCurveWide / 2, kCurveTop + kCurveHigh + 36);
}

}  // namespace drydock::reports
