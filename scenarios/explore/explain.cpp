#include "scenarios/explore/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>

#include "scenarios/trace/sql_invariants.hpp"

namespace drydock::scenarios {
namespace {

namespace search = sim::search;
using sim::Meaning;

/// So many other answers are tried for one decision, and so many other moments, at the most.
constexpr std::uint32_t kMostValues = 24;
constexpr std::uint32_t kMostMoments = 12;

/// One other answer, and whether the promise is still broken.
struct Tried {
  ShownDecision decision;
  bool breaks = false;
};

class Explanation {
 public:
  Explanation(const Scenario& scenario, const CaseSpec& played, const std::vector<search::SearchDecision>& tape,
              const search::Broken& broken, bool full_calm, Workbench& workbench)
      : scenario_(scenario),
        played_(played),
        tape_(tape),
        broken_(broken),
        full_calm_(full_calm),
        workbench_(workbench),
        own_invariant_(is_own_invariant(played, broken.promise)) {}

  ExplainedDecision of(std::size_t index) {
    const search::SearchDecision& met = tape_[index];
    const std::optional<Tried> itself = other(index, met.decision);
    ExplainedDecision explained;
    if (itself) explained.decision = itself->decision;
    std::vector<Tried> values = other_values(index);
    std::vector<Tried> moments;
    if (met.kind == Meaning::Kind::request) moments = other_moments(index);
    for (const auto* tried : {&values, &moments}) {
      explained.tried += static_cast<std::uint32_t>(tried->size());
      explained.still_break += static_cast<std::uint32_t>(
          std::count_if(tried->begin(), tried->end(), [](const Tried& one) { return one.breaks; }));
    }
    if (met.kind == Meaning::Kind::delay) {
      explained.others = of_delay(explained.decision, std::move(values));
    } else {
      explained.others = of_things(values);
      const std::string when = of_moments(explained.decision, moments);
      if (!explained.others.empty() && !when.empty()) explained.others += "; ";
      explained.others += when;
    }
    return explained;
  }

 private:
  /// Plays the tape with another decision in this one's place; empty when nobody asks for it.
  std::optional<Tried> other(std::size_t index, const sim::Decision& decision) {
    sim::Tape tape;
    for (std::size_t i = 0; i < tape_.size(); ++i) {
      const sim::Decision& each = i == index ? decision : tape_[i].decision;
      tape.set(each.site, each.occurrence, each.value);
    }
    RunOptions options;
    options.keep_record = own_invariant_;
    options.full_calm = full_calm_;
    const Outcome outcome = run(scenario_, played_, tape, options, workbench_);
    const auto asked = std::find_if(outcome.tape.begin(), outcome.tape.end(), [&](const ShownDecision& shown) {
      return shown.site == decision.site && shown.occurrence == decision.occurrence;
    });
    if (asked == outcome.tape.end()) return std::nullopt;
    const bool breaks =
        std::any_of(outcome.violations.begin(), outcome.violations.end(), [&](const ShownViolation& shown) {
          return shown.invariant == broken_.promise && shown.signature == broken_.signature;
        });
    return Tried{*asked, breaks};
  }

  std::vector<Tried> other_values(std::size_t index) {
    const search::SearchDecision& met = tape_[index];
    std::vector<Tried> tried;
    const std::uint32_t step = std::max(1U, met.bound / kMostValues);
    for (std::uint32_t value = 1; value < met.bound; value += step) {
      if (value == met.decision.value) continue;
      sim::Decision decision = met.decision;
      decision.value = value;
      if (auto one = other(index, decision)) tried.push_back(*std::move(one));
    }
    return tried;
  }

  /// Tries ticks before and after, the further away the rarer.
  std::vector<Tried> other_moments(std::size_t index) {
    std::set<std::uint32_t> occurrences;
    const std::uint32_t here = tape_[index].decision.occurrence;
    for (std::uint32_t by = 1; by <= 1U << (kMostMoments / 2); by *= 2) {
      if (here > by) occurrences.insert(here - by);
      occurrences.insert(here + by);
    }
    std::vector<Tried> tried;
    for (const std::uint32_t occurrence : occurrences) {
      sim::Decision decision = tape_[index].decision;
      decision.occurrence = occurrence;
      if (auto one = other(index, decision)) tried.push_back(*std::move(one));
    }
    return tried;
  }

