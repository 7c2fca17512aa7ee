#include "scenarios/whatif/odds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "scenarios/explore/stage.hpp"
#include "scenarios/explore/tape_player.hpp"
#include "scenarios/run.hpp"
#include "scenarios/signature.hpp"
#include "scenarios/whatif/trials.hpp"
#include "sim/check.hpp"
#include "sim/hash.hpp"
#include "sim/search/fills.hpp"
#include "sim/search/stopwatch.hpp"

namespace drydock::scenarios {
namespace {

namespace search = sim::search;
using sim::Meaning;

/// Into how many parts a run is cut at first, beside the moments at which its tape says anything.
constexpr std::uint64_t kParts = 32;

struct LawRow {
  std::string_view name;
  std::string_view words;
  std::unique_ptr<sim::Fill> (*make)(std::uint64_t seed, const search::FillParameters& parameters) = nullptr;
};
constexpr auto kLaws = std::to_array<LawRow>({
    {"random",
     "each question by dice of its own: delays and order evenly, probabilities as they are written, "
     "requests and faults at the rates of the random search",
     &search::random_fill},
    {"swarm",
     "as the swarm search: in each tail a random part of the faults, requests, delays and order is "
     "left out, and the rest comes at rates of its own",
     &search::swarm_fill},
});
const LawRow& row_of(TailLaw law) { return kLaws[static_cast<std::size_t>(law)]; }

/// Tells whether a text is the wanted one; every text is where none is wanted.
bool is(std::string_view wanted, std::string_view text) { return wanted.empty() || text == wanted; }

/// Says what the boring answer to a question means.
std::string_view boring(Meaning::Kind kind) {
  switch (kind) {
    case Meaning::Kind::delay:
      return "takes as long as usual";
    case Meaning::Kind::order:
      return "the first in line goes first";
    case Meaning::Kind::happens:
      return "does not happen";
    case Meaning::Kind::fault:
      return "no fault";
    case Meaning::Kind::request:
      return "no request";
    case Meaning::Kind::plain:
      break;
  }
  return "the boring answer";
}

class Curve {
 public:
  Curve(const Scenario& scenario, const CaseSpec& played, const sim::Tape& tape, const Outcome& outcome,
        const OddsOptions& options)
      : scenario_(scenario),
        played_(played),
        tape_(tape),
        outcome_(outcome),
        options_(options),
        parameters_(fill_parameters_of(scenario)),
        trials_(options.jobs),
        stages_(trials_.threads()),
        recorded_(TapePlayer(scenario, played, parameters_)
                      .play(tape, nullptr, {.asked = true, .coverage = false, .every = true})
                      .asked) {}

  Odds draw() {
    take_first_points();
    while (const auto cut = next_cut()) {
      if (!take(*cut)) break;
    }
    Odds odds;
    odds.target = options_.target;
    odds.law = options_.law;
    odds.seed = options_.seed;
    odds.tails = options_.tails;
    odds.questions = recorded_.size();
    for (auto& [cut, point] : points_) odds.points.push_back(std::move(point));
    odds.likely = from_which_on(odds.points, kLikely);
    odds.certain = from_which_on(odds.points, kCertain);
    odds.jump = largest_rise(odds.points);
    odds.complete = !stopped_;
    odds.interrupted = interrupted_;
    odds.wall_s = stopwatch_.seconds();
    return odds;
  }

 private:
  /// From this cut on the promise is broken already, or nothing is asked any more.
  [[nodiscard]] std::uint64_t last_cut() const {
    const auto broken =
        std::find_if(outcome_.violations.begin(), outcome_.violations.end(),
                     [&](const ShownViolation& violation) { return options_.target.matches(violation); });
    DRYDOCK_CHECK(broken != outcome_.violations.end(), "the tape does not break {}", options_.target.invariant);
    const auto after = std::find_if(recorded_.begin(), recorded_.end(),
                                    [&](const search::SearchDecision& met) { return met.at > broken->at; });
    return static_cast<std::uint64_t>(after - recorded_.begin());
  }

