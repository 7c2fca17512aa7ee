// Campaigns as users have them: processes that are killed, that come at once, and that find no room.

#include "cli/campaign.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <thread>

#include "cli/output.hpp"
#include "sim/hash.hpp"
#include "tests/cli/processes.hpp"
#include "tests/cli/support.hpp"

namespace drydock::cli {
namespace {

namespace fs = std::filesystem;

/// Short runs: a line takes a moment.
constexpr const char* kQuick = R"json({
  "format": "drydock.scenario/1", "name": "quick", "title": "A delete meets a search",
  "horizon": "1m", "calm": "3m",
  "workspaces": [{"id": "pm"}, {"id": "w1", "parent": "pm"}],
  "explore": {"faults": ["cp.stop:http-503"], "max_faults": 2,
              "requests": ["DELETE /workspaces/{w}?confirm=true"], "max_requests": 1},
  "cases": [{"policy": "april-2026", "expect": []}]
})json";

class CampaignTest : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    quick_ = write("quick.json", kQuick);
  }

  [[nodiscard]] Arguments command(const std::string& directory, const Arguments& more = {}) const {
    Arguments arguments{"explore", quick_,       "--policy",      "april-2026", "--runs", "2500",     "--strategy",
                        "swarm",   "--campaign", path(directory), "--jobs",     "2",      "--format", "json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  [[nodiscard]] Arguments of_runs(const std::string& directory, const std::string& runs) const {
    Arguments arguments = command(directory);
    *(std::find(arguments.begin(), arguments.end(), "--runs") + 1) = runs;
    return arguments;
  }
  Said campaign(const std::string& directory, const Arguments& more = {}) const {
    return drydock(command(directory, more));
  }

  static pid_t start(const Arguments& arguments) {
    return start_quietly([&] { return drydock_main(arguments, std::cout, std::cerr, {}); });
  }

  /// Starts the campaign so many times and kills it each time, after a moment that is drawn.
  void kill_often(const std::string& directory, int times) const {
    for (int i = 0; i < times; ++i) {
      const pid_t child = start(command(directory));
      const std::uint64_t bits = sim::mix(sim::mix(0, 2026), static_cast<std::uint64_t>(i));
      std::this_thread::sleep_for(std::chrono::milliseconds{20 + bits % 500});
      kill(child, SIGKILL);
      (void)code_of(child);
    }
  }

  void expect_no_temporary_file(const std::string& directory) const {
    for (const auto& entry : fs::recursive_directory_iterator(path(directory)))
      EXPECT_FALSE(entry.path().filename().string().ends_with(".tmp")) << entry.path();
  }

  std::string quick_;
};

Json timeless(Json json) {
  for (const char* key : {"runs_per_s", "wall_s", "shrink_s"}) json.erase(key);
  for (Json& finding : json["findings"]) {
    for (const char* key : {"found_after_s", "shrink_s"}) finding.erase(key);
  }
  return json;
}

TEST_F(CampaignTest, IsTheSearchThatIsNotKept) {
  const Json kept = timeless(campaign("a").json());
  Json plain = timeless(drydock({"explore", quick_, "--policy", "april-2026", "--runs", "2500", "--strategy", "swarm",
                                 "--format", "json"})
                            .json());
  EXPECT_EQ(kept["kept"], (Json{{"of", 2500}, {"missing", Json::array()}}));
  plain["kept"] = kept["kept"];
  EXPECT_EQ(kept.dump(1), plain.dump(1));
  EXPECT_FALSE(kept["findings"].empty());
  const Json again = timeless(campaign("a").json());
  EXPECT_EQ(again, kept) << "nothing is left to play";
}

TEST_F(CampaignTest, GoesOnWhereTimeEndedIt) {
  const Json whole = timeless(drydock(of_runs("whole", "20000")).json());
  Arguments timed = of_runs("parts", "20000");
  timed.insert(timed.end(), {"--time", "100ms"});
  Json parts;
  int starts = 0;
  do {
    parts = drydock(timed).json();
    ASSERT_LT(++starts, 4000);
  } while (!parts["kept"]["missing"].empty());
  EXPECT_GT(starts, 1);
  EXPECT_EQ(timeless(drydock(of_runs("parts", "20000")).json()).dump(1), whole.dump(1));
}

