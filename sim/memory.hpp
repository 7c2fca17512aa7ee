#pragma once

#include <cstddef>

// The memory of what runs make and drop by the million: the frames of coroutines, tasks, what SQLite asks for
// (docs/architecture.md, *Decisions*). A block that is given back serves the thread's next request of its size, in a
// dozen instructions; the heap would take a hundred. Under a sanitizer all of it is the heap's, which knows what was
// freed.

namespace drydock::sim {

/// Returns a block of at least so many bytes, aligned to 16. Throws std::bad_alloc where there is no memory.
[[nodiscard]] void* take_memory(std::size_t bytes);
/// Gives back a block of take_memory, on whatever thread; null is none.
void give_memory(void* block) noexcept;
/// Gives the bytes that a block of take_memory has: at least as many as were asked for. Not under a sanitizer, where
/// nobody knows.
[[nodiscard]] std::size_t memory_size(const void* block) noexcept;
/// Gives the bytes that a block has for which so many are asked.
[[nodiscard]] std::size_t rounded_memory_size(std::size_t bytes) noexcept;

/// Tells whether blocks are reused in this build.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kReusesMemory = false;
#elif defined(__has_feature)
inline constexpr bool kReusesMemory = !(__has_feature(address_sanitizer) || __has_feature(thread_sanitizer));
#else
inline constexpr bool kReusesMemory = true;
#endif

/// A base of what is made and dropped often: `new` takes its memory here.
struct Reused {
  static void* operator new(std::size_t bytes) { return take_memory(bytes); }
  static void operator delete(void* block) noexcept { give_memory(block); }
};

/// The same for the standard library's containers and shared pointers.
template <typename T>
struct ReusingAllocator {
  using value_type = T;
  ReusingAllocator() = default;
  template <typename U>
  explicit(false) ReusingAllocator(const ReusingAllocator<U>& /*other*/) {}
  // NOLINTNEXTLINE(bugprone-sizeof-expression): T may be a pointer.
  [[nodiscard]] T* allocate(std::size_t count) { return static_cast<T*>(take_memory(count * sizeof(T))); }
  void deallocate(T* block, std::size_t /*count*/) noexcept { give_memory(block); }
  friend bool operator==(const ReusingAllocator& /*a*/, const ReusingAllocator& /*b*/) { return true; }
};

}  // namespace drydock::sim
