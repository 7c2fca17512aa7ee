#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "scenarios/bench.hpp"
#include "scenarios/fix/around.hpp"
#include "scenarios/fix/combinations.hpp"
#include "scenarios/fix/fixes.hpp"
#include "scenarios/fix/judge.hpp"
#include "scenarios/metrics.hpp"
#include "scenarios/whatif/cliff.hpp"
#include "scenarios/whatif/trials.hpp"

namespace drydock::scenarios {
namespace {

/// So many pairs, or triples, are played before the budget is looked at.
constexpr std::size_t kTriedAtOnce = 64;

/// A run with a change that has so many times the steps of the longest without it is cut short.
constexpr std::uint64_t kTimesLonger = 4;

/// A combination that was played.
struct TriedChanges {
  Combination places;  // of the offered changes
  FixVerdict verdict;
};

/// What a search judges by is promises: nothing else that a case expects is asked.
CaseSpec without_expectations(CaseSpec played) {
  played.expect.clear();
  played.judges_steps = false;
  return played;
}

std::set<std::string> minus(const std::set<std::string>& one, const std::set<std::string>& other) {
  std::set<std::string> rest;
  std::set_difference(one.begin(), one.end(), other.begin(), other.end(), std::inserter(rest, rest.end()));
  return rest;
}

std::uint64_t longest(const FixVerdict& verdict) {
  std::uint64_t steps = verdict.here.steps;
  for (const FixReading& reading : verdict.around) steps = std::max(steps, reading.steps);
  return steps;
}

class FixSearch {
 public:
  FixSearch(const Scenario& scenario, const CaseSpec& played, const sim::Tape& tape,
            const std::vector<OfferedChange>& offered, const FixOptions& options)
      : played_(without_expectations(played)),
        offered_(offered),
        options_(options),
        around_(tapes_around(tape, options.around)),
        judge_(scenario, tape, around_, options.invariant),
        trials_(options.jobs) {
    fixes_.invariant = options.invariant;
    for (const OfferedChange& change : offered_) ++values_[change.key];
    fixes_.keys = values_.size();
  }

  Fixes find() && {
    look_at_base();
    if (options_.reduce && !all_together_hold()) return std::move(fixes_);
    for (std::size_t size = 1; size <= options_.most_changes && fixes_.fixes.empty(); ++size) try_level(size);
    if (options_.reduce && fixes_.fixes.empty()) reduce();
    std::stable_sort(fixes_.fixes.begin(), fixes_.fixes.end(), is_better);
    find_edges();
    if (options_.catalogue) play_catalogue();
    std::stable_sort(fixes_.fixes.begin(), fixes_.fixes.end(), is_better_shown);
    return std::move(fixes_);
  }

 private:
  /// What was played on the catalogue comes before what was not: of that nobody knows what it breaks there.
  static bool is_better_shown(const Fix& one, const Fix& other) {
    if (one.on_catalogue != other.on_catalogue) return one.on_catalogue;
    return is_better(one, other);
  }

  std::uint64_t play(std::uint64_t count, const Trials::Work& work) {
    fixes_.interrupted = fixes_.interrupted || (options_.interrupted && options_.interrupted());
    if (fixes_.interrupted) return 0;
    const std::uint64_t before = fixes_.runs;
    const std::uint64_t done = trials_.play(count, work, options_.interrupted, [&](std::uint64_t played) {
      if (options_.progress) options_.progress(before + played);
    });
    fixes_.interrupted = done < count;
    return done;
  }

  /// Plays the failing run and all around it as they are.
  void look_at_base() {
    (void)play(1, [&](Workbench& workbench, std::uint64_t) {
      base_ = judge_.look_at_all(played_, workbench);
      unchanged_ = judge_.judge(played_, workbench).here.trace_hash;
    });
    fixes_.runs += base_.runs;
    judge_.aim_as(base_.here);
    judge_.bound_steps(kTimesLonger * longest(base_));
    fixes_.around = base_.around.size();
    fixes_.around_broken = static_cast<std::size_t>(
        std::count_if(base_.around.begin(), base_.around.end(),
                      [&](const FixReading& reading) { return reading.broken.contains(options_.invariant); }));
  }

  [[nodiscard]] std::vector<OfferedChange> changes_of(const Combination& places) const {
    std::vector<OfferedChange> changes;
    changes.reserve(places.size());
    for (const std::size_t place : places) changes.push_back(offered_[place]);
    return changes;
  }

