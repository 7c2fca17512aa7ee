#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "model/policy.hpp"
#include "scenarios/scenario.hpp"
#include "scenarios/whatif/axis.hpp"
#include "sim/cloud/profile.hpp"

namespace drydock::scenarios {

/// One knob or `cloud.…` path, and another value of it.
struct OfferedChange {
  std::string key;
  std::string from;  // empty: a value that has no word
  std::string to;
  /// Numbers and durations have a scale: `base` is where `from` lies on it (of a range: its typical value), `position`
  /// where `to` does.
  Axis::Scale scale = Axis::Scale::words;
  std::int64_t base = 0;
  std::int64_t position = 0;
};

/// Lists every other value of every knob of the platform's: each word, and of a constant what a preset has, a tenth
/// and ten times its value and, of a count or where that is 0, the least (where it is 0 itself: some that are not); the
/// nearest comes first. No ten times is longer than `longest`: what would happen after the end of a run is missed there
/// and not closed. Knobs that say how the world is (`time.db_statement`, `time.a2a_call`) are not the platform's.
[[nodiscard]] std::vector<OfferedChange> offered_knobs(const model::Policy& policy, model::Duration longest);

/// Lists other values of each assumption about the world: the fields of the cloud, a range as one duration (its ends,
/// what is typical, half, twice), and the knobs that say how the world is.
[[nodiscard]] std::vector<OfferedChange> offered_world(const model::Policy& policy, const cloud::Profile& profile);

/// Lists the knobs in which two policies differ, each with the value that the second one has.
[[nodiscard]] std::vector<OfferedChange> differences_between(const model::Policy& from, const model::Policy& to);

/// Gives the value of a change at another position of its scale, as the same change.
[[nodiscard]] OfferedChange moved_to(OfferedChange change, std::int64_t position);

/// Makes these changes to a case. Each is one that was offered for it.
[[nodiscard]] CaseSpec changed(const CaseSpec& played, std::span<const OfferedChange> changes);

}  // namespace drydock::scenarios
