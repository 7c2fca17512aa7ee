#include "sim/search/lines.hpp"

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>

#include "sim/search/stopwatch.hpp"

namespace drydock::sim::search {
namespace {

/// Says how many runs a line has where each run is drawn by itself, and where it grows a corpus.
constexpr std::uint64_t kLineOfRuns = 1024;
constexpr std::uint64_t kLineOfMutants = 4096;
constexpr std::uint64_t kLineOfSections = 32;

/// Plays lines, one after another.
class LinePlayer {
 public:
  LinePlayer(Crew& crew, const FillParameters& parameters, const CampaignOptions& options, Sections* sections,
             const LinePlan& plan, Ledger& ledger)
      : crew_(crew), parameters_(parameters), options_(options), sections_(sections), plan_(plan), ledger_(ledger) {}

  PlayedLines run() {
    while (!is_over()) {
      std::optional<Line> line = ledger_.claim(plan_);
      if (!line) break;
      play(*line);
      ledger_.release(*line);
      unite(witnesses_, line->played.tally.witnesses);
    }
    return {interrupted_, std::move(witnesses_)};
  }

 private:
  bool is_over() {
    if (options_.interrupted && options_.interrupted()) interrupted_ = true;
    return interrupted_ || (options_.out_of_time && options_.out_of_time());
  }

  void play(Line& line) {
    const Stopwatch stopwatch;
    const double before_s = line.wall_s;
    const std::uint64_t before = line.next;
    told_of_line_ = line.played.tally.found.size();
    const auto pause = [&] {
      line.wall_s = before_s + stopwatch.seconds();
      tell(line);
      if (is_due()) keep(line);
    };
    const std::uint64_t runs = line.played.tally.runs;
    if (sections_ != nullptr) {
      play_sections(line, pause);
    } else {
      play_runs(line, pause);
    }
    runs_ += line.played.tally.runs - runs;
    if (line.next != before) keep(line);
  }

  void play_runs(Line& line, const std::function<void()>& pause) {
    CampaignOptions options = options_;
    options.first = line.number * plan_.length;
    options.runs = plan_.wanted(line.number);
    options.shard = options.shards = 1;
    options.whole_epochs = plan_.step > 1;
    options.watch = watcher(line.played.tally.runs);
    CampaignState state{std::move(line.played.tally), std::move(line.corpus), line.next};
    // The state and the line take turns in holding what there is.
    const auto give_back = [&] {
      interrupted_ = interrupted_ || std::exchange(state.tally.interrupted, false);
      line.played.tally = std::move(state.tally);
      line.corpus = std::move(state.corpus);
      line.next = state.played;
    };
    go_on(crew_, parameters_, options, state, [&] {
      give_back();
      pause();
      state.tally = std::move(line.played.tally);
      state.corpus = std::move(line.corpus);
    });
    give_back();
  }

  void play_sections(Line& line, const std::function<void()>& pause) {
    constexpr std::uint64_t kAtOnce = 8;
    const std::uint64_t wanted = plan_.wanted(line.number);
    while (line.next < wanted && !is_over()) {
      const std::uint64_t many = std::min(kAtOnce, wanted - line.next);
      const std::uint64_t done = sections_->play(line.number * plan_.length + line.next, many, line.played);
      line.next += done;
      pause();
      if (done < many) break;
    }
    (void)is_over();
  }

  /// Adds the runs of the lines before to what a watcher sees.
  [[nodiscard]] std::function<void(const CampaignProgress&)> watcher(std::uint64_t played_before) const {
    if (!options_.watch) return {};
    return [this, played_before](const CampaignProgress& progress) {
      CampaignProgress all = progress;
      all.runs += runs_ - std::min(played_before, progress.runs);
      all.found = std::max(all.found, told_.size());
      if (plan_.positions != UINT64_MAX)
        all.share = std::min(1.0, static_cast<double>(all.runs) / static_cast<double>(plan_.positions));
      options_.watch(all);
    };
  }

  /// Tells of what was found for the first time.
  void tell(const Line& line) {
    const auto& found = line.played.tally.found;
    // Sections are united by their first runs, so a new finding may stand before one that was told of.
    for (std::size_t i = sections_ == nullptr ? told_of_line_ : 0; i < found.size(); ++i) {
      if (told_.insert(found[i].broken).second && options_.found) options_.found(found[i]);
    }
    told_of_line_ = found.size();
  }

