#include "scenarios/conform/search.hpp"

#include <algorithm>
#include <array>

namespace drydock::scenarios {
namespace {

using Kind = sim::Meaning::Kind;

constexpr std::size_t kBatch = 16;    // of which, once there is something to go on from:
constexpr std::size_t kJumps = 4;     // change several decisions of one of the best runs
constexpr std::size_t kRestarts = 1;  // begin anew; the others change one decision of the best
constexpr std::size_t kKept = 8;
constexpr std::size_t kMostAlike = 2;
constexpr std::uint32_t kMostChanges = 4;

/// Gives the workspace about which a run and the log part; empty where the line does not say.
const std::string& workspace_of(const LogWorld& world, const LogRun& run) {
  if (run.match.surplus && run.happenings[*run.match.surplus].at == run.match.agree_until)
    return run.happenings[*run.match.surplus].workspace;
  return world.sightings.all[run.match.missing.value_or(0)].workspace;
}

bool belongs_to(const OpenDecision& decision, const std::string& workspace) {
  const std::string& site = decision.key.first;
  return site.size() > workspace.size() && site[workspace.size()] == '/' && site.starts_with(workspace);
}

/// Puts the decisions that are likeliest to matter first: that workspace's delays, whether faults strike, other delays,
/// then the order of tasks; of each the latest first.
void sort_by_promise(std::vector<OpenDecision>& open, const std::string& workspace) {
  const auto rank = [&](const OpenDecision& decision) {
    if (decision.kind == Kind::delay) return belongs_to(decision, workspace) ? 0 : 2;
    return decision.kind == Kind::happens ? 1 : 3;
  };
  std::stable_sort(open.begin(), open.end(),
                   [&](const OpenDecision& a, const OpenDecision& b) { return rank(a) < rank(b); });
}

bool is_alike(const Match& a, const Match& b) { return !is_better(a, b) && !is_better(b, a); }

std::uint32_t draw(std::uint64_t dice, std::uint32_t number, std::uint32_t bound) {
  return sim::scale_bits(sim::random_bits(dice, 0, number), bound);
}

}  // namespace

LogSearch::LogSearch(const std::vector<LogWorld>& worlds, const ConformOptions& options)
    : worlds_(worlds), options_(options), trials_(options.jobs) {}

void LogSearch::search() {
  std::vector<Plan> first;
  for (std::size_t world = 0; world < worlds_.size(); ++world)
    first.push_back({.world = world, .tape = {}, .seed = std::nullopt});
  play(first);
  while (!done()) play(plan_batch());
}

bool LogSearch::done() const {
  if (interrupted_ || (!best_.empty() && best_.front().run.match.explained())) return true;
  if (options_.runs && runs_ >= *options_.runs) return true;
  return out_of_time();
}

bool LogSearch::out_of_time() const { return options_.time_s && stopwatch_.seconds() >= *options_.time_s; }

bool LogSearch::is_interrupted() const { return options_.interrupted && options_.interrupted(); }

/// Plays runs on threads, and judges them in the order of the plans, whichever thread was first.
void LogSearch::play(const std::vector<Plan>& plans) {
  std::uint64_t count = plans.size();
  if (options_.runs) count = std::min(count, *options_.runs - std::min(runs_, *options_.runs));
  std::vector<LogRun> runs(plans.size());
  const auto work = [&](Workbench& workbench, std::uint64_t i) {
    runs[i] = play_log(worlds_[plans[i].world], plans[i].tape, plans[i].seed, workbench);
  };
  // Of the first runs one is needed in any case.
  const auto stop = [this] { return is_interrupted() || (!best_.empty() && out_of_time()); };
  const auto played = trials_.play(count, work, stop);
  for (std::uint64_t i = 0; i < played; ++i) take(plans[i], std::move(runs[i]));
  runs_ += played;
  interrupted_ = is_interrupted();
  if (options_.progress && !best_.empty()) options_.progress(runs_, best_.front().run.match.matched);
}

void LogSearch::take(Plan plan, LogRun run) {
  if (!known_.insert({plan.world, run.answers}).second) return;
  const auto alike = std::count_if(best_.begin(), best_.end(),
                                   [&](const Candidate& one) { return is_alike(one.run.match, run.match); });
  if (static_cast<std::size_t>(alike) >= kMostAlike) return;
  const auto place = std::find_if(best_.begin(), best_.end(),
                                  [&](const Candidate& one) { return is_better(run.match, one.run.match); });
  if (best_.size() >= kKept && place == best_.end()) return;
  Candidate candidate{.world = plan.world, .tape = std::move(plan.tape), .run = {}, .next = 0};
  // What a seed drew is written down, so that the next steps vary this very run.
  for (const auto& [key, value] : run.answers) candidate.tape.set(key.first, key.second, value);
  sort_by_promise(run.open, workspace_of(worlds_[plan.world], run));
  candidate.run = std::move(run);
  best_.insert(place, std::move(candidate));
  if (best_.size() > kKept) best_.pop_back();
}

std::uint64_t LogSearch::dice(std::uint64_t number) const { return sim::random_bits(options_.seed, number, 1); }

std::vector<LogSearch::Plan> LogSearch::plan_batch() {
  std::vector<Plan> plans;
  for (std::size_t i = 0; i < kRestarts; ++i) {
    const std::uint64_t number = ++planned_;
    plans.push_back({.world = number % worlds_.size(), .tape = {}, .seed = dice(number)});
  }
  for (std::size_t i = 0; i < kJumps; ++i) {
    const std::uint64_t number = dice(++planned_);
    const auto which = draw(number, 0, static_cast<std::uint32_t>(best_.size()));
    plans.push_back(jump(best_[which], number));
  }
  for (Candidate& candidate : best_) {
    while (plans.size() < kBatch) {
      auto plan = neighbour(candidate);
      if (!plan) break;
      plans.push_back(*std::move(plan));
    }
  }
  return plans;
}

/// Gives the next neighbour of a candidate: one decision taken otherwise. Calls go through the decisions in turn, and
/// through each one's values; empty after the last.
std::optional<LogSearch::Plan> LogSearch::neighbour(Candidate& candidate) {
  std::size_t left = candidate.next++;
  for (const OpenDecision& decision : candidate.run.open) {
    const std::size_t others = decision.bound - 1;
    if (left >= others) {
      left -= others;
      continue;
    }
    const auto value = static_cast<std::uint32_t>(left >= decision.value ? left + 1 : left);
    Plan plan{.world = candidate.world, .tape = candidate.tape, .seed = std::nullopt};
    plan.tape.set(decision.key.first, decision.key.second, value);
    return plan;
  }
  return std::nullopt;
}

/// Changes several decisions of a candidate at once, the promising ones likelier.
LogSearch::Plan LogSearch::jump(const Candidate& candidate, std::uint64_t dice) {
  Plan plan{.world = candidate.world, .tape = candidate.tape, .seed = std::nullopt};
  const auto& open = candidate.run.open;
  if (open.empty()) return plan;
  const std::uint32_t changes = 2 + draw(dice, 1, kMostChanges - 1);
  for (std::uint32_t i = 0; i < changes; ++i) {
    const auto size = static_cast<std::uint32_t>(open.size());
    const std::uint32_t reach = 1 + draw(dice, 3 * i + 2, size);
    const OpenDecision& decision = open[draw(dice, 3 * i + 3, reach)];
    plan.tape.set(decision.key.first, decision.key.second, draw(dice, 3 * i + 4, decision.bound));
  }
  return plan;
}

}  // namespace drydock::scenarios
