#pragma once

#include <memory>
#include <span>
#include <string>

#include "scenarios/files/decoded.hpp"
#include "scenarios/scenario.hpp"

namespace drydock::scenarios {

/// A case, and the scenario that it is of.
struct Varied {
  std::shared_ptr<const Scenario> scenario;
  CaseSpec played;
};

/// One change: a knob or a `cloud.…` path as `apply_setting` takes it, or a place in the scenario file, in the file's
/// own words: `horizon`, `calm`, `faults.NAME.KEY`, `steps.ID.KEY`, `traffic.N.KEY` (N counts from 1),
/// `workspaces.ID.KEY`, where KEY may go deeper (`repeat.every`).
struct Change {
  std::string key;
  std::string value;
};

/// Gives the case with these changes; or what is wrong with them, without positions, each named by its key. `file` is
/// where the scenario is from: policies that it names by path are looked up beside it.
[[nodiscard]] Decoded<Varied> vary(const Varied& base, const std::string& file, std::span<const Change> changes);

}  // namespace drydock::scenarios
