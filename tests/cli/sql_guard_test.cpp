// What a statement of a user may reach: `query`, `--invariant` and `sql` expectations. All calls here are harmless.

#include <sqlite3.h>

#include "model/store/database.hpp"
#include "scenarios/trace/sql_guard.hpp"
#include "scenarios/trace/trace_database.hpp"
#include "scenarios/trace/trace_schema.hpp"
#include "tests/cli/support.hpp"

namespace drydock::cli {
namespace {

using scenarios::TraceDatabase;

class SqlGuardTest : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    small_ = write("small.json", kSmall);
  }

  [[nodiscard]] std::string trace() const {
    const std::string file = path("small.db");
    EXPECT_EQ(drydock({"run", small_, "--case", "latest", "--quiet", "--report", "trace=" + file}).code, kHeld);
    return file;
  }

  /// What `validate` says of a scenario with this expectation.
  [[nodiscard]] Said expected(const std::string& sql) const {
    Json scenario = Json::parse(kSmall);
    scenario["cases"] = Json::array({{{"policy", "latest"}, {"expect", {{{"sql", sql}, {"rows", 0}}}}}});
    return drydock({"validate", write("expected.json", scenario.dump())});
  }

  [[nodiscard]] Said promised(const std::string& sql) const {
    return drydock({"run", small_, "--case", "latest", "--invariant", write("mine.sql", "-- Mine.\n" + sql)});
  }

  std::string small_;
};

/// One call of each function that Debian's SQLite has and no statement may call.
constexpr auto kRefused = std::to_array<const char*>(
    {"fts3_tokenizer('simple')", "load_extension('x')", "sqlite_log(0, 'x')", "sqlite_version()", "sqlite_source_id()",
     "sqlite_compileoption_get(0)", "sqlite_compileoption_used('x')", "last_insert_rowid()", "changes()",
     "total_changes()", "fts5_source_id()", "rtreedepth(x'00')", "rtreenode(2, x'00')", "rtreecheck('event')",
     "subtype('x')"});

TEST_F(SqlGuardTest, OnlyListedFunctionsAreCalled) {
  const std::string file = trace();
  for (const std::string call : kRefused) {
    const std::string name = call.substr(0, call.find('('));
    const std::string refusal = "not authorized to use function: " + name;
    const Said asked = drydock({"query", file, "SELECT 1 WHERE " + call + " = 1"});
    EXPECT_EQ(asked.code, kBadInput) << call;
    EXPECT_TRUE(contains(asked.err, "SQL:1:16: " + refusal)) << call << asked.err;
    const Said judged = promised("SELECT " + call);
    EXPECT_EQ(judged.code, kBadInput) << call;
    EXPECT_TRUE(contains(judged.err, "mine.sql:2:8: " + refusal)) << call << judged.err;
    const Said expects = expected("SELECT " + call);
    EXPECT_EQ(expects.code, kBadInput) << call;
    EXPECT_TRUE(contains(expects.err, refusal)) << call << expects.err;
  }
}

/// Whatever SQLite is linked: a function that it gains is refused until somebody lists it.
TEST_F(SqlGuardTest, EveryOtherFunctionOfThisSqliteIsRefused) {
  sqlite3* plain = nullptr;
  ASSERT_EQ(sqlite3_open(":memory:", &plain), SQLITE_OK);
  sqlite3_stmt* names = nullptr;
  sqlite3_prepare_v2(plain, "SELECT DISTINCT name FROM pragma_function_list ORDER BY name", -1, &names, nullptr);
  std::size_t refused = 0;
  while (sqlite3_step(names) == SQLITE_ROW) {
    const std::string name = reinterpret_cast<const char*>(sqlite3_column_text(names, 0));
    if (!scenarios::may_call(name, scenarios::SqlUse::promise)) ++refused;
    for (const char* part : {"fts", "rtree", "load", "sqlite_", "random", "current_", "changes", "rowid"}) {
      if (!contains(name, part)) continue;
      EXPECT_FALSE(scenarios::may_call(name, scenarios::SqlUse::promise)) << name;
    }
  }
  sqlite3_finalize(names);
  sqlite3_close(plain);
  EXPECT_GE(refused, 10U);
}

TEST_F(SqlGuardTest, OnlyTheTablesOfATraceAndJsonAreRead) {
  const std::string file = trace();
  for (const char* table : {"dbstat", "sqlite_stmt", "fts3tokenize", "pragma_module_list", "pragma_function_list",
                            "pragma_database_list", "pragma_compile_options"}) {
    const std::string sql = std::string{"SELECT * FROM "} + table;
    EXPECT_EQ(drydock({"query", file, sql}).code, kBadInput) << table;
    EXPECT_EQ(promised(sql).code, kBadInput) << table;
    EXPECT_EQ(expected(sql).code, kBadInput) << table;
  }
  EXPECT_EQ(drydock({"query", file, "SELECT count(*) FROM json_tree('[1, [2]]')"}).code, kHeld);
  EXPECT_EQ(drydock({"query", file, "SELECT name FROM pragma_table_info('event')"}).code, kHeld);
}

