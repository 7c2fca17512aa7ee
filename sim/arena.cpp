#include "sim/arena.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <bitset>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <new>
#include <utility>

#include "sim/arena_memory.hpp"
#include "sim/cells.hpp"
#include "sim/check.hpp"
#include "sim/memory.hpp"

// All arenas lie in one region of addresses, so that a block's address says whether it is an arena's. The region is
// reserved, and an arena's pages are taken as it grows.

namespace drydock::sim {
namespace {

constexpr std::size_t kSlice = std::size_t{32} << 30U;  // of one arena: several times what a run may keep
constexpr std::size_t kSlices = 64;
constexpr std::size_t kKept = std::size_t{64} << 20U;  // of pages that nothing lies in any more
constexpr std::size_t kGrowth = std::size_t{1} << 20U;
constexpr std::size_t kLargest = 40;  // powers of two

/// What an arena knows of itself. It lies at the arena's beginning, and is part of every image.
struct ArenaBlocks {
  FreeLists free{};
  std::array<Free*, kLargest> large{};  // blocks above kMost, by the power of two that their cells have
  std::byte* at = nullptr;              // the first byte that was never taken
};

constinit thread_local ArenaBlocks* entered = nullptr;

class Region {
 public:
  /// Gives a slice that nobody has; empty where there is none.
  std::byte* take() {
    const std::lock_guard lock(mutex_);
    if (begin_ == nullptr && !reserve()) return nullptr;
    for (std::size_t slice = 0; slice < kSlices; ++slice) {
      if (taken_.test(slice)) continue;
      taken_.set(slice);
      return begin_ + slice * kSlice;
    }
    return nullptr;
  }
  /// Takes a slice back, and gives its pages to the system.
  void give(std::byte* slice) {
    const std::lock_guard lock(mutex_);
    const std::size_t place = static_cast<std::size_t>(slice - begin_) / kSlice;
    committed_[place] = 0;
    if (reserved_at(slice, kSlice, MAP_FIXED) != nullptr) taken_.reset(place);
  }
  /// Sees to it that the slice's first bytes can be used. Throws std::bad_alloc where they cannot.
  void commit(const std::byte* slice, std::size_t bytes) {
    std::size_t& committed = committed_[static_cast<std::size_t>(slice - begin_) / kSlice];
    if (bytes <= committed) return;
    const std::size_t wanted = std::max(committed * 2, (bytes + kGrowth - 1) / kGrowth * kGrowth);
    const std::size_t now = std::min(wanted, kSlice);
    if (bytes > now) throw std::bad_alloc();
    auto* page = const_cast<std::byte*>(slice);
    if (mprotect(page, now, PROT_READ | PROT_WRITE) != 0) throw std::bad_alloc();
    committed = now;
  }
  /// Gives pages behind the slice's first bytes to the system where they are many.
  static void trim(std::byte* slice, std::size_t bytes, std::size_t used) {
    const std::size_t from = (bytes + kGrowth - 1) / kGrowth * kGrowth;
    if (used > from + kKept) madvise(slice + from, used - from, MADV_DONTNEED);
  }
  [[nodiscard]] bool holds(const void* block) const noexcept {
    return reinterpret_cast<std::uintptr_t>(block) - first_.load(std::memory_order_relaxed) < kSlice * kSlices;
  }
  [[nodiscard]] ArenaBlocks& blocks_of(const void* block) const noexcept {
    const auto place = static_cast<std::size_t>(static_cast<const std::byte*>(block) - begin_) / kSlice;
    return *reinterpret_cast<ArenaBlocks*>(begin_ + place * kSlice);
  }

 private:
  static std::byte* reserved_at(std::byte* at, std::size_t bytes, int flags) {
    void* reserved = mmap(at, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | flags, -1, 0);
    return reserved == MAP_FAILED ? nullptr : static_cast<std::byte*>(reserved);
  }
  bool reserve() {
    begin_ = reserved_at(nullptr, kSlice * kSlices, 0);
    if (begin_ == nullptr) return false;
    first_.store(reinterpret_cast<std::uintptr_t>(begin_), std::memory_order_relaxed);
    return true;
  }

