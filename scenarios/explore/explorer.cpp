#include "scenarios/explore/explorer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "model/invariants/catalogue.hpp"
#include "scenarios/explore/explain.hpp"
#include "scenarios/explore/tape_player.hpp"
#include "scenarios/explore/theatre.hpp"
#include "scenarios/trace/sql_invariants.hpp"
#include "sim/search/campaign.hpp"
#include "sim/search/exhaustive.hpp"
#include "sim/search/residual.hpp"
#include "sim/search/shrink.hpp"
#include "sim/search/stopwatch.hpp"

namespace drydock::scenarios {
namespace {

namespace search = sim::search;

/// Gives the index of the violation that the finding is about: the first of this promise and signature.
std::size_t violation_of(const Outcome& outcome, const search::Broken& broken) {
  for (std::size_t i = 0; i < outcome.violations.size(); ++i) {
    const ShownViolation& shown = outcome.violations[i];
    if (shown.invariant == broken.promise && shown.signature == broken.signature) return i;
  }
  DRYDOCK_CHECK(false, "{} is no longer broken by its own tape", broken.promise);
}

/// Everything that a search and what follows it have in common.
class Explorer {
 public:
  Explorer(const Scenario& scenario, const CaseSpec& played, const ExploreOptions& options)
      : scenario_(scenario),
        played_(played),
        options_(options),
        parameters_(fill_parameters_of(scenario)),
        crew_([this] { return make_player(); }, options.jobs) {}

