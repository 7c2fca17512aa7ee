// The runs of a search as a database: `explore --report trace=FILE`, `query`, `replay FILE --run N`.

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <set>
#include <sstream>
#include <thread>

#include "scenarios/trace/trace_file.hpp"
#include "sim/hash.hpp"
#include "tests/cli/support.hpp"

namespace drydock::cli {
namespace {

/// Short runs, in which a delete may meet a restart.
constexpr const char* kMeeting = R"json({
  "format": "drydock.scenario/1", "name": "meeting", "title": "A delete meets a launch",
  "horizon": "1m", "calm": "3m",
  "workspaces": [{"id": "pm"}, {"id": "w1", "parent": "pm"}],
  "explore": {"faults": ["cp.stop:http-503", "cp.stop:timeout"], "max_faults": 2,
              "requests": ["DELETE /workspaces/{w}?confirm=true", "POST /workspaces/{w}/restart"],
              "max_requests": 3},
  "cases": [{"policy": "april-2026", "expect": []}]
})json";

class SearchRunsTest : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    meeting_ = write("meeting.json", kMeeting);
  }

  [[nodiscard]] Arguments search(const Arguments& more) const {
    Arguments arguments{"explore", meeting_, "--policy", "april-2026", "--quiet"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  /// Searches, and gives the database.
  std::string database(const std::string& name, const Arguments& more) const {
    Arguments arguments = search(more);
    arguments.insert(arguments.end(), {"--report", "trace=" + path(name)});
    const Said said = drydock(arguments);
    EXPECT_TRUE(said.code == kFailed || said.code == kHeld) << said.out << said.err;
    return path(name);
  }
  static Json rows(const std::string& file, const std::string& sql) {
    const Said said = drydock({"query", file, sql, "--format", "json"});
    EXPECT_EQ(said.code, kHeld) << said.out << said.err;
    return said.json()["rows"];
  }
  static std::set<std::string> words_of(const std::string& text) {
    std::set<std::string> words;
    std::istringstream parts(text);
    for (std::string word; std::getline(parts, word, ',');) words.insert(word);
    return words;
  }
  /// All that is in the database, but for the path that stands in it.
  static Json content(const std::string& file) {
    Json all;
    for (const char* table : {"run", "finding", "violation", "effect", "added", "state", "state_operation",
                              "transition", "run_state", "run_transition", "promise"})
      all[table] = rows(file, std::string{"SELECT * FROM "} + table);
    all["search"] = rows(file, "SELECT * FROM search WHERE key NOT IN ('again')");
    return all;
  }

  std::string meeting_;
};

TEST_F(SearchRunsTest, HaveARowEach) {
  const std::string file = database("all.db", {"--runs", "150", "--format", "json", "--jobs", "1"});
  EXPECT_EQ(rows(file, "SELECT count(*) AS n, min(number) AS low, max(number) AS high FROM run"),
            Json::parse(R"([{"n": 150, "low": 0, "high": 149}])"));
  EXPECT_EQ(content(file), content(database("two.db", {"--runs", "150", "--jobs", "2"}))) << "threads show";
}

TEST_F(SearchRunsTest, AnswerEveryNamedQuestionInNarrowTables) {
  const std::string file = database("all.db", {"--runs", "60"});
  const Said what = drydock({"query", file});
  for (const scenarios::NamedQuery& named : scenarios::named_queries(scenarios::TraceKind::runs)) {
    EXPECT_TRUE(contains(what.out, "  " + std::string{named.name})) << named.name;
    const Said said = drydock({"query", file, "--named", std::string{named.name}});
    EXPECT_EQ(said.code, kHeld) << named.name << said.err;
  }
  EXPECT_EQ(drydock({"query", file, "--named", "why"}).code, kBadInput) << "that is asked of one run";
  const Json tables = drydock({"query", file, "--format", "json"}).json()["tables"];
  for (const Json& table : tables) EXPECT_NE(table["meaning"], "") << table;
}

/// What a row says of a run is what its replay says.
TEST_F(SearchRunsTest, AreOneReplayAway) {
  const std::string file = database("all.db", {"--runs", "120"});
  std::set<std::string> strategies;
  for (const Json& run : rows(file,
                              "SELECT r.number, r.verdict, r.strategy, r.starts, r.stops, r.ec2_calls, "
                              "r.ec2_errors, r.lost_writes, r.decisions, s.again, coalesce(s.broken, '') AS broken "
                              "FROM run r JOIN runs s USING (number) WHERE r.number % 5 < 2")) {
    const std::string number = run["number"].dump();
    strategies.insert(run["strategy"].get<std::string>());
    EXPECT_EQ(run["again"], "drydock replay " + file + " --run " + number);
    const Said said = drydock({"replay", file, "--run", number, "--format", "json"});
    EXPECT_EQ(said.code, run["verdict"] == "broken" ? kFailed : kHeld) << number << said.err;
    const Json result = said.json()["results"][0];
    std::set<std::string> broken;
    for (const Json& violation : result["violations"]) broken.insert(violation["invariant"].get<std::string>());
    EXPECT_EQ(words_of(run["broken"].get<std::string>()), broken) << number;
    for (const char* metric : {"starts", "stops", "ec2_calls", "ec2_errors", "lost_writes"})
      EXPECT_EQ(run[metric].get<double>(), result["metrics"][metric].get<double>()) << number << " " << metric;
    EXPECT_EQ(run["decisions"], result["tape"].size()) << number;
  }
  EXPECT_EQ(strategies, (std::set<std::string>{"coverage", "random", "swarm", "pct"}));
}

TEST_F(SearchRunsTest, TellInWhichADeleteMetALaunch) {
  const std::string file = path("all.db");
  (void)drydock({"explore", meeting_, "--policy", "hardened", "--runs", "200", "--quiet", "--report", "trace=" + file});
  const Json met = drydock({"query", file, "--named", "delete-meets-launch", "--format", "json"}).json()["rows"];
  ASSERT_FALSE(met.empty());
  EXPECT_LT(met.size(), 100U);
  EXPECT_EQ(met[0]["verdict"], "held") << "a delete met a launch, and nothing broke";
  for (std::size_t i = 0; i < std::min<std::size_t>(met.size(), 5); ++i) {
    const std::string number = met[i]["number"].dump();
    const std::string trace = path("one.db");
    (void)drydock({"replay", file, "--run", number, "--quiet", "--report", "trace=" + trace});
    EXPECT_NE(rows(trace, "SELECT count(*) AS n FROM request WHERE method = 'DELETE'")[0]["n"], 0) << number;
    EXPECT_NE(rows(trace, "SELECT count(*) AS n FROM event WHERE kind LIKE 'provision.%'")[0]["n"], 0) << number;
  }
  EXPECT_FALSE(drydock({"query", file, "--named", "meetings", "--format", "json"}).json()["rows"].empty());
}

TEST_F(SearchRunsTest, OfASampleAreThoseOfAll) {
  const std::string all = database("all.db", {"--runs", "300"});
  const std::string some = database("some.db", {"--runs", "300", "--trace-sample", "10"});
  const Json sampled = rows(some, "SELECT * FROM run");
  EXPECT_GT(sampled.size(), 10U);
  EXPECT_LT(sampled.size(), 60U);
  for (const Json& run : sampled) {
    EXPECT_EQ(rows(all, "SELECT * FROM run WHERE number = " + run["number"].dump())[0], run);
  }
  EXPECT_EQ(rows(some, "SELECT * FROM state"), rows(all, "SELECT * FROM state")) << "counts are of all runs";
  EXPECT_EQ(rows(some, "SELECT * FROM promise"), rows(all, "SELECT * FROM promise"));
  std::set<std::string> kept;
  for (const Json& run : sampled) kept.insert(run["number"].dump());
  for (int number = 0; number < 300; ++number) {
    if (kept.contains(std::to_string(number))) continue;
    const Said said = drydock({"replay", some, "--run", std::to_string(number)});
    EXPECT_EQ(said.code, kBadInput);
    EXPECT_TRUE(contains(said.err + said.out, "has no row of run " + std::to_string(number) +
                                                  ": it has those of one "
                                                  "run in 10"))
        << said.err << said.out;
    break;
  }
}

TEST_F(SearchRunsTest, OfAnEnumerationAreItsTapes) {
  const Arguments exhaustive{"--strategy", "exhaustive", "--deviations", "1"};
  Arguments arguments{"explore", meeting_, "--policy", "april-2026", "--quiet", "--report", "trace=" + path("e.db")};
  arguments.insert(arguments.end(), exhaustive.begin(), exhaustive.end());
  const Said said = drydock(arguments);
  ASSERT_TRUE(said.code == kFailed || said.code == kHeld) << said.err;
  for (const Json& run : rows(path("e.db"), "SELECT number, verdict, decisions FROM run ORDER BY number LIMIT 12")) {
    EXPECT_EQ(run["decisions"], run["number"] == 0 ? 0 : 1);
    EXPECT_EQ(drydock({"replay", path("e.db"), "--run", run["number"].dump(), "--quiet"}).code,
              run["verdict"] == "broken" ? kFailed : kHeld)
        << run;
  }
  arguments.insert(arguments.end(), {"--campaign", path("night")});
  *(std::find(arguments.begin(), arguments.end(), "trace=" + path("e.db"))) = "trace=" + path("c.db");
  (void)drydock(arguments);
  EXPECT_EQ(content(path("c.db")), content(path("e.db"))) << "sections have the numbers of one piece";
}

TEST_F(SearchRunsTest, OfACampaignThatWasKilledAreThereOnceEach) {
  const std::string whole = database("whole.db", {"--runs", "1300"});
  const Arguments command = search({"--runs", "1300", "--campaign", path("night"), "--trace-sample", "1"});
  for (int i = 0; i < 4; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      std::ostringstream nothing;
      _exit(drydock_main(command, nothing, nothing, {}));
    }
    const std::uint64_t bits = sim::mix(sim::mix(0, 66), static_cast<std::uint64_t>(i));
    std::this_thread::sleep_for(std::chrono::milliseconds{300 + bits % 900});
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
  }
  const std::string kept = database("kept.db", {"--runs", "1300", "--campaign", path("night")});
  EXPECT_EQ(content(kept), content(whole));
  const Said merged =
      drydock({"explore", "--merge", path("night"), "--quiet", "--report", "trace=" + path("merged.db")});
  EXPECT_TRUE(merged.code == kFailed || merged.code == kHeld) << merged.err;
  EXPECT_EQ(content(path("merged.db")), content(whole));
}