  // So far above all addresses of programs that nothing lies there before the region is reserved.
  std::atomic<std::uintptr_t> first_{std::uintptr_t{1} << 63U};
  std::mutex mutex_;
  std::byte* begin_ = nullptr;
  std::bitset<kSlices> taken_;
  std::array<std::size_t, kSlices> committed_{};
};

constinit Region region;

std::byte* slice_of(ArenaBlocks& blocks) { return reinterpret_cast<std::byte*>(&blocks); }

void* cut_off(ArenaBlocks& blocks, std::size_t cell, std::size_t bytes) {
  region.commit(slice_of(blocks), static_cast<std::size_t>(blocks.at - slice_of(blocks)) + cell);
  std::byte* block = blocks.at + kHead;
  blocks.at += cell;
  head_of(block) = bytes;
  return block;
}

std::size_t large_power(std::size_t bytes) { return static_cast<std::size_t>(std::bit_width(bytes + kHead - 1)); }

void* take(ArenaBlocks& blocks, std::size_t bytes) {
  if (bytes <= kMost) {
    const std::size_t units = units_of(bytes);
    void* found = taken_from(blocks.free[units]);
    return found != nullptr ? found : cut_off(blocks, units * kUnit, size_of_units(units));
  }
  if (bytes >= kSlice) throw std::bad_alloc();
  const std::size_t power = large_power(bytes);
  void* found = taken_from(blocks.large[power]);
  if (found == nullptr) return cut_off(blocks, std::size_t{1} << power, bytes);
  head_of(found) = bytes;
  return found;
}

void give(ArenaBlocks& blocks, void* block) noexcept {
  const std::size_t bytes = head_of(block);
  put_on(bytes <= kMost ? blocks.free[units_of(bytes)] : blocks.large[large_power(bytes)], block);
}

/// Tells whether this program's `operator new` asks for the arena in which the thread is.
bool takes_all(const Arena& arena) {
  const std::size_t before = arena.used();
  const auto probe = std::make_unique<std::array<std::byte, kMost / 2>>();
  return arena.used() > before && region.holds(probe.get());
}

}  // namespace

void* take_in_arena(std::size_t bytes) { return entered == nullptr ? nullptr : take(*entered, bytes); }

bool give_in_arena(void* block) noexcept {
  if (!region.holds(block)) return false;
  give(region.blocks_of(block), block);
  return true;
}

std::unique_ptr<Arena> Arena::make() {
  if constexpr (!kReusesMemory) return nullptr;
  std::byte* slice = region.take();
  if (slice == nullptr) return nullptr;
  std::unique_ptr<Arena> arena;
  try {
    arena.reset(new Arena(slice));
    region.commit(slice, sizeof(ArenaBlocks) + kUnit);
  } catch (const std::bad_alloc&) {
    if (!arena) region.give(slice);
    return nullptr;
  }
  auto* blocks = new (slice) ArenaBlocks;
  blocks->at = slice + (sizeof(ArenaBlocks) + kUnit - 1) / kUnit * kUnit + kHead;
  const Inside inside(*arena);
  return takes_all(*arena) ? std::move(arena) : nullptr;
}

Arena::Arena(void* slice) : slice_(slice) {}

Arena::~Arena() { region.give(static_cast<std::byte*>(slice_)); }

std::size_t Arena::used() const {
  const auto* blocks = static_cast<const ArenaBlocks*>(slice_);
  return static_cast<std::size_t>(blocks->at - static_cast<const std::byte*>(slice_));
}

void Arena::save(Image& image) const {
  const auto* begin = static_cast<const std::byte*>(slice_);
  image.bytes_.assign(begin, begin + used());
}

void Arena::restore(const Image& image) {
  DRYDOCK_CHECK(!image.bytes_.empty(), "an arena is put back to an image that nobody saved");
  Region::trim(static_cast<std::byte*>(slice_), image.bytes_.size(), used());
  std::memcpy(slice_, image.bytes_.data(), image.bytes_.size());
}

Arena::Stay::Stay(void* slice) noexcept : former_(std::exchange(entered, static_cast<ArenaBlocks*>(slice))) {}
Arena::Stay::~Stay() { entered = static_cast<ArenaBlocks*>(former_); }

}  // namespace drydock::sim
