// Memory that is reused: a block is what was asked for, comes back to who asks for its size, and may be given back
// by another thread.

#include "sim/memory.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "sim/scheduler.hpp"

namespace drydock::sim {
namespace {

const std::vector<std::size_t> kSizes = {0, 1, 7, 8, 9, 24, 25, 100, 4096, 4500, 8184, 8185, 20'000, 1'000'000};

class Memory : public testing::Test {
 protected:
  void SetUp() override {
    if (!kReusesMemory) GTEST_SKIP() << "a sanitizer watches the heap's own blocks";
  }
};

TEST_F(Memory, ABlockIsAlignedAndHasTheRoundedSize) {
  for (const std::size_t bytes : kSizes) {
    void* block = take_memory(bytes);
    std::size_t space = bytes + 16;
    void* aligned = block;
    EXPECT_EQ(std::align(16, bytes, aligned, space), block);
    EXPECT_GE(memory_size(block), bytes);
    EXPECT_EQ(memory_size(block), rounded_memory_size(bytes));
    std::memset(block, 0xA5, bytes);
    give_memory(block);
  }
}

TEST_F(Memory, BlocksDoNotOverlap) {
  std::vector<std::pair<unsigned char*, std::size_t>> blocks;
  for (int round = 0; round < 50; ++round) {
    for (const std::size_t bytes : kSizes) {
      auto* block = static_cast<unsigned char*>(take_memory(bytes));
      std::memset(block, static_cast<int>(blocks.size() % 251), bytes);
      blocks.emplace_back(block, bytes);
    }
  }
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const auto [block, bytes] = blocks[i];
    EXPECT_TRUE(std::all_of(block, block + bytes, [&](unsigned char byte) { return byte == i % 251; })) << i;
  }
  for (const auto& [block, bytes] : blocks) give_memory(block);
}

TEST_F(Memory, ABlockThatWasGivenBackServesTheNextRequestOfItsSize) {
  void* first = take_memory(200);
  give_memory(first);
  void* other = take_memory(300);
  void* again = take_memory(200);
  EXPECT_EQ(again, first);
  EXPECT_NE(other, first);
  give_memory(again);
  give_memory(other);
  give_memory(nullptr);
}

TEST_F(Memory, AnotherThreadMayGiveABlockBackAndItIsNotLostWithTheThread) {
  constexpr std::size_t kBytes = 777;
  std::vector<void*> blocks;
  for (int i = 0; i < 1000; ++i) blocks.push_back(take_memory(kBytes));
  std::thread([&] {
    for (void* block : blocks) give_memory(block);
    // A thread that asks the heap for a chunk leaves what it has to others.
    std::vector<void*> own;
    for (int i = 0; i < 1500; ++i) own.push_back(take_memory(kBytes));
    for (void* block : own) give_memory(block);
  }).join();
  std::size_t seen_again = 0;
  std::thread([&] {
    std::vector<void*> own;
    for (int i = 0; i < 1500; ++i) own.push_back(take_memory(kBytes));
    for (void* block : own) seen_again += std::find(blocks.begin(), blocks.end(), block) != blocks.end() ? 1U : 0U;
    for (void* block : own) give_memory(block);
  }).join();
  EXPECT_EQ(seen_again, blocks.size());
}

struct Small : Reused {
  int value = 0;
};

TEST_F(Memory, AnObjectThatIsReusedTakesTheBlockOfTheLast) {
  auto first = std::make_unique<Small>();
  const Small* const place = first.get();
  first.reset();
  const auto second = std::make_unique<Small>();
  EXPECT_EQ(second.get(), place);
}

TEST_F(Memory, TheFrameOfACoroutineIsABlock) {
  void* frame = detail::Promise<void>::operator new(500);
  EXPECT_EQ(memory_size(frame), rounded_memory_size(500));
  detail::Promise<void>::operator delete(frame);
  void* const again = take_memory(500);
  EXPECT_EQ(again, frame);
  give_memory(again);
}

}  // namespace
}  // namespace drydock::sim
