#include "sim/hash.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace drydock::sim {
namespace {

// These values are part of every trace hash and of every random fill. If one moves, all golden hashes and all
// seeds mean something else.
TEST(Hash, TextIsXxh3) {
  EXPECT_EQ(hash_text(""), 0x2D06800538D394C2ULL);
  EXPECT_EQ(hash_text("world/order"), 16665536413406845023ULL);
  EXPECT_EQ(hash_text(std::string(1000, 'x')), 13881368916332952194ULL);
}

TEST(Hash, MixIsTheFinaliserOfSplitmix64) {
  // The first numbers of splitmix64 seeded with 0 and with 1234567.
  EXPECT_EQ(mix(0, 0), 0xE220A8397B1DCDAFULL);
  EXPECT_EQ(mix(1234567, 0), 6457827717110365317ULL);
}

TEST(Hash, ARollingHashIsPinned) {
  RollingHash hash;
  EXPECT_EQ(hash.value(), 0x9E3779B97F4A7C15ULL);
  hash.add(std::uint64_t{1});
  hash.add(std::string_view{"two"});
  EXPECT_EQ(hash.value(), 17696190242505422245ULL);
}

TEST(Hash, OrderMatters) {
  RollingHash one;
  one.add(std::uint64_t{1});
  one.add(std::uint64_t{2});
  RollingHash other;
  other.add(std::uint64_t{2});
  other.add(std::uint64_t{1});
  EXPECT_NE(one.value(), other.value());
}

TEST(Hash, AZeroIsNotNothing) {
  RollingHash hash;
  const std::uint64_t before = hash.value();
  hash.add(std::uint64_t{0});
  EXPECT_NE(hash.value(), before);
}

TEST(Hash, NullBytesAreText) {
  EXPECT_NE(hash_text(std::string_view{"a\0b", 3}), hash_text(std::string_view{"a\0c", 3}));
  EXPECT_NE(hash_text(std::string_view{"\0", 1}), hash_text(""));
}

RC_GTEST_PROP(Hash, AnotherWordGivesAnotherHash, (std::uint64_t state, std::uint64_t a, std::uint64_t b)) {
  RC_PRE(a != b);
  RC_ASSERT(mix(state, a) != mix(state, b));
}

}  // namespace
}  // namespace drydock::sim
