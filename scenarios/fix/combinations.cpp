#include "scenarios/fix/combinations.hpp"

#include <algorithm>

namespace drydock::scenarios {
namespace {

/// Takes places whose sum is given, each above the one before it, until `take` wants no more.
class Summing {
 public:
  Summing(std::size_t count, const KeyOf& key_of, const std::function<bool(const Combination&)>& take)
      : count_(count), key_of_(key_of), take_(take) {}

  /// Returns false where `take` wants no more.
  bool add(std::size_t from, std::size_t sum, std::size_t size) {
    if (size == 1) return sum < from || sum >= count_ || with(sum, [&] { return take_(places_); });
    for (std::size_t place = from; place < count_ && place <= sum; ++place) {
      if (!with(place, [&] { return add(place + 1, sum - place, size - 1); })) return false;
    }
    return true;
  }

 private:
  /// Goes on with this place beside the others, unless one of them has its key.
  template <typename Next>
  bool with(std::size_t place, const Next& next) {
    const bool clashes = std::any_of(places_.begin(), places_.end(),
                                     [&](std::size_t other) { return key_of_(other) == key_of_(place); });
    if (clashes) return true;
    places_.push_back(place);
    const bool more = next();
    places_.pop_back();
    return more;
  }

  const std::size_t count_;
  const KeyOf& key_of_;
  const std::function<bool(const Combination&)>& take_;
  Combination places_;
};

}  // namespace

void each_combination(std::size_t count, std::size_t size, const KeyOf& key_of,
                      const std::function<bool(const Combination& places)>& take) {
  Summing summing(count, key_of, take);
  for (std::size_t sum = 0; sum < size * count; ++sum)
    if (!summing.add(0, sum, size)) return;
}

std::uint64_t count_combinations(std::span<const std::uint64_t> values_of_keys, std::size_t size) {
  std::vector<std::uint64_t> of_size(size + 1, 0);
  of_size[0] = 1;
  for (const std::uint64_t values : values_of_keys)
    for (std::size_t taken = size; taken > 0; --taken) of_size[taken] += of_size[taken - 1] * values;
  return of_size[size];
}

}  // namespace drydock::scenarios
