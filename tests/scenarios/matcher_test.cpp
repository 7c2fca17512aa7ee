#include "scenarios/conform/matcher.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace drydock::scenarios {
namespace {

using namespace std::chrono_literals;

Instant at(std::int64_t ms) { return sim::kTimeZero + std::chrono::milliseconds{ms}; }

Happening event(std::int64_t ms, const std::string& kind = "stop.attempt", const std::string& workspace = "pm",
                Json detail = Json::object()) {
  return {.seq = 1, .at = at(ms), .kind = kind, .workspace = workspace, .detail = std::move(detail)};
}

Sighting line(std::int64_t ms, const std::string& kind = "stop.attempt", const std::string& workspace = "pm",
              Json detail = Json::object()) {
  return {.from = at(ms), .until = at(ms), .kind = kind, .workspace = workspace, .detail = std::move(detail)};
}

Sightings log_of(std::vector<Sighting> lines, Duration skew = 2s) {
  Sightings all{.all = std::move(lines), .begins = {}, .ends = {}, .skew = skew};
  all.begins = all.all.front().from;
  for (const Sighting& one : all.all) all.ends = std::max(all.ends, one.until);
  return all;
}

TEST(Matcher, KindWorkspaceAndTheDetailsThatALineGivesMustBeTheSame) {
  const Happening happened = event(0, "http.response", "pm", {{"status", 200}, {"body", {{"n", 5}}}});
  EXPECT_TRUE(fits(line(0, "http.response", "pm"), happened));
  EXPECT_TRUE(fits(line(0, "http.response", ""), happened));
  EXPECT_TRUE(fits(line(0, "http.response", "pm", {{"status", "200"}, {"body", {{"n", "5"}}}}), happened));
  EXPECT_FALSE(fits(line(0, "http.response", "pm", {{"status", 500}}), happened));
  EXPECT_FALSE(fits(line(0, "http.response", "pm", {{"more", 1}}), happened));
  EXPECT_FALSE(fits(line(0, "http.response", "dev"), happened));
  EXPECT_FALSE(fits(line(0, "http.request", "pm"), happened));
}

TEST(Matcher, ALineIsExplainedWithinTheSkewAndNotBeyond) {
  EXPECT_TRUE(match(log_of({line(0), line(60'000)}), {event(2'000), event(58'000)}).explained());
  const Match late = match(log_of({line(0), line(60'000)}), {event(0), event(62'001)});
  EXPECT_FALSE(late.explained());
  EXPECT_EQ(late.missing, 1U);
  EXPECT_EQ(late.distance, 1ms);
  EXPECT_EQ(late.agree_until, at(60'000));
}

TEST(Matcher, WhatTheLogWouldShowAndDoesNotIsSurplus) {
  const Match found = match(log_of({line(0), line(60'000)}), {event(0), event(30'000), event(60'000)});
  EXPECT_FALSE(found.missing);
  EXPECT_EQ(found.surplus, 1U);
  EXPECT_EQ(found.agree_until, at(30'000));
  // Near either end the log may not yet, or no longer, have been written.
  EXPECT_TRUE(match(log_of({line(0), line(60'000)}), {event(0), event(58'500), event(60'000)}).explained());
  EXPECT_TRUE(match(log_of({line(0), line(60'000)}), {event(0), event(60'000), event(99'000)}).explained());
}

/// The nearest pairing is not the one that works: the general line must leave its event to the particular one.
TEST(Matcher, FindsThePairingThatLeavesNothingOver) {
  const Json particular{{"source", "Delete"}};
  const auto log = log_of(
      {line(0, "stop.attempt", ""), line(1'000, "stop.attempt", "pm", particular), line(60'000, "process.start", "")});
  const std::vector<Happening> happened{event(0, "stop.attempt", "pm", particular), event(1'500, "stop.attempt", "dev"),
                                        event(60'000, "process.start", "")};
  const Match found = match(log, happened);
  EXPECT_TRUE(found.explained());
  EXPECT_EQ(found.happening_of[0], 1U);
  EXPECT_EQ(found.happening_of[1], 0U);
}

/// An event in the middle that must be in the log takes the line of one at the end that need not be.
TEST(Matcher, CertainEventsGoBeforeUncertainOnes) {
  const auto log = log_of({line(0, "process.start"), line(10'000), line(12'000, "process.start")});
  const std::vector<Happening> happened{event(0, "process.start"), event(9'500), event(11'000),
                                        event(12'000, "process.start")};
  EXPECT_TRUE(match(log, happened).explained());
}

TEST(Matcher, RanksTheLongerAgreementThenTheSmallerDistance) {
  const auto log = log_of({line(0), line(60'000), line(120'000)});
  const Match none = match(log, {});
  const Match far = match(log, {event(0), event(80'000)});
  const Match near = match(log, {event(0), event(70'000)});
  const Match most = match(log, {event(0), event(60'000)});
  EXPECT_TRUE(is_better(far, none));
  EXPECT_TRUE(is_better(near, far));
  EXPECT_TRUE(is_better(most, near));
  EXPECT_FALSE(is_better(near, near));
}

// ---- properties ----

/// Events at distances of more than ten times the skew, so that each has one line alone.
std::vector<Happening> sparse_events() {
  const auto gaps = *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(21'000, 90'000)));
  std::vector<Happening> events;
  std::int64_t now = 0;
  for (const int gap : gaps) {
    now += gap;
    const char* kind = *rc::gen::element("stop.attempt", "stop.failed", "http.response");
    const char* workspace = *rc::gen::element("pm", "dev");
    events.push_back(event(now, kind, workspace));
  }
  return events;
}

std::vector<Sighting> logged(const std::vector<Happening>& events) {
  std::vector<Sighting> lines;
  for (const Happening& one : events) {
    const auto off = *rc::gen::inRange(-2'000, 2'001);
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(one.at.time_since_epoch());
    lines.push_back(line(ms.count() + off, one.kind, one.workspace));
  }
  return lines;
}

RC_GTEST_PROP(MatcherProperty, ALogOfARunsOwnEventsIsExplainedByIt, ()) {
  const auto events = sparse_events();
  RC_ASSERT(match(log_of(logged(events)), events).explained());
}

/// Also where events are so near each other that lines change places.
RC_GTEST_PROP(MatcherProperty, CrowdedEventsAreExplainedToo, ()) {
  const auto times = *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 20'000)));
  std::vector<Happening> events;
  for (const int ms : times) events.push_back(event(ms, "stop.attempt", *rc::gen::element("pm", "dev")));
  std::stable_sort(events.begin(), events.end(), [](const Happening& a, const Happening& b) { return a.at < b.at; });
  auto lines = logged(events);
  std::stable_sort(lines.begin(), lines.end(), [](const Sighting& a, const Sighting& b) { return a.from < b.from; });
  RC_ASSERT(match(log_of(lines), events).explained());
}

RC_GTEST_PROP(MatcherProperty, WithoutOneOfItsInnerLinesItIsNot, ()) {
  const auto events = sparse_events();
  RC_PRE(events.size() >= 3);
  auto lines = logged(events);
  const auto gone = *rc::gen::inRange<std::size_t>(1, lines.size() - 1);
  lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(gone));
  const Match found = match(log_of(lines), events);
  RC_ASSERT(!found.missing);
  RC_ASSERT(found.surplus == gone);
}

RC_GTEST_PROP(MatcherProperty, WithALineTwiceItIsNot, ()) {
  const auto events = sparse_events();
  auto lines = logged(events);
  const auto twice = *rc::gen::inRange<std::size_t>(0, lines.size());
  lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(twice), lines[twice]);
  RC_ASSERT(match(log_of(lines), events).missing == twice + 1);
}

RC_GTEST_PROP(MatcherProperty, WithALineBeyondTheSkewItIsNot, ()) {
  const auto events = sparse_events();
  auto lines = logged(events);
  const auto moved = *rc::gen::inRange<std::size_t>(0, lines.size());
  const Duration off = std::chrono::milliseconds{*rc::gen::element(-4'001, 4'001)};
  lines[moved].from = events[moved].at + off;
  lines[moved].until = lines[moved].from;
  RC_ASSERT(match(log_of(lines), events).missing == moved);
}

}  // namespace
}  // namespace drydock::scenarios
