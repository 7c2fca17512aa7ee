// Arenas: what is made inside lies there, an image puts all of it back, and what lies outside is never touched.

#include "sim/arena.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/memory.hpp"

namespace drydock::sim {
namespace {

class ArenaTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!kReusesMemory) GTEST_SKIP() << "a sanitizer has the operators";
    arena_ = Arena::make();
    ASSERT_NE(arena_, nullptr);
  }

  std::unique_ptr<Arena> arena_;
};

using ByWord = std::map<std::string, std::vector<int>>;

TEST_F(ArenaTest, AnImagePutsBackWhatLiesInside) {
  ByWord* words = nullptr;
  {
    const Arena::Inside inside(*arena_);
    words = new ByWord{{"a word that is too long to lie in the string itself", {1, 2, 3}}};
  }
  const ByWord before = *words;
  Arena::Image image;
  arena_->save(image);
  for (int round = 0; round < 3; ++round) {
    {
      const Arena::Inside inside(*arena_);
      for (int i = 0; i < 1000; ++i) (*words)[std::string(40, 'x') + std::to_string(i)].assign(100, i);
      words->begin()->second.clear();
      words->begin()->second.shrink_to_fit();
    }
    EXPECT_NE(*words, before);
    arena_->restore(image);
    EXPECT_EQ(*words, before);
    EXPECT_EQ(arena_->used(), image.size());
  }
}

TEST_F(ArenaTest, WhatIsMadeOutsideIsNotPutBack) {
  Arena::Image image;
  arena_->save(image);
  std::vector<std::string> kept;
  {
    const Arena::Inside inside(*arena_);
    const Arena::Outside outside;
    kept.assign(100, std::string(100, 'k'));
  }
  arena_->restore(image);
  EXPECT_EQ(arena_->used(), image.size());
  EXPECT_EQ(kept, std::vector<std::string>(100, std::string(100, 'k')));
}

TEST_F(ArenaTest, BlocksAreAlignedApartAndUsedAgain) {
  std::vector<std::pair<char*, std::size_t>> blocks;
  {
    const Arena::Inside inside(*arena_);
    blocks.reserve(600);
    for (int round = 0; round < 50; ++round) {
      for (const std::size_t bytes : {0, 1, 8, 9, 100, 4096, 8184, 8185, 20'000, 70'000}) {
        auto* block = static_cast<char*>(take_memory(bytes));
        EXPECT_EQ(reinterpret_cast<std::size_t>(block) % 16, 0U);
        EXPECT_GE(memory_size(block), bytes);
        std::memset(block, static_cast<int>(blocks.size() % 251), bytes);
        blocks.emplace_back(block, bytes);
      }
    }
  }
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const auto [block, bytes] = blocks[i];
    EXPECT_TRUE(std::all_of(block, block + bytes, [&](char byte) { return byte == static_cast<char>(i % 251); })) << i;
  }
  const std::size_t used = arena_->used();
  const std::vector<std::pair<char*, std::size_t>> held(blocks);
  for (const auto& [block, bytes] : held) give_memory(block);
  const Arena::Inside inside(*arena_);
  for (const auto& [block, bytes] : held) (void)take_memory(bytes);
  EXPECT_EQ(arena_->used(), used);
}

TEST_F(ArenaTest, ABlockGoesBackToItsOwnArenaFromAnywhere) {
  const auto other = Arena::make();
  ASSERT_NE(other, nullptr);
  std::string* text = nullptr;
  {
    const Arena::Inside inside(*arena_);
    text = new std::string(200, 't');
  }
  const std::size_t used = arena_->used();
  const std::size_t others = other->used();
  {
    const Arena::Inside inside(*other);
    delete text;
  }
  EXPECT_EQ(other->used(), others);
  const Arena::Inside inside(*arena_);
  const auto again = std::make_unique<std::string>(200, 'u');
  EXPECT_EQ(arena_->used(), used);
}

TEST_F(ArenaTest, GrowsAndShrinks) {
  Arena::Image image;
  arena_->save(image);
  for (int round = 0; round < 3; ++round) {
    {
      const Arena::Inside inside(*arena_);
      auto* many = new std::vector<char>(std::size_t{200} << 20U, 'm');
      EXPECT_EQ(many->back(), 'm');
    }
    EXPECT_GT(arena_->used(), std::size_t{200} << 20U);
    arena_->restore(image);
  }
  EXPECT_EQ(arena_->used(), image.size());
}

TEST_F(ArenaTest, ThereIsANumberOfThemAndTheyAreUsedAgain) {
  for (int round = 0; round < 2; ++round) {
    std::vector<std::unique_ptr<Arena>> all;
    while (all.size() < 1000) {
      auto one = Arena::make();
      if (!one) break;
      all.push_back(std::move(one));
    }
    EXPECT_EQ(all.size(), 63U);  // and ours
  }
}

TEST_F(ArenaTest, NothingIsPutBackThatWasNotSaved) { EXPECT_ANY_THROW(arena_->restore(Arena::Image{})); }

}  // namespace
}  // namespace drydock::sim