TEST_F(SearchRunsTest, OfTwoShardsOfACampaignAreTheUnion) {
  const std::string whole =
      database("whole.db", {"--strategy", "swarm", "--runs", "2100", "--campaign", path("one"), "--trace-sample", "7"});
  for (const char* shard : {"1/2", "2/2"}) {
    (void)drydock(search({"--strategy", "swarm", "--runs", "2100", "--shard", shard, "--campaign",
                          path(std::string{"part"} + shard[0]), "--trace-sample", "7"}));
  }
  const Said said =
      drydock({"explore", "--merge", path("part1"), path("part2"), "--quiet", "--report", "trace=" + path("union.db")});
  EXPECT_TRUE(said.code == kFailed || said.code == kHeld) << said.err << said.out;
  EXPECT_EQ(content(path("union.db")), content(whole));
}

TEST_F(SearchRunsTest, AreRefusedWhereThereAreNone) {
  const auto refused = [&](const Arguments& arguments, const std::string& part) {
    const Said said = drydock(arguments);
    EXPECT_EQ(said.code, kBadInput) << part;
    EXPECT_TRUE(contains(said.err + said.out, part)) << said.err << said.out;
  };
  refused(search({"--runs", "5", "--trace-sample", "2"}), "goes with --report trace=FILE, or with --campaign");
  refused(search({"--runs", "5", "--trace-sample", "0", "--report", "trace=" + path("a.db")}), "--trace-sample");
  refused(search({"--runs", "5", "--client", "true", "--report", "trace=" + path("a.db")}), "--client");
  (void)drydock(search({"--runs", "5", "--campaign", path("bare")}));
  refused({"explore", "--merge", path("bare"), "--report", "trace=" + path("a.db")}, "kept no rows");
  refused(search({"--runs", "5", "--campaign", path("bare"), "--trace-sample", "2"}),
          "another --trace-sample (none there, 2 here)");
  refused({"explore", "--merge", path("bare"), "--trace-sample", "2"}, "does not go with --trace-sample");
  const Said result = drydock(search({"--runs", "5", "--format", "json"}));
  refused({"explore", "--merge", write("1.json", result.out), "--report", "trace=" + path("a.db")},
          "--report trace goes without --merge of results");
  const std::string file = database("some.db", {"--runs", "20"});
  refused({"replay", file}, "some.db");
  refused({"replay", file, "--run", "20"}, "has no row of run 20");
  refused({"replay", meeting_, "--run", "1"}, "is no SQLite database");
  refused({"replay", file, file, "--run", "1"}, "--run is for one database");
  (void)drydock({"replay", file, "--run", "1", "--quiet", "--report", "trace=" + path("one.db")});
  refused({"replay", path("one.db"), "--run", "1"}, "is the trace of one run");
}

}  // namespace
}  // namespace drydock::cli
