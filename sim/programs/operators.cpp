// The global operators of a program whose runs may lie in arenas (sim/arena.hpp): they are part of programs, and not of
// the library, since a program has one set of them.

#include <cstdlib>
#include <new>

#include "sim/arena_memory.hpp"

// Inlined into each other, they would look like a `free` of what `operator new` gave.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  if (void* block = drydock::sim::take_in_arena(bytes)) return block;
  while (true) {
    if (void* block = std::malloc(bytes != 0 ? bytes : 1)) return block;
    const std::new_handler handler = std::get_new_handler();
    if (handler == nullptr) throw std::bad_alloc();
    handler();
  }
}

[[gnu::noinline]] void operator delete(void* block) noexcept {
  if (!drydock::sim::give_in_arena(block)) std::free(block);
}
void operator delete(void* block, std::size_t /*bytes*/) noexcept { operator delete(block); }
