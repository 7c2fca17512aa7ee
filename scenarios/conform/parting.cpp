#include "scenarios/conform/parting.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace drydock::scenarios {
namespace {

constexpr std::size_t kMostNear = 3;
constexpr std::size_t kMostInstead = 6;
/// A range has eight equal steps from its low end to its high end (docs/scenarios.md, *Cloud*).
constexpr int kSteps = 7;

/// Measures how much too late, or below 0 too early, an event is for a line.
Duration signed_distance(const Sighting& sighting, const Happening& happening, Duration skew) {
  const Duration off = distance_of(sighting, happening, skew);
  return happening.at < sighting.from ? -off : off;
}

Duration step_of(const sim::DurationRange& range) { return (range.hi - range.lo) / kSteps; }

/// Gives the widest step of the delays that an event of this kind waits for.
Duration grid_step(const cloud::Profile& cloud, const std::string& kind) {
  Duration widest = std::max({step_of(cloud.pending), step_of(cloud.cp_latency), step_of(cloud.api_latency.fallback)});
  for (const auto& [action, range] : cloud.api_latency.named) widest = std::max(widest, step_of(range));
  if (kind.starts_with("agent.") || kind == "workspace.status") widest = std::max(widest, step_of(cloud.boot.fallback));
  if (kind == "ec2.state") widest = std::max(widest, step_of(cloud.terminate));
  if (kind == "snapshot.state") widest = std::max(widest, step_of(cloud.snapshot));
  return widest;
}

class Finder {
 public:
  Finder(const ImportedLog& log, const LogWorld& world, const LogRun& run, const Outcome& outcome)
      : log_(log), world_(world), run_(run), outcome_(outcome) {
    for (const auto& happening : run.match.happening_of) {
      if (happening) taken_.insert(*happening);
    }
  }

  Parting find() {
    const Match& match = run_.match;
    const bool surplus = match.surplus && run_.happenings[*match.surplus].at == match.agree_until;
    if (surplus) {
      parting_.surplus = shown(*match.surplus);
      find_line_after(run_.happenings[*match.surplus].at);
    } else {
      parting_.explained = world_.line_of[*match.missing];
      parting_.line = parting_.explained;
    }
    find_nearest();
    find_instead();
    return std::move(parting_);
  }

 private:
  [[nodiscard]] ShownEvent shown(std::size_t happening) const {
    return outcome_.events[run_.happenings[happening].seq - 1];
  }

  void find_line_after(Instant at) {
    const auto& all = world_.sightings.all;
    const auto after = std::find_if(all.begin(), all.end(), [at](const Sighting& one) { return one.from > at; });
    if (after == all.end()) {
      parting_.explained = log_.events.size();
      return;
    }
    parting_.line = world_.line_of[static_cast<std::size_t>(after - all.begin())];
    parting_.explained = *parting_.line;
  }

  [[nodiscard]] const Sighting* sighting_of_line() const {
    if (!parting_.line) return nullptr;
    const auto found = std::lower_bound(world_.line_of.begin(), world_.line_of.end(), *parting_.line);
    if (found == world_.line_of.end()) return nullptr;
    return &world_.sightings.all[static_cast<std::size_t>(found - world_.line_of.begin())];
  }

  void find_nearest() {
    const Sighting* line = sighting_of_line();
    if (line == nullptr) return;
    std::vector<std::tuple<bool, Duration, std::size_t>> near;  // what fits first
    Duration best = Duration::max();
    for (std::size_t i = 0; i < run_.happenings.size(); ++i) {
      const Happening& one = run_.happenings[i];
      if (one.kind != line->kind) continue;
      if (!line->workspace.empty() && one.workspace != line->workspace) continue;
      const Duration away = distance_of(*line, one, Duration{});
      near.emplace_back(!fits(*line, one), away, i);
      if (fits(*line, one) && is_free(i)) best = std::min(best, distance_of(*line, one, world_.sightings.skew));
    }
    std::stable_sort(near.begin(), near.end());
    if (near.size() > kMostNear) near.resize(kMostNear);
    for (const auto& [other, away, i] : near) {
      const Happening& one = run_.happenings[i];
      parting_.nearest.push_back({.event = shown(i),
                                  .off = signed_distance(*line, one, world_.sightings.skew),
                                  .fits = !other,
                                  .taken = !is_free(i)});
    }
    const Duration step = grid_step(world_.played().cloud, line->kind);
    if (best > Duration{} && best < step) parting_.grid_step = step;
  }

  [[nodiscard]] bool is_free(std::size_t happening) const { return taken_.find(happening) == taken_.end(); }

  /// Collects what comes next in the run that no line before the parting speaks of.
  void find_instead() {
    const Instant from = run_.match.agree_until - world_.sightings.skew;
    for (std::size_t i = 0; i < run_.happenings.size(); ++i) {
      if (parting_.instead.size() >= kMostInstead) return;
      if (run_.happenings[i].at >= from && is_free(i)) parting_.instead.push_back(shown(i));
    }
    const Sighting* line = sighting_of_line();
    if (!parting_.instead.empty() || line == nullptr) return;
    const Instant until = line->until + world_.sightings.skew;
    for (const ShownEvent& event : outcome_.events) {
      if (parting_.instead.size() >= kMostInstead) return;
      if (event.at < line->from - world_.sightings.skew || event.at > until) continue;
      const bool same = line->workspace.empty() || event.workspace == line->workspace;
      if (same && is_telling(event)) parting_.instead.push_back(event);
    }
  }

  /// Tells whether an event tells the reader something: not those that go on all the time.
  static bool is_telling(const ShownEvent& event) {
    return event.kind != "agent.heartbeat" && event.kind != "sweep.tick" && event.kind != "ec2.state" &&
           event.kind != "http.request";
  }

  const ImportedLog& log_;
  const LogWorld& world_;
  const LogRun& run_;
  const Outcome& outcome_;
  std::set<std::size_t> taken_;  // happenings that are a line's
  Parting parting_;
};

}  // namespace

Parting parting_of(const ImportedLog& log, const LogWorld& world, const LogRun& run, const Outcome& outcome) {
  return Finder(log, world, run, outcome).find();
}

}  // namespace drydock::scenarios