  /// Tells whether it is time to keep what there is: every other second, but no more than a two-hundredth of the time
  /// is spent on it, neither of the wall's (a slow disk) nor of the processor's (which others may want too).
  [[nodiscard]] bool is_due() const {
    constexpr double kEvery = 2;
    constexpr double kShare = 200;
    return since_kept_.seconds() >= std::max(kEvery, kShare * keeping_took_s_) &&
           work_since_kept_.seconds() >= kShare * keeping_worked_s_;
  }

  void keep(const Line& line) {
    const Stopwatch stopwatch;
    const ProcessorWatch work;
    ledger_.keep(line);
    keeping_took_s_ = stopwatch.seconds();
    keeping_worked_s_ = work.seconds();
    since_kept_ = {};
    work_since_kept_ = {};
  }

  Crew& crew_;
  const FillParameters& parameters_;
  const CampaignOptions& options_;
  Sections* sections_;
  const LinePlan& plan_;
  Ledger& ledger_;
  std::set<Broken> told_;
  std::size_t told_of_line_ = 0;
  std::uint64_t runs_ = 0;  // that were played here, in lines that are over
  bool interrupted_ = false;
  Witnesses witnesses_;
  Stopwatch since_kept_;
  ProcessorWatch work_since_kept_;
  double keeping_took_s_ = 0;
  double keeping_worked_s_ = 0;
};

}  // namespace

std::uint64_t LinePlan::lines() const {
  return positions == UINT64_MAX ? UINT64_MAX : positions / length + (positions % length == 0 ? 0 : 1);
}

std::uint64_t LinePlan::wanted(std::uint64_t line) const {
  if (positions == UINT64_MAX) return length;
  const std::uint64_t first = line * length;
  return first >= positions ? 0 : std::min(length, positions - first);
}

LinePlan plan_of(const CampaignOptions& options, std::optional<std::uint64_t> sections) {
  LinePlan plan;
  plan.shard = options.shard;
  plan.shards = options.shards;
  if (sections) {
    plan.length = kLineOfSections;
    plan.positions = *sections;
    return plan;
  }
  plan.length = grows_corpus(options.strategy) ? kLineOfMutants : kLineOfRuns;
  plan.positions = options.runs.value_or(UINT64_MAX);
  if (grows_corpus(options.strategy) || options.confirm) plan.step = kEpoch;
  return plan;
}

PlayedLines play_lines(Crew& crew, const FillParameters& parameters, const CampaignOptions& options, Sections* sections,
                       const LinePlan& plan, Ledger& ledger) {
  return LinePlayer(crew, parameters, options, sections, plan, ledger).run();
}

namespace {

/// Lists, ascending, what was not played.
class Gaps {
 public:
  void add(std::uint64_t from, std::uint64_t to) {
    if (from >= to) return;
    if (!gaps_.empty() && gaps_.back().to == from) {
      gaps_.back().to = to;
    } else {
      gaps_.push_back({from, to});
    }
  }
  [[nodiscard]] std::vector<Interval> take() { return std::move(gaps_); }

 private:
  std::vector<Interval> gaps_;
};

void take_tapes(Witnesses& witnesses, const Witnesses& at_hand) {
  for (auto& [family, runs] : witnesses) {
    const auto others = at_hand.find(family);
    if (others == at_hand.end()) continue;
    for (Witness& witness : runs) {
      const auto same = std::find_if(others->second.begin(), others->second.end(),
                                     [&](const Witness& other) { return other.run == witness.run; });
      if (!witness.tape && same != others->second.end()) witness.tape = same->tape;
    }
  }
}

}  // namespace

Kept read_all(const LinePlan& plan, Ledger& ledger, const Witnesses& at_hand) {
  Kept kept;
  Gaps gaps;
  std::uint64_t behind = 0;  // everything before it is there, or among the gaps
  ledger.read([&](Line& line) {
    unite(kept.all, line.played);
    kept.wall_s += line.wall_s;
    const std::uint64_t first = line.number * plan.length;
    gaps.add(behind, first);
    behind = first + line.next;
    if (plan.positions == UINT64_MAX) return;  // a line that nothing follows lacks nothing
    gaps.add(behind, first + plan.wanted(line.number));
    behind = std::max(behind, first + plan.wanted(line.number));
  });
  if (plan.positions != UINT64_MAX) gaps.add(behind, plan.positions);
  kept.missing = gaps.take();
  take_tapes(kept.all.tally.witnesses, at_hand);
  number_in_order(kept.all);
  return kept;
}

}  // namespace drydock::sim::search