  void take_first_points() {
    const std::uint64_t last = last_cut();
    points_.emplace(last, named(last));
    points_.at(last).probability = {1, 1, 1};
    std::set<std::uint64_t> cuts{0};
    for (std::uint64_t part = 1; part < kParts; ++part) cuts.insert(last * part / kParts);
    for (std::uint64_t cut = 0; cut < last; ++cut) {
      if (recorded_[cut].decision.value == 0) continue;
      cuts.insert(cut);
      cuts.insert(cut + 1);
    }
    cuts.erase(last);
    for (const std::uint64_t cut : cuts) {
      if (!take(cut)) return;
    }
  }

  [[nodiscard]] OddsPoint named(std::uint64_t cut) const {
    OddsPoint point;
    point.decisions = cut;
    if (cut > 0) point.last = shown(recorded_[cut - 1]);
    const auto event = std::find_if(outcome_.events.begin(), outcome_.events.end(),
                                    [&](const ShownEvent& one) { return one.at >= point.last.at; });
    if (event != outcome_.events.end()) point.event = event->seq;
    return point;
  }

  [[nodiscard]] ShownDecision shown(const search::SearchDecision& met) const {
    const auto same = std::find_if(outcome_.tape.begin(), outcome_.tape.end(), [&](const ShownDecision& decision) {
      return decision.site == met.decision.site && decision.occurrence == met.decision.occurrence;
    });
    if (same != outcome_.tape.end()) return *same;
    return {.at = met.at,
            .site = met.decision.site,
            .occurrence = met.decision.occurrence,
            .bound = met.bound,
            .value = met.decision.value,
            .means = std::string{boring(met.kind)}};
  }

  /// Plays the tails of a cut; false where time ended before they were through.
  bool take(std::uint64_t cut) {
    if (points_.contains(cut)) return true;
    interrupted_ = options_.interrupted && options_.interrupted();
    stopped_ = interrupted_ || out_of_time();
    if (stopped_) return false;
    // Not vector<bool>: threads write side by side.
    std::vector<char> broken(options_.tails, 0);
    const std::uint64_t done = trials_.play(
        options_.tails,
        [&](Workbench& workbench, std::uint64_t tail) { broken[tail] = breaks(workbench, cut, tail) ? 1 : 0; },
        [this] { return options_.interrupted && options_.interrupted(); },
        [this](std::uint64_t played) { tell(played); });
    if (done < options_.tails) {
      stopped_ = interrupted_ = true;
      return false;
    }
    OddsPoint point = named(cut);
    point.tails = options_.tails;
    point.hits = static_cast<std::uint64_t>(std::count(broken.begin(), broken.end(), 1));
    point.probability = proportion_of(point.hits, point.tails);
    points_.emplace(cut, std::move(point));
    tell(0);
    return true;
  }

  void tell(std::uint64_t tails) const {
    if (options_.progress) options_.progress(points_.size(), tails);
  }

  [[nodiscard]] bool out_of_time() const { return options_.time_s && stopwatch_.seconds() >= *options_.time_s; }

  /// Every cut has the same tails: what differs between two points is what the tape decided between them.
  bool breaks(Workbench& workbench, std::uint64_t cut, std::uint64_t tail) {
    // `mix` joins its two by xor: unmixed, neighbouring seeds would have the same tails in another order.
    const std::uint64_t seed = sim::mix(sim::mix(0, options_.seed), tail);
    const auto drawn = row_of(options_.law).make(seed, parameters_);
    const StagedRun tail_run = stage_of(workbench).play_tail(cut, *drawn);
    if (tail_run.stopped) throw sim::RunStopped();
    const World& world = *tail_run.world;
    const auto& violations = world.observation().violations();
    const bool broken = std::any_of(violations.begin(), violations.end(), [&](const model::Violation& violation) {
      return options_.target.matches(violation, world.record());
    });
    return broken || (is_judged_by_sql() && breaks_by_sql(workbench, world.choices().consumed()));
  }

  [[nodiscard]] bool is_judged_by_sql() const {
    return std::any_of(played_.sql_invariants.begin(), played_.sql_invariants.end(),
                       [this](const auto& invariant) { return invariant.name == options_.target.invariant; });
  }

  /// The case's own invariants are SQL over the whole record, which a stage does not keep.
  bool breaks_by_sql(Workbench& workbench, const std::vector<sim::Decision>& consumed) const {
    const Outcome outcome = run(scenario_, played_, sim::Tape::of(consumed), {}, workbench);
    return std::any_of(outcome.violations.begin(), outcome.violations.end(),
                       [&](const ShownViolation& violation) { return options_.target.matches(violation); });
  }

