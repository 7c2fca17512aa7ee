#include "sim/time.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>
#include <string>

namespace drydock::sim {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;

// --- durations ---------------------------------------------------------------------------------

TEST(Durations, EveryUnitIsRead) {
  EXPECT_EQ(parse_duration("2d"), Duration{days{2}});
  EXPECT_EQ(parse_duration("3h"), Duration{3h});
  EXPECT_EQ(parse_duration("4m"), Duration{4min});
  EXPECT_EQ(parse_duration("5s"), Duration{5s});
  EXPECT_EQ(parse_duration("6ms"), Duration{6ms});
  EXPECT_EQ(parse_duration("7us"), Duration{7us});
  EXPECT_EQ(parse_duration("0s"), Duration{0});
}

TEST(Durations, PartsAddUpInAnyOrder) {
  EXPECT_EQ(parse_duration("1m30s"), Duration{90s});
  EXPECT_EQ(parse_duration("1d2h3m4s5ms6us"), Duration{days{1}} + 2h + 3min + 4s + 5ms + 6us);
  EXPECT_EQ(parse_duration("30s1m"), Duration{90s});
  EXPECT_EQ(parse_duration("1m1m"), Duration{2min});
  EXPECT_EQ(parse_duration("1m1ms"), Duration{1min} + 1ms);
  EXPECT_EQ(parse_duration("007s"), Duration{7s});
}

TEST(Durations, Iso8601IsReadToo) {
  EXPECT_EQ(parse_duration("PT12M"), Duration{12min});
  EXPECT_EQ(parse_duration("PT1H2M3S"), Duration{1h} + 2min + 3s);
  EXPECT_EQ(parse_duration("P1D"), Duration{days{1}});
  EXPECT_EQ(parse_duration("P1DT2H"), Duration{days{1}} + 2h);
  EXPECT_EQ(parse_duration("PT0S"), Duration{0});
}

class MalformedDuration : public testing::TestWithParam<const char*> {};

TEST_P(MalformedDuration, IsRefused) { EXPECT_EQ(parse_duration(GetParam()), std::nullopt); }

INSTANTIATE_TEST_SUITE_P(Plain, MalformedDuration,
                         testing::Values("", "5", "s", "-1s", "+1s", "1.5s", "1 s", " 1s", "1s ", "1S", "1M", "1ss",
                                         "1s2", "1min", "1w", "1µs", "0x1s", "1e3s", "1s,2s", "1s-2s", "ten"));
INSTANTIATE_TEST_SUITE_P(Iso8601, MalformedDuration,
                         testing::Values("P", "PT", "P1DT", "P1H", "PT1D", "P1W", "P1Y", "P1M", "PT1.5S", "-PT1S",
                                         "pt1s", "PT1", "PTS", "P1DT1HT1M", "PT-1S", "PT1S "));

TEST(Durations, TenYearsAreTheLongest) {
  EXPECT_EQ(parse_duration("3650d"), kLongestDuration);
  EXPECT_EQ(parse_duration("87600h"), kLongestDuration);
  EXPECT_EQ(parse_duration("315360000000000us"), kLongestDuration);
  EXPECT_EQ(parse_duration("P3650D"), kLongestDuration);
  EXPECT_EQ(parse_duration("3650d1us"), std::nullopt);
  EXPECT_EQ(parse_duration("1us3650d"), std::nullopt);
  EXPECT_EQ(parse_duration("3651d"), std::nullopt);
  EXPECT_EQ(parse_duration("315360000000001us"), std::nullopt);
  EXPECT_EQ(parse_duration("P3650DT1S"), std::nullopt);
}

TEST(Durations, NumbersTooLargeForTheMachineAreRefusedLikeOthers) {
  EXPECT_EQ(parse_duration("9223372036854775807us"), std::nullopt);
  EXPECT_EQ(parse_duration("9223372036854775808us"), std::nullopt);
  EXPECT_EQ(parse_duration("315360000000000d"), std::nullopt);
  // In 64 bits these wrap around to something negative, and to 33 s.
  EXPECT_EQ(parse_duration("106751992d"), std::nullopt);
  EXPECT_EQ(parse_duration("18446744073743s"), std::nullopt);
  EXPECT_EQ(parse_duration(std::string(400, '9') + "s"), std::nullopt);
  EXPECT_EQ(parse_duration("PT" + std::string(400, '9') + "S"), std::nullopt);
  // Many legal parts whose sum is too long, each time before it could overflow.
  std::string many;
  for (int i = 0; i < 40'000; ++i) many += "3650d";
  EXPECT_EQ(parse_duration(many), std::nullopt);
}

TEST(Durations, AreWrittenWithTheLargestUnitsFirst) {
  EXPECT_EQ(format_duration(Duration{0}), "0s");
  EXPECT_EQ(format_duration(90s), "1m30s");
  EXPECT_EQ(format_duration(250ms), "250ms");
  EXPECT_EQ(format_duration(1500us), "1ms500us");
  EXPECT_EQ(format_duration(days{1}), "1d");
  EXPECT_EQ(format_duration(Duration{days{1}} + 1us), "1d1us");
  EXPECT_EQ(format_duration(-90s), "-1m30s");
}

RC_GTEST_PROP(Durations, ReadingWhatWasWrittenGivesTheSame, ()) {
  const auto us = *rc::gen::inRange<std::int64_t>(0, kLongestDuration.count() + 1);
  RC_ASSERT(parse_duration(format_duration(Duration{us})) == Duration{us});
}

RC_GTEST_PROP(Durations, AnyTextIsReadOrRefusedAndWhatIsReadIsLegal, (const std::string& text)) {
  const auto duration = parse_duration(text);
  if (!duration) return;
  RC_ASSERT(*duration >= Duration{0});
  RC_ASSERT(*duration <= kLongestDuration);
}

// --- ranges ------------------------------------------------------------------------------------

TEST(DurationRanges, AreReadAndWritten) {
  EXPECT_EQ(parse_duration_range("20s..30s"), (DurationRange{20s, 30s}));
  EXPECT_EQ(parse_duration_range("PT1M..2m"), (DurationRange{1min, 2min}));
  EXPECT_EQ(parse_duration_range("5s"), (DurationRange{5s, 5s}));
  EXPECT_EQ(parse_duration_range("5s..5s"), (DurationRange{5s, 5s}));
  EXPECT_EQ(format_duration_range({20s, 90s}), "20s..1m30s");
  EXPECT_EQ(format_duration_range({5s, 5s}), "5s");
}

TEST(DurationRanges, MalformedOnesAreRefused) {
  for (const char* text :
       {"", "..", "1s..", "..1s", "2s..1s", "1s...2s", "1s..2s..3s", "1s.2s", "1s .. 2s", "0s..3651d"}) {
    EXPECT_EQ(parse_duration_range(text), std::nullopt) << text;
  }
}

TEST(DurationRanges, TypicalIsTheMidpointRoundedDownToAMillisecond) {
  EXPECT_EQ((DurationRange{20s, 30s}.typical()), Duration{25s});
  EXPECT_EQ((DurationRange{0ms, 3ms}.typical()), Duration{1ms});
  EXPECT_EQ((DurationRange{600ms, 2500ms}.typical()), Duration{1550ms});
  EXPECT_EQ((DurationRange{1ms, 2ms}.typical()), Duration{1ms});
  EXPECT_EQ((DurationRange{0us, 1999us}.typical()), Duration{0});
}

TEST(DurationRanges, APointIsItsOwnTypicalValueHoweverFine) {
  EXPECT_EQ((DurationRange{1500us, 1500us}.typical()), Duration{1500us});
  EXPECT_TRUE((DurationRange{1500us, 1500us}.is_point()));
  EXPECT_FALSE((DurationRange{1500us, 1501us}.is_point()));
}

RC_GTEST_PROP(DurationRanges, TypicalIsLessThanAMillisecondBelowTheMidpoint, ()) {
  const auto lo = *rc::gen::inRange<std::int64_t>(0, 100'000'000);
  const auto width = *rc::gen::inRange<std::int64_t>(1, 100'000'000);
  const DurationRange range{Duration{lo}, Duration{lo + width}};
  const Duration midpoint{lo + width / 2};
  RC_ASSERT(range.typical() <= midpoint);
  RC_ASSERT(midpoint - range.typical() < Duration{1ms});
  RC_ASSERT(range.typical() % Duration{1ms} == Duration{0});
}

RC_GTEST_PROP(DurationRanges, ReadingWhatWasWrittenGivesTheSame, ()) {
  const auto lo = *rc::gen::inRange<std::int64_t>(0, 1'000'000'000);
  const auto width = *rc::gen::inRange<std::int64_t>(0, 1'000'000'000);
  const DurationRange range{Duration{lo}, Duration{lo + width}};
  RC_ASSERT(parse_duration_range(format_duration_range(range)) == range);
}

// --- instants ----------------------------------------------------------------------------------

constexpr std::int64_t kSecond = 1'000'000;

TEST(Rfc3339, KnownInstantsAreRead) {
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(parse_rfc3339("2026-01-01T00:00:00Z"), 1'767'225'600 * kSecond);
  EXPECT_EQ(parse_rfc3339("2026-05-19T00:05:00Z"), 1'779'149'100 * kSecond);
  EXPECT_EQ(parse_rfc3339("1969-12-31T23:59:59Z"), -kSecond);
  EXPECT_EQ(parse_rfc3339("2038-01-19T03:14:08Z"), (std::int64_t{1} << 31) * kSecond);
}

TEST(Rfc3339, LeapDaysExistInLeapYearsOnly) {
  EXPECT_EQ(parse_rfc3339("2024-02-29T00:00:00Z"), 1'709'164'800 * kSecond);
  EXPECT_TRUE(parse_rfc3339("2000-02-29T00:00:00Z"));
  EXPECT_FALSE(parse_rfc3339("2023-02-29T00:00:00Z"));
  EXPECT_FALSE(parse_rfc3339("1900-02-29T00:00:00Z"));
  EXPECT_FALSE(parse_rfc3339("2100-02-29T00:00:00Z"));
  EXPECT_FALSE(parse_rfc3339("2024-02-30T00:00:00Z"));
}

TEST(Rfc3339, FractionsAreReadToTheMicrosecondAndCutThere) {
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00.5Z"), 500'000);
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:01.000001Z"), kSecond + 1);
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00.123456Z"), 123'456);
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00.1234569Z"), 123'456);
}

class MalformedInstant : public testing::TestWithParam<const char*> {};

TEST_P(MalformedInstant, IsRefused) { EXPECT_EQ(parse_rfc3339(GetParam()), std::nullopt); }

INSTANTIATE_TEST_SUITE_P(Rfc3339, MalformedInstant,
                         testing::Values("", "Z", "2026-01-01", "2026-01-01T00:00:00", "2026-01-01T00:00Z",
                                         "2026-01-01T00:00:00+00:00", "2026-01-01t00:00:00z", "2026-01-01 00:00:00Z",
                                         "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z",
                                         "2026-00-01T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-00T00:00:00Z",
                                         "2026-01-32T00:00:00Z", "2026-04-31T00:00:00Z", "2026-01-01T00:00:00.Z",
                                         "2026-01-01T00:00:00.1a2Z", "2026-01-01T00:00:00.1234567aZ",
                                         "2026-01-01T00:00:00,5Z", "2026-01-01T00:00:00Z ", " 2026-01-01T00:00:00Z",
                                         "26-01-01T00:00:00Z", "2026-1-1T0:0:0Z", "-026-01-01T00:00:00Z"));

TEST(Rfc3339, IsWrittenWithoutAFractionInMillisecondsOrInMicroseconds) {
  EXPECT_EQ(format_rfc3339(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(format_rfc3339(1'767'225'600 * kSecond), "2026-01-01T00:00:00Z");
  EXPECT_EQ(format_rfc3339(5'000), "1970-01-01T00:00:00.005Z");
  EXPECT_EQ(format_rfc3339(5'001), "1970-01-01T00:00:00.005001Z");
  EXPECT_EQ(format_rfc3339(-1), "1969-12-31T23:59:59.999999Z");
}

RC_GTEST_PROP(Rfc3339, ReadingWhatWasWrittenGivesTheSame, ()) {
  const std::int64_t first = *parse_rfc3339("0000-01-01T00:00:00Z");
  const std::int64_t last = *parse_rfc3339("9999-12-31T23:59:59.999999Z");
  const auto us = *rc::gen::inRange<std::int64_t>(first, last + 1);
  RC_ASSERT(parse_rfc3339(format_rfc3339(us)) == us);
}

// --- seconds -----------------------------------------------------------------------------------

TEST(Seconds, AreExactAndWithoutTrailingZeros) {
  EXPECT_EQ(format_seconds(12250ms), "12.25");
  EXPECT_EQ(format_seconds(0s), "0");
  EXPECT_EQ(format_seconds(100s), "100");
  EXPECT_EQ(format_seconds(1us), "0.000001");
  EXPECT_EQ(format_seconds(100ms), "0.1");
  EXPECT_EQ(format_seconds(-1500ms), "-1.5");
  EXPECT_EQ(format_seconds(kLongestDuration), "315360000");
}

}  // namespace
}  // namespace drydock::sim
