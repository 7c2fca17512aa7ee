#include "reports/exploration_merge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <tuple>
#include <utility>

#include "sim/check.hpp"
#include "sim/is_one_of.hpp"

namespace drydock::reports {
namespace {

using scenarios::Exploration;
using scenarios::FaultUse;
using scenarios::Finding;
using scenarios::Residual;

template <typename T>
std::string differ(std::string_view what, const T& a, const T& b) {
  return a == b ? std::string{} : fmt::format("another {}: {} and {}", what, a, b);
}

/// Gives the first of these reasons that is not empty.
std::string first_of(std::initializer_list<std::string> reasons) {
  for (const std::string& reason : reasons) {
    if (!reason.empty()) return reason;
  }
  return {};
}

std::string shared_shard(const ExplorationReport& a, const ExplorationReport& b) {
  for (const std::uint32_t part : a.parts) {
    if (sim::is_one_of(part, b.parts)) return fmt::format("shard {} is there twice", part);
  }
  return {};
}

/// Tells whether the tape of `a` is the better one to show. The order of the files does not matter.
bool is_smaller(const Finding& a, const Finding& b) {
  const auto rank = [](const Finding& one) { return std::tuple(one.outcome.tape.size(), one.first_run, one.message); };
  return rank(a) < rank(b);
}

/// Collects the findings of all shards by signature.
class Findings {
 public:
  void add(const ExplorationReport& shard) {
    for (std::size_t i = 0; i < shard.found.findings.size(); ++i) add(shard.found.findings[i], shard.files[i]);
  }

  void move_to(ExplorationReport& merged) {
    std::stable_sort(all_.begin(), all_.end(), [](const Pair& a, const Pair& b) {
      return std::tie(a.first.first_run, a.first.signature) < std::tie(b.first.first_run, b.first.signature);
    });
    for (auto& [finding, files] : all_) {
      merged.found.findings.push_back(std::move(finding));
      merged.files.push_back(std::move(files));
    }
  }

 private:
  using Pair = std::pair<Finding, FindingFiles>;

  void add(const Finding& finding, const FindingFiles& files) {
    const auto [at, is_new] = by_signature_.try_emplace(finding.signature, all_.size());
    if (is_new) {
      all_.emplace_back(finding, files);
      return;
    }
    Pair& known = all_[at->second];
    const auto times = known.first.times + finding.times;
    const auto first_run = std::min(known.first.first_run, finding.first_run);
    const auto after = std::min(known.first.found_after_s, finding.found_after_s);
    if (is_smaller(finding, known.first)) known = {finding, files};
    known.first.times = times;
    known.first.first_run = first_run;
    known.first.found_after_s = after;
  }

  std::vector<Pair> all_;
  std::map<std::string, std::size_t> by_signature_;
};

void add_fault(std::vector<FaultUse>& all, const FaultUse& fault) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const FaultUse& one) { return one.name == fault.name; });
  if (found == all.end()) return all.push_back(fault);
  found->runs += fault.runs;
  found->fired += fault.fired;
  found->noticed += fault.noticed;
  if (fault.mattered) found->mattered = found->mattered.value_or(false) || *fault.mattered;
}

void add_client(std::optional<scenarios::ClientUse>& all, const scenarios::ClientUse& one) {
  if (!all) {
    all = one;
    return;
  }
  all->played += one.played;
  for (const auto& [end, times] : one.ends) all->ends[end] += times;
  all->compared += one.compared;
  all->differed += one.differed;
  if (all->difference.empty()) all->difference = one.difference;
}

/// Gives the number of runs without a violation that a bound stands for: (1 - bound)^runs = 5 %.
double quiet_runs(double bound) { return std::log(0.05) / std::log1p(-std::min(bound, 1 - 1e-12)); }

/// Merges the bounds of one promise. Where no shard saw the promise broken, it held in the runs of both together;
/// otherwise the larger bound is true of every shard.
double merged_bound(double a, double b, bool was_broken) {
  if (was_broken || a <= 0 || b <= 0) return std::max(a, b);
  return -std::expm1(std::log(0.05) / (quiet_runs(a) + quiet_runs(b)));
}

void add_residual(Residual& all, const Residual& one, const Exploration& merged) {
  for (const auto& [invariant, bound] : one.upper_95) {
    const bool was_broken = std::any_of(merged.findings.begin(), merged.findings.end(),
                                        [&name = invariant](const Finding& f) { return f.invariant == name; });
    const auto [at, is_new] = all.upper_95.try_emplace(invariant, bound);
    if (!is_new) at->second = merged_bound(at->second, bound, was_broken);
  }
  if (all.law.empty()) all.law = one.law;
  all.states = std::max(all.states, one.states);
  all.transitions = std::max(all.transitions, one.transitions);
  all.seen_once = std::max(all.seen_once, one.seen_once);
  all.unseen_transition = std::max(all.unseen_transition, one.unseen_transition);
  all.unseen_transitions_estimate = std::max(all.unseen_transitions_estimate, one.unseen_transitions_estimate);
  // The weakest guarantee is the one that all give.
  if (one.pct && (!all.pct || one.pct->per_run < all.pct->per_run)) all.pct = one.pct;
}

