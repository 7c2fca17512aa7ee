#include "sim/choices.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <set>
#include <string>
#include <vector>

#include "sim/check.hpp"
#include "tests/sim/support.hpp"

namespace drydock::sim {
namespace {

constexpr DurationRange kRange{20s, 27s};

// --- the tape ----------------------------------------------------------------------------------

TEST(Choices, AnEmptyTapeAnswersZeroToEverything) {
  Choices choices{Tape{}};
  const Site site = choices.site("w1", "cp.start");
  for (std::uint32_t bound = 2; bound < 100; ++bound) EXPECT_EQ(choices.choose(site, bound), 0U);
  EXPECT_EQ(choices.draw(site, kRange), Duration{23500ms});
  EXPECT_FALSE(choices.happens(site, {999'999}, "it breaks"));
  EXPECT_TRUE(choices.consumed().empty());
  EXPECT_TRUE(choices.misaligned().empty());
}

TEST(Choices, AnEntryAnswersItsOwnOccurrenceOnly) {
  Choices choices{tape_of({{"w1/x", 2, 3}})};
  const Site site = choices.site("w1", "x");
  EXPECT_EQ(choices.choose(site, 5), 0U);
  EXPECT_EQ(choices.choose(site, 5), 3U);
  EXPECT_EQ(choices.choose(site, 5), 0U);
}

TEST(Choices, OccurrencesAreCountedPerSite) {
  Choices choices{tape_of({{"w1/x", 2, 1}, {"w2/x", 1, 2}})};
  const Site one = choices.site("w1", "x");
  const Site two = choices.site("w2", "x");
  EXPECT_EQ(choices.choose(one, 5), 0U);
  EXPECT_EQ(choices.choose(two, 5), 2U);
  EXPECT_EQ(choices.choose(one, 5), 1U);
  EXPECT_EQ(choices.choose(two, 5), 0U);
}

TEST(Choices, ASiteIsTheSameHoweverOftenItIsNamed) {
  Choices choices{Tape{}};
  const Site site = choices.site("w1", "x");
  EXPECT_EQ(choices.site("w1", "x"), site);
  EXPECT_NE(choices.site("w1", "y"), site);
  EXPECT_NE(choices.site("w2", "x"), site);
  EXPECT_EQ(choices.site_name(site), "w1/x");
}

TEST(Choices, ASiteWhoseNameBeginsLikeAnEntrysIsAnotherSite) {
  Choices choices{tape_of({{"w1/xy", 1, 1}})};
  EXPECT_EQ(choices.choose(choices.site("w1", "x"), 2), 0U);
  EXPECT_EQ(choices.choose(choices.site("w1", "xyz"), 2), 0U);
  EXPECT_EQ(choices.choose(choices.site("w1", "xy"), 2), 1U);
}

TEST(Choices, EntriesWinOverTheFill) {
  Tape tape = seeded(7);
  Choices filled{tape};
  const std::uint32_t drawn = filled.choose(filled.site("w1", "x"), 1000);
  ASSERT_NE(drawn, 0U);
  tape.set("w1/x", 1, 0);
  Choices choices{tape};
  EXPECT_EQ(choices.choose(choices.site("w1", "x"), 1000), 0U);
}

TEST(Choices, AValueOutOfBoundReadsZeroAndIsMisaligned) {
  Tape tape = seeded(7);  // whose fill must not answer in its place
  tape.set("w1/x", 1, 5);
  tape.set("w1/x", 2, 4);
  Choices choices{tape};
  const Site site = choices.site("w1", "x");
  EXPECT_EQ(choices.choose(site, 5), 0U);
  EXPECT_EQ(choices.choose(site, 5), 4U);
  EXPECT_EQ(choices.misaligned(), (std::vector<Decision>{{"w1/x", 1, 5}}));
}

TEST(Choices, EntriesThatNobodyAskedForAreMisaligned) {
  Choices choices{tape_of({{"w1/x", 1, 1}, {"w1/x", 3, 1}, {"w9/gone", 1, 1}, {"w1/x", 0, 1}})};
  const Site site = choices.site("w1", "x");
  (void)choices.choose(site, 2);
  (void)choices.choose(site, 2);
  EXPECT_EQ(choices.misaligned(), (std::vector<Decision>{{"w1/x", 0, 1}, {"w1/x", 3, 1}, {"w9/gone", 1, 1}}));
}

TEST(Choices, ConsumedAreTheAnswersThatWereNotZeroBySiteAndOccurrence) {
  Choices choices{tape_of({{"b/x", 1, 1}, {"a/x", 2, 2}, {"a/x", 1, 0}, {"a/x", 10, 1}})};
  const Site b = choices.site("b", "x");
  const Site a = choices.site("a", "x");
  (void)choices.choose(b, 3);
  for (int i = 0; i < 10; ++i) (void)choices.choose(a, 3);
  EXPECT_EQ(choices.consumed(), (std::vector<Decision>{{"a/x", 2, 2}, {"a/x", 10, 1}, {"b/x", 1, 1}}));
}

TEST(Choices, EveryQuestionIsKeptWithItsBoundAndItsTime) {
  Choices choices{tape_of({{"w1/x", 1, 4}})};
  const Site site = choices.site("w1", "x");
  choices.set_now(kTimeZero + 5s);
  (void)choices.choose(site, 6);
  ASSERT_EQ(choices.asked().size(), 1U);
  const Asked& asked = choices.asked().front();
  EXPECT_EQ(asked.site, site);
  EXPECT_EQ(asked.occurrence, 1U);
  EXPECT_EQ(asked.bound, 6U);
  EXPECT_EQ(asked.value, 4U);
  EXPECT_EQ(asked.at, kTimeZero + 5s);
}

TEST(Choices, AskingWhereThereIsNoChoiceIsABug) {
  Choices choices{Tape{}};
  const Site site = choices.site("w1", "x");
  EXPECT_THROW(choices.choose(site, 1), InternalError);
  EXPECT_THROW(choices.choose(site, 0), InternalError);
}

// --- the fill ----------------------------------------------------------------------------------

// Computed by an independent implementation of Philox4x32-10. If these move, every seed means another run.
TEST(Fill, IsPinned) {
  Choices choices{seeded(1)};
  const Site site = choices.site("world", "order");
  std::vector<std::uint32_t> drawn;
  for (int i = 0; i < 12; ++i) drawn.push_back(choices.choose(site, 9));
  EXPECT_EQ(drawn, (std::vector<std::uint32_t>{1, 0, 8, 3, 6, 1, 5, 4, 4, 1, 6, 5}));
  Choices large{seeded((std::uint64_t{1} << 63U) + 5)};
  drawn.clear();
  for (int i = 0; i < 4; ++i) drawn.push_back(large.choose(large.site("world", "order"), 1000));
  EXPECT_EQ(drawn, (std::vector<std::uint32_t>{699, 110, 915, 827}));
}

TEST(Fill, SeedSiteAndOccurrenceEachChangeIt) {
  const auto draw = [](std::uint64_t seed, std::string_view actor, int skip) {
    Choices choices{seeded(seed)};
    const Site site = choices.site(actor, "x");
    for (int i = 0; i < skip; ++i) (void)choices.choose(site, 1'000'000'000);
    return choices.choose(site, 1'000'000'000);
  };
  const std::set<std::uint32_t> all{draw(1, "w1", 0), draw(2, "w1", 0), draw(1, "w2", 0), draw(1, "w1", 1),
                                    draw((std::uint64_t{1} << 32U) + 1, "w1", 0)};
  EXPECT_EQ(all.size(), 5U);
}

TEST(Fill, SeedZeroIsASeed) {
  Choices choices{seeded(0)};
  const Site site = choices.site("w1", "x");
  std::uint32_t sum = 0;
  for (int i = 0; i < 20; ++i) sum += choices.choose(site, 100);
  EXPECT_GT(sum, 0U);
  EXPECT_FALSE(seeded(0).empty());
  EXPECT_TRUE(Tape{}.empty());
}

TEST(Fill, CoversItsWholeBoundEvenly) {
  Choices choices{seeded(3)};
  const Site site = choices.site("w1", "x");
  std::array<int, 9> seen{};
  for (int i = 0; i < 9000; ++i) ++seen.at(choices.choose(site, 9));
  for (const int count : seen) {
    EXPECT_GT(count, 850);
    EXPECT_LT(count, 1150);
  }
}

RC_GTEST_PROP(Fill, ChangingOneDecisionChangesNoOther, (std::uint64_t seed)) {
  constexpr std::uint32_t kQuestions = 40;
  const auto changed = *rc::gen::inRange<std::uint32_t>(0, kQuestions);
  const auto play = [](const Tape& tape) {
    Choices choices{tape};
    std::vector<std::uint32_t> answers;
    for (std::uint32_t i = 0; i < kQuestions; ++i) {
      answers.push_back(choices.choose(choices.site(i % 2 == 0 ? "w1" : "w2", "x"), 9));
    }
    return answers;
  };
  const std::vector<std::uint32_t> before = play(seeded(seed));
  Tape tape = seeded(seed);
  tape.set(changed % 2 == 0 ? "w1/x" : "w2/x", changed / 2 + 1, (before[changed] + 1) % 9);
  std::vector<std::uint32_t> after = play(tape);
  RC_ASSERT(after[changed] == (before[changed] + 1) % 9);
  after[changed] = before[changed];
  RC_ASSERT(after == before);
}

// --- probabilities -----------------------------------------------------------------------------

TEST(Probabilities, WhatIsCertainOrImpossibleIsNotADecision) {
  Choices choices{seeded(1)};
  const Site site = choices.site("w1", "x");
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(choices.happens(site, {0}, "never"));
    EXPECT_TRUE(choices.happens(site, {Probability::kOne}, "always"));
  }
  EXPECT_TRUE(choices.asked().empty());
}

TEST(Probabilities, AnEntryDecidesWhateverTheOdds) {
  Choices choices{tape_of({{"w1/x", 1, 1}, {"w1/x", 2, 0}, {"w1/x", 3, 2}})};
  const Site site = choices.site("w1", "x");
  EXPECT_TRUE(choices.happens(site, {1}, "it breaks"));
  EXPECT_FALSE(choices.happens(site, {999'999}, "it breaks"));
  EXPECT_FALSE(choices.happens(site, {999'999}, "it breaks"));  // out of bound
  EXPECT_EQ(choices.misaligned().size(), 1U);
}

TEST(Probabilities, TheFillKeepsTheOdds) {
  Choices choices{seeded(5)};
  const Site site = choices.site("w1", "x");
  int happened = 0;
  for (int i = 0; i < 10'000; ++i) happened += choices.happens(site, {250'000}, "x") ? 1 : 0;
  EXPECT_GT(happened, 2300);
  EXPECT_LT(happened, 2700);
}

// --- ranges ------------------------------------------------------------------------------------

TEST(Ranges, ZeroIsTypicalAndOneToEightGoInEqualStepsFromLowToHigh) {
  EXPECT_EQ(Choices::range_value(kRange, 0), Duration{23500ms});
  for (std::uint32_t value = 1; value <= 8; ++value) {
    EXPECT_EQ(Choices::range_value(kRange, value), Duration{20s} + (value - 1) * 1s);
    Choices choices{tape_of({{"w1/x", 1, value}})};
    EXPECT_EQ(choices.draw("w1", "x", kRange), Duration{20s} + (value - 1) * 1s);
    EXPECT_EQ(choices.asked().front().bound, 9U);
  }
}

TEST(Ranges, APointAsksNothing) {
  Choices choices{tape_of({{"w1/x", 1, 8}})};
  EXPECT_EQ(choices.draw("w1", "x", {5s, 5s}), Duration{5s});
  EXPECT_EQ(choices.draw(choices.site("w1", "x"), {5s, 5s}), Duration{5s});
  EXPECT_TRUE(choices.asked().empty());
  EXPECT_EQ(choices.misaligned().size(), 1U);
}

TEST(Ranges, TenYearsDoNotOverflow) { EXPECT_EQ(Choices::range_value({0s, kLongestDuration}, 8), kLongestDuration); }

// --- calm --------------------------------------------------------------------------------------

TEST(CalmChoices, AskNothingAndAnswerTheBoringThing) {
  Tape tape = seeded(1);
  for (std::uint32_t i = 1; i < 10; ++i) tape.set("w1/x", i, 1);
  Choices choices{tape};
  const Site site = choices.site("w1", "x");
  EXPECT_EQ(choices.choose(site, 2), 1U);
  choices.become_calm();
  EXPECT_TRUE(choices.calm());
  EXPECT_EQ(choices.choose(site, 2), 0U);
  EXPECT_EQ(choices.draw(site, kRange), kRange.typical());
  EXPECT_FALSE(choices.happens(site, {999'999}, "it breaks"));
  EXPECT_EQ(choices.asked().size(), 1U);
  EXPECT_EQ(choices.consumed().size(), 1U);
  EXPECT_EQ(choices.misaligned().size(), 8U);
}

// --- replay ------------------------------------------------------------------------------------

/// Asks what `questions` say: a choice, a range or a probability at one of three sites.
std::vector<std::int64_t> interview(Choices& choices, const std::vector<std::uint8_t>& questions) {
  std::vector<std::int64_t> answers;
  for (const std::uint8_t question : questions) {
    const Site site = choices.site("w" + std::to_string(question % 3), "x");
    switch (question / 3 % 3) {
      case 0:
        answers.push_back(choices.choose(site, 2 + question));
        break;
      case 1:
        answers.push_back(choices.draw(site, kRange).count());
        break;
      default:
        answers.push_back(choices.happens(site, {question * 3900U}, "x") ? 1 : 0);
    }
  }
  return answers;
}

RC_GTEST_PROP(Replay, WhatARunConsumedReplaysItWithoutItsSeed,
              (std::uint64_t seed, const std::vector<std::uint8_t>& questions)) {
  Choices first{seeded(seed)};
  const auto answers = interview(first, questions);
  Choices second{tape_of(first.consumed())};
  RC_ASSERT(interview(second, questions) == answers);
  RC_ASSERT(second.consumed() == first.consumed());
  RC_ASSERT(second.misaligned().empty());
}

// --- words -------------------------------------------------------------------------------------

TEST(Means, EachKindOfDecisionIsSaidInWords) {
  Choices choices{tape_of({{"w1/x", 1, 8}, {"w1/x", 2, 2}, {"w1/x", 3, 1}, {"w1/x", 5, 1}})};
  const Site site = choices.site("w1", "x");
  (void)choices.draw(site, kRange);
  (void)choices.choose(site, 3);
  (void)choices.happens(site, {1}, "the instance dies");
  (void)choices.happens(site, {1}, "the instance dies");
  (void)choices.choose(site, 4, {.kind = Meaning::Kind::order, .amount = 0, .what = {}});
  choices.annotate_last("restart");
  const AskedLog& asked = choices.asked();
  EXPECT_EQ(Choices::means(asked[0]), "27s");
  EXPECT_EQ(Choices::means(asked[1]), "2 of 3");
  EXPECT_EQ(Choices::means(asked[2]), "the instance dies");
  EXPECT_EQ(Choices::means(asked[3]), "does not happen");
  EXPECT_EQ(Choices::means(asked[4]), "restart goes first of 4");
}

}  // namespace
}  // namespace drydock::sim