TEST_F(SqlGuardTest, APromiseHasOneAnswerAndAQuestionMayAskTheClock) {
  const std::string file = trace();
  for (const char* unsteady :
       {"random()", "length(randomblob(4))", "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "datetime('now')",
        "DATE('NOW')", "julianday()", "time('n' || 'ow')", "strftime('%s')", "unixepoch('now', 'start of day')",
        "datetime(0, 'unixepoch', 'localtime')", "datetime(0, 'unixepoch', 'utc')", "date(x'6e6f77')"}) {
    const std::string sql = std::string{"SELECT "} + unsteady;
    EXPECT_EQ(promised(sql).code, kBadInput) << unsteady;
    EXPECT_EQ(expected(sql).code, kBadInput) << unsteady << expected(sql).out;
    EXPECT_EQ(drydock({"query", file, sql}).code, kHeld) << unsteady;
  }
  EXPECT_TRUE(
      contains(promised("SELECT 1,\n random()").err,
               "mine.sql:3:2: not authorized to use function: random (a promise has the same answer each time)"));
  EXPECT_TRUE(contains(expected("SELECT date('now')").err, "date() of the clock has another answer each time"));
  // A date of what is given is the same each time.
  const Said said =
      promised("SELECT date(0, 'unixepoch') AS message WHERE strftime('%Y', 86400.0, 'unixepoch') = '1970'");
  EXPECT_TRUE(contains(said.out, "1970-01-01")) << said.out << said.err;
}

/// What replaced a function of SQLite's has its answers.
TEST_F(SqlGuardTest, ReplacedFunctionsAnswerAsTheirOwn) {
  const std::string file = trace();
  const auto value = [&](const std::string& expression) {
    return drydock({"query", file, "SELECT " + expression + " AS v", "--format", "csv"}).out;
  };
  EXPECT_EQ(value("instr('abc', 'c')"), "v\r\n3\r\n");
  EXPECT_EQ(value("replace('a1b1', 1, 'x')"), "v\r\naxbx\r\n");
  EXPECT_EQ(value("trim('xxaxx', 'x') || ltrim('xa', 'x') || rtrim('ax', 'x') || trim(' b ')"), "v\r\naaab\r\n");
  EXPECT_EQ(value("'Workspace' LIKE 'w%' AND 'a_b' LIKE 'a!_b' ESCAPE '!' AND 'abc' GLOB 'a*'"), "v\r\n1\r\n");
  EXPECT_EQ(value("instr(NULL, 'c') IS NULL"), "v\r\n1\r\n");
}

/// A call that has begun cannot be ended: those that take the product of two lengths are refused long texts.
TEST_F(SqlGuardTest, NoCallTakesLong) {
  const std::string file = trace();
  const std::string texts =
      "WITH t(a, b) AS (SELECT replace(hex(zeroblob(400000)), '0', 'a'), "
      "replace(hex(zeroblob(50000)), '0', 'a') || 'b') ";
  for (const char* call : {"instr(a, b)", "replace(a, b, '')", "trim(a, b)", "ltrim(a, b)", "rtrim(a, b)", "a LIKE b",
                           "a LIKE b ESCAPE '!'", "a GLOB b"}) {
    const Said said = drydock({"query", file, texts + "SELECT " + call + " FROM t"});
    EXPECT_EQ(said.code, kBadInput) << call;
    EXPECT_TRUE(contains(said.err, "takes too long")) << call << said.err;
  }
  const Said long_value = drydock({"query", file, "SELECT length(zeroblob(1048577))"});
  EXPECT_TRUE(contains(long_value.err, "too big")) << long_value.err;
  EXPECT_EQ(drydock({"query", file, "SELECT length(zeroblob(1048576))"}).code, kHeld);
}

