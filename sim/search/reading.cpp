#include "sim/search/reading.hpp"

#include <algorithm>

namespace drydock::sim::search {

bool is_added(const SearchDecision& met) {
  return met.kind == Meaning::Kind::fault || met.kind == Meaning::Kind::request;
}

Tape tape_of(const std::vector<SearchDecision>& decisions) {
  Tape tape;
  for (const SearchDecision& met : decisions) {
    tape.set(met.decision.site, met.decision.occurrence, met.decision.value);
  }
  return tape;
}

bool breaks(const Reading& reading, const Broken& broken) {
  return std::find(reading.broken.begin(), reading.broken.end(), broken) != reading.broken.end();
}

}  // namespace drydock::sim::search
