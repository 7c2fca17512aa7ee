#pragma once

#include <cstddef>

// Where the allocators ask whether a thread is inside an arena.

namespace drydock::sim {

/// Returns a block of the arena in which the thread is, aligned to 16; null where it is in none. Throws std::bad_alloc
/// where the arena is full.
[[nodiscard]] void* take_in_arena(std::size_t bytes);
/// Gives a block back to the arena in which it lies, wherever the thread is; false where it lies in none.
bool give_in_arena(void* block) noexcept;

}  // namespace drydock::sim
