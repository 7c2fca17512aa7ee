#include "sim/search/reading.hpp"

#include <algorithm>

#include "sim/hash.hpp"

namespace drydock::sim::search {

void Contention::add(const Asked& asked) {
  if (asked.meaning.kind != Meaning::Kind::order) return;
  if (orderings_now_ == 0 || asked.at != at_) {
    at_ = asked.at;
    orderings_now_ = 0;
    tasks_now_ = 0;
    left_ = 0;
  }
  ++orderings_now_;
  // Of those that were ready one went. Where one alone was left, it may have gone unasked.
  const std::uint64_t known = left_ > 1 ? left_ : 0;
  tasks_now_ += asked.bound - std::min<std::uint64_t>(known, asked.bound);
  left_ = asked.bound - 1;
  orderings_ = std::max(orderings_, orderings_now_);
  tasks_ = std::max(tasks_, tasks_now_);
}

void Contention::merge(const Contention& other) {
  orderings_ = std::max(orderings_, other.orderings_);
  tasks_ = std::max(tasks_, other.tasks_);
}

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
