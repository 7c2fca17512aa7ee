#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sim/choices.hpp"

namespace drydock::sim::search {

/// A promise that a run broke, and the signature of the way in which it did: the same bug has the same signature.
struct Broken {
  std::string promise;
  std::string signature;
  friend auto operator<=>(const Broken&, const Broken&) = default;
};

/// A decision that a run asked for, with what a search knows about the question.
struct SearchDecision {
  Decision decision;
  std::uint32_t bound = 0;
  Meaning::Kind kind = Meaning::Kind::plain;
  Instant at{};
  /// The next value with which the run would have been the very same one (a fault that lasts longer, when no further
  /// call comes meanwhile); 0: there is none.
  std::uint32_t alike = 0;
  /// fault, request: the family of what was added. Unset (the greatest number) in every other kind.
  std::uint32_t family = UINT32_MAX;
};

/// Counts how many times a family that a search may add was added, and how many times somebody noticed.
struct Use {
  std::uint32_t family = 0;
  std::uint64_t fired = 0;
  std::uint64_t noticed = 0;
};

/// How much there was to order at one instant, where there was most. Tasks that are ready at different instants do not
/// compete.
class Contention {
 public:
  Contention() = default;
  /// Makes one again whose numbers these are.
  Contention(std::uint64_t orderings, std::uint64_t tasks) : orderings_(orderings), tasks_(tasks) {}

  /// Takes the questions of a run in their order; those that do not ask for an order are nothing to it.
  void add(const Asked& asked);
  /// Returns the most questions of order at one instant.
  [[nodiscard]] std::uint64_t orderings() const { return orderings_; }
  /// Returns a number of tasks that no instant exceeds: a task that came back to the line is counted again.
  [[nodiscard]] std::uint64_t tasks() const { return tasks_; }
  /// Makes this the greater of both.
  void merge(const Contention& other);

 private:
  Instant at_{};
  std::uint64_t orderings_now_ = 0;
  std::uint64_t tasks_now_ = 0;
  std::uint64_t left_ = 0;  // that were ready at the last question, and did not go
  std::uint64_t orderings_ = 0;
  std::uint64_t tasks_ = 0;
};

/// Says what a transition is: a step of somebody's from one abstract state to another, and what caused it.
struct StateStep {
  std::uint64_t from = 0;
  std::uint64_t to = 0;  // 0, like `from`: it is no step between states
  std::string because;
  friend bool operator==(const StateStep&, const StateStep&) = default;
};

/// A run as a search sees it.
struct Reading {
  std::vector<SearchDecision> tape;   // the non-zero decisions, in the order in which they were asked
  std::vector<SearchDecision> asked;  // every listed question in that order (or every one), where that is wanted
  std::vector<Broken> broken;
  std::vector<Use> uses;
  std::vector<std::uint64_t> states;       // abstract ones, sorted, each once
  std::vector<std::uint64_t> transitions;  // likewise
  std::vector<std::string> state_names;    // of `states`, in their order; empty where nobody names them
  std::vector<StateStep> steps;            // that `transitions` are, in their order; likewise
  std::vector<std::int64_t> measures;      // numbers that whoever made the player has names for
  std::uint64_t hash = 0;                  // of everything that happened, without the decisions
  std::uint64_t verdict = 0;               // of broken promises and final state
  Contention contention;
  bool cut_short = false;  // a bound ended the run: its verdict says nothing
  bool stopped = false;    // the search ended meanwhile: nothing is known of the run
};

/// Says what a search wants to know of a run beside its verdict.
struct ReadingOptions {
  bool asked = false;
  bool coverage = false;
  /// Asks, with `asked`, for every question, and not only those that an enumeration counts through.
  bool every = false;
};

/// Plays tapes. A reading depends on tape and fill alone, whatever was played before. Each thread has a player of its
/// own.
class Player {
 public:
  Player() = default;
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;
  virtual ~Player() = default;
  virtual Reading play(const Tape& tape, Fill* fill, const ReadingOptions& wanted) = 0;
  /// Says that the next tapes differ from this one here and there, so that their runs may begin amid its run. It
  /// changes no reading.
  virtual void begin_with(const Tape& /*tape*/) {}
  /// Plays the run again to judge the promises that take long to judge, and adds those that it broke to `broken`; the
  /// reading is `stopped` where the search ends meanwhile.
  virtual void confirm(Reading& /*reading*/) {}
};
using MakePlayer = std::function<std::unique_ptr<Player>()>;

/// Tells whether the decision adds something that only a search adds: a fault or a request.
[[nodiscard]] bool is_added(const SearchDecision& decision);
/// Returns a tape of these decisions and nothing else.
[[nodiscard]] Tape tape_of(const std::vector<SearchDecision>& decisions);
/// Returns the hash of a tape of these decisions; their order does not matter.
[[nodiscard]] std::uint64_t hash_of_tape(const std::vector<SearchDecision>& decisions);
/// Returns the hash of these decisions in their order.
[[nodiscard]] std::uint64_t hash_in_order(const std::vector<SearchDecision>& decisions);
/// Tells whether the run broke this promise in this way.
[[nodiscard]] bool breaks(const Reading& reading, const Broken& broken);

}  // namespace drydock::sim::search
