// What a statement of the store costs: SQLite is asked for the plan of each one, as it stands in the sources. A loop's
// turn looks at what it finds; it neither sorts, nor fills a temporary table, nor scans what it does not want.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "model/store/database.hpp"
#include "scenarios/run.hpp"
#include "tests/support/play.hpp"
#include "tests/tidy/tokens.hpp"

namespace drydock::tidy {
namespace {

/// A plan that costs more than it finds, and why it may.
struct Excused {
  std::string_view has;  // a part of the statement that no other one has
  std::string_view why;
};

constexpr std::array kExcused = std::to_array<Excused>({
    // A tree is walked with a queue of rows and a set of those that were met.
    {"RECURSIVE below(", "a client pauses, resumes or removes a tree: once a request"},
    {"RECURSIVE ancestors(", "only for a row that has a parent; before that is known no table is opened"},
    // What these tables hold is what is wanted.
    {"FROM launches l WHERE NOT EXISTS", "a launch is in the table while its outcome is unknown"},
    {"workspace_key FROM owed_starts ORDER BY", "a start is in the table while it is owed"},
    {"FROM owed_starts UNION ALL", "what is owed is in these tables while it is, and one row of it is enough"},
    {"encrypted_value FROM global_secrets", "all of them are wanted"},
    {"UNION SELECT key FROM global_secrets", "all of them are wanted"},
    // On a timer.
    {"workspaces w NOT INDEXED WHERE updated_at < ?1",
     "each heartbeat writes both moments that it compares: an index of them would cost the heartbeats more than the "
     "scan costs the loop"},
    // What a client asks for.
    {"FROM workspaces w WHERE status <> 'removed'", "a client writes a global secret, which reaches nearly all rows"},
    {"DELETE FROM workspace_auth_tokens", "a client asks for a purge"},
    {"DELETE FROM a2a_queue", "a client asks for a purge"},
    {"SET parent_key = NULL", "a client asks for a purge"},
    {"SET forwarded_to_key = NULL", "a client asks for a purge"},
    {"SET revoked_at = ?", "it changes what its index is about, so SQLite collects the rows first: once a provision"},
});

bool is_statement(const std::string& text) {
  static const std::regex begins{R"(^(SELECT|INSERT|UPDATE|DELETE|WITH)\b)"};
  return std::regex_search(text, begins);
}

/// Reads the statements out of the sources of the store: a statement that no test happens to make is judged too.
std::vector<std::string> statements() {
  std::vector<std::string> found;
  for (const auto& file : std::filesystem::directory_iterator(DRYDOCK_SOURCE_DIR "/model/store")) {
    if (file.path().extension() != ".cpp") continue;
    std::ifstream in(file.path());
    std::ostringstream text;
    text << in.rdbuf();
    const Tokens tokens = tokenize(text.str());
    for (std::size_t i = 0; i < tokens.code.size(); ++i) {
      if (tokens.code[i].kind != Kind::string) continue;
      std::string literal = tokens.code[i].text;
      while (i + 1 < tokens.code.size() && tokens.code[i + 1].kind == Kind::string) literal += tokens.code[++i].text;
      if (is_statement(literal)) found.push_back(literal);
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<std::string> column(sqlite3* handle, const std::string& sql, int at) {
  sqlite3_stmt* statement = nullptr;
  EXPECT_EQ(sqlite3_prepare_v2(handle, sql.c_str(), -1, &statement, nullptr), SQLITE_OK)
      << sqlite3_errmsg(handle) << ": " << sql;
  std::vector<std::string> texts;
  while (sqlite3_step(statement) == SQLITE_ROW) {
    const unsigned char* text = sqlite3_column_text(statement, at);
    texts.emplace_back(text != nullptr ? reinterpret_cast<const char*>(text) : "");
  }
  sqlite3_finalize(statement);
  return texts;
}

/// Tells whether the index holds only some of its table's rows.
bool is_partial(sqlite3* handle, const std::string& index) {
  const auto made = column(handle, fmt::format("SELECT sql FROM sqlite_schema WHERE name = '{}' -- one row", index), 0);
  return !made.empty() && made.front().find(" WHERE ") != std::string::npos;
}

/// Names the parts of a statement's plan that cost more than they find.
std::vector<std::string> dear_parts(sqlite3* handle, const std::string& sql) {
  constexpr int kOpcode = 1;
  constexpr int kDetail = 3;
  static const std::regex scan{R"(^SCAN (?!CONSTANT ROW)(.*?)(?: USING (?:COVERING )?INDEX (\w+))?$)"};
  std::vector<std::string> dear;
  for (const std::string& opcode : column(handle, "EXPLAIN " + sql, kOpcode)) {
    const bool fills = opcode == "SorterOpen" || opcode == "OpenEphemeral" || opcode == "OpenAutoindex";
    if (fills) dear.push_back(opcode);
  }
  for (const std::string& detail : column(handle, "EXPLAIN QUERY PLAN " + sql, kDetail)) {
    std::smatch match;
    if (!std::regex_match(detail, match, scan)) continue;
    if (!match[2].matched || !is_partial(handle, match[2].str())) dear.push_back(detail);
  }
  return dear;
}

bool is_excused(const std::string& sql) {
  return std::any_of(kExcused.begin(), kExcused.end(),
                     [&](const Excused& excused) { return sql.find(excused.has) != std::string::npos; });
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

TEST(Plans, EachStatementCostsWhatItFinds) {
  model::Database database;
  for (const std::string& sql : statements()) {
    if (is_excused(sql)) continue;
    EXPECT_EQ(joined(dear_parts(database.handle(), sql)), "") << sql;
  }
}

TEST(Plans, AnExcuseIsNeeded) {
  model::Database database;
  for (const Excused& excused : kExcused) {
    int excuses = 0;
    for (const std::string& sql : statements()) {
      if (sql.find(excused.has) == std::string::npos) continue;
      ++excuses;
      EXPECT_NE(joined(dear_parts(database.handle(), sql)), "") << sql;
    }
    EXPECT_GT(excuses, 0) << excused.has;
  }
}

TEST(Plans, ADearPlanIsRecognised) {
  model::Database database;
  const auto cost = [&](const char* sql) { return joined(dear_parts(database.handle(), sql)); };
  EXPECT_EQ(cost("SELECT name FROM workspaces ORDER BY key"), "SCAN workspaces");
  EXPECT_EQ(cost("SELECT key FROM workspaces WHERE alias = ? ORDER BY name"), "SorterOpen, SCAN workspaces");
  EXPECT_EQ(cost("INSERT INTO activity_logs DEFAULT VALUES RETURNING id"), "OpenEphemeral");
  EXPECT_EQ(cost("SELECT id FROM workspaces ORDER BY id"),
            "SCAN workspaces USING COVERING INDEX sqlite_autoindex_workspaces_1");
  EXPECT_EQ(cost("SELECT key FROM workspaces WHERE status = 'provisioning' ORDER BY key"), "");
}

TEST(Plans, EveryStatementThatARunMakesIsJudged) {
  const std::vector<std::string> all = statements();
  scenarios::Workbench workbench;
  for (const char* file : {"reprov-thrash.json", "pause-cascade.json"}) {
    const scenarios::Scenario scenario = test::scenario_of(test::shipped(file));
    for (scenarios::CaseSpec played : scenario.cases) {
      played.expect.clear();  // some ask SQL of their own
      scenarios::RunOptions options;
      options.keep_record = false;
      (void)scenarios::run(scenario, played, {}, options, workbench);
    }
  }
  std::size_t judged = 0;
  sqlite3* handle = workbench.database().handle();
  for (sqlite3_stmt* made = sqlite3_next_stmt(handle, nullptr); made != nullptr;
       made = sqlite3_next_stmt(handle, made)) {
    const std::string sql = sqlite3_sql(made);
    // The last one reads the rows at the end of a run (scenarios/run.cpp).
    if (!is_statement(sql) || sql.starts_with("SELECT w.key AS row_key")) continue;
    EXPECT_TRUE(std::binary_search(all.begin(), all.end(), sql)) << sql;
    ++judged;
  }
  EXPECT_GT(judged, 30U);
}

}  // namespace
}  // namespace drydock::tidy
