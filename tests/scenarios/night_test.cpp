// How findings stand from night to night (scenarios/memory).

#include "scenarios/memory/night.hpp"

#include <gtest/gtest.h>

namespace drydock::scenarios {
namespace {

const FindingKey kKey{"latest", "no-orphan", "no-orphan:a<b"};

Occasion on(const std::string& date) { return {date, "night", "model"}; }

RememberedFinding remembered(FindingState state, const std::string& accepted = "") {
  RememberedFinding finding;
  finding.key = kKey;
  finding.state = state;
  finding.accepted = accepted;
  finding.size = 2;
  finding.tape = "two";
  finding.first = finding.last = on("2026-12-01");
  return finding;
}

/// Plays its tape on the second night.
NightFinding played(const RememberedFinding& before, Shown shown, const std::string& why = "") {
  const Night night{on("2026-12-02"), {{.key = kKey, .shown = shown, .why = why, .tape = "again", .size = 2}}, {}};
  return after_night({before}, night).at(0);
}

FindingState after(FindingState before, const std::string& accepted, Shown shown) {
  return played(remembered(before, accepted), shown).now.state;
}

TEST(FindingState, HasNames) {
  for (const std::string& name : finding_state_names()) EXPECT_EQ(to_text(*parse_finding_state(name)), name);
  EXPECT_EQ(finding_state_names(), (std::vector<std::string>{"new", "known", "fixed", "reopened", "does not replay"}));
  EXPECT_FALSE(parse_finding_state("old"));
}

TEST(FindingState, IsRedForWhatIsNewOrReopened) {
  EXPECT_TRUE(is_red(FindingState::is_new));
  EXPECT_TRUE(is_red(FindingState::reopened));
  EXPECT_FALSE(is_red(FindingState::known));
  EXPECT_FALSE(is_red(FindingState::fixed));
  EXPECT_FALSE(is_red(FindingState::does_not_replay));
}

TEST(AfterNight, WhatStillBreaksStaysAsItWasAccepted) {
  EXPECT_EQ(after(FindingState::is_new, "", Shown::breaks), FindingState::is_new);
  EXPECT_EQ(after(FindingState::known, "2026-12-01", Shown::breaks), FindingState::known);
  EXPECT_EQ(after(FindingState::reopened, "", Shown::breaks), FindingState::reopened);
}

TEST(AfterNight, WhatBreaksNoLongerIsFixedAndMustBeAcceptedAnew) {
  for (const FindingState before :
       {FindingState::is_new, FindingState::known, FindingState::reopened, FindingState::does_not_replay}) {
    const NightFinding fixed = played(remembered(before, "2026-12-01"), Shown::kept);
    EXPECT_EQ(fixed.now.state, FindingState::fixed);
    EXPECT_EQ(fixed.now.accepted, "");
    EXPECT_FALSE(fixed.was_seen);
    EXPECT_EQ(fixed.now.last.date, "2026-12-01") << "nobody has seen it";
    const NightFinding back = played(fixed.now, Shown::breaks);
    EXPECT_EQ(back.now.state, FindingState::reopened);
    EXPECT_EQ(back.now.last.date, "2026-12-02");
    EXPECT_EQ(back.now.first.date, "2026-12-01");
  }
}

TEST(AfterNight, ATapeThatFitsNoLongerSaysNeither) {
  const NightFinding unfit = played(remembered(FindingState::known, "2026-12-01"), Shown::does_not_fit, "no question");
  EXPECT_EQ(unfit.now.state, FindingState::does_not_replay);
  EXPECT_EQ(unfit.now.why, "no question");
  EXPECT_EQ(unfit.now.tape, "two");
  EXPECT_EQ(played(unfit.now, Shown::breaks).now.state, FindingState::known) << "it was accepted";
  EXPECT_EQ(played(unfit.now, Shown::breaks).now.why, "");
  const NightFinding fresh = played(remembered(FindingState::is_new), Shown::does_not_fit);
  EXPECT_EQ(played(fresh.now, Shown::breaks).now.state, FindingState::is_new) << "it was not";
  EXPECT_EQ(after(FindingState::fixed, "", Shown::does_not_fit), FindingState::fixed) << "the fix is not taken back";
}

TEST(AfterNight, ARetiredFindingThatIsSeenIsReopened) {
  RememberedFinding retired = remembered(FindingState::known, "2026-12-01");
  retired.retired = "2026-12-01";
  const Night night{on("2026-12-02"), {}, {{.key = kKey}}};
  const NightFinding back = after_night({retired}, night).at(0);
  EXPECT_EQ(back.now.state, FindingState::reopened);
  EXPECT_EQ(back.now.retired, "");
  EXPECT_EQ(back.now.accepted, "");
}

TEST(AfterNight, WhatASearchSawIsThereWhateverItsTapeSays) {
  for (const Shown shown : {Shown::kept, Shown::does_not_fit}) {
    const Night night{on("2026-12-02"),
                      {{.key = kKey, .shown = shown, .why = "w"}},
                      {{.key = kKey, .scenario = "s", .message = "m", .size = 5, .tape = "five"}}};
    const NightFinding one = after_night({remembered(FindingState::known, "2026-12-01")}, night).at(0);
    EXPECT_EQ(one.now.state, FindingState::known);
    EXPECT_EQ(one.now.why, "");
    EXPECT_EQ(one.now.tape, "five") << "the smaller one shows it no longer";
    EXPECT_EQ(one.now.size, 5U);
    EXPECT_EQ(one.now.scenario, "s");
  }
}

TEST(AfterNight, KeepsTheSmallestTape) {
  const auto kept = [](std::uint64_t size, bool was_played) {
    Night night{on("2026-12-02"), {}, {{.key = kKey, .size = size, .tape = "seen"}}};
    if (was_played) night.tapes = {{.key = kKey, .shown = Shown::breaks, .tape = "again", .size = 2}};
    return after_night({remembered(FindingState::known, "2026-12-01")}, night).at(0).now.tape;
  };
  EXPECT_EQ(kept(3, true), "again");
  EXPECT_EQ(kept(2, true), "again");
  EXPECT_EQ(kept(1, true), "seen");
  EXPECT_EQ(kept(3, false), "two") << "nothing speaks against it";
  EXPECT_EQ(kept(1, false), "seen");
}

TEST(AfterNight, TakesTheSmallestOfSeveralThatWereSeen) {
  const Night night{
      on("2026-12-02"),
      {},
      {{.key = kKey}, {.key = kKey, .size = 4, .tape = "four"}, {.key = kKey, .size = 3, .tape = "three"}}};
  const auto all = after_night({}, night);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].now.tape, "three");
  EXPECT_EQ(all[0].now.state, FindingState::is_new);
  EXPECT_FALSE(all[0].before);
  EXPECT_TRUE(all[0].is_changed());
  EXPECT_EQ(all[0].now.first, on("2026-12-02"));
}

