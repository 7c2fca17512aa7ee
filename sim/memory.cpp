#include "sim/memory.hpp"

#include <cstdlib>
#include <mutex>
#include <new>
#include <utility>

#include "sim/arena_memory.hpp"
#include "sim/cells.hpp"

namespace drydock::sim {
namespace {

constexpr std::size_t kChunk = std::size_t{64} << 10U;  // larger than the largest cell

/// The blocks that a thread may reuse, and what is left of its chunk. It has no destructor: a block may be given back
/// when the thread's other objects are gone.
struct Blocks {
  FreeLists free{};
  std::byte* at = nullptr;
  std::byte* end = nullptr;
};
constinit thread_local Blocks mine;

/// What threads that have ended left behind.
struct Left {
  std::mutex mutex;
  FreeLists free{};
};

/// It is never destroyed, since blocks are given back until the process ends.
Left& left() {
  static Left* const made = new Left;
  return *made;
}

/// Moves all blocks of `from` before those of `to`.
void move_all(FreeLists& from, FreeLists& to) {
  for (std::size_t units = 0; units <= kMostUnits; ++units) {
    Free* const first = std::exchange(from[units], nullptr);
    if (first == nullptr) continue;
    Free* last = first;
    while (last->next != nullptr) last = last->next;
    last->next = std::exchange(to[units], first);
  }
}

void* cut(std::size_t units) {
  std::byte* block = mine.at + kHead;
  mine.at += units * kUnit;
  head_of(block) = size_of_units(units);
  return block;
}

/// Turns what is left of the chunk into a block.
void keep_rest() {
  const std::size_t units = static_cast<std::size_t>(mine.end - mine.at) / kUnit;
  if (units == 0) return;
  void* rest = cut(units);
  put_on(mine.free[units], rest);
}

void take_over_what_is_left() {
  const std::lock_guard lock(left().mutex);
  move_all(left().free, mine.free);
}

/// Leaves the thread's blocks to others when it ends.
struct Heir {
  Heir() { (void)left(); }
  Heir(const Heir&) = delete;
  Heir& operator=(const Heir&) = delete;
  ~Heir() {
    // A chunk is larger than the largest cell.
    while (static_cast<std::size_t>(mine.end - mine.at) > kMostUnits * kUnit)
      put_on(mine.free[kMostUnits], cut(kMostUnits));
    keep_rest();
    const std::lock_guard lock(left().mutex);
    move_all(mine.free, left().free);
  }
};

void* take_from_chunk(std::size_t units) {
  if (static_cast<std::size_t>(mine.end - mine.at) >= units * kUnit) return cut(units);
  [[maybe_unused]] thread_local const Heir heir;
  keep_rest();
  take_over_what_is_left();
  if (Free* found = taken_from(mine.free[units])) return found;
  void* chunk = std::malloc(kChunk);
  if (chunk == nullptr) throw std::bad_alloc();
  mine.at = static_cast<std::byte*>(chunk) + kHead;
  mine.end = mine.at + (kChunk - kUnit);
  return cut(units);
}

void* take_large(std::size_t bytes) {
  void* cell = std::malloc(bytes + kUnit);
  if (cell == nullptr) throw std::bad_alloc();
  void* block = static_cast<std::byte*>(cell) + kUnit;
  head_of(block) = bytes;
  return block;
}

}  // namespace

void* take_memory(std::size_t bytes) {
  if constexpr (!kReusesMemory) return ::operator new(bytes);
  if (void* block = take_in_arena(bytes)) return block;
  if (bytes > kMost) return take_large(bytes);
  const std::size_t units = units_of(bytes);
  Free* found = taken_from(mine.free[units]);
  return found != nullptr ? found : take_from_chunk(units);
}

void give_memory(void* block) noexcept {
  if (block == nullptr) return;
  if constexpr (!kReusesMemory) return ::operator delete(block);
  if (give_in_arena(block)) return;
  const std::size_t bytes = head_of(block);
  if (bytes > kMost) return std::free(static_cast<std::byte*>(block) - kUnit);
  put_on(mine.free[units_of(bytes)], block);
}

std::size_t memory_size(const void* block) noexcept { return head_of(const_cast<void*>(block)); }

std::size_t rounded_memory_size(std::size_t bytes) noexcept {
  return bytes > kMost ? bytes : size_of_units(units_of(bytes));
}

}  // namespace drydock::sim
