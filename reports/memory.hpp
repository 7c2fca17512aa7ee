#pragma once

#include <string>
#include <vector>

#include "reports/json_parts.hpp"
#include "reports/style.hpp"
#include "scenarios/memory/night.hpp"

namespace drydock::reports {

/// A `MemoryReport` is what a command has to do with a memory of findings (`--known FILE`).
struct MemoryReport {
  std::string file;
  std::string policy;
  scenarios::Occasion by;  // without a date nothing is noted
  std::vector<scenarios::NightFinding> findings;
  /// Names findings whose tapes were not played, because their promise is judged by a file that this command was not
  /// given.
  std::vector<std::string> not_judged;
};

/// Says in one line how the findings stand: `known.db: 1 new, 4 known`.
[[nodiscard]] std::string memory_line(const MemoryReport& report);

/// Lists what is known, what breaks no longer and which tapes do not replay. What is new or reopened stands among the
/// findings themselves.
[[nodiscard]] std::string memory_text(const MemoryReport& report, TextStyle style);

/// Says of a known finding since when it is known, with its note and link.
[[nodiscard]] std::string known_words(const scenarios::RememberedFinding& finding);

/// Gives a finding as JSON documents of `drydock findings` and of searches have it. Its tape is left out.
[[nodiscard]] Ordered remembered_json(const scenarios::RememberedFinding& finding);

/// Gives the part `memory` of a JSON document.
[[nodiscard]] Ordered memory_json(const MemoryReport& report);

}  // namespace drydock::reports
