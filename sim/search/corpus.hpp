#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "sim/search/fills.hpp"
#include "sim/search/reading.hpp"

namespace drydock::sim::search {

/// Keeps tapes that showed something new, to be changed a little and played again.
class Corpus {
 public:
  /// Says how many tapes are kept; a newer one replaces the oldest.
  static constexpr std::size_t kMost = 512;

  [[nodiscard]] bool empty() const { return tapes_.empty(); }
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

/// Counts how many runs showed each abstract state and transition, and knows which are new.
class Coverage {
 public:
  /// Adds a run. Returns true when the run shows a transition that no run before it showed.
  bool add(const Reading& reading);
  /// Tells whether `add` would return true for this run.
  [[nodiscard]] bool is_new(const Reading& reading) const;

  [[nodiscard]] std::uint64_t states() const { return states_.size(); }
  [[nodiscard]] std::uint64_t transitions() const { return transitions_.size(); }
  /// Returns how many transitions were seen in exactly this many runs.
  [[nodiscard]] std::uint64_t seen_in(std::uint32_t runs) const;

 private:
  std::map<std::uint64_t, std::uint32_t> states_;
  std::map<std::uint64_t, std::uint32_t> transitions_;
};

}  // namespace drydock::sim::search
