#include "model/store/sqlite_setup.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <new>

#include "sim/memory.hpp"

// SQLite asks for memory ten thousand times a run: Debian builds it without its own pools (OMIT_LOOKASIDE).

namespace drydock::model {
namespace {

/// SQLite wants null where there is no memory.
void* take_or_null(int bytes) {
  try {
    return sim::take_memory(static_cast<std::size_t>(bytes));
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

void give_back(void* block) { sim::give_memory(block); }

int size_of_block(void* block) { return block == nullptr ? 0 : static_cast<int>(sim::memory_size(block)); }

void* resize_block(void* block, int bytes) {
  const std::size_t has = sim::memory_size(block);
  if (sim::rounded_memory_size(static_cast<std::size_t>(bytes)) == has) return block;
  void* moved = take_or_null(bytes);
  if (moved == nullptr) return nullptr;
  std::memcpy(moved, block, std::min(has, static_cast<std::size_t>(bytes)));
  sim::give_memory(block);
  return moved;
}

int round_up(int bytes) { return static_cast<int>(sim::rounded_memory_size(static_cast<std::size_t>(bytes))); }

int begin(void* /*data*/) { return SQLITE_OK; }
void end(void* /*data*/) {}

bool let_sqlite_reuse_memory() {
  if constexpr (!sim::kReusesMemory) return false;
  // With it the pages of all connections are on one list, across arenas.
  if (sqlite3_compileoption_used("ENABLE_MEMORY_MANAGEMENT") != 0) return false;
  static const sqlite3_mem_methods methods{.xMalloc = take_or_null,
                                           .xFree = give_back,
                                           .xRealloc = resize_block,
                                           .xSize = size_of_block,
                                           .xRoundup = round_up,
                                           .xInit = begin,
                                           .xShutdown = end,
                                           .pAppData = nullptr};
  return sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) == SQLITE_OK;
}

}  // namespace

bool set_up_sqlite() {
  static const bool is_ours = [] {
    sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    return let_sqlite_reuse_memory();
  }();
  return is_ours;
}

}  // namespace drydock::model
