#include "scenarios/memory/night.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace drydock::scenarios {
namespace {

/// What a night shows of one finding.
struct ShownOfOne {
  const TapeShown* tape = nullptr;
  const SeenFinding* seen = nullptr;  // the one with the smallest tape, else one without
  std::size_t nth = 0;                // in the order in which the night has it
};

bool is_better(const SeenFinding& one, const SeenFinding* other) {
  if (other == nullptr || other->tape.empty()) return other == nullptr || !one.tape.empty();
  return !one.tape.empty() && one.size < other->size;
}

void see(RememberedFinding& finding, const Occasion& by) {
  const bool is_fresh = finding.first.campaign.empty();
  // What nobody dates is not noted: it has been seen when it was noted.
  if (by.date.empty() && !is_fresh) return;
  if (finding.first.date.empty() || by.date < finding.first.date) finding.first = by;
  if (finding.last.date <= by.date) finding.last = by;
}

/// Keeps the tape of what was seen where it is the smaller one, or the only one that still shows the finding.
void keep_seen(RememberedFinding& finding, const SeenFinding& seen, bool own_is_good) {
  if (finding.scenario.empty()) finding.scenario = seen.scenario;
  if (finding.message.empty()) finding.message = seen.message;
  if (seen.tape.empty()) return;
  if (own_is_good && !finding.tape.empty() && finding.size <= seen.size) return;
  finding.tape = seen.tape;
  finding.size = seen.size;
  finding.scenario = seen.scenario;
  finding.message = seen.message;
}

NightFinding shown_so(RememberedFinding finding, std::optional<FindingState> before, const ShownOfOne& shown,
                      const Occasion& by) {
  NightFinding out{.now = std::move(finding), .before = before};
  const bool own_breaks = shown.tape != nullptr && shown.tape->shown == Shown::breaks;
  out.was_seen = own_breaks || shown.seen != nullptr;
  if (own_breaks && !shown.tape->tape.empty()) {
    out.now.tape = shown.tape->tape;
    out.now.size = shown.tape->size;
  }
  if (out.was_seen) {
    // A tape that was not played is taken for a good one: nothing speaks against it.
    if (shown.seen != nullptr) keep_seen(out.now, *shown.seen, shown.tape == nullptr || own_breaks);
    see(out.now, by);
    take(out.now, Shown::breaks, own_breaks ? shown.tape->why : "");
  } else {
    take(out.now, shown.tape->shown, shown.tape->why);
  }
  return out;
}

}  // namespace

std::vector<NightFinding> after_night(const std::vector<RememberedFinding>& before, const Night& night) {
  std::map<FindingKey, ShownOfOne> shown;
  std::size_t count = 0;
  for (const TapeShown& tape : night.tapes) shown.try_emplace(tape.key, ShownOfOne{.tape = &tape, .nth = count++});
  for (const SeenFinding& seen : night.seen) {
    ShownOfOne& one = shown.try_emplace(seen.key, ShownOfOne{.nth = count++}).first->second;
    if (is_better(seen, one.seen)) one.seen = &seen;
  }
  std::vector<NightFinding> after;
  for (const RememberedFinding& finding : before) {
    const auto found = shown.find(finding.key);
    if (found == shown.end()) continue;
    after.push_back(shown_so(finding, finding.state, found->second, night.by));
    shown.erase(found);
  }
  std::vector<const std::pair<const FindingKey, ShownOfOne>*> fresh;
  for (const auto& one : shown) {
    // The tape of a finding that somebody has taken out of the memory meanwhile makes none.
    if (one.second.seen != nullptr) fresh.push_back(&one);
  }
  std::sort(fresh.begin(), fresh.end(), [](const auto* a, const auto* b) { return a->second.nth < b->second.nth; });
  for (const auto* one : fresh) {
    RememberedFinding finding;
    finding.key = one->first;
    after.push_back(shown_so(std::move(finding), std::nullopt, one->second, night.by));
  }
  return after;
}

}  // namespace drydock::scenarios
