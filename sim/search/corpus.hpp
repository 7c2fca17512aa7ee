#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/search/fills.hpp"
#include "sim/search/reading.hpp"

namespace drydock::sim::search {

/// Keeps tapes that showed something new, to be changed a little and played again.
class Corpus {
 public:
  /// Says how many tapes are kept; a newer one replaces the oldest.
  static constexpr std::size_t kMost = 512;

  Corpus() = default;
  /// Makes the corpus again whose `tapes` and `added` these are.
  Corpus(std::vector<std::vector<SearchDecision>> tapes, std::size_t added) : tapes_(std::move(tapes)), added_(added) {}

  [[nodiscard]] bool empty() const { return tapes_.empty(); }
  [[nodiscard]] const std::vector<std::vector<SearchDecision>>& tapes() const { return tapes_; }
  /// Returns how many tapes were ever added.
  [[nodiscard]] std::size_t added() const { return added_; }
  void add(std::vector<SearchDecision> tape);

  /// Returns a tape made from one or two of the kept ones, with some decisions left out, moved, or given another value.
  [[nodiscard]] Tape mutant(std::uint64_t seed) const;

 private:
  [[nodiscard]] const std::vector<SearchDecision>& pick(std::uint64_t bits) const;

  std::vector<std::vector<SearchDecision>> tapes_;
  std::size_t added_ = 0;
};

/// Returns the fill for what a mutated tape leaves open: half of the time nothing happens there, otherwise what a swarm
/// would add.
[[nodiscard]] std::unique_ptr<Fill> mutant_fill(std::uint64_t seed, const FillParameters& parameters);

/// Counts how many runs showed each abstract state and transition, and knows which are new, and which run was the first
/// to show them.
class Coverage {
 public:
  struct SeenState {
    std::uint32_t runs = 0;
    std::uint64_t first = 0;  // the number of the first of them
    std::string name{};       // empty where nobody named it
  };
  struct SeenTransition {
    std::uint32_t runs = 0;
    std::uint64_t first = 0;
    StateStep step{};
  };
  using States = std::map<std::uint64_t, SeenState>;
  using Transitions = std::map<std::uint64_t, SeenTransition>;

  Coverage() = default;
  Coverage(States states, Transitions transitions) : states_(std::move(states)), transitions_(std::move(transitions)) {}

  /// Adds a run. Returns true when the run shows a transition that no run before it showed.
  bool add(const Reading& reading, std::uint64_t number);
  /// Tells whether `add` would return true for this run.
  [[nodiscard]] bool is_new(const Reading& reading) const;

  /// Adds the counts of other runs.
  void unite(const Coverage& more);
  /// Gives the first runs other numbers.
  void renumber(const std::function<std::uint64_t(std::uint64_t)>& number_of);

  [[nodiscard]] const States& seen_states() const { return states_; }
  [[nodiscard]] const Transitions& seen_transitions() const { return transitions_; }
  [[nodiscard]] std::uint64_t states() const { return states_.size(); }
  [[nodiscard]] std::uint64_t transitions() const { return transitions_.size(); }
  /// Returns how many transitions were seen in exactly this many runs.
  [[nodiscard]] std::uint64_t seen_in(std::uint32_t runs) const;

 private:
  States states_;
  Transitions transitions_;
};

}  // namespace drydock::sim::search