  /// Plays each combination; gives those that were played before somebody interrupted.
  std::vector<TriedChanges> try_each(const std::vector<Combination>& combinations) {
    std::vector<TriedChanges> tried(combinations.size());
    const std::uint64_t done = play(tried.size(), [&](Workbench& workbench, std::uint64_t index) {
      tried[index].places = combinations[index];
      tried[index].verdict = judge_.judge(changed(played_, changes_of(combinations[index])), workbench);
    });
    tried.resize(done);
    for (const TriedChanges& each : tried) fixes_.runs += each.verdict.runs;
    return tried;
  }

  // --- levels ---

  void try_level(std::size_t size) {
    std::vector<std::uint64_t> counts;
    for (const auto& [key, values] : values_) counts.push_back(values);
    FixLevel level{size, count_combinations(counts, size), 0};
    const std::size_t most = size == 1 ? offered_.size() : kTriedAtOnce;
    std::vector<Combination> batch;
    const auto take_batch = [&] {
      const std::vector<TriedChanges> tried = try_each(batch);
      level.tried += tried.size();
      for (const TriedChanges& each : tried) take(each);
      batch.clear();
      return !fixes_.interrupted && (size == 1 || fixes_.runs < options_.budget);
    };
    bool more = !fixes_.interrupted && (size == 1 || fixes_.runs < options_.budget);
    const auto add = [&](const Combination& places) {
      Combination mapped;
      for (const std::size_t place : places) mapped.push_back(size == 1 ? place : order_[place]);
      batch.push_back(std::move(mapped));
      if (batch.size() == most) more = take_batch();
      return more;
    };
    const KeyOf key_of = [&](std::size_t place) -> const std::string& {
      return offered_[size == 1 ? place : order_[place]].key;
    };
    if (more) each_combination(offered_.size(), size, key_of, add);
    if (more && !batch.empty()) (void)take_batch();
    const bool proven = std::all_of(fixes_.levels.begin(), fixes_.levels.end(),
                                    [](const FixLevel& below) { return below.tried == below.there_are; });
    for (Fix& fix : fixes_.fixes) fix.smallest = proven;
    fixes_.levels.push_back(level);
    if (size == 1) end_singles();
  }

  void take(const TriedChanges& tried) {
    if (tried.places.size() == 1) singles_.push_back(tried.verdict.here);
    if (tried.verdict.holds) {
      add_fix(tried);
    } else if (tried.verdict.holds_here && tried.places.size() == 1) {
      missed_.push_back(tried.places);
      missed_by_.push_back(tried.verdict.broken_by);
    }
  }

  /// Names what a change is a case of: of the values of a constant that lie to one side of its own, the nearest is
  /// enough.
  [[nodiscard]] std::string kind_of(const Combination& places) const {
    std::string kind;
    for (const std::size_t place : places) {
      const OfferedChange& change = offered_[place];
      const bool scaled = change.scale != Axis::Scale::words;
      kind += change.key + "=" + (scaled ? (change.position > change.base ? "more" : "less") : change.to) + "\n";
    }
    return kind;
  }

  void add_fix(const TriedChanges& tried) {
    if (!kinds_.insert(kind_of(tried.places)).second) return;
    Fix fix;
    fix.changes = changes_of(tried.places);
    fix.unasked = tried.verdict.here.unasked;
    const std::set<std::string>& here = tried.verdict.here.broken;
    for (const std::string& promise : here)
      if (base_.here.broken.contains(promise)) fix.left.push_back(promise);
    note_breaks(fix, base_.here, tried.verdict.here, FixBreak::Where::here, "");
    for (std::size_t i = 0; i < tried.verdict.around.size(); ++i)
      note_breaks(fix, base_.around[i], tried.verdict.around[i], FixBreak::Where::around, around_[i].what);
    fix.around = pairs_of(base_.around, tried.verdict.around);
    fixes_.fixes.push_back(std::move(fix));
  }

  static void note_breaks(Fix& fix, const FixReading& before, const FixReading& after, FixBreak::Where where,
                          const std::string& what) {
    for (const std::string& promise : minus(after.broken, before.broken)) {
      const auto known = std::find_if(fix.breaks.begin(), fix.breaks.end(), [&](const FixBreak& each) {
        return each.invariant == promise && each.where == where;
      });
      if (known != fix.breaks.end()) {
        ++known->times;
      } else {
        fix.breaks.push_back({promise, where, what});
      }
    }
  }