void add_sites(scenarios::Certificate& all, const scenarios::Certificate& one) {
  for (const auto& site : one.sites) {
    const auto known =
        std::find_if(all.sites.begin(), all.sites.end(), [&](const auto& other) { return other.site == site.site; });
    if (known == all.sites.end()) {
      all.sites.push_back(site);
    } else {
      known->occurrences = std::max(known->occurrences, site.occurrences);
      known->bound = std::max(known->bound, site.bound);
    }
  }
  std::sort(all.sites.begin(), all.sites.end(), [](const auto& a, const auto& b) { return a.site < b.site; });
}

/// Makes one certificate of those of all shards; empty where a shard has none.
std::optional<scenarios::Certificate> merged_certificate(std::span<const ExplorationReport* const> shards) {
  scenarios::Certificate all;
  for (const ExplorationReport* shard : shards) {
    if (!shard->found.certificate) return std::nullopt;
    all.deviations = shard->found.certificate->deviations;
    add_sites(all, *shard->found.certificate);
    all.hash += shard->found.certificate->hash;
  }
  return all;
}

void add_counts(Exploration& all, const Exploration& one) {
  all.runs += one.runs;
  all.distinct += one.distinct;
  all.pruned += one.pruned;
  all.wall_s += one.wall_s;
  all.shrink_s += one.shrink_s;
  all.findings_not_shrunk += one.findings_not_shrunk;
  all.complete = all.complete && one.complete;
  all.interrupted = all.interrupted || one.interrupted;
  all.cut_short += one.cut_short;
  all.known = std::max(all.known, one.known);
  all.known_runs += one.known_runs;
  if (all.internal_error.empty()) all.internal_error = one.internal_error;
  for (const auto& [request, times] : one.requests) all.requests[request] += times;
  for (const FaultUse& fault : one.faults) add_fault(all.faults, fault);
  if (one.client) add_client(all.client, *one.client);
}

}  // namespace

std::string why_not_shards_of_one(const ExplorationReport& a, const ExplorationReport& b) {
  const auto bound = [](const ExplorationReport& report) {
    return report.deviations ? static_cast<std::int64_t>(*report.deviations) : -1;
  };
  return first_of(
      {differ("version", a.tool, b.tool), differ("scenario", a.found.scenario, b.found.scenario),
       differ("case", a.case_name, b.case_name), differ("policy", a.found.policy, b.found.policy),
       differ("strategy", a.found.strategy, b.found.strategy), differ("seed", a.found.seed, b.found.seed),
       differ("bound of deviations", bound(a), bound(b)), differ("number of shards", a.found.shards, b.found.shards),
       a.inputs == b.inputs ? "" : "the scenario, the policy or a setting has changed", shared_shard(a, b)});
}

ExplorationReport merge_shards(std::span<const ExplorationReport> shards) {
  DRYDOCK_CHECK(!shards.empty(), "there is nothing to merge");
  std::vector<const ExplorationReport*> ordered;
  for (const ExplorationReport& shard : shards) ordered.push_back(&shard);
  std::sort(ordered.begin(), ordered.end(),
            [](const auto* a, const auto* b) { return a->parts.front() < b->parts.front(); });

  ExplorationReport merged;
  const ExplorationReport& first = *ordered.front();
  merged.case_name = first.case_name;
  merged.deviations = first.deviations;
  merged.inputs = first.inputs;
  merged.parts.clear();
  Exploration& found = merged.found;
  found.scenario = first.found.scenario;
  found.policy = first.found.policy;
  found.strategy = first.found.strategy;
  found.seed = first.found.seed;
  found.shards = first.found.shards;
  found.complete = true;
  Findings findings;
  for (const ExplorationReport* shard : ordered) {
    merged.parts.insert(merged.parts.end(), shard->parts.begin(), shard->parts.end());
    add_counts(found, shard->found);
    findings.add(*shard);
  }
  findings.move_to(merged);
  for (const ExplorationReport* shard : ordered) add_residual(found.residual, shard->found.residual, found);
  std::sort(merged.parts.begin(), merged.parts.end());
  found.shard = merged.parts.front();
  found.complete = found.complete && merged.parts.size() == found.shards;
  found.certificate = merged_certificate(ordered);
  return merged;
}

}  // namespace drydock::reports
