#include "sim/search/reading.hpp"

#include <algorithm>

#include "sim/hash.hpp"

namespace drydock::sim::search {
namespace {

std::uint64_t answer_bits(const Decision& decision) {
  return (std::uint64_t{decision.occurrence} << 32U) | decision.value;
}

}  // namespace

bool is_added(const SearchDecision& decision) {
  return decision.kind == Meaning::Kind::fault || decision.kind == Meaning::Kind::request;
}

Tape tape_of(const std::vector<SearchDecision>& decisions) {
  Tape tape;
  for (const SearchDecision& each : decisions) {
    tape.set(each.decision.site, each.decision.occurrence, each.decision.value);
  }
  return tape;
}

std::uint64_t hash_of_tape(const std::vector<SearchDecision>& decisions) {
  std::uint64_t sum = 0;
  for (const SearchDecision& each : decisions) sum += mix(hash_text(each.decision.site), answer_bits(each.decision));
  return sum;
}

std::uint64_t hash_in_order(const std::vector<SearchDecision>& decisions) {
  std::uint64_t hash = 0;
  for (const SearchDecision& each : decisions) {
    hash = mix(hash, hash_text(each.decision.site));
    hash = mix(hash, answer_bits(each.decision));
  }
  return hash;
}

bool breaks(const Reading& reading, const Broken& broken) {
  return std::find(reading.broken.begin(), reading.broken.end(), broken) != reading.broken.end();
}

}  // namespace drydock::sim::search
