#include "scenarios/fix/around.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <utility>

namespace drydock::scenarios {
namespace {

/// A decision is moved by at most so much: over the calls of a short run.
constexpr std::int64_t kFarthest = 12;

std::optional<NeighbourTape> moved(const sim::Tape& tape, const sim::Tape::Key& key, std::uint32_t value,
                                   std::int64_t by) {
  const std::int64_t occurrence = std::int64_t{key.second} + by;
  if (occurrence < 1) return std::nullopt;
  const auto to = static_cast<std::uint32_t>(occurrence);
  if (tape.entries().contains({key.first, to})) return std::nullopt;
  NeighbourTape neighbour{tape, fmt::format("{}#{}={} instead of #{}", key.first, to, value, key.second)};
  neighbour.tape.set(key.first, key.second, 0);
  neighbour.tape.set(key.first, to, value);
  return neighbour;
}

}  // namespace

std::vector<NeighbourTape> tapes_around(const sim::Tape& tape, std::size_t count) {
  std::vector<NeighbourTape> around;
  const std::size_t half = (count + 1) / 2;
  for (std::int64_t distance = 1; distance <= kFarthest; ++distance) {
    for (const std::int64_t by : {distance, -distance}) {
      for (const auto& [key, value] : tape.entries()) {
        if (around.size() == half) break;
        if (value == 0) continue;
        if (auto neighbour = moved(tape, key, value, by)) around.push_back(*std::move(neighbour));
      }
    }
  }
  const std::uint64_t first = tape.seed().value_or(0) + 1;
  for (std::uint64_t seed = first; around.size() < count; ++seed) {
    NeighbourTape neighbour{tape, fmt::format("seed {}", seed)};
    neighbour.tape.set_seed(seed);
    around.push_back(std::move(neighbour));
  }
  return around;
}

}  // namespace drydock::scenarios
