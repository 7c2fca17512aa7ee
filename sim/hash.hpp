#pragma once

#include <cstdint>
#include <string_view>

namespace drydock::sim {

/// Returns the 64-bit XXH3 hash of the bytes, which is the same on every compiler and machine.
[[nodiscard]] std::uint64_t hash_text(std::string_view text);

/// A rolling 64-bit hash: every word and every text that is added changes it, and so does the order of adding.
class RollingHash {
 public:
  void add(std::uint64_t word);
  void add(std::string_view text) { add(hash_text(text)); }
  [[nodiscard]] std::uint64_t value() const { return state_; }

 private:
  std::uint64_t state_ = 0x9E3779B97F4A7C15ULL;
};

/// One step of the rolling hash as a function: a multiply-xor-shift mix of state and word (splitmix64's finaliser).
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t state, std::uint64_t word) {
  std::uint64_t z = (state ^ word) + 0x9E3779B97F4A7C15ULL;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31U);
}

inline void RollingHash::add(std::uint64_t word) { state_ = mix(state_, word); }

}  // namespace drydock::sim