TEST_F(SqlGuardTest, EveryHandleIsHardened) {
  const model::Database platform;
  const TraceDatabase trace;
  for (sqlite3* handle : {platform.handle(), trace.handle()}) {
    for (const auto& [name, wanted] :
         {std::pair{SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0}, std::pair{SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
          std::pair{SQLITE_DBCONFIG_DEFENSIVE, 1}}) {
      int is_on = -1;
      sqlite3_db_config(handle, name, -1, &is_on);
      EXPECT_EQ(is_on, wanted) << name;
    }
  }
  int trusted = -1;
  sqlite3_db_config(platform.handle(), SQLITE_DBCONFIG_TRUSTED_SCHEMA, -1, &trusted);
  EXPECT_EQ(trusted, 0);
}

/// Makes a database that has the numbers of a trace, and a schema of its own.
void make_foreign(const std::string& file, const std::string& script) {
  sqlite3* made = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &made), SQLITE_OK);
  const std::string all = "PRAGMA application_id = 1148352836; PRAGMA user_version = 1;" + script;
  ASSERT_EQ(sqlite3_exec(made, all.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(made);
  sqlite3_close(made);
}

TEST_F(SqlGuardTest, AForeignSchemaCallsNothing) {
  const std::string file = path("foreign.db");
  make_foreign(file,
               "CREATE TABLE event(kind, at_us); INSERT INTO event VALUES ('x', 1);"
               "CREATE VIEW mine AS SELECT sqlite_version() AS v;"
               "CREATE VIRTUAL TABLE words USING fts5(w);"
               "CREATE VIEW timeline AS SELECT sqlite_version() AS v;"
               "CREATE TABLE \"esc\x1b[31m\"(a -- \x1b[2J\n);");
  EXPECT_EQ(drydock({"query", file, "SELECT kind FROM event"}).code, kHeld);
  for (const char* sql : {"SELECT * FROM mine", "SELECT * FROM words"})
    EXPECT_EQ(drydock({"query", file, sql}).code, kBadInput) << sql;
  EXPECT_FALSE(contains(drydock({"query", file, "SELECT * FROM timeline"}).out, "3.")) << "the view is our own";
  const Said schema = drydock({"query", file, "--schema", "esc\x1b[31m"});
  EXPECT_EQ(schema.code, kHeld) << schema.err;
  EXPECT_FALSE(contains(schema.out, "\x1b")) << "its text is printed, not obeyed";
  EXPECT_TRUE(contains(schema.out, "\\x1b[2J\n")) << schema.out;
}

/// A column that is computed when it is read would call without being asked about.
TEST_F(SqlGuardTest, AColumnOfAForeignSchemaComputesNothing) {
  const std::string file = path("computed.db");
  make_foreign(file, "CREATE TABLE event(kind, quoted AS (json_quote(kind)));");
  EXPECT_TRUE(contains(drydock({"query", file}).err, "unsafe use of json_quote()"));
}

TEST_F(SqlGuardTest, AnExpectationIsReadAgainstTheSchema) {
  const std::string file = write("t.json", R"json({
  "format": "drydock.scenario/1", "name": "t", "horizon": "5m",
  "workspaces": [{"id": "pm"}],
  "cases": [{"policy": "latest", "expect": [
    {"sql": "SELECT \u00e9.seq FROM evnt", "rows": 0},
    {"sql": "SELECT knd\tFROM event", "rows": 0},
    {"sql": "SELECT 1; SELECT 2", "rows": 0},
    {"sql": "SELECT json_array_length(coalesce((SELECT body FROM request), 'no JSON'))", "at_least": 0},
    {"sql": "  -- a comment\nSELECT seq FROM event WHERE 0", "rows": 0}
  ]}]
})json");
  const Said said = drydock({"validate", file});
  EXPECT_EQ(said.code, kBadInput);
  EXPECT_EQ(said.err, file + ":5:37: /cases/0/expect/0/sql: no such table: evnt (did you mean event?)\n" + file +
                          ":6:21: /cases/0/expect/1/sql: no such column: knd\n" + file +
                          ":7:24: /cases/0/expect/2/sql: there is more than one statement\n")
      << said.out;
}

/// Each counterexample is a violation with causes of its own: there is a bound, and it is told.
TEST_F(SqlGuardTest, CounterexamplesAreBounded) {
  const Said said = drydock({"run", small_, "--case", "latest", "--format", "json", "--invariant",
                             write("many.sql",
                                   "-- Many.\nWITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
                                   "FROM n WHERE i < 200000) SELECT 'w' || i AS workspace FROM n")});
  EXPECT_EQ(said.code, kFailed) << said.err;
  const Json violations = said.json()["results"][0]["violations"];
  ASSERT_EQ(violations.size(), 1001U);
  EXPECT_TRUE(contains(violations.back()["message"], "more than 1000 counterexamples")) << violations.back();
}

TEST_F(SqlGuardTest, AnInterruptEndsTheStatement) {
  const std::string file = trace();
  set_interrupted(true);
  const Said said = drydock({"query", file,
                             "WITH RECURSIVE x(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM x) "
                             "SELECT max(i) FROM x"});
  EXPECT_NE(said.code, kHeld);
}

}  // namespace
}  // namespace drydock::cli
