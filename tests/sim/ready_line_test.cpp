// The line of those that are ready, against a vector that does the same the slow way.

#include "sim/ready_line.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstddef>
#include <vector>

namespace drydock::sim {
namespace {

std::vector<int*> all_of(const ReadyLine<int>& line) {
  std::vector<int*> all;
  for (std::size_t i = 0; i < line.size(); ++i) all.push_back(&line[i]);
  return all;
}

RC_GTEST_PROP(ReadyLine, KeepsTheOrderOfThoseThatStay, (const std::vector<unsigned char>& acts)) {
  std::vector<int> items(acts.size());
  ReadyLine<int> line;
  std::vector<int*> expected;
  for (std::size_t i = 0; i < acts.size(); ++i) {
    const bool comes = acts[i] % 2 == 0 || expected.empty();
    const std::size_t place = expected.empty() ? 0 : acts[i] / 2 % expected.size();
    if (comes) {
      line.push(items[i]);
      expected.push_back(&items[i]);
    } else if (acts[i] % 4 == 1) {
      RC_ASSERT(&line.take(place) == expected[place]);
      expected.erase(expected.begin() + static_cast<std::ptrdiff_t>(place));
    } else {
      line.remove(*expected[place]);
      expected.erase(expected.begin() + static_cast<std::ptrdiff_t>(place));
    }
    RC_ASSERT(all_of(line) == expected);
    RC_ASSERT(line.empty() == expected.empty());
  }
}

TEST(ReadyLine, ManyComeAndGoFromTheFront) {
  std::vector<int> items(1000);
  ReadyLine<int> line;
  for (int round = 0; round < 3; ++round) {
    for (int& item : items) line.push(item);
    for (int& item : items) ASSERT_EQ(&line.take(0), &item);
    EXPECT_TRUE(line.empty());
  }
}

TEST(ReadyLine, WhoIsNotInTheLineIsLeftAlone) {
  int one = 1;
  int other = 2;
  ReadyLine<int> line;
  line.push(one);
  line.remove(other);
  EXPECT_EQ(all_of(line), std::vector<int*>{&one});
}

}  // namespace
}  // namespace drydock::sim