  Exploration run() {
    out_.scenario = scenario_.name;
    out_.policy = played_.policy_name;
    out_.strategy = to_text(options_.strategy);
    out_.seed = options_.seed;
    out_.shard = options_.shard;
    out_.shards = options_.shards;
    try {
      search();
      take_findings();
      stopping_ = false;
      account_for_faults();
    } catch (const sim::InternalError& error) {
      out_.internal_error = error.what();
    }
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::unique_ptr<search::Player> make_player() const {
    StageOptions stage{.stop = stop_, .full_calm = options_.full_calm};
    if (options_.theatre != nullptr) return options_.theatre->player(parameters_, std::move(stage));
    return std::make_unique<TapePlayer>(scenario_, played_, parameters_, std::move(stage));
  }

  /// Makes what runs are drawn by complete. Gives the calm run.
  search::Reading get_to_know() {
    // PCT spreads its change points over as many questions as an instant of the calm run has at most.
    search::Reading calm;
    on_one_thread([&](search::Player& player) { calm = player.play({}, nullptr, {}); });
    parameters_.orderings = std::max<std::uint64_t>(calm.contention.orderings(), 1);
    for (const KnownFinding& known : options_.beyond) {
      on_one_thread([&](search::Player& player) { leave_behind(player, known); });
    }
    return calm;
  }

  void search() {
    const search::Reading calm = get_to_know();
    const search::CampaignOptions campaign = campaign_options();
    if (options_.ledger != nullptr) {
      if (!calm.stopped) options_.ledger->begin(calm.hash);
      search_lines(campaign, !calm.stopped);
    } else if (options_.strategy == Strategy::exhaustive) {
      take_enumeration(search::enumerate(crew_, options_.deviations, campaign));
      out_.wall_s = stopwatch_.seconds();
    } else {
      tally_ = search::campaign(crew_, parameters_, campaign);
      out_.wall_s = stopwatch_.seconds();
    }
    take_tally();
  }

  void take_enumeration(search::Enumeration all) {
    out_.complete = all.complete;
    Certificate certificate{.deviations = options_.deviations, .sites = {}, .hash = all.hash};
    for (const auto& [site, extent] : all.sites) certificate.sites.push_back({site, extent.occurrences, extent.bound});
    out_.certificate = std::move(certificate);
    tally_ = std::move(all.tally);
  }

  /// Plays what is left of a search that is kept, and takes over everything that is kept of it, where it has begun:
  /// without the calm run nothing is drawn again.
  void search_lines(const search::CampaignOptions& campaign, bool begun) {
    const bool is_exhaustive = options_.strategy == Strategy::exhaustive;
    std::optional<search::Sections> sections;
    if (is_exhaustive) sections.emplace(crew_, options_.deviations, campaign);
    const std::optional<std::uint64_t> count = sections ? std::optional{sections->count()} : std::nullopt;
    const search::LinePlan plan = search::plan_of(campaign, count);
    const search::PlayedLines played =
        search::play_lines(crew_, parameters_, campaign, sections ? &*sections : nullptr, plan, *options_.ledger);
    search::Kept kept;
    if (begun || is_exhaustive) {
      kept = search::read_all(plan, *options_.ledger, played.witnesses);
    } else if (options_.runs) {
      kept.missing = {{0, *options_.runs}};
    }
    if (is_exhaustive) {
      kept.all.complete = plan.positions > 0 && kept.missing.empty();
      take_enumeration(std::move(kept.all));
    } else {
      tally_ = std::move(kept.all.tally);
    }
    tally_.interrupted = played.interrupted;
    out_.wall_s = kept.wall_s;
    // A kept search is one, however its lines were shared out.
    out_.shard = out_.shards = 1;
    out_.kept = KeptExtent{.of = plan.positions == UINT64_MAX ? std::nullopt : std::optional{plan.positions},
                           .missing = std::move(kept.missing)};
  }

  /// Tells of a finding that is not shrunk yet.
  void tell_of(const search::Found& found) {
    if (!options_.found || told_++ >= options_.most_findings) return;
    Finding finding = finding_of(found.broken, {.tape = found.tape, .runs = 0, .minimal = false}, false);
    take_over(found, finding);
    options_.found(finding);
  }

  /// Plays the tape of a known finding: its promise may be broken in another way here than where it was found, and
  /// only a run tells which of the listed faults and requests its decisions add.
  void leave_behind(search::Player& player, const KnownFinding& known) {
    if (!known.signature.empty()) known_.insert({known.invariant, known.signature});
    const search::Reading reading = ConfirmingPlayer(player).play(known.tape, nullptr, {});
    const auto is_meant = [&](const search::Broken& broken) { return broken.promise == known.invariant; };
    if (std::none_of(reading.broken.begin(), reading.broken.end(), is_meant)) return;
    std::copy_if(reading.broken.begin(), reading.broken.end(), std::inserter(known_, known_.end()), is_meant);
    std::set<std::uint32_t> families;
    for (const search::SearchDecision& met : reading.tape) {
      if (search::is_added(met)) families.insert(met.family);
    }
    parameters_.closed.emplace_back(families.begin(), families.end());
  }

  search::CampaignOptions campaign_options() {
    search::CampaignOptions campaign;
    campaign.strategy = options_.strategy;
    campaign.seed = options_.seed;
    campaign.runs = options_.runs;
    campaign.shard = options_.shard;
    campaign.shards = options_.shards;
    campaign.until_first = options_.until_first;
    campaign.sought = {options_.promise, known_, options_.expected};
    campaign.twice = options_.twice;
    campaign.sample = options_.sample;
    campaign.confirm = !played_.sql_invariants.empty();
    campaign.interrupted = [this] { return is_interrupted(); };
    campaign.out_of_time = [this] { return is_over(search_share()); };
    campaign.found = [this](const search::Found& found) { tell_of(found); };
    campaign.watch = [this](const search::CampaignProgress& progress) {
      found_ = progress.found;
      watch(progress, "searching");
    };
    return campaign;
  }

  /// Returns how much of the time the search may take.
  [[nodiscard]] double search_share() const {
    constexpr double kWithFindings = 0.75;
    return options_.shrink && found_ > 0 ? kWithFindings : 1;
  }

  /// Tell whether it is time to end, and then end the runs that are being played.
  bool is_over(double share) { return stops(options_.time_s && stopwatch_.seconds() >= *options_.time_s * share); }
  bool is_interrupted() { return stops(options_.interrupted && options_.interrupted()); }
  bool stops(bool now) {
    if (now) stopping_ = true;
    return now;
  }

  void watch(const search::CampaignProgress& progress, std::string_view phase) {
    constexpr double kBetween = 0.2;
    const double now = stopwatch_.seconds();
    if (!options_.progress || now - watched_ < kBetween) return;
    watched_ = now;
    options_.progress({.runs = progress.runs,
                       .runs_per_s = static_cast<double>(progress.runs) / now,
                       .distinct = progress.states,
                       .findings = progress.found,
                       .share = progress.share,
                       .phase = phase});
  }

  void take_tally() {
    out_.runs = tally_.runs;
    out_.distinct = tally_.hashes.size();
    out_.pruned = tally_.pruned;
    out_.cut_short = tally_.cut_short;
    out_.interrupted = tally_.interrupted;
    out_.known = options_.beyond.size();
    out_.known_runs = tally_.known_runs;
    out_.independent_runs = tally_.independent_runs;
    out_.broken_runs = tally_.broken_runs;
    out_.coverage = tally_.coverage;
    out_.rows = std::move(tally_.rows);
    out_.sample = options_.sample;
    take_requests();
    Residual& residual = out_.residual;
    residual.law = law_of(options_.strategy);
    if (!parameters_.closed.empty()) residual.law += "; swarm away from what is known";
    residual.states = tally_.coverage.states();
    residual.transitions = tally_.coverage.transitions();
    residual.seen_once = tally_.coverage.seen_in(1);
    residual.unseen_transition = search::unseen_chance(tally_.runs, residual.seen_once);
    residual.unseen_transitions_estimate =
        search::estimated_kinds(residual.transitions, residual.seen_once, tally_.coverage.seen_in(2)) -
        static_cast<double>(residual.transitions);
    if (tally_.independent_runs > 0) {
      for (const model::InvariantInfo& promise : model::invariant_catalogue()) {
        const auto broken = tally_.broken_runs.find(promise.name);
        residual.upper_95[std::string{promise.name}] =
            search::upper_95(tally_.independent_runs, broken == tally_.broken_runs.end() ? 0 : broken->second);
      }
    }
    const bool pct = options_.strategy == Strategy::pct || options_.strategy == Strategy::mixed;
    if (pct && tally_.runs > 0) {
      const std::uint64_t tasks = tally_.contention.tasks();
      const std::uint64_t choices = parameters_.orderings;
      residual.pct = PctBound{tasks, choices, parameters_.depth, search::pct_bound(tasks, choices, parameters_.depth)};
    }
  }

  void take_requests() {
    if (!scenario_.explore) return;
    const auto first = static_cast<std::uint32_t>(scenario_.explore->space->families().size());
    out_.listed_requests = scenario_.explore->requests;
    for (std::uint32_t line = 0; line < scenario_.explore->requests.size(); ++line) {
      const auto used = tally_.uses.find(first + line);
      out_.requests[scenario_.explore->requests[line]] = used == tally_.uses.end() ? 0 : used->second.fired;
    }
  }

  // --- findings ---

  /// Sets aside what is no news.
  void take_expected() {
    std::erase_if(tally_.found, [&](const search::Found& found) {
      if (!options_.expected.contains(found.broken)) return false;
      out_.expected.push_back({found.broken.promise, found.broken.signature, found.first_run, found.times});
      return true;
    });
  }

  /// Takes over the findings: shrunk, or as they were found where nobody wants that or there was no time for it.
  void take_findings() {
    take_expected();
    const std::size_t kept = std::min(tally_.found.size(), options_.most_findings);
    out_.findings_not_shrunk = tally_.found.size() - kept;
    tally_.found = search::fair_share(std::move(tally_.found), kept);
    std::vector<Finding> findings(kept);
    stopping_ = false;
    make_tapes_again();
    const search::Stopwatch shrinking;
    const std::uint64_t done = options_.shrink ? shrink_findings(findings) : 0;
    out_.shrink_s = shrinking.seconds();
    for (std::size_t i = done; i < kept; ++i) {
      const search::Found& found = tally_.found[i];
      findings[i] = finding_of(found.broken, {.tape = found.tape, .runs = 0, .minimal = false}, false);
      take_over(found, findings[i]);
    }
    out_.findings = std::move(findings);
  }

  /// Gives the findings of runs that were kept as numbers their tapes, however little time is left.
  void make_tapes_again() {
    crew_.work(
        tally_.found.size(),
        [&](search::Player& player, std::uint64_t index) {
          search::Found& found = tally_.found[index];
          if (found.drawn && found.tape.empty()) found.tape = drawn(player, found.first_run).tape;
        },
        [] { return false; });
  }

  /// Draws a run of this search again.
  [[nodiscard]] search::Reading drawn(search::Player& player, std::uint64_t number) const {
    return search::play_drawn(player, search::strategy_of(options_.strategy, number), options_.seed, number,
                              parameters_, {});
  }

  /// Shrinks the findings, the first ones first; gives the number of those that it came to.
  std::uint64_t shrink_findings(std::vector<Finding>& findings) {
    if (out_.interrupted || is_over(1)) return 0;
    const std::size_t kept = findings.size();
    return crew_.work(
        kept,
        [&](search::Player& player, std::uint64_t index) { findings[index] = shrunk(player, tally_.found[index]); },
        [this] {
          if (is_interrupted()) out_.interrupted = true;
          return out_.interrupted || is_over(1);
        },
        [this, kept] {
          watch({.runs = tally_.runs, .states = tally_.coverage.states(), .found = kept, .share = {}}, "shrinking");
        });
  }

  static void take_over(const search::Found& found, Finding& finding) {
    finding.first_run = found.first_run;
    finding.times = found.times;
    finding.found_after_s = found.after_s;
    finding.size_found = found.tape.size();
  }

  Finding shrunk(search::Player& player, const search::Found& found) const {
    const search::Stopwatch stopwatch;
    const search::Shrunk small = shrink(player, found.tape, found.broken);
    Finding finding = finding_of(found.broken, small, options_.explain);
    take_over(found, finding);
    finding.shrink_s = stopwatch.seconds();
    return finding;
  }

  /// Plays the finding's tape with its record, and, where it is to be `explained`, other answers, until it is time to
  /// end.
  [[nodiscard]] Finding finding_of(const search::Broken& broken, const search::Shrunk& small, bool explained) const {
    Finding finding;
    finding.invariant = broken.promise;
    finding.signature = broken.signature;
    finding.shrink_runs = small.runs;
    finding.minimal = small.minimal;
    finding.size_found = small.tape.size();
    Workbench workbench;
    KeptRun kept = keep(small.tape, broken, workbench);
    finding.outcome = std::move(kept.outcome);
    finding.session = std::move(kept.session);
    finding.violation = violation_of(finding.outcome, broken);
    finding.message = finding.outcome.violations[finding.violation].message;
    // What a client would do at another answer, only the client knows.
    if (!explained || stopping_ || finding.session != nullptr) return finding;
    workbench.stop_runs_when(stop_);
    try {
      finding.explained = explain(scenario_, played_, small.tape, broken, options_.full_calm, workbench);
    } catch (const sim::RunStopped&) {
      // Half of an explanation would be taken for the whole.
    }
    return finding;
  }

  /// Shrinks a tape as long as it breaks the same promise. The case's own invariants judge a run only when it is
  /// confirmed (`ConfirmingPlayer`), so for a promise of theirs each run of the shrinker is.
  [[nodiscard]] search::Shrunk shrink(search::Player& player, const std::vector<search::SearchDecision>& tape,
                                      const search::Broken& broken) const {
    const search::ShrinkLimits limits{.stop = stop_};
    if (!is_own_invariant(played_, broken.promise)) return search::shrink(player, tape, broken, limits);
    ConfirmingPlayer confirming(player);
    return search::shrink(confirming, tape, broken, limits);
  }

 public:
  /// Plays on a thread of the crew, while this one looks whether it is time to end.
  void on_one_thread(const std::function<void(search::Player&)>& job) {
    crew_.work(
        1, [&](search::Player& player, std::uint64_t /*index*/) { job(player); },
        [this] { return is_interrupted() || is_over(1); });
  }

  /// Draws a run again; gives the decisions that it consumed.
  sim::Tape drawn_again(Strategy strategy, std::uint64_t number) {
    (void)get_to_know();
    sim::Tape tape;
    on_one_thread([&](search::Player& player) {
      tape = search::tape_of(search::play_drawn(player, strategy, options_.seed, number, parameters_, {}).tape);
    });
    return tape;
  }

  /// Shrinks the tape for the first promise that it breaks in this way (empty: any); empty where it breaks none.
  std::optional<Finding> shrink_for(search::Player& player, const sim::Tape& tape, const std::string& invariant,
                                    const std::string& signature) const {
    const search::Reading reading = ConfirmingPlayer(player).play(tape, nullptr, {});
    const auto meant = std::find_if(reading.broken.begin(), reading.broken.end(), [&](const search::Broken& broken) {
      return (invariant.empty() || broken.promise == invariant) && (signature.empty() || broken.signature == signature);
    });
    if (meant == reading.broken.end()) return std::nullopt;
    return shrunk(player, {.broken = *meant, .tape = reading.tape});
  }

 private:
  [[nodiscard]] KeptRun keep(const std::vector<search::SearchDecision>& tape, const search::Broken& broken,
                             Workbench& workbench) const {
    if (options_.theatre != nullptr) return options_.theatre->keep(search::tape_of(tape), broken);
    return {scenarios::run(scenario_, played_, search::tape_of(tape), {}, workbench), nullptr};
  }

  // --- faults ---

  /// Fills the accounts of the listed faults. A fault mattered when some run in which it was noticed ends otherwise
  /// without it.
  void account_for_faults() {
    if (!scenario_.explore) return;
    const auto families = scenario_.explore->space->families();
    for (std::size_t family = 0; family < families.size(); ++family)
      out_.faults.push_back(use_of(families[family], static_cast<std::uint32_t>(family)));
    crew_.work(
        families.size(),
        [&](search::Player& player, std::uint64_t family) {
          FaultUse& use = out_.faults[family];
          if (use.fired > 0) use.mattered = mattered(player, static_cast<std::uint32_t>(family));
        },
        [this] { return is_interrupted(); });
  }

  [[nodiscard]] FaultUse use_of(const std::string& name, std::uint32_t family) const {
    FaultUse use{.name = name};
    const auto found = tally_.uses.find(family);
    if (found == tally_.uses.end() || found->second.fired == 0) return use;
    use.fired = found->second.fired;
    use.noticed = found->second.noticed;
    use.runs = tally_.use_runs.at(family);
    return use;
  }

  /// Tells whether the fault mattered in a witness; empty where the user interrupted before that was known.
  std::optional<bool> mattered(search::Player& player, std::uint32_t family) const {
    const auto witnesses = tally_.witnesses.find(family);
    if (witnesses == tally_.witnesses.end()) return false;
    const auto& runs = witnesses->second;
    const bool did =
        std::any_of(runs.begin(), runs.end(), [&](const auto& run) { return matters(player, run, family); });
    return stopping_ ? std::nullopt : std::optional{did};
  }

  /// Tells whether a witness ends otherwise without the family's decisions.
  bool matters(search::Player& player, const search::Witness& witness, std::uint32_t family) const {
    if (witness.tape) return search::differs_without(player, family, *witness.tape, witness.verdict);
    const search::Reading again = drawn(player, witness.run);
    DRYDOCK_CHECK(again.stopped || again.verdict == witness.verdict, "run {} is not what it was", witness.run);
    return search::differs_without(player, family, again.tape, witness.verdict);
  }

  const Scenario& scenario_;
  const CaseSpec& played_;
  const ExploreOptions& options_;
  search::FillParameters parameters_;
  std::set<search::Broken> known_;     // what the search is to go beyond
  std::atomic<bool> stopping_{false};  // read by the threads of the crew
  const std::function<bool()> stop_ = [this] { return stopping_.load(); };
  search::Crew crew_;
  search::Tally tally_;
  Exploration out_;
  search::Stopwatch stopwatch_;
  double watched_ = 0;
  std::size_t found_ = 0;
  std::size_t told_ = 0;
};

}  // namespace

Exploration explore(const Scenario& scenario, const CaseSpec& played, const ExploreOptions& options) {
  return Explorer(scenario, played, options).run();
}

sim::Tape drawn_tape(const Scenario& scenario, const CaseSpec& played, const ExploreOptions& options, Strategy strategy,
                     std::uint64_t number) {
  return Explorer(scenario, played, options).drawn_again(strategy, number);
}

std::optional<Finding> shrink_tape(const Scenario& scenario, const CaseSpec& played, const sim::Tape& tape,
                                   const std::string& invariant, const std::string& signature,
                                   const ShrinkOptions& options) {
  ExploreOptions search;
  search.interrupted = options.stop;
  search.full_calm = options.full_calm;
  Explorer explorer(scenario, played, search);
  std::optional<Finding> finding;
  explorer.on_one_thread(
      [&](search::Player& player) { finding = explorer.shrink_for(player, tape, invariant, signature); });
  return finding;
}

}  // namespace drydock::scenarios
