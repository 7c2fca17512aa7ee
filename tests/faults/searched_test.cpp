#include "faults/searched.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "faults/vocabulary.hpp"
#include "tests/faults/fake_world.hpp"

namespace drydock::faults {
namespace {

using sim::FaultPoint;

// --- the space -----------------------------------------------------------------------------------

std::vector<std::string> means(const SearchedMoment& moment) {
  std::vector<std::string> all;
  for (const SearchedFault& option : moment.options) all.push_back(option.means);
  return all;
}

constexpr std::array<std::string_view, 2> kCalled{"RunInstances", "TerminateInstances"};

bool is_called(std::string_view on) {
  return !on.starts_with("ec2.") || std::find(kCalled.begin(), kCalled.end(), on.substr(4)) != kCalled.end();
}

TEST(SearchSpace, AStarIsEveryReachableRowOnce) {
  const SearchSpace space({"*"}, kCalled);
  std::set<std::string> expected;
  for (const FaultInfo& row : vocabulary()) {
    if (!is_called(row.on) || is_by_name_only(row.on, row.error)) continue;
    const std::string error = row.error == "http-NNN" ? "http-503" : row.error;
    EXPECT_TRUE(expected.insert(row.on + ":" + error).second);
    if (row.applied_fits) expected.insert(row.on + ":" + error + ":applied");
  }
  const auto families = space.families();
  EXPECT_EQ(families.size(), expected.size());
  EXPECT_EQ(std::set<std::string>(families.begin(), families.end()), expected);
  EXPECT_GT(families.size(), 60U);
}

/// How many options of a whole space belong to each family.
std::map<std::uint32_t, int> options_of(const SearchSpace& space) {
  std::map<std::uint32_t, int> all;
  const auto add = [&](const SearchedMoment* moment) {
    if (moment == nullptr) return;
    ASSERT_EQ(moment->families.size(), moment->options.size());
    for (std::size_t i = 0; i < moment->options.size(); ++i) {
      EXPECT_EQ(moment->families[i], moment->options[i].family);
      EXPECT_EQ(space.families()[moment->families[i]], moment->options[i].spec.name);
      ++all[moment->families[i]];
    }
  };
  for (const FaultPoint point : {FaultPoint::before_effect, FaultPoint::before_reply, FaultPoint::before_visibility,
                                 FaultPoint::before_completion}) {
    for (const auto& each : fault_points()) add(space.at_call(each.on, point));
  }
  add(&space.platform_crash());
  add(&space.control_plane_crash());
  add(&space.instance());
  for (const auto& [on, moment] : space.networks()) add(&moment);
  return all;
}

TEST(SearchSpace, EveryFamilyHasItsOptionsSomewhere) {
  const SearchSpace space({"*"}, kCalled);
  const auto options = options_of(space);
  ASSERT_GT(space.families().size(), 20U);
  for (std::uint32_t family = 0; family < space.families().size(); ++family) {
    const std::string& phrase = space.families()[family];
    int expected = 2;
    if (phrase.starts_with("agent.")) expected = 3;
    if (phrase.starts_with("instance:")) expected = 1;
    EXPECT_EQ(options.contains(family) ? options.at(family) : 0, expected) << phrase;
  }
}

TEST(SearchSpace, FaultsLastAsTheirPlacesDo) {
  const SearchSpace space({"cp.stop:http-503", "agent.heartbeat:timeout", "process.platform:crash",
                           "network.agent-platform:lost", "instance:dies"},
                          kCalled);
  EXPECT_EQ(means(*space.at_call("cp.stop", FaultPoint::before_effect)),
            (Log{"cp.stop http-503", "cp.stop http-503 for 30s"}));
  EXPECT_EQ(means(*space.at_call("agent.heartbeat", FaultPoint::before_effect)),
            (Log{"agent.heartbeat timeout", "agent.heartbeat timeout for 30s", "agent.heartbeat timeout for 4m"}));
  EXPECT_EQ(means(space.platform_crash()),
            (Log{"process.platform crashes, back after 5s", "process.platform crashes, back after 30s"}));
  ASSERT_EQ(space.networks().size(), 1U);
  EXPECT_EQ(means(space.networks().begin()->second),
            (Log{"network.agent-platform lost for 30s", "network.agent-platform lost for 4m"}));
  EXPECT_EQ(means(space.instance()), (Log{"instance dies"}));
  EXPECT_TRUE(space.control_plane_crash().empty());
}

TEST(SearchSpace, AFaultHasItsSayAtItsOwnMoment) {
  const SearchSpace space({"cp.stop:timeout", "cp.stop:timeout:applied", "cp.stop:timeout"}, kCalled);
  EXPECT_EQ(space.families().size(), 2U) << "the third line says nothing new";
  EXPECT_EQ(space.at_call("cp.stop", FaultPoint::before_effect)->families, (std::vector<std::uint32_t>{0, 0}));
  EXPECT_EQ(space.at_call("cp.stop", FaultPoint::before_reply)->families, (std::vector<std::uint32_t>{1, 1}));
  EXPECT_EQ(space.at_call("cp.stop", FaultPoint::before_visibility), nullptr);
  EXPECT_EQ(space.at_call("cp.start", FaultPoint::before_effect), nullptr);
}

// --- a world -------------------------------------------------------------------------------------

/// The fake world with a search before its plan.
struct Searched {
  explicit Searched(const std::vector<std::string>& phrases, sim::Tape tape = {}, std::uint32_t max_faults = 3,
                    std::vector<FaultSpec> scripted = {})
      : space(phrases, kCalled), world(std::move(scripted), std::move(tape)) {
    plan = std::make_unique<SearchedPlan>(world.scheduler, world.choices, world.record, world, *world.plan, space,
                                          SearchedLimits{.max_faults = max_faults, .every = 5s, .horizon = 5min},
                                          std::vector<sim::Name>{world.record.name("pm"), world.record.name("dev")});
    world.adversary = plan.get();
  }
  /// Calls at these seconds.
  void calls(const std::string& on, const std::vector<int>& seconds, const std::string& who = "pm") {
    for (const int at : seconds) world.call(at * 1s, on, who);
  }
  Log run() {
    world.run();
    return world.log;
  }
  /// How often something was asked at a site.
  [[nodiscard]] std::uint32_t asked(const std::string& site) const {
    std::uint32_t times = 0;
    for (const sim::Asked& each : world.choices.asked()) times += world.choices.site_name(each.site) == site ? 1 : 0;
    return times;
  }

