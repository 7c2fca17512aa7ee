#include "scenarios/memory/remembered.hpp"

#include <algorithm>
#include <array>

#include "scenarios/signature.hpp"

namespace drydock::scenarios {
namespace {

struct StateName {
  FindingState state{};
  std::string_view name;
};
constexpr std::array<StateName, 5> kStateNames{{{FindingState::is_new, "new"},
                                                {FindingState::known, "known"},
                                                {FindingState::fixed, "fixed"},
                                                {FindingState::reopened, "reopened"},
                                                {FindingState::does_not_replay, "does not replay"}}};

FindingState after_breaking(const RememberedFinding& finding) {
  if (!finding.retired.empty() || finding.state == FindingState::fixed) return FindingState::reopened;
  if (finding.state != FindingState::does_not_replay) return finding.state;
  return finding.accepted.empty() ? FindingState::is_new : FindingState::known;
}

FindingState after(const RememberedFinding& finding, Shown shown) {
  switch (shown) {
    case Shown::breaks:
      return after_breaking(finding);
    case Shown::kept:
      return FindingState::fixed;
    case Shown::does_not_fit:
      break;
  }
  // What a fix has changed may be the reason why the tape fits no longer: it takes nothing of the fix back.
  return finding.state == FindingState::fixed ? FindingState::fixed : FindingState::does_not_replay;
}

}  // namespace

std::string_view to_text(FindingState state) {
  return std::find_if(kStateNames.begin(), kStateNames.end(), [&](const StateName& row) { return row.state == state; })
      ->name;
}

std::optional<FindingState> parse_finding_state(std::string_view text) {
  for (const StateName& row : kStateNames) {
    if (row.name == text) return row.state;
  }
  return std::nullopt;
}

std::vector<std::string> finding_state_names() {
  std::vector<std::string> names;
  names.reserve(kStateNames.size());
  for (const StateName& row : kStateNames) names.emplace_back(row.name);
  return names;
}

bool is_red(FindingState state) { return state == FindingState::is_new || state == FindingState::reopened; }

std::string RememberedFinding::name() const { return finding_stem(key.promise, key.signature); }

std::string RememberedFinding::full_name() const { return key.policy + "/" + name(); }

void take(RememberedFinding& finding, Shown shown, const std::string& why) {
  const FindingState now = after(finding, shown);
  // A hazard that came back is to be looked at again, whoever has accepted it before.
  if (now == FindingState::fixed || now == FindingState::reopened) finding.accepted.clear();
  if (shown == Shown::breaks) finding.retired.clear();
  finding.state = now;
  finding.why = why;
}

void accept(RememberedFinding& finding, const std::string& date) {
  if (finding.state == FindingState::fixed) return;
  finding.accepted = date;
  if (is_red(finding.state)) finding.state = FindingState::known;
}

}  // namespace drydock::scenarios