TEST_F(CampaignTest, TakesMoreRunsLater) {
  const Json whole = timeless(campaign("whole").json());
  EXPECT_EQ(drydock(of_runs("more", "700")).json()["runs"], 700);
  EXPECT_EQ(timeless(campaign("more").json()).dump(1), whole.dump(1));
  const Json fewer = timeless(drydock(of_runs("more", "700")).json());
  EXPECT_EQ(fewer["kept"], (Json{{"of", 700}, {"missing", Json::array()}}));
}

TEST_F(CampaignTest, ThatWasKilledLosesAndCountsNothingTwice) {
  const Json whole = timeless(campaign("whole").json());
  kill_often("killed", 4);
  EXPECT_EQ(timeless(campaign("killed").json()).dump(1), whole.dump(1));
  expect_no_temporary_file("killed");
}

TEST_F(CampaignTest, OfTwoProcessesIsOne) {
  const Json whole = timeless(campaign("whole").json());
  const pid_t one = start(command("shared"));
  const pid_t two = start(command("shared"));
  for (const pid_t each : {one, two}) {
    const int code = code_of(each);
    EXPECT_TRUE(code == kFailed || code == kHeld) << code << ": a result lacks what the other one still plays";
  }
  const Said merged = drydock({"explore", "--merge", path("shared"), "--format", "json"});
  EXPECT_EQ(timeless(merged.json()).dump(1), whole.dump(1)) << merged.err;
  expect_no_temporary_file("shared");
}

TEST_F(CampaignTest, KeepsTheTapesOfItsFindings) {
  const Json result = campaign("a").json();
  ASSERT_FALSE(result["findings"].empty());
  std::size_t tapes = 0;
  for (const auto& entry : fs::directory_iterator(path("a/findings"))) {
    ++tapes;
    EXPECT_EQ(drydock({"replay", entry.path().string(), "--quiet"}).code, kFailed) << entry.path();
  }
  EXPECT_EQ(tapes, result["findings"].size());
}

TEST_F(CampaignTest, OfAnotherSearchIsRefusedWithWhatDiffers) {
  ASSERT_EQ(campaign("a").code, kFailed);
  const std::string before = read(path("a/campaign.json"));
  const auto refused = [&](const Arguments& arguments, const std::string& part) {
    const Said said = drydock(arguments);
    EXPECT_EQ(said.code, kBadInput) << part;
    EXPECT_TRUE(contains(said.err + said.out, "it holds another search: ")) << said.err << said.out;
    EXPECT_TRUE(contains(said.err + said.out, part)) << said.err << said.out;
  };
  const Arguments base{"explore", quick_, "--campaign", path("a"), "--runs", "2500"};
  const auto with = [&](Arguments more) {
    more.insert(more.begin(), base.begin(), base.end());
    return more;
  };
  refused(with({"--policy", "april-2026", "--strategy", "swarm", "--seed", "2"}), "another seed (1 there, 2 here)");
  refused(with({"--policy", "april-2026", "--strategy", "pct"}), "another strategy (swarm there, pct here)");
  refused(with({"--policy", "latest", "--strategy", "swarm"}), "another policy (april-2026 there, latest here)");
  refused(with({"--policy", "april-2026", "--strategy", "swarm", "--set", "time.heartbeat=20s"}),
          "another time.heartbeat");
  refused(with({"--policy", "april-2026", "--strategy", "swarm", "--promise", "no-orphan"}), "another --promise");
  refused(with({"--policy", "april-2026", "--strategy", "swarm", "--full-calm"}), "another --full-calm");
  std::string longer = kQuick;
  longer.replace(longer.find("\"1m\""), 4, "\"2m\"");
  (void)write("quick.json", longer);
  refused(with({"--policy", "april-2026", "--strategy", "swarm"}), "the scenario has changed, in its \"horizon\"");
  EXPECT_EQ(read(path("a/campaign.json")), before);
}

TEST_F(CampaignTest, OfAnotherModelIsRefused) {
  ASSERT_EQ(campaign("a").code, kFailed);
  Json json = Json::parse(read(path("a/campaign.json")));
  json["model"] = "00000000deadbeef";
  (void)write("a/campaign.json", json.dump());
  EXPECT_TRUE(contains(campaign("a").out, "another version of the model"));
  json["tool"] = "drydock 0.0.1";
  (void)write("a/campaign.json", json.dump());
  EXPECT_TRUE(contains(campaign("a").out, "another version of Drydock"));
}

