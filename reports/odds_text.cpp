#include "reports/odds_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "reports/layout.hpp"
#include "reports/words.hpp"

namespace drydock::reports {
namespace {

using scenarios::Odds;
using scenarios::OddsPoint;

std::string when(const OddsPoint& point) {
  return fmt::format("at {}, when {}", since_start(point.last.at), odds_cause(point));
}

std::string became_likely(const Odds& odds) {
  const OddsPoint& likely = odds.points[odds.likely];
  const OddsPoint& certain = odds.points[odds.certain];
  std::string text =
      odds.likely == 0 ? "It was likely from the start" : fmt::format("It became likely {}", when(likely));
  if (odds.certain == 0) return text + ", and certain.";
  if (odds.certain == odds.likely) return text + ", and certain with it.";
  return fmt::format("{}; certain {}.", text, when(certain));
}

std::string largest_rise(const Odds& odds) {
  if (odds.jump == 0) return "It never rose.";
  const OddsPoint& before = odds.points[odds.jump - 1];
  const OddsPoint& after = odds.points[odds.jump];
  return fmt::format("The largest rise, from {} to {}, came {}.", percent(before.probability.value),
                     percent(after.probability.value), when(after));
}

/// Chooses the points that tell something: the first and the last, those that the tape decided, and each at which the
/// estimate left the interval of the point that was shown before.
std::vector<const OddsPoint*> telling(const Odds& odds) {
  std::vector<const OddsPoint*> shown;
  for (std::size_t i = 0; i < odds.points.size(); ++i) {
    const OddsPoint& point = odds.points[i];
    const bool named = i == 0 || i + 1 == odds.points.size() || i == odds.likely || i == odds.certain;
    const auto moved = [&] {
      const scenarios::Estimate& before = shown.back()->probability;
      return point.probability.value < before.low || point.probability.value > before.high;
    };
    if (named || point.last.value != 0 || moved()) shown.push_back(&point);
  }
  return shown;
}

constexpr std::size_t kBar = 10;
constexpr std::size_t kMostDecisions = 60;

std::string row(const OddsPoint& point, std::size_t time_width) {
  const auto filled = static_cast<std::size_t>(std::lround(point.probability.value * static_cast<double>(kBar)));
  const std::string bar = std::string(filled, '#') + std::string(kBar - filled, '.');
  const std::string head = fmt::format("  {:>{}}  {:>6}  {}  ", since_start(point.last.at), time_width,
                                       percent(point.probability.value), bar);
  return paragraph(head, odds_cause(point));
}

}  // namespace

std::string odds_title(const scenarios::OddsTarget& target) {
  std::string title = printable(target.invariant);
  if (!target.workspace.empty()) title += " of " + printable(target.workspace);
  if (!target.signature.empty()) title += ", in the same way";
  return title;
}

std::string odds_cause(const OddsPoint& point) {
  const scenarios::ShownDecision& last = point.last;
  if (last.site.empty()) return "nothing was decided yet";
  const auto name = printable(decision_key(last));
  if (last.value == 0) return fmt::format("{} ({})", name, last.means);
  return fmt::format("{} ({})", printable(in_words(last)), name);
}

std::string odds_sentence(const Odds& odds) {
  if (!odds.complete) {
    return fmt::format(
        "{} before every point was looked at: {} of {} are known, which is too few to say when it became likely.",
        odds.interrupted ? "It was interrupted" : "Time ran out", odds.points.size(), odds.points.back().decisions + 1);
  }
  const scenarios::Estimate& start = odds.points.front().probability;
  return fmt::format("At time zero it was {} likely ({} to {}). {} {}", percent(start.value), percent(start.low),
                     percent(start.high), became_likely(odds), largest_rise(odds));
}

std::string odds_law(const Odds& odds) {
  std::string text = fmt::format(
      "Each point is {} plays: what was asked up to it is answered as on the tape, zeros included, "
      "what comes after it is drawn again, the same draws for every point (seed {}). The law, {}: "
      "{}; as many faults and requests in the whole run as the scenario's explore allows.",
      odds.tails, odds.seed, to_text(odds.law), in_words(odds.law));
  if (odds.interrupted) {
    text += " Interrupted: there may be more to see between these points.";
  } else if (!odds.complete) {
    text += " Time ran out: there may be more to see between these points.";
  } else {
    text += fmt::format(" {} of {} points were played; each other one lies between two whose estimates agree.",
                        odds.points.size(), odds.points.back().decisions + 1);
  }
  return text;
}

std::string odds_text(const Odds& odds, TextStyle style) {
  std::string out = heading(odds_title(odds.target), style);
  out += paragraph("    ", odds_sentence(odds)) + "\n";
  const auto shown = telling(odds);
  const std::size_t time_width = since_start(odds.points.back().last.at).size();
  const std::size_t rows = std::min(shown.size(), kMostDecisions);
  for (std::size_t i = 0; i < rows; ++i) out += row(*shown[i], time_width);
  if (rows < shown.size()) out += fmt::format("  … {} more …\n", shown.size() - rows);
  return out + "\n" + paragraph("    ", odds_law(odds));
}

}  // namespace drydock::reports