  static std::vector<PairedMetric> pairs_of(const std::vector<FixReading>& before,
                                            const std::vector<FixReading>& after) {
    std::vector<PairedMetric> pairs;
    for (std::size_t metric = 0; metric < metric_table().size(); ++metric) {
      std::vector<double> a;
      std::vector<double> b;
      for (std::size_t run = 0; run < before.size(); ++run) {
        a.push_back(before[run].metrics[metric]);
        b.push_back(after[run].metrics[metric]);
      }
      pairs.push_back({.name = std::string{metric_table()[metric].name},
                       .a = mean_of(a),
                       .b = mean_of(b),
                       .difference = paired_difference(a, b)});
    }
    return pairs;
  }

  /// Names what closes the failing run alone, but for constants of which a value farther away is a fix.
  void end_singles() {
    std::set<std::string> kinds = kinds_;
    for (std::size_t i = 0; i < missed_.size(); ++i)
      if (kinds.insert(kind_of(missed_[i])).second) fixes_.missed.push_back({changes_of(missed_[i]), missed_by_[i]});
    sort_by_promise();
  }

  /// Pairs and triples are tried in this order: what closes the failing run alone comes first, then what changes it.
  void sort_by_promise() {
    std::vector<int> rank;
    for (const FixReading& reading : singles_) {
      const bool closes = !reading.cut_short && !reading.broken.contains(options_.invariant);
      rank.push_back(closes ? 0 : reading.trace_hash != unchanged_ ? 1 : 2);
    }
    for (std::size_t place = 0; place < singles_.size(); ++place) order_.push_back(place);
    std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) { return rank[a] < rank[b]; });
  }

  // --- all of a policy's changes, made fewer ---

  [[nodiscard]] Combination all_places() const {
    Combination all;
    for (std::size_t place = 0; place < offered_.size(); ++place) all.push_back(place);
    return all;
  }

  bool all_together_hold() {
    std::vector<TriedChanges> tried = try_each({all_places()});
    if (tried.empty()) return false;
    all_ = std::move(tried.front());
    fixes_.all_hold = all_.verdict.holds;
    return all_.verdict.holds;
  }

  void reduce() {
    TriedChanges smallest = all_;
    for (std::size_t parts = 2; smallest.places.size() > 1;) {
      parts = std::min(parts, smallest.places.size());
      std::vector<TriedChanges> fewer = try_each(without_parts(smallest.places, parts));
      if (fixes_.interrupted) break;
      const auto held =
          std::find_if(fewer.begin(), fewer.end(), [](const TriedChanges& each) { return each.verdict.holds; });
      if (held != fewer.end()) {
        smallest = std::move(*held);
        parts = std::max<std::size_t>(2, parts - 1);
      } else if (parts == smallest.places.size()) {
        break;
      } else {
        parts *= 2;
      }
    }
    add_fix(smallest);
    fixes_.fixes.back().smallest = false;
  }

  /// Gives the places less each of so many parts of them.
  static std::vector<Combination> without_parts(const Combination& places, std::size_t parts) {
    std::vector<Combination> rests;
    for (std::size_t part = 0; part < parts; ++part) {
      const auto from = static_cast<std::ptrdiff_t>(places.size() * part / parts);
      const auto to = static_cast<std::ptrdiff_t>(places.size() * (part + 1) / parts);
      Combination rest(places.begin(), places.begin() + from);
      rest.insert(rest.end(), places.begin() + to, places.end());
      rests.push_back(std::move(rest));
    }
    return rests;
  }

  // --- edges ---

  [[nodiscard]] std::size_t shown() const { return std::min(options_.shown, fixes_.fixes.size()); }

  void find_edges() {
    struct Sought {
      std::size_t fix = 0;
      std::size_t change = 0;
      std::optional<FixEdge> edge;
      std::uint64_t runs = 0;
    };
    std::vector<Sought> sought;
    for (std::size_t fix = 0; fix < shown(); ++fix)
      for (std::size_t change = 0; change < fixes_.fixes[fix].changes.size(); ++change)
        if (fixes_.fixes[fix].changes[change].scale != Axis::Scale::words) sought.push_back({fix, change, {}, 0});
    const std::uint64_t done = play(sought.size(), [&](Workbench& workbench, std::uint64_t index) {
      Sought& each = sought[index];
      each.edge = edge_of(fixes_.fixes[each.fix].changes, each.change, workbench, each.runs);
    });
    for (std::size_t i = 0; i < done; ++i) {
      fixes_.runs += sought[i].runs;
      if (sought[i].edge) fixes_.fixes[sought[i].fix].edges.push_back(*sought[i].edge);
    }
  }

