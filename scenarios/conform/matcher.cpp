#include "scenarios/conform/matcher.hpp"

#include <algorithm>
#include <tuple>

namespace drydock::scenarios {
namespace {

/// A pairing in the making. Both searches are for alternating paths: a line takes an event, whose line takes another.
class Pairing {
 public:
  Pairing(const Sightings& sightings, const std::vector<Happening>& happenings)
      : sightings_(sightings), happenings_(happenings) {
    line_of_.resize(happenings.size());
    event_of_.resize(sightings.all.size());
    events_for_.resize(sightings.all.size());
    lines_for_.resize(happenings.size());
    seen_.resize(std::max(happenings.size(), sightings.all.size()));
    for (std::size_t line = 0; line < sightings.all.size(); ++line) find_events(line);
  }

  /// Tries to give the line an event, the lines before it keeping theirs; false where that cannot be.
  bool place_line(std::size_t line) {
    ++search_;
    return give_event(line);
  }

  /// Tries to give the event a line, all lines and all events before it that must be in the log keeping theirs; false
  /// where that cannot be.
  bool place_event(std::size_t event) {
    if (line_of_[event]) return true;
    ++search_;
    return give_line(event);
  }

  /// Tells whether the log would have shown the event for certain.
  [[nodiscard]] bool must_be_seen(std::size_t event) const {
    const Instant at = happenings_[event].at;
    return at - sightings_.skew >= sightings_.begins && at + sightings_.skew <= sightings_.ends;
  }

  [[nodiscard]] const std::vector<std::optional<std::size_t>>& event_of() const { return event_of_; }
  [[nodiscard]] bool is_free(std::size_t event) const { return !line_of_[event]; }

 private:
  void find_events(std::size_t line) {
    const Sighting& sighting = sightings_.all[line];
    const auto first = std::lower_bound(happenings_.begin(), happenings_.end(), sighting.from - sightings_.skew,
                                        [](const Happening& happening, Instant at) { return happening.at < at; });
    for (auto it = first; it != happenings_.end(); ++it) {
      if (it->at > sighting.until + sightings_.skew) break;
      if (!fits(sighting, *it)) continue;
      const auto event = static_cast<std::size_t>(it - happenings_.begin());
      events_for_[line].push_back(event);
      lines_for_[event].push_back(line);
    }
  }

  void pair(std::size_t line, std::size_t event) {
    event_of_[line] = event;
    line_of_[event] = line;
  }

  /// Marks a place as seen by the search that goes on; false where it was.
  bool see(std::size_t place) {
    if (seen_[place] == search_) return false;
    seen_[place] = search_;
    return true;
  }

  bool give_event(std::size_t line) {
    for (const std::size_t event : events_for_[line]) {
      if (!see(event)) continue;
      if (line_of_[event] && !give_event(*line_of_[event])) continue;
      pair(line, event);
      return true;
    }
    return false;
  }

  bool give_line(std::size_t event) {
    for (const std::size_t line : lines_for_[event]) {
      if (!see(line)) continue;
      const auto before = event_of_[line];
      if (before && must_be_seen(*before) && !give_line(*before)) continue;
      if (before && line_of_[*before] == line) line_of_[*before].reset();
      pair(line, event);
      return true;
    }
    return false;
  }

  const Sightings& sightings_;
  const std::vector<Happening>& happenings_;
  std::vector<std::vector<std::size_t>> events_for_;
  std::vector<std::vector<std::size_t>> lines_for_;
  std::vector<std::optional<std::size_t>> line_of_;
  std::vector<std::optional<std::size_t>> event_of_;
  std::vector<std::uint64_t> seen_;  // by which search
  std::uint64_t search_ = 0;
};

/// Measures how far the nearest event that is not another line's would have to move to be this line's.
Duration distance_of_line(const Sightings& sightings, const std::vector<Happening>& happenings, const Pairing& pairing,
                          std::size_t line) {
  Duration best = Duration::max();
  for (std::size_t event = 0; event < happenings.size(); ++event) {
    if (!pairing.is_free(event) || !fits(sightings.all[line], happenings[event])) continue;
    best = std::min(best, distance_of(sightings.all[line], happenings[event], sightings.skew));
  }
  return best;
}

/// Measures how far a surplus event would have to move to be a line's, or to leave the time that the log covers.
Duration distance_of_event(const Sightings& sightings, const std::vector<Happening>& happenings, const Pairing& pairing,
                           std::size_t event) {
  const Happening& happening = happenings[event];
  Duration best =
      std::min(sightings.ends - (happening.at + sightings.skew), happening.at - sightings.skew - sightings.begins);
  best = std::max(best, Duration{1});
  for (std::size_t line = 0; line < sightings.all.size(); ++line) {
    if (pairing.event_of()[line] || !fits(sightings.all[line], happening)) continue;
    best = std::min(best, distance_of(sightings.all[line], happening, sightings.skew));
  }
  return best;
}

Duration distance_between(const Sighting& sighting, const Happening& happening) {
  return distance_of(sighting, happening, Duration{});
}

}  // namespace

bool fits(const Sighting& sighting, const Happening& happening) {
  return sighting.kind == happening.kind && (sighting.workspace.empty() || sighting.workspace == happening.workspace) &&
         holds_detail(sighting.detail, happening.detail);
}

Duration distance_of(const Sighting& sighting, const Happening& happening, Duration skew) {
  const Duration early = sighting.from - skew - happening.at;
  const Duration late = happening.at - (sighting.until + skew);
  return std::max({early, late, Duration{}});
}

Match match(const Sightings& sightings, const std::vector<Happening>& happenings) {
  Pairing pairing(sightings, happenings);
  Match found;
  for (std::size_t line = 0; line < sightings.all.size(); ++line) {
    if (!pairing.place_line(line) && !found.missing) found.missing = line;
  }
  for (std::size_t event = 0; event < happenings.size(); ++event) {
    if (found.surplus || !pairing.must_be_seen(event)) continue;
    if (!pairing.place_event(event)) found.surplus = event;
  }
  found.happening_of = pairing.event_of();
  for (std::size_t line = 0; line < sightings.all.size(); ++line) {
    if (!found.happening_of[line]) continue;
    ++found.matched;
    found.error += distance_between(sightings.all[line], happenings[*found.happening_of[line]]);
  }
  if (found.missing) {
    found.agree_until = sightings.all[*found.missing].until;
    found.distance = distance_of_line(sightings, happenings, pairing, *found.missing);
  }
  if (found.surplus && happenings[*found.surplus].at < found.agree_until) {
    found.agree_until = happenings[*found.surplus].at;
    found.distance = distance_of_event(sightings, happenings, pairing, *found.surplus);
  }
  if (!found.explained()) found.agreed = found.agree_until - sightings.begins;
  return found;
}

bool is_better(const Match& a, const Match& b) {
  const auto rank = [](const Match& match) {
    return std::tuple{-match.agreed, match.distance, -static_cast<std::int64_t>(match.matched), match.error};
  };
  return rank(a) < rank(b);
}

}  // namespace drydock::scenarios
