#pragma once

#include <array>
#include <cstddef>
#include <new>

// How memory.cpp and arena.cpp lay out their blocks. A cell is a head of 8 bytes, which holds the block's size, and the
// block. Cells are cut one behind the other, of which each begins 8 bytes behind a multiple of 16; so blocks are
// aligned to 16.

namespace drydock::sim {

inline constexpr std::size_t kUnit = 16;
inline constexpr std::size_t kHead = 8;
inline constexpr std::size_t kMostUnits = 512;  // of a cell that is kept by its units
inline constexpr std::size_t kMost = kMostUnits * kUnit - kHead;

/// A block that was given back.
struct Free {
  Free* next = nullptr;
};
inline void put_on(Free*& list, void* block) noexcept { list = new (block) Free{list}; }
/// Null where the list is empty.
[[nodiscard]] inline Free* taken_from(Free*& list) noexcept {
  Free* found = list;
  if (found != nullptr) list = found->next;
  return found;
}
using FreeLists = std::array<Free*, kMostUnits + 1>;  // by the units of a cell

[[nodiscard]] inline std::size_t units_of(std::size_t bytes) { return (bytes + kHead + kUnit - 1) / kUnit; }
[[nodiscard]] inline std::size_t size_of_units(std::size_t units) { return units * kUnit - kHead; }
[[nodiscard]] inline std::size_t& head_of(void* block) {
  return *reinterpret_cast<std::size_t*>(static_cast<std::byte*>(block) - kHead);
}

}  // namespace drydock::sim