  /// Looks for the edge of one of these changes between its value and the one that it has without the change; empty
  /// where the promise holds there, too.
  std::optional<FixEdge> edge_of(std::vector<OfferedChange> changes, std::size_t which, Workbench& workbench,
                                 std::uint64_t& runs) const {
    const OfferedChange fixed = changes[which];
    const auto look = [&](std::int64_t position) -> std::optional<Side> {
      changes[which] = moved_to(fixed, position);
      const FixVerdict verdict = judge_.judge(changed(played_, changes), workbench);
      runs += verdict.runs;
      return Side{position, verdict.holds, verdict.holds ? 0U : 1U, 1};
    };
    const Side base = *look(fixed.base);
    if (base.holds) return std::nullopt;
    const Side held{fixed.position, true, 0, 1};
    Axis axis{.key = fixed.key, .scale = fixed.scale, .values = {}, .positions = {fixed.base, fixed.position}};
    std::sort(axis.positions.begin(), axis.positions.end());
    const bool rises = fixed.base < fixed.position;
    const Crossing crossing =
        bisect(rises ? Crossing{base, held} : Crossing{held, base}, axis.resolution_between(0, 1), look);
    const Side& broken_side = rises ? crossing.left : crossing.right;
    const Side& held_side = rises ? crossing.right : crossing.left;
    return FixEdge{fixed.key, axis.text_at(broken_side.position), axis.text_at(held_side.position)};
  }

  // --- the catalogue ---

  void play_catalogue() {
    if (fixes_.fixes.empty() || fixes_.interrupted) return;
    const std::vector<Scenario> catalogue = whole_catalogue();
    std::vector<model::Policy> policies{played_.policy};
    for (std::size_t fix = 0; fix < shown(); ++fix)
      policies.push_back(changed(played_, fixes_.fixes[fix].changes).policy);
    std::vector<std::vector<FixReading>> readings(policies.size(), std::vector<FixReading>(catalogue.size()));
    const std::uint64_t all = policies.size() * catalogue.size();
    const std::uint64_t done = play(all, [&](Workbench& workbench, std::uint64_t index) {
      const std::size_t which = index % policies.size();
      const Scenario& scenario = catalogue[index / policies.size()];
      CaseSpec played = case_under(scenario, policies[which]);
      played.sql_invariants = played_.sql_invariants;
      readings[which][index / policies.size()] = read_run(scenario, played, {}, {}, workbench);
    });
    fixes_.runs += done;
    if (done < all) return;
    fixes_.scenarios = catalogue.size();
    for (std::size_t fix = 0; fix < shown(); ++fix) {
      Fix& judged = fixes_.fixes[fix];
      for (std::size_t i = 0; i < catalogue.size(); ++i)
        note_breaks(judged, readings[0][i], readings[fix + 1][i], FixBreak::Where::catalogue, catalogue[i].name);
      judged.catalogue = pairs_of(readings[0], readings[fix + 1]);
      judged.on_catalogue = true;
    }
  }

  const CaseSpec played_;
  const std::vector<OfferedChange>& offered_;
  const FixOptions& options_;
  const std::vector<NeighbourTape> around_;
  FixJudge judge_;
  Trials trials_;
  FixVerdict base_;
  TriedChanges all_;             // with `reduce`
  std::uint64_t unchanged_ = 0;  // the hash of the failing run, up to where a change that fails is played
  std::map<std::string, std::uint64_t> values_;  // of each key
  std::vector<FixReading> singles_;              // the failing run with each change alone
  Combination order_;                            // of the changes, for pairs and triples
  std::set<std::string> kinds_;                  // of the fixes
  std::vector<Combination> missed_;
  std::vector<std::string> missed_by_;
  Fixes fixes_;
};

}  // namespace

Fixes find_fixes(const Scenario& scenario, const CaseSpec& played, const sim::Tape& tape,
                 const std::vector<OfferedChange>& offered, const FixOptions& options) {
  return FixSearch(scenario, played, tape, offered, options).find();
}

}  // namespace drydock::scenarios