TEST_F(CampaignTest, TakesNoDirectoryOfSomethingElse) {
  fs::create_directories(path("other"));
  (void)write("other/notes.txt", "mine");
  Said said = campaign("other");
  EXPECT_EQ(said.code, kBadInput);
  EXPECT_TRUE(contains(said.out, "holds something else")) << said.out;
  EXPECT_EQ(std::distance(fs::directory_iterator(path("other")), fs::directory_iterator()), 1);
  said = drydock({"explore", quick_, "--campaign", quick_, "--runs", "1"});
  EXPECT_EQ(said.code, kBadInput);
  EXPECT_TRUE(contains(said.err, "it is no directory")) << said.err;
}

TEST_F(CampaignTest, DoesNotGoWithWhatWouldCutIt) {
  for (const Arguments& more : {Arguments{"--until", "first"}, Arguments{"--strategy", "exhaustive", "--runs", "5"}}) {
    Arguments arguments{"explore", quick_, "--campaign", path("a")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Said said = drydock(arguments);
    EXPECT_EQ(said.code, kBadInput);
    EXPECT_TRUE(contains(said.err, more[0] == "--until" ? "--until first" : "--runs")) << said.err;
  }
  EXPECT_FALSE(fs::exists(path("a")));
  EXPECT_EQ(drydock({"explore", quick_, "--partial"}).code, kBadInput);
}

TEST_F(CampaignTest, PlaysABadLineAgain) {
  const Json whole = timeless(campaign("a").json());
  const std::string line = path("a/lines/00000001.json");
  const std::string text = read(line);
  (void)write("a/lines/00000001.json", text.substr(0, text.size() / 2));
  (void)write("a/lines/.00000002.json.1-0.tmp", "half");
  const Said said = campaign("a");
  EXPECT_TRUE(contains(said.err, "00000001.json is cut off: its runs are played again")) << said.err;
  EXPECT_EQ(timeless(said.json()).dump(1), whole.dump(1));
  expect_no_temporary_file("a");
}

TEST_F(CampaignTest, ExhaustiveIsTheSearchOfOnePiece) {
  const auto searched = [&](const Arguments& more) {
    Arguments arguments{"explore",      quick_, "--policy", "april-2026", "--strategy", "exhaustive",
                        "--deviations", "1",    "--time",   "10m",        "--format",   "json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return timeless(drydock(arguments).json());
  };
  Json plain = searched({});
  const Json kept = searched({"--campaign", path("a")});
  EXPECT_EQ(kept["kept"], (Json{{"of", 32}, {"missing", Json::array()}}));
  plain["kept"] = kept["kept"];
  EXPECT_TRUE(kept["complete"]);
  EXPECT_EQ(kept.dump(1), plain.dump(1));
}

// --- merging -------------------------------------------------------------------------------------

TEST_F(CampaignTest, OfShardsMergesToTheWhole) {
  const Json whole = timeless(campaign("whole").json());
  (void)campaign("1", {"--shard", "1/2"});
  (void)campaign("2", {"--shard", "2/2"});
  (void)campaign("2", {"--shard", "1/2"});  // done twice
  const std::string html = path("merged.html");
  const Said merged = drydock({"explore", "--merge", path("2"), path("1"), "--format", "json", "--report",
                               "html=" + html, "--report", "junit=" + path("merged.xml")});
  EXPECT_EQ(merged.code, kFailed) << merged.err;
  EXPECT_EQ(timeless(merged.json()).dump(1), whole.dump(1));
  EXPECT_TRUE(contains(read(html), "<html")) << "findings are played with their records";
  EXPECT_TRUE(contains(read(path("merged.xml")), "<testcase name=\"search\""));
}

TEST_F(CampaignTest, OfWhichAPartIsMissingIsMergedWhereThatIsAsked) {
  (void)campaign("a");
  fs::remove(path("a/lines/00000001.json"));
  const Said said = drydock({"explore", "--merge", path("a")});
  EXPECT_EQ(said.code, kFailed);
  EXPECT_TRUE(contains(said.out, "1024 runs not played yet")) << said.out;
  EXPECT_TRUE(contains(said.err, "missing: runs 1024 to 2047")) << said.err;
  const Said partial = drydock({"explore", "--merge", path("a"), "--partial"});
  EXPECT_EQ(partial.code, kIncomplete) << partial.err;
  (void)write("a/lines/00000001.json", "half");
  const Said bad = drydock({"explore", "--merge", path("a")});
  EXPECT_EQ(bad.code, kBadInput);
  EXPECT_TRUE(contains(bad.err, "00000001.json")) << bad.err;
  EXPECT_EQ(drydock({"explore", "--merge", path("a"), "--partial"}).code, kIncomplete);
}

TEST_F(CampaignTest, OfAnotherSearchIsNoPart) {
  (void)campaign("a");
  (void)campaign("b", {"--seed", "4"});
  const Said said = drydock({"explore", "--merge", path("a"), path("b")});
  EXPECT_EQ(said.code, kBadInput);
  EXPECT_TRUE(contains(said.err, "another seed (1 there, 4 here)")) << said.err;
  EXPECT_EQ(drydock({"explore", "--merge", path("a"), path("b"), "--partial"}).code, kIncomplete);
  EXPECT_EQ(drydock({"explore", "--merge", path("a"), quick_}).code, kBadInput) << "some of each";
}

TEST_F(CampaignTest, ResultsOfShardsAreMergedWithoutTheBadOnes) {
  const auto shard = [&](const std::string& name, const std::string& part) {
    (void)drydock({"explore", quick_, "--runs", "60", "--shard", part, "--quiet", "--report", "json=" + path(name)});
    return path(name);
  };
  const std::string one = shard("1.json", "1/3");
  const std::string two = write("2.json", read(one).substr(0, 200));
  const std::string none = write("empty.json", "");
  EXPECT_EQ(drydock({"explore", "--merge", one, two, none}).code, kBadInput);
  const Said said = drydock({"explore", "--merge", one, two, none, "--partial", "--format", "json"});
  EXPECT_EQ(said.code, kIncomplete);
  EXPECT_EQ(said.json()["shards"]["these"], Json({1}));
  for (const std::string& part :
       {two, none, std::string{"missing: shard 2 of 3"}, std::string{"missing: shard 3 of 3"}})
    EXPECT_TRUE(contains(said.err, part)) << said.err;
}

// --- no room -------------------------------------------------------------------------------------

TEST_F(CampaignTest, ThatFindsNoRoomLeavesWhatWasThere) {
  fs::create_directories(path("disk"));
  const std::string said = path("said.txt");
  const int code = on_own_disk(path("disk"), "size=2m", [&] {
    const Said first = drydock(of_runs("disk/a", "1024"));
    const std::string kept = read(path("disk/a/lines/00000000.json"));
    std::ofstream(path("disk/full"), std::ios::binary) << std::string(std::size_t{4} << 20U, 'x');
    const Said full = drydock(command("disk/a"));
    std::ofstream(said) << full.err << full.out;
    const bool intact = read(path("disk/a/lines/00000000.json")) == kept && !kept.empty();
    fs::remove(path("disk/full"));
    const Said after = campaign("disk/a");
    if (first.code != kFailed || !intact || after.code != kFailed) return 201;
    return full.code;
  });
  if (code == -1) GTEST_SKIP() << "no file system can be mounted here";
  EXPECT_EQ(code, kCannotWrite);
  EXPECT_TRUE(contains(read(said), "cannot write") && contains(read(said), "No space left on device")) << read(said);
}

TEST_F(CampaignTest, InAReadOnlyDirectorySaysSo) {
  fs::create_directories(path("disk"));
  const std::string said = path("said.txt");
  const int code = on_own_disk(path("disk"), "ro", [&] {
    const Said refused = campaign("disk/a");
    std::ofstream(said) << refused.err << refused.out;
    return refused.code;
  });
  if (code == -1) GTEST_SKIP() << "no file system can be mounted here";
  EXPECT_EQ(code, kCannotWrite);
  EXPECT_TRUE(contains(read(said), "cannot write")) << read(said);
}

// --- claims --------------------------------------------------------------------------------------

TEST_F(CampaignTest, AClaimKeepsOthersOutUntilItIsGivenUpOrTheProcessEnds) {
  const std::string file = path("claims");
  ClaimFile mine(file);
  {
    ClaimFile other(file);
    EXPECT_TRUE(other.try_lock(7));
    EXPECT_FALSE(mine.try_lock(7));
    EXPECT_TRUE(mine.try_lock(8));
    other.unlock(7);
    EXPECT_TRUE(mine.try_lock(7));
    EXPECT_FALSE(other.try_lock(7));
    EXPECT_TRUE(other.try_lock(9));
  }
  EXPECT_TRUE(mine.try_lock(9));
}

/// Kills a campaign two hundred times. Each start wants more runs than the one before, so that there is always
/// something to play; moment and rate are drawn.
class CampaignKillsSlow : public CampaignTest {
 protected:
  static constexpr int kKills = 200;
  static constexpr int kKillsOfOneRate = 20;

  static std::uint64_t drawn(int kill, std::uint64_t what, std::uint64_t bound) {
    return sim::mix(sim::mix(what, 200), static_cast<std::uint64_t>(kill)) % bound;
  }

  /// Waits for so many files to be made or renamed in `lines`, and no longer than `most`: a kill then finds the
  /// process amid its writing.
  static void wait_for_writing(int watch, std::uint64_t files, std::chrono::milliseconds most) {
    const auto until = std::chrono::steady_clock::now() + most;
    alignas(inotify_event) std::array<char, 4096> events{};
    while (files > 0) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
      pollfd asked{.fd = watch, .events = POLLIN, .revents = 0};
      if (left.count() <= 0 || poll(&asked, 1, static_cast<int>(left.count())) <= 0) return;
      const ssize_t many = ::read(watch, events.data(), events.size());
      for (ssize_t at = 0; at < many && files > 0; --files)
        at += static_cast<ssize_t>(sizeof(inotify_event)) +
              reinterpret_cast<const inotify_event*>(events.data() + at)->len;  // NOLINT: what inotify(7) hands out
    }
  }

  /// Starts the campaign and kills it. Tells whether it still ran.
  bool start_and_kill(int kill_number) {
    constexpr std::array kMostMs{30, 200, 900};
    const int rate = kill_number / kKillsOfOneRate;
    const auto most = kMostMs.at(drawn(rate, 1, kMostMs.size()));
    const auto moment = std::chrono::milliseconds{drawn(kill_number, 2, static_cast<std::uint64_t>(most))};
    const int watch = inotify_init1(IN_CLOEXEC);
    const bool by_writing = drawn(kill_number, 3, 2) == 0 &&
                            inotify_add_watch(watch, path("killed/lines").c_str(), IN_CREATE | IN_MOVED_TO) >= 0;
    wanted_ += 1500;
    const pid_t child = start(of_runs("killed", std::to_string(wanted_)));
    if (by_writing) {
      wait_for_writing(watch, 1 + drawn(kill_number, 4, 4), std::chrono::seconds{2});
    } else {
      std::this_thread::sleep_for(moment);
    }
    kill(child, SIGKILL);
    const bool hit = code_of(child) == -SIGKILL;
    close(watch);
    return hit;
  }

  [[nodiscard]] std::size_t temporary_files() const {
    std::size_t count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(path("killed")))
      count += entry.path().filename().string().ends_with(".tmp") ? 1 : 0;
    return count;
  }

  std::uint64_t wanted_ = 0;
};

TEST_F(CampaignKillsSlow, TwoHundredTimesLoseNothing) {
  int hits = 0;
  int amid_writing = 0;
  for (int i = 0; i < kKills; ++i) {
    hits += start_and_kill(i) ? 1 : 0;
    if (fs::exists(path("killed")) && temporary_files() > 0) ++amid_writing;
  }
  EXPECT_GE(hits, kKills * 3 / 4) << "most starts were to be amid something";
  EXPECT_GE(amid_writing, 10) << "some kills were to leave a file half-written";
  RecordProperty("hits", hits);
  RecordProperty("amid_writing", amid_writing);
  const std::string runs = std::to_string(wanted_);
  const Json whole = timeless(drydock(of_runs("whole", runs)).json());
  EXPECT_EQ(whole["runs"], wanted_);
  EXPECT_EQ(timeless(drydock(of_runs("killed", runs)).json()).dump(1), whole.dump(1));
  expect_no_temporary_file("killed");
}

}  // namespace
}  // namespace drydock::cli