TEST(AfterNight, KeepsTheOrderAndLeavesTheOthersAlone) {
  const FindingKey first{"latest", "z", "z:1"};
  const FindingKey second{"latest", "a", "a:1"};
  const Night night{on("2026-12-02"), {}, {{.key = first}, {.key = second}}};
  const auto all = after_night({remembered(FindingState::fixed)}, night);
  ASSERT_EQ(all.size(), 2U) << "nothing was said of the one that is there";
  EXPECT_EQ(all[0].now.key, first);
  EXPECT_EQ(all[1].now.key, second);
  FindingKey hardened = kKey;
  hardened.policy = "hardened";
  const auto other = after_night({remembered(FindingState::known, "d")}, {on("2026-12-02"), {}, {{.key = hardened}}});
  ASSERT_EQ(other.size(), 1U);
  EXPECT_EQ(other[0].now.state, FindingState::is_new) << "what is accepted under one policy is new under another";
}

TEST(AfterNight, ATapeOfAFindingThatIsGoneMakesNone) {
  const Night night{on("2026-12-02"), {{.key = kKey, .shown = Shown::breaks, .tape = "t"}}, {}};
  EXPECT_TRUE(after_night({}, night).empty());
}

TEST(AfterNight, ALateNightMovesNoDateBack) {
  const Night night{on("2026-11-30"), {}, {{.key = kKey}}};
  const NightFinding one = after_night({remembered(FindingState::known, "2026-12-01")}, night).at(0);
  EXPECT_EQ(one.now.first.date, "2026-11-30");
  EXPECT_EQ(one.now.last.date, "2026-12-01");
}

TEST(AfterNight, WithoutADateMovesNone) {
  const Night night{on(""), {{.key = kKey, .shown = Shown::breaks}}, {{.key = kKey}}};
  const NightFinding one = after_night({remembered(FindingState::known, "2026-12-01")}, night).at(0);
  EXPECT_EQ(one.now.first.date, "2026-12-01");
  EXPECT_EQ(one.now.last.date, "2026-12-01");
  EXPECT_EQ(after_night({}, night).at(0).now.first.campaign, "night");
}

TEST(Accept, MakesKnownWhatIsRed) {
  for (const FindingState before : {FindingState::is_new, FindingState::reopened}) {
    RememberedFinding finding = remembered(before);
    accept(finding, "2026-12-03");
    EXPECT_EQ(finding.state, FindingState::known);
    EXPECT_EQ(finding.accepted, "2026-12-03");
  }
  RememberedFinding unfit = remembered(FindingState::does_not_replay);
  accept(unfit, "2026-12-03");
  EXPECT_EQ(unfit.state, FindingState::does_not_replay);
  EXPECT_EQ(unfit.accepted, "2026-12-03");
  RememberedFinding fixed = remembered(FindingState::fixed);
  accept(fixed, "2026-12-03");
  EXPECT_EQ(fixed.accepted, "") << "there is nothing to accept";
}

TEST(RememberedFinding, IsCalledAsItsTapeFileIs) {
  RememberedFinding finding = remembered(FindingState::known);
  EXPECT_TRUE(finding.name().starts_with("no-orphan-"));
  EXPECT_EQ(finding.name().size(), std::string{"no-orphan-1f9b2c07"}.size());
  EXPECT_EQ(finding.full_name(), "latest/" + finding.name());
}

}  // namespace
}  // namespace drydock::scenarios
