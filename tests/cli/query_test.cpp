// `--report trace=FILE` and `drydock query`, over the real simulation.

#include <sqlite3.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "reports/layout.hpp"
#include "scenarios/trace/trace_file.hpp"
#include "scenarios/trace/trace_schema.hpp"
#include "tests/cli/support.hpp"

namespace drydock::cli {
namespace {

/// The trace of an incident, written once for all tests.
class QueryTest : public CliTest {
 protected:
  static void SetUpTestSuite() {
    // CTest runs each test in a process of its own.
    trace_ = testing::TempDir() + "drydock-query-" + std::to_string(::getpid()) + ".db";
    const Said said = drydock({"run", "reprov-thrash", "--case", "pre-1556", "--quiet", "--report", "trace=" + trace_});
    ASSERT_EQ(said.code, kHeld) << said.out << said.err;
  }
  static void TearDownTestSuite() { std::filesystem::remove(trace_); }

  static Said query(Arguments more) {
    more.insert(more.begin(), {"query", trace_});
    return drydock(more);
  }

  static inline std::string trace_;  // NOLINT: set once, before the tests
};

void expect_narrow(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(reports::display_width(line), 80U) << line;
}

TEST_F(QueryTest, SaysWhatThereIs) {
  const Said said = query({});
  EXPECT_EQ(said.code, kHeld) << said.err;
  expect_narrow(said.out);
  const Json tables = query({"--format", "json"}).json()["tables"];
  for (const Json& table : tables) {
    EXPECT_TRUE(contains(said.out, table["name"].get<std::string>() + "  ")) << table;
    EXPECT_NE(table["meaning"], "") << table;
    EXPECT_FALSE(table["columns"].empty()) << table;
  }
  for (const scenarios::NamedQuery& named : scenarios::named_queries(scenarios::TraceKind::run))
    EXPECT_TRUE(contains(said.out, "  " + std::string{named.name})) << named.name;
}

TEST_F(QueryTest, EveryNamedQuestionIsAnsweredInEachFormat) {
  for (const scenarios::NamedQuery& named : scenarios::named_queries(scenarios::TraceKind::run)) {
    const std::string name{named.name};
    const Said table = query({"--named", name});
    EXPECT_EQ(table.code, kHeld) << name << table.err;
    expect_narrow(table.out);
    const Json json = query({"--named", name, "--format", "json"}).json();
    const Said csv = query({"--named", name, "--format", "csv"});
    EXPECT_EQ(static_cast<std::size_t>(std::count(csv.out.begin(), csv.out.end(), '\n')), json["rows"].size() + 1)
        << name;
    EXPECT_EQ(json["columns"].size(), json["rows"].empty() ? json["columns"].size() : json["rows"][0].size());
  }
  EXPECT_EQ(query({"--named", "violations", "--format", "json"}).json()["rows"].size(), 12U);
  const Json why = query({"--named", "why", "--format", "json"}).json()["rows"];
  EXPECT_EQ(why[0]["depth"], 0);
  EXPECT_EQ(why[0]["kind"], "ec2.state");
  EXPECT_EQ(why[8]["kind"], "http.request") << "the first violation's beginning";
}

/// A table that came later is an empty one in a file that was written before.
TEST_F(QueryTest, AnOlderFileIsReadAsItWas) {
  const std::string file = write("old.db", read(trace_));
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &handle), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(handle, "DROP VIEW why; DROP TABLE decided_by", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(handle);
  const Said said = drydock({"query", file, "--named", "why", "--format", "json"});
  EXPECT_EQ(said.code, kHeld) << said.err;
  EXPECT_EQ(said.json(), query({"--named", "why", "--format", "json"}).json());
}

std::string so_many(std::size_t rows, const std::string& value) {
  return "WITH RECURSIVE x(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM x LIMIT " + std::to_string(rows) + ") SELECT " +
         value + " AS v FROM x";
}

/// A bound is told with the way on; what is printed until then is whole rows, and a document is whole or not at all.
TEST_F(QueryTest, AnAnswerIsBounded) {
  const auto lines = [](const Said& said) { return std::count(said.out.begin(), said.out.end(), '\n'); };
  const Said fits = query({so_many(100'000, "i")});
  EXPECT_EQ(fits.code, kHeld) << fits.err;
  const Said table = query({so_many(100'001, "i")});
  EXPECT_EQ(table.code, kInconclusive);
  EXPECT_EQ(table.out, fits.out);
  EXPECT_EQ(table.err,
            "SQL: the answer has more than 100000 rows (LIMIT 100000 asks for the first ones, OFFSET 100000 goes on "
            "behind them)\n");
  const Said csv = query({so_many(1'000'001, "i"), "--format", "csv"});
  EXPECT_EQ(csv.code, kInconclusive);
  EXPECT_EQ(lines(csv), 1'000'001) << "with the head";
  EXPECT_TRUE(contains(csv.err, "more than 1000000 rows")) << csv.err;
  const Said large = query({so_many(70, "hex(zeroblob(500000))"), "--format", "json"});
  EXPECT_EQ(large.code, kInconclusive);
  EXPECT_TRUE(contains(large.json()["errors"][0]["message"], "more than 64 MiB")) << large.out.substr(0, 500);
  EXPECT_TRUE(contains(large.json()["errors"][0]["hint"], "LIMIT 67 ")) << large.out.substr(0, 500);
}

TEST_F(QueryTest, ValuesAreWholeInCsvAndJson) {
  const std::string sql = "SELECT x'00ff' AS b, NULL AS n, '' AS e, 1.5 AS r, 2.0 AS two, 'a,\"b' AS t, 1 AS b";
  EXPECT_EQ(query({sql, "--format", "csv"}).out, "b,n,e,r,two,t,b\r\nx'00ff',,\"\",1.5,2.0,\"a,\"\"b\",1\r\n");
  const Json row = query({sql, "--format", "json"}).json()["rows"][0];
  EXPECT_EQ(row["b"], "x'00ff'");
  EXPECT_EQ(row["n"], nullptr);
  EXPECT_EQ(row["t"], "a,\"b");
  EXPECT_EQ(row["b:2"], 1);
  const Said table = query({"SELECT detail, detail AS same FROM events LIMIT 1"});
  EXPECT_TRUE(contains(table.out, "…"));
  EXPECT_TRUE(contains(table.err, "cut to fit"));
  EXPECT_TRUE(query({"SELECT detail FROM events LIMIT 1", "--format", "json"})
                  .json()["rows"][0]["detail"]
                  .get<std::string>()
                  .ends_with("}"));
}

/// A spreadsheet would run what begins like a formula; numbers stay numbers.
TEST_F(QueryTest, NoCellOfCsvIsAFormula) {
  EXPECT_EQ(query({"SELECT '=1+1' AS a, '+x' AS b, '-x' AS c, '@x' AS d, -1 AS e, '-1.5' AS f, 'a=1' AS \"=g\"",
                   "--format", "csv"})
                .out,
            "a,b,c,d,e,f,'=g\r\n'=1+1,'+x,'-x,'@x,-1,-1.5,a=1\r\n");
}

TEST_F(QueryTest, AWideRowBecomesABlock) {
  const Said said = query({"SELECT * FROM workspaces"});
  EXPECT_TRUE(said.out.starts_with("row 1\n  id ")) << said.out;
  expect_narrow(said.out);
}

TEST_F(QueryTest, TheSchemaExplainsItself) {
  const Said said = query({"--schema", "event"});
  EXPECT_TRUE(contains(said.out, "at_us INTEGER,  -- µs of virtual time")) << said.out;
  const Said wrong = query({"--schema", "evnt"});
  EXPECT_EQ(wrong.code, kBadInput);
  EXPECT_TRUE(contains(wrong.err, "did you mean event?")) << wrong.err;
}

TEST_F(QueryTest, AStatementMayStandInAFile) {
  const std::string file = write("q.sql", "-- how many\nSELECT count(*) AS n FROM event");
  EXPECT_EQ(query({"@" + file, "--format", "csv"}).out, "n\r\n499\r\n");
  write("q.sql", "-- how many\nSELECT count(*) FROM evnt");
  EXPECT_EQ(query({"@" + file}).err, file + ":2:22: no such table: evnt (did you mean event?)\n");
  EXPECT_EQ(query({"@" + path("none.sql")}).code, kBadInput);
}

struct Refused {
  std::string sql;
  std::string message;
};
void PrintTo(const Refused& refused, std::ostream* out) { *out << refused.sql; }

class RefusedTest : public QueryTest, public testing::WithParamInterface<Refused> {};

TEST_P(RefusedTest, IsExitTwoAndChangesNothing) {
  const std::string before = read(trace_);
  const Said said = query({GetParam().sql});
  EXPECT_EQ(said.code, kBadInput);
  EXPECT_EQ(said.out, "");
  EXPECT_EQ(said.err, GetParam().message + "\n");
  EXPECT_EQ(read(trace_), before);
  const Json json = query({GetParam().sql, "--format", "json"}).json();
  EXPECT_EQ(json["errors"].size(), 1U) << json;
}

INSTANTIATE_TEST_SUITE_P(
    All, RefusedTest,
    testing::Values(Refused{"INSERT INTO run VALUES ('a', 'b')", "SQL:1:1: a statement may only read (SELECT)"},
                    Refused{"CREATE TEMP TABLE x (a)", "SQL:1:1: a statement may only read (SELECT)"},
                    Refused{"ATTACH ':memory:' AS x", "SQL:1:1: a statement may only read (SELECT)"},
                    Refused{"PRAGMA writable_schema = ON", "SQL:1:1: a statement may only read (SELECT)"},
                    Refused{"PRAGMA user_version = 7", "SQL:1:1: a statement may only read (SELECT)"},
                    Refused{"VACUUM INTO '/tmp/x'", "SQL:1:1: a statement may only read (SELECT)"},
                    Refused{"UPDATE sqlite_master SET sql = ''", "SQL:1:1: table sqlite_master may not be modified"},
                    Refused{"SELECT load_extension('x')", "SQL:1:8: not authorized to use function: load_extension"},
                    Refused{"SELECT 1; SELECT 2", "SQL:1:11: there is more than one statement"},
                    Refused{"SELECT\n knd FROM event", "SQL:2:2: no such column: knd"},
                    Refused{"SELECT abs(-9223372036854775808)", "SQL: integer overflow"},
                    Refused{"", "SQL:1:1: there is no statement"}));

TEST_F(QueryTest, WhatOnlyDescribesIsAllowed) {
  EXPECT_EQ(query({"PRAGMA integrity_check", "--format", "csv"}).out, "integrity_check\r\nok\r\n");
  EXPECT_EQ(query({"SELECT value FROM json_each('[7]');  -- a comment", "--format", "csv"}).out, "value\r\n7\r\n");
}

TEST_F(QueryTest, AFileThatIsNoTraceIsRefused) {
  const auto refused = [](const std::string& file) {
    const Said said = drydock({"query", file, "SELECT 1"});
    EXPECT_EQ(said.code, kBadInput);
    return said.err;
  };
  EXPECT_TRUE(contains(refused(path("none.db")), "cannot be read: No such file"));
  EXPECT_TRUE(contains(refused(path("")), "cannot be read: Is a directory"));
  EXPECT_TRUE(contains(refused(write("text.db", "hello")), "is no SQLite database"));
  std::string bytes = read(trace_);
  bytes[71] = 'x';
  EXPECT_TRUE(contains(refused(write("other.db", bytes)), "but no trace of drydock's"));
  bytes = read(trace_);
  bytes[63] = 99;
  EXPECT_TRUE(contains(refused(write("new.db", bytes)),
                       "was written by a newer drydock: it has version 99, and this one reads 1"));
  bytes = read(trace_).substr(0, 9000);
  const Said damaged = drydock({"query", write("half.db", bytes), "SELECT * FROM event"});
  EXPECT_EQ(damaged.code, kBadInput);
  EXPECT_TRUE(contains(damaged.err, "malformed")) << damaged.err;
}

TEST_F(QueryTest, OneQuestionAtATime) {
  EXPECT_EQ(query({"SELECT 1", "--named", "why"}).code, kBadInput);
  EXPECT_TRUE(contains(query({"--named", "whi"}).err, "did you mean why?"));
  EXPECT_EQ(query({"--schema", "run", "--format", "csv"}).code, kBadInput);
}

TEST_F(QueryTest, AnEndlessQuestionIsInterrupted) {
  set_interrupted(true);
  const Said said =
      query({"WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) "
             "SELECT count(*) FROM c"});
  EXPECT_EQ(said.code, kInterrupted);
  EXPECT_EQ(said.out, "");
}

/// docs/trace.md promises that its questions can be asked.
TEST_F(QueryTest, TheRecipesOfTheDocumentationWork) {
  const std::string document = read(DRYDOCK_SOURCE_DIR "/docs/trace.md");
  std::size_t recipes = 0;
  std::size_t answered = 0;
  for (std::size_t at = document.find("```sql\n"); at != std::string::npos; at = document.find("```sql\n", at)) {
    at += 7;
    const std::string sql = document.substr(at, document.find("```", at) - at);
    const Said said = query({"@" + write("recipe.sql", sql), "--format", "json"});
    EXPECT_EQ(said.code, kHeld) << sql << said.out;
    ++recipes;
    if (said.code == kHeld && !said.json()["rows"].empty()) ++answered;
  }
  EXPECT_GE(recipes, 8U);
  EXPECT_GE(answered, 5U) << "an incident has something to tell";
}

/// SQLite's own shell reads it, every view included.
TEST_F(QueryTest, TheStockShellReadsIt) {
  if (std::system("command -v sqlite3 >/dev/null") != 0) GTEST_SKIP() << "sqlite3 is not there";
  const std::string script =
      "PRAGMA integrity_check; PRAGMA application_id; PRAGMA user_version; SELECT count(*) > 0 FROM "
      "events; SELECT count(*) > 0 FROM timeline; SELECT count(*) > 0 FROM why; SELECT count(*) FROM "
      "orphans; SELECT count(*) FROM pragma_table_list WHERE schema = ''main'' AND type = ''table'' "
      "AND strict = 0 AND name NOT LIKE ''sqlite%'';";
  std::string sql = script;
  for (auto at = sql.find("''"); at != std::string::npos; at = sql.find("''", at)) sql.erase(at, 1);
  const std::string file = write("script.sql", sql);
  const std::string command = "sqlite3 -readonly '" + trace_ + "' < '" + file + "' 2>&1";
  std::string said;
  FILE* pipe = popen(command.c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::array<char, 256> buffer{};
  while (std::fgets(buffer.data(), static_cast<int>(buffer.size()), pipe) != nullptr) said += buffer.data();
  EXPECT_EQ(pclose(pipe), 0);
  EXPECT_EQ(said, "ok\n" + std::to_string(scenarios::kTraceApplicationId) + "\n1\n1\n1\n1\n0\n0\n");
}

/// The program itself, its reports and its exit codes.
TEST_F(QueryTest, TheBinaryWritesAndAsks) {
  const std::string file = path("binary.db");
  const std::string run =
      std::string{DRYDOCK_BINARY} + " run reprov-thrash --case pre-1556 --quiet --report trace=" + file;
  ASSERT_EQ(std::system(run.c_str()), 0);
  EXPECT_EQ(read(file), read(trace_)) << "the same run has the same bytes in any process";
  const std::string ask = std::string{DRYDOCK_BINARY} + " query " + file +
                          " 'SELECT count(*) FROM violation' --format csv | grep -qx '12.'";
  EXPECT_EQ(std::system(ask.c_str()), 0);
}

}  // namespace
}  // namespace drydock::cli