  /// Each thread has a stage of its own.
  Stage& stage_of(const Workbench& workbench) {
    std::unique_ptr<Stage>& stage = stages_[trials_.place_of(workbench)];
    if (!stage) {
      stage = std::make_unique<Stage>(scenario_, played_,
                                      StageOptions{.stop = workbench.stop(), .full_calm = options_.full_calm});
      stage->begin_with(tape_);
    }
    return *stage;
  }

  // --- where to look more closely ---

  static bool agree(const Estimate& a, const Estimate& b) {
    return a.value >= b.low && a.value <= b.high && b.value >= a.low && b.value <= a.high;
  }

  /// The middle of two points that do not agree, or between which a moment lies that is to be told; empty where there
  /// is nothing to learn any more.
  std::optional<std::uint64_t> next_cut() const {
    if (stopped_) return std::nullopt;
    for (auto at = points_.begin(), next = std::next(at); next != points_.end(); ++at, ++next) {
      const bool apart = next->first > at->first + 1;
      if (apart && !agree(at->second.probability, next->second.probability)) return (at->first + next->first) / 2;
    }
    for (const double threshold : {kLikely, kCertain}) {
      const auto next = std::find_if(points_.rbegin(), points_.rend(), [threshold](const auto& point) {
                          return point.second.probability.value < threshold;
                        }).base();
      if (next == points_.begin() || next == points_.end()) continue;
      const auto at = std::prev(next);
      if (next->first > at->first + 1) return (at->first + next->first) / 2;
    }
    return std::nullopt;
  }

  static std::size_t from_which_on(const std::vector<OddsPoint>& points, double threshold) {
    const auto below = std::find_if(points.rbegin(), points.rend(),
                                    [&](const OddsPoint& point) { return point.probability.value < threshold; });
    return static_cast<std::size_t>(points.rend() - below);
  }

  static std::size_t largest_rise(const std::vector<OddsPoint>& points) {
    std::size_t largest = 0;
    double rise = 0;
    for (std::size_t i = 1; i < points.size(); ++i) {
      const double here = points[i].probability.value - points[i - 1].probability.value;
      if (here <= rise) continue;
      rise = here;
      largest = i;
    }
    return largest;
  }

  const Scenario& scenario_;
  const CaseSpec& played_;
  const sim::Tape& tape_;
  const Outcome& outcome_;
  const OddsOptions& options_;
  const search::FillParameters parameters_;
  Trials trials_;
  std::vector<std::unique_ptr<Stage>> stages_;          // by the place of the thread's workbench
  const std::vector<search::SearchDecision> recorded_;  // every question of the tape's run, in the order of asking
  std::map<std::uint64_t, OddsPoint> points_;
  search::Stopwatch stopwatch_;
  bool stopped_ = false;
  bool interrupted_ = false;
};

}  // namespace

bool OddsTarget::matches(const ShownViolation& violation) const {
  return violation.invariant == invariant && is(workspace, violation.workspace) && is(signature, violation.signature);
}

bool OddsTarget::matches(const model::Violation& violation, const sim::Record& record) const {
  // A signature takes long to make: it is asked for last.
  return violation.invariant == invariant && is(workspace, record.text(violation.workspace)) &&
         (signature.empty() || is(signature, signature_of(record, violation)));
}

std::vector<std::string> tail_law_names() {
  std::vector<std::string> names;
  names.reserve(kLaws.size());
  for (const LawRow& row : kLaws) names.emplace_back(row.name);
  return names;
}

std::optional<TailLaw> parse_tail_law(std::string_view name) {
  for (std::size_t i = 0; i < kLaws.size(); ++i) {
    if (kLaws[i].name == name) return static_cast<TailLaw>(i);
  }
  return std::nullopt;
}

std::string_view to_text(TailLaw law) { return row_of(law).name; }
std::string_view in_words(TailLaw law) { return row_of(law).words; }

Odds odds(const Scenario& scenario, const CaseSpec& played, const sim::Tape& tape, const Outcome& outcome,
          const OddsOptions& options) {
  return Curve(scenario, played, tape, outcome, options).draw();
}

}  // namespace drydock::scenarios
