// The events of an outcome, held in few bytes each.

#include "scenarios/shown_events.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace drydock::scenarios {
namespace {

ShownEvent numbered_event(std::uint32_t seq, const std::string& workspace, const std::string& detail) {
  return {.seq = seq,
          .cause = seq / 2,
          .at = sim::kTimeZero + sim::Duration{seq * 10},
          .kind = "restart.cycle",
          .actor = "platform",
          .workspace = workspace,
          .instance = "i-" + workspace,
          .detail = detail};
}

std::vector<ShownEvent> events() {
  std::vector<ShownEvent> all;
  for (std::uint32_t seq = 1; seq <= 1000; ++seq) {
    all.push_back(numbered_event(seq, seq % 3 == 0 ? "qa" : "", seq % 5 == 0 ? std::string(seq % 100, 'x') : "{}"));
  }
  return all;
}

TEST(ShownEvents, GivesBackWhatItHolds) {
  const std::vector<ShownEvent> all = events();
  const ShownEvents held(all);
  ASSERT_EQ(held.size(), all.size());
  EXPECT_TRUE(std::equal(held.begin(), held.end(), all.begin(), all.end()));
  EXPECT_EQ(held[499], all[499]);
  EXPECT_EQ(held.front(), all.front());
  EXPECT_EQ(held.back(), all.back());
  EXPECT_EQ(held.begin()->kind, "restart.cycle");
}

TEST(ShownEvents, NumbersNeedNotBeThoseOfThePlaces) {
  std::vector<ShownEvent> all = events();
  all.erase(all.begin() + 3, all.begin() + 7);
  const ShownEvents held(all);
  EXPECT_TRUE(std::equal(held.begin(), held.end(), all.begin(), all.end()));
  const auto found = std::lower_bound(held.begin(), held.end(), 500U,
                                      [](const ShownEvent& one, std::uint32_t seq) { return one.seq < seq; });
  EXPECT_EQ(found - held.begin(), 495);
}

TEST(ShownEvents, ACopyDoesNotSeeWhatIsAddedLater) {
  ShownEvents one{numbered_event(1, "qa", "{}")};
  const ShownEvents copy = one;
  one.push_back(numbered_event(2, "dev", "{}"));
  EXPECT_EQ(copy.size(), 1U);
  EXPECT_EQ(one.size(), 2U);
  EXPECT_EQ(one[0], copy[0]);
  EXPECT_FALSE(one == copy);
}

TEST(ShownEvents, AreEqualWhereTheirEventsAre) {
  EXPECT_EQ(ShownEvents(events()), ShownEvents(events()));
  EXPECT_EQ(ShownEvents(), ShownEvents(std::vector<ShownEvent>{}));
  EXPECT_TRUE(ShownEvents().empty());
}

}  // namespace
}  // namespace drydock::scenarios
