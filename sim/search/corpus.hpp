#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "sim/search/fills.hpp"
#include "sim/search/reading.hpp"

namespace drydock::sim::search {

/// Tapes that showed something new, to be changed a little and played again.
class Corpus {
 public:
  /// How many are kept; the oldest give way.
  static constexpr std::size_t kMost = 512;

  [[nodiscard]] bool empty() const { return tapes_.empty(); }
  void add(std::vector<SearchDecision> tape);

  /// A tape made from one or two of the kept ones: decisions left out, moved, given another value.
  [[nodiscard]] Tape mutant(std::uint64_t seed) const;

 private:
  [[nodiscard]] const std::vector<SearchDecision>& pick(std::uint64_t bits) const;

  std::vector<std::vector<SearchDecision>> tapes_;
  std::size_t added_ = 0;
};

/// What a mutated tape leaves open: nothing, or what a swarm would add.
[[nodiscard]] std::unique_ptr<Fill> mutant_fill(std::uint64_t seed, const FillParameters& parameters);

/// How often each abstract transition was seen, and what is new.
class Coverage {
 public:
  /// True when the run shows a transition that no run before it showed.
  bool add(const Reading& reading);
  /// Whether it would be.
  [[nodiscard]] bool is_new(const Reading& reading) const;

  [[nodiscard]] std::uint64_t states() const { return states_.size(); }
  [[nodiscard]] std::uint64_t transitions() const { return transitions_.size(); }
  /// Transitions that exactly this many runs showed.
  [[nodiscard]] std::uint64_t seen_in(std::uint32_t runs) const;

 private:
  std::map<std::uint64_t, std::uint32_t> states_;
  std::map<std::uint64_t, std::uint32_t> transitions_;
};

}  // namespace drydock::sim::search
