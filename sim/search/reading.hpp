#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sim/choices.hpp"

namespace drydock::sim::search {

/// A promise that a run broke: which, and in which way (the same bug has the same signature).
struct Broken {
  std::string promise;
  std::string signature;
  friend auto operator<=>(const Broken&, const Broken&) = default;
};

/// A decision as a run met it.
struct SearchDecision {
  Decision decision;
  std::uint32_t bound = 0;
  Meaning::Kind kind = Meaning::Kind::plain;
  Instant at{};
  /// The next value that would have been the very same run (a fault that lasts while nothing more comes); 0: none.
  std::uint32_t alike = 0;
  /// fault, request: the family of what was added.
  std::uint32_t family = UINT32_MAX;
};

/// How often something that a search may add was added, and how often anybody noticed.
struct Use {
  std::uint32_t family = 0;
  std::uint64_t fired = 0;
  std::uint64_t noticed = 0;
};

/// What a search sees of a run.
struct Reading {
  std::vector<SearchDecision> tape;   // the non-zero decisions, in the order in which they were asked
  std::vector<SearchDecision> asked;  // every listed question in that order (or every one), where that is wanted
  std::vector<Broken> broken;
  std::vector<Use> uses;
  std::vector<std::uint64_t> states;       // abstract ones, sorted, each once
  std::vector<std::uint64_t> transitions;  // likewise
  std::uint64_t hash = 0;                  // of everything that happened, without the decisions
  std::uint64_t verdict = 0;               // of broken promises and final state
  std::uint64_t tasks = 0;
  std::uint64_t orderings = 0;  // questions of order
  bool cut_short = false;       // a bound ended the run: its verdict says nothing
};

/// What a search wants to know beside the verdict.
struct ReadingOptions {
  bool asked = false;
  bool coverage = false;
  /// With `asked`: every question, not only those that an enumeration counts through.
  bool every = false;
};

/// Plays tapes: a pure function of tape and fill, whatever was played before. One for each thread.
class Player {
 public:
  Player() = default;
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;
  virtual ~Player() = default;
  virtual Reading play(const Tape& tape, Fill* fill, const ReadingOptions& wanted) = 0;
  /// Adds to `broken` what a player judges only where it is asked to, because it takes long: the run is played again.
  virtual void confirm(Reading& /*reading*/) {}
};
using MakePlayer = std::function<std::unique_ptr<Player>()>;

/// Whether the decision adds something of the search's own: a fault or a request.
[[nodiscard]] bool is_added(const SearchDecision& met);
/// A tape of these decisions and nothing else.
[[nodiscard]] Tape tape_of(const std::vector<SearchDecision>& decisions);
/// Whether the run broke this promise in this way.
[[nodiscard]] bool breaks(const Reading& reading, const Broken& broken);

}  // namespace drydock::sim::search