  SearchSpace space;
  FakeWorld world;
  std::unique_ptr<SearchedPlan> plan;
};

sim::Tape tape_of(const std::vector<sim::Decision>& decisions) {
  sim::Tape tape;
  for (const auto& each : decisions) tape.set(each.site, each.occurrence, each.value);
  return tape;
}

// --- calls ---------------------------------------------------------------------------------------

TEST(Searched, AnEmptyTapeInjectsNothingAndLeavesNoEvent) {
  Searched open({"*"});
  open.world.stops(5);
  EXPECT_EQ(open.run(), five_stops({}));
  EXPECT_TRUE(open.plan->injected().empty());
  FakeWorld closed({});
  closed.stops(5);
  closed.run();
  EXPECT_EQ(open.world.record.hash(), closed.record.hash());
  EXPECT_EQ(open.asked("cp/stop.fault"), 5U);
  EXPECT_EQ(open.asked("cp/stop.reply.fault"), 5U);
}

TEST(Searched, AFaultStrikesTheCallOfItsNumberOnly) {
  Searched open({"cp.stop:http-503"}, tape_of({{"cp/stop.fault", 2, 1}}));
  open.calls("cp.stop", {1, 2, 3});
  open.calls("cp.start", {1, 2, 3});
  EXPECT_EQ(open.run(), (Log{"ok@1s", "ok@1s", "http-503@2s", "ok@2s", "ok@3s", "ok@3s"}));
  ASSERT_EQ(open.world.injected().size(), 1U);
  EXPECT_EQ(sim::kTimeZero + 2s, open.world.injected()[0]->at);
  const auto injected = open.plan->injected();
  ASSERT_EQ(injected.size(), 1U);
  EXPECT_EQ(injected[0].family, 0U);
  EXPECT_EQ(injected[0].fired, 1U);
  EXPECT_EQ(injected[0].noticed, 1U);
}

TEST(Searched, BeforeTheReplyTheCallTookEffect) {
  Searched open({"cp.stop:reset", "cp.stop:reset:applied"},
                tape_of({{"cp/stop.fault", 1, 1}, {"cp/stop.reply.fault", 1, 1}}));
  open.calls("cp.stop", {1, 2, 3});
  EXPECT_EQ(open.run(), (Log{"reset@1s", "reset@2s", "ok@3s"}));
  EXPECT_EQ(open.world.served, 2);
  ASSERT_EQ(open.plan->injected().size(), 2U);
  EXPECT_EQ(open.plan->injected()[1].family, 1U);
}

TEST(Searched, ASpellStrikesWhatItMeetsFor30Seconds) {
  Searched open({"cp.stop:reset"}, tape_of({{"cp/stop.fault", 1, 2}}));
  open.calls("cp.stop", {10, 20, 39, 40, 45});
  open.calls("cp.start", {25});
  EXPECT_EQ(open.run(), (Log{"reset@10s", "reset@20s", "ok@25s", "reset@39s", "ok@40s", "ok@45s"}));
  const auto injected = open.plan->injected();
  ASSERT_EQ(injected.size(), 1U);
  EXPECT_EQ(injected[0].fired, 3U);
  EXPECT_EQ(open.asked("cp/stop.fault"), 3U) << "struck calls are not asked about";
}

TEST(Searched, ASpellOfLostRepliesLetsCallsTakeEffect) {
  Searched open({"cp.stop:reset:applied"}, tape_of({{"cp/stop.reply.fault", 1, 2}}));
  open.calls("cp.stop", {1, 2});
  EXPECT_EQ(open.run(), (Log{"reset@1s", "reset@2s"}));
  EXPECT_EQ(open.world.served, 2);
}

TEST(Searched, ALongSpellLastsFourMinutesAndKeepsToItsMoment) {
  Searched open({"agent.heartbeat:timeout"}, tape_of({{"pm/heartbeat.fault", 1, 3}}));
  for (const int at : {10, 100, 249, 250}) open.world.call(at * 1s, "agent.heartbeat", "pm", 1s);
  const Log log = open.run();
  ASSERT_EQ(log.size(), 4U);
  EXPECT_EQ(open.plan->injected().at(0).fired, 3U);
  EXPECT_EQ(std::count(log.begin(), log.end(), "ok@4m10s"), 1);
  EXPECT_EQ(open.world.served, 1);
}

TEST(Searched, AtMostMaxFaultsAndThenNothingIsAsked) {
  for (std::uint32_t most = 0; most <= 4; ++most) {
    sim::Tape tape;
    for (std::uint32_t i = 1; i <= 5; ++i) tape.set("cp/stop.fault", i, 1);
    Searched open({"cp.stop:reset", "instance:dies"}, std::move(tape), most);
    open.calls("cp.stop", {1, 2, 3, 4, 6});
    open.run();
    EXPECT_EQ(open.plan->injected().size(), most);
    EXPECT_EQ(open.world.injected().size(), most);
    EXPECT_EQ(open.asked("cp/stop.fault"), most);
    // The first tick comes at 5 s, when four calls were struck.
    EXPECT_EQ(open.asked("pm/instance.fault") > 0, false) << most;
  }
}

TEST(Searched, ScriptedFaultsGoFirstAndAreNotAskedAbout) {
  sim::Tape tape = tape_of({{"cp/stop.fault", 1, 1}});
  Searched open({"cp.stop:reset"}, std::move(tape), 3, {nth("cp.stop", "http-500", {1, 2})});
  open.calls("cp.stop", {1, 2, 3, 4});
  EXPECT_EQ(open.run(), (Log{"http-500@1s", "http-500@2s", "reset@3s", "ok@4s"}));
  EXPECT_EQ(open.asked("cp/stop.fault"), 2U);
}

TEST(Searched, ScriptedFaultsWinOverASpell) {
  Searched open({"cp.stop:reset"}, tape_of({{"cp/stop.fault", 1, 2}}), 3, {nth("cp.stop", "http-500", {2})});
  open.calls("cp.stop", {1, 2, 3});
  EXPECT_EQ(open.run(), (Log{"reset@1s", "http-500@2s", "reset@3s"}));
}

// --- whether lasting would have mattered ---------------------------------------------------------

struct Alike {
  std::string other;  // the call after the one that was struck at 10 s
  int at;
  bool alike;
};

TEST(Searched, WouldLastAlikeWhereNoOtherCallCameThatItWouldHaveMet) {
  for (const Alike& each : {Alike{"cp.stop", 11, false}, Alike{"cp.stop", 39, false}, Alike{"cp.stop", 40, true},
                            Alike{"cp.start", 11, true}, Alike{"cp.stop", 5, true}}) {
    const std::uint32_t number = each.at < 10 ? 2 : 1;
    const auto play = [&](std::uint32_t value) {
      auto open = std::make_unique<Searched>(std::vector<std::string>{"cp.stop:reset"},
                                             tape_of({{"cp/stop.fault", number, value}}));
      open->calls("cp.stop", {10});
      open->calls(each.other, {each.at});
      open->run();
      return open;
    };
    const auto once = play(1);
    const auto lasting = play(2);
    ASSERT_EQ(once->plan->injected().size(), 1U);
    EXPECT_EQ(once->plan->injected()[0].would_last_alike, each.alike) << each.other << each.at;
    EXPECT_FALSE(lasting->plan->injected().at(0).would_last_alike);
    EXPECT_EQ(once->world.record.hash() == lasting->world.record.hash(), each.alike) << each.other << each.at;
  }
}

TEST(Searched, ALostReplyIsNotMetByACallThatIsRefusedBefore) {
  // The second call never takes effect, so a lost reply that lasted would not have met it.
  Searched open({"cp.stop:reset:applied"}, tape_of({{"cp/stop.reply.fault", 1, 1}}), 3,
                {nth("cp.stop", "http-500", {2})});
  open.calls("cp.stop", {1, 2});
  EXPECT_EQ(open.run(), (Log{"reset@1s", "http-500@2s"}));
  EXPECT_TRUE(open.plan->injected().at(0).would_last_alike);
}

// --- processes -----------------------------------------------------------------------------------

TEST(Searched, ACrashKillsAfterTheStepInWhichTheEffectWasMade) {
  Searched open({"process.platform:crash"}, tape_of({{"platform/process.fault", 1, 1}}));
  open.calls("cp.stop", {1, 2});
  // The first call went through within one step; the task of the second one died waiting.
  EXPECT_EQ(open.run(), (Log{"ok@1s"}));
  EXPECT_EQ(open.world.effects, (Log{"crash platform 5s@1s"}));
  EXPECT_EQ(open.world.served, 1);
  EXPECT_EQ(open.plan->injected().at(0).noticed, 1U);
}

TEST(Searched, ACrashKillsACallThatIsUnderWay) {
  Searched open({"process.platform:crash", "cp.stop:slow"},
                tape_of({{"cp/stop.fault", 1, 1}, {"platform/process.fault", 1, 2}}));
  open.calls("cp.stop", {1});
  EXPECT_EQ(open.run(), Log{});
  EXPECT_EQ(open.world.effects, (Log{"crash platform 30s@1s"}));
  EXPECT_EQ(open.world.served, 0);
}

TEST(Searched, ACrashIsAskedOnceAStepOfWhatAProcessSends) {
  Searched open({"process.platform:crash", "process.controlplane:crash"});
  open.calls("cp.stop", {1});
  open.calls("db.write", {2});
  open.calls("ec2.TerminateInstances", {3});
  open.calls("agent.heartbeat", {4});
  open.run();
  EXPECT_EQ(open.asked("platform/process.fault"), 2U);
  EXPECT_EQ(open.asked("cp/process.fault"), 1U);
}

/// A call that is under way for some steps may lose its process before its effect and after it.
TEST(Searched, ACrashIsAskedAtBothMomentsOfALongCall) {
  Searched open({"process.platform:crash", "cp.stop:slow"}, tape_of({{"cp/stop.fault", 1, 1}}));
  open.calls("cp.stop", {1});
  open.run();
  EXPECT_EQ(open.asked("platform/process.fault"), 2U);
}

TEST(Searched, ACrashOfTheControlPlaneLastsAsTheDecisionSays) {
  Searched open({"process.controlplane:crash"}, tape_of({{"cp/process.fault", 1, 2}}));
  open.calls("ec2.StopInstances", {1});
  open.run();
  EXPECT_EQ(open.world.effects, (Log{"crash cp 30s@1s"}));
}

TEST(Searched, ACrashOfAProcessThatIsDownFiresAndIsNotNoticed) {
  Searched open({"process.platform:crash"}, tape_of({{"platform/process.fault", 1, 1}}));
  open.world.up = false;
  open.calls("cp.stop", {1});
  open.run();
  EXPECT_EQ(open.plan->injected().at(0).fired, 1U);
  EXPECT_EQ(open.plan->injected().at(0).noticed, 0U);
}

// --- ticks ---------------------------------------------------------------------------------------

TEST(Searched, TheOccurrenceAtATickIsItsNumber) {
  Searched open({"instance:dies", "network.agent-platform:lost"}, tape_of({{"dev/instance.fault", 2, 1}}));
  open.run();
  EXPECT_EQ(open.world.effects, (Log{"kill dev@10s"}));
  EXPECT_EQ(open.asked("pm/instance.fault"), 59U);
  for (const sim::Asked& each : open.world.choices.asked()) {
    if (open.world.choices.site_name(each.site) == "world/order") continue;
    EXPECT_EQ(each.at, sim::kTimeZero + each.occurrence * 5s);
  }
}

TEST(Searched, ACutNetworkMeetsEveryCallThatCrossesIt) {
  Searched probe({"network.agent-platform:lost"});
  probe.run();
  std::string site;
  for (const sim::Asked& each : probe.world.choices.asked()) site = probe.world.choices.site_name(each.site);
  Searched open({"network.agent-platform:lost"}, tape_of({{site, 2, 1}}));
  for (const int at : {9, 11, 39, 41}) open.world.call(at * 1s, "agent.heartbeat", "pm", 1s);
  open.world.call(12s, "a2a.send", "pm", 1s);
  open.world.call(13s, "cp.stop", "pm", 1s);
  open.run();
  EXPECT_EQ(open.world.served, 3);
  EXPECT_EQ(open.plan->injected().at(0).fired, 3U);
}

TEST(Searched, AnEndThatMeetsNobodyLeavesNoTraceAndStillCounts) {
  Searched open({"instance:dies"}, tape_of({{"pm/instance.fault", 1, 1}}), 1);
  open.world.up = false;
  open.run();
  EXPECT_TRUE(open.world.record.events().empty());
  ASSERT_EQ(open.plan->injected().size(), 1U);
  EXPECT_EQ(open.plan->injected()[0].fired, 0U);
  EXPECT_EQ(open.asked("pm/instance.fault"), 1U);
  EXPECT_EQ(open.asked("dev/instance.fault"), 0U);
}

// --- calm ----------------------------------------------------------------------------------------

TEST(Searched, NothingIsAskedAndNothingStrikesInCalm) {
  Searched open({"cp.stop:reset", "instance:dies", "process.platform:crash"},
                tape_of({{"cp/stop.fault", 1, 2}, {"pm/instance.fault", 4, 1}}));
  open.calls("cp.stop", {1, 2, 12, 13});
  open.world.scheduler.run_until(sim::kTimeZero + 11s);
  open.world.choices.become_calm();
  open.plan->lift();
  const std::size_t asked = open.world.choices.asked().size();
  EXPECT_EQ(open.run(), (Log{"reset@1s", "reset@2s", "ok@12s", "ok@13s"}));
  EXPECT_EQ(open.world.choices.asked().size(), asked);
  EXPECT_TRUE(open.world.effects.empty());
}

}  // namespace
}  // namespace drydock::faults