  /// `any from 31s to 40s`: a delay's answers in the order of their lengths.
  static std::string of_delay(const ShownDecision& itself, std::vector<Tried> tried) {
    tried.push_back({itself, true});
    const auto length = [](const Tried& one) {
      return sim::parse_duration(one.decision.means).value_or(sim::Duration{});
    };
    std::sort(tried.begin(), tried.end(), [&](const Tried& a, const Tried& b) { return length(a) < length(b); });
    std::string text;
    for (std::size_t i = 0; i < tried.size(); ++i) {
      if (!tried[i].breaks) continue;
      std::size_t last = i;
      while (last + 1 < tried.size() && tried[last + 1].breaks) ++last;
      const bool longest = last + 1 == tried.size();
      text += text.empty() ? "" : ", or ";
      if (i == last) {
        text += tried[i].decision.means;
      } else if (longest && i > 0) {
        text += "any from " + tried[i].decision.means;
      } else if (longest) {
        text += "any";
      } else {
        text += fmt::format("{} to {}", tried[i].decision.means, tried[last].decision.means);
      }
      i = last;
    }
    return text == itself.means ? std::string{} : text;
  }

  static std::string of_things(const std::vector<Tried>& tried) {
    constexpr std::size_t kMostNamed = 3;
    std::vector<std::string> breaking;
    for (const Tried& one : tried) {
      if (one.breaks) breaking.push_back(one.decision.means);
    }
    if (breaking.empty()) return {};
    if (breaking.size() == tried.size() && tried.size() > 1)
      return fmt::format("any of the {} others that were tried", tried.size());
    std::string text = "also ";
    for (std::size_t i = 0; i < std::min(kMostNamed, breaking.size()); ++i) text += (i == 0 ? "" : ", ") + breaking[i];
    if (breaking.size() > kMostNamed) text += fmt::format(" and {} more", breaking.size() - kMostNamed);
    return text;
  }

  /// `at any moment from +5s to +2m5s that was tried`.
  static std::string of_moments(const ShownDecision& itself, const std::vector<Tried>& tried) {
    sim::Instant first = itself.at;
    sim::Instant last = itself.at;
    std::size_t breaking = 0;
    std::size_t between = 0;
    for (const Tried& one : tried) {
      if (!one.breaks) continue;
      ++breaking;
      first = std::min(first, one.decision.at);
      last = std::max(last, one.decision.at);
    }
    for (const Tried& one : tried) between += one.decision.at >= first && one.decision.at <= last ? 1 : 0;
    if (breaking == 0) return tried.empty() ? std::string{} : "at no other moment that was tried";
    return fmt::format("at {} moment from +{} to +{}", between == breaking ? "any" : "many a",
                       sim::format_duration(first.time_since_epoch()), sim::format_duration(last.time_since_epoch()));
  }

  const Scenario& scenario_;
  const CaseSpec& played_;
  const std::vector<search::SearchDecision>& tape_;
  const search::Broken& broken_;
  const bool full_calm_;
  Workbench& workbench_;
  bool own_invariant_;  // judged where the record is kept
};

}  // namespace

std::vector<ExplainedDecision> explain(const Scenario& scenario, const CaseSpec& played,
                                       const std::vector<search::SearchDecision>& tape, const search::Broken& broken,
                                       bool full_calm, Workbench& workbench) {
  Explanation explanation(scenario, played, tape, broken, full_calm, workbench);
  std::vector<ExplainedDecision> all;
  all.reserve(tape.size());
  for (std::size_t i = 0; i < tape.size(); ++i) all.push_back(explanation.of(i));
  return all;
}

}  // namespace drydock::scenarios
