#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/memory/remembered.hpp"

namespace drydock::scenarios {

/// What a remembered tape showed when it was played again.
struct TapeShown {
  FindingKey key;
  Shown shown = Shown::kept;
  std::string why{};       // where that needs a word
  std::string tape{};      // as it was carried over; empty unless it breaks the promise
  std::uint64_t size = 0;  // its decisions
};

/// A finding that a run showed.
struct SeenFinding {
  FindingKey key;
  std::string scenario{};
  std::string message{};
  std::uint64_t size = 0;
  std::string tape{};  // empty: it was seen, and no tape was made of it
};

/// Everything that a command saw of a policy.
struct Night {
  Occasion by;
  std::vector<TapeShown> tapes;
  std::vector<SeenFinding> seen;
};

/// A finding that a night has to do with.
struct NightFinding {
  RememberedFinding now;
  std::optional<FindingState> before;  // empty: nobody knew of it
  bool was_seen = false;               // a run showed it, be it that of its own tape

  /// Tells whether it stands otherwise than before.
  [[nodiscard]] bool is_changed() const { return before != now.state; }
};

/// Says how findings stand after a night: those whose tapes were played, or that were seen, in the order in which they
/// were first noted. The smallest tape that shows a finding is kept; where the one that was kept shows it no longer,
/// the smallest of those that do.
[[nodiscard]] std::vector<NightFinding> after_night(const std::vector<RememberedFinding>& before, const Night& night);

}  // namespace drydock::scenarios
