#include "sim/search/corpus.hpp"

#include <algorithm>
#include <array>

#include "sim/hash.hpp"

namespace drydock::sim::search {
namespace {

/// Gives random bits for each thing that is decided about a mutant, in turn.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : seed_(seed) {}
  std::uint64_t next() { return random_bits(seed_, 0xD1CE, ++drawn_); }
  std::uint32_t below(std::uint32_t bound) { return scale_bits(next(), bound); }
  bool one_in(std::uint32_t n) { return below(n) == 0; }

 private:
  std::uint64_t seed_;
  std::uint32_t drawn_ = 0;
};

void put(Tape& tape, const SearchDecision& original, Dice& dice) {
  Decision decision = original.decision;
  if (is_added(original) && dice.one_in(4)) {
    const std::uint32_t by = 1 + dice.below(dice.one_in(3) ? 40 : 4);
    const bool later = dice.one_in(2);
    decision.occurrence =
        later ? decision.occurrence + by : decision.occurrence - std::min(by, decision.occurrence - 1);
  }
  if (dice.one_in(8) && original.bound > 1) decision.value = dice.below(original.bound);
  tape.set(decision.site, decision.occurrence, decision.value);
}

/// Takes a parent's decisions over into the tape: all of them, most of them or half of them.
void take_over(Tape& tape, const std::vector<SearchDecision>& parent, bool added_only, Dice& dice) {
  constexpr std::array<std::uint32_t, 3> kDropOneIn{0, 8, 2};
  const std::uint32_t drop = kDropOneIn[dice.below(3)];
  for (const SearchDecision& each : parent) {
    if (added_only && !is_added(each)) continue;
    if (drop == 0 || !dice.one_in(drop)) put(tape, each, dice);
  }
}

class Nothing final : public Fill {
 public:
  std::uint32_t answer(const Question& /*question*/) override { return 0; }
};

}  // namespace

void Corpus::add(std::vector<SearchDecision> tape) {
  if (tapes_.size() < kMost) {
    tapes_.push_back(std::move(tape));
  } else {
    tapes_[added_ % kMost] = std::move(tape);
  }
  ++added_;
}

/// Picks a kept tape; every second time it is one of the newest 16.
const std::vector<SearchDecision>& Corpus::pick(std::uint64_t bits) const {
  const auto all = static_cast<std::uint32_t>(tapes_.size());
  if ((bits & 1U) == 0) return tapes_[scale_bits(bits, all)];
  const std::uint32_t newest = std::min<std::uint32_t>(all, 16);
  return tapes_[(added_ - 1 - scale_bits(bits, newest)) % kMost % all];
}

Tape Corpus::mutant(std::uint64_t seed) const {
  Dice dice(seed);
  Tape tape;
  const std::vector<SearchDecision>& parent = pick(dice.next());
  const bool added_only = dice.one_in(3);
  take_over(tape, parent, added_only, dice);
  if (dice.one_in(2)) take_over(tape, pick(dice.next()), true, dice);
  return tape;
}

std::unique_ptr<Fill> mutant_fill(std::uint64_t seed, const FillParameters& parameters) {
  if (mix(seed, 0xF111) % 2 == 0) return std::make_unique<Nothing>();
  return swarm_fill(seed, parameters);
}

bool Coverage::add(const Reading& reading, std::uint64_t number) {
  for (std::size_t i = 0; i < reading.states.size(); ++i) {
    const auto [at, is_new] = states_.try_emplace(reading.states[i], SeenState{.first = number});
    ++at->second.runs;
    if (is_new && i < reading.state_names.size()) at->second.name = reading.state_names[i];
  }
  bool shows_new = false;
  for (std::size_t i = 0; i < reading.transitions.size(); ++i) {
    const auto [at, is_new] = transitions_.try_emplace(reading.transitions[i], SeenTransition{.first = number});
    ++at->second.runs;
    if (is_new && i < reading.steps.size()) at->second.step = reading.steps[i];
    shows_new = shows_new || is_new;
  }
  return shows_new;
}

namespace {

template <typename Seen>
void unite_seen(Seen& all, const Seen& more) {
  for (const auto& [key, seen] : more) {
    const auto [at, is_new] = all.try_emplace(key, seen);
    if (is_new) continue;
    at->second.runs += seen.runs;
    at->second.first = std::min(at->second.first, seen.first);
  }
}

}  // namespace

void Coverage::unite(const Coverage& more) {
  unite_seen(states_, more.states_);
  unite_seen(transitions_, more.transitions_);
}

void Coverage::renumber(const std::function<std::uint64_t(std::uint64_t)>& number_of) {
  for (auto& [key, seen] : states_) seen.first = number_of(seen.first);
  for (auto& [key, seen] : transitions_) seen.first = number_of(seen.first);
}

bool Coverage::is_new(const Reading& reading) const {
  return std::any_of(reading.transitions.begin(), reading.transitions.end(),
                     [&](std::uint64_t transition) { return !transitions_.contains(transition); });
}

std::uint64_t Coverage::seen_in(std::uint32_t runs) const {
  return static_cast<std::uint64_t>(std::count_if(transitions_.begin(), transitions_.end(),
                                                  [runs](const auto& seen) { return seen.second.runs == runs; }));
}

}  // namespace drydock::sim::search
