// The decisions of a run, of which all but the last few thousand are packed: they come out as they went in.

#include "sim/asked.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "sim/packing.hpp"

namespace drydock::sim {
namespace {

using Words = std::array<std::string_view, 4>;
constexpr Words kWords = {"", "nothing", "restart", "instance dies"};

bool same(const Asked& a, const Asked& b) {
  return a.site == b.site && a.occurrence == b.occurrence && a.bound == b.bound && a.value == b.value && a.at == b.at &&
         a.meaning.kind == b.meaning.kind && a.meaning.amount == b.meaning.amount && a.meaning.what == b.meaning.what;
}

/// So many decisions of a few sites, some of them at one instant.
std::vector<Asked> decisions(std::size_t count, std::uint64_t seed) {
  std::vector<Asked> all;
  std::array<std::uint32_t, 300> occurrences{};
  Instant at{};
  for (std::size_t i = 0; i < count; ++i) {
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    const std::uint64_t bits = seed >> 20U;
    const std::size_t site = bits % 5 == 0 ? bits % occurrences.size() : 0;
    if (bits % 3 == 0) at += Duration{static_cast<std::int64_t>(bits % 100'000)};
    Asked& asked = all.emplace_back();
    asked.site = static_cast<Site>(site);
    asked.occurrence = ++occurrences[site];
    asked.bound = 2 + static_cast<std::uint32_t>(bits % 1000);
    asked.value = bits % 7 == 0 ? static_cast<std::uint32_t>(bits % asked.bound) : 0;
    asked.at = at;
    asked.meaning = {.kind = static_cast<Meaning::Kind>(bits % 6),
                     .amount = bits % 11 == 0 ? -static_cast<std::int64_t>(bits % 1'000'000) : 0,
                     .what = kWords[bits % kWords.size()]};
  }
  return all;
}

TEST(AskedLog, GivesBackWhatItPacked) {
  const std::vector<Asked> all = decisions(100'000, 1);
  AskedLog log;
  for (const Asked& asked : all) log.push_back(asked);
  ASSERT_EQ(log.size(), all.size());
  std::size_t place = 0;
  for (const Asked& asked : log) {
    ASSERT_TRUE(same(asked, all[place])) << place;
    ++place;
  }
  EXPECT_EQ(place, all.size());
  for (place = 0; place < all.size(); place += 997) EXPECT_TRUE(same(log[place], all[place])) << place;
  EXPECT_TRUE(same(log.front(), all.front()));
  EXPECT_TRUE(same(log.back(), all.back()));
}

TEST(AskedLog, TheLastOneMayBeCompletedBeforeItIsPacked) {
  const std::vector<Asked> all = decisions(50'000, 2);
  AskedLog log;
  for (const Asked& asked : all) {
    log.push_back(asked);
    log.back().meaning.what = "completed";
  }
  for (const Asked& asked : log) ASSERT_EQ(asked.meaning.what, "completed");
}

TEST(AskedLog, IsEmptyAtFirst) {
  const AskedLog log;
  EXPECT_TRUE(log.empty());
  EXPECT_TRUE(log.begin() == log.end());
}

RC_GTEST_PROP(Packing, NumbersAndTextsComeOutAsTheyWentIn,
              (const std::vector<std::int64_t>& integers, const std::string& text)) {
  std::string packed;
  Packer packer(packed);
  for (const std::int64_t integer : integers) packer.integer(integer).number(static_cast<std::uint64_t>(integer));
  packer.text(text);
  Unpacker in(packed);
  for (const std::int64_t integer : integers) {
    RC_ASSERT(in.integer() == integer);
    RC_ASSERT(in.number() == static_cast<std::uint64_t>(integer));
  }
  RC_ASSERT(in.text() == text);
}

TEST(Packing, ExtremesFit) {
  std::string packed;
  Packer(packed)
      .integer(std::numeric_limits<std::int64_t>::min())
      .integer(std::numeric_limits<std::int64_t>::max())
      .number(std::numeric_limits<std::uint64_t>::max());
  Unpacker in(packed);
  EXPECT_EQ(in.integer(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(in.integer(), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(in.number(), std::numeric_limits<std::uint64_t>::max());
}

TEST(Packing, WhatEndsTooEarlyIsNotRead) {
  std::string packed;
  Packer(packed).text("three");
  packed.pop_back();
  EXPECT_THROW((void)Unpacker(packed).text(), InternalError);
  EXPECT_THROW((void)Unpacker("\x80").number(), InternalError);
}

}  // namespace
}  // namespace drydock::sim
