// SQL in string literals: no clock or chance of SQLite's own, and no order of rows that a plan
// decides. Keywords are read in capitals, as this code base writes them; prose in a literal is left
// alone.

#include <algorithm>
#include <array>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "tests/tidy/lint.hpp"
#include "tests/tidy/tokens.hpp"

namespace drydock::tidy {
namespace {

struct Banned {
  std::regex pattern;
  std::string message;
};

std::regex any_case(const char* pattern) { return std::regex(pattern, std::regex::icase); }

// Built once, for a pattern is slow to build; behind functions, so that no order of initialisation
// matters.
const std::array<Banned, 4>& banned() {
  static const std::array<Banned, 4> table = {{
      {any_case(R"('now')"), "SQLite's clock is the machine's: bind the virtual time"},
      {any_case(R"(\bCURRENT_(TIMESTAMP|TIME|DATE)\b)"), "SQLite's clock is the machine's: bind the virtual time"},
      {any_case(R"(\brandom\s*\(\s*\))"), "SQLite's chance is its own: the tape decides"},
      {any_case(R"(\brandomblob\s*\()"), "SQLite's chance is its own: the tape decides"},
  }};
  return table;
}

struct Patterns {
  std::regex remark = any_case(R"(--\s*one row)");
  std::regex comment{R"(--[^\n]*)"};
  std::regex create{R"(^\s*CREATE\b)"};
  std::regex select{R"(\bSELECT\b)"};
  std::regex from{R"(\bFROM\b)"};
  std::regex order{R"(\bORDER\s+BY\b)"};
  std::regex limit{R"(\bLIMIT\b)"};
  std::regex returning{R"(\bRETURNING\b)"};
  std::regex group{R"(\bGROUP\s+BY\b)"};
  std::regex aggregate = any_case(R"(\b(COUNT|SUM|TOTAL|AVG|MIN|MAX)\s*\()");
  std::regex widens{R"(\b(JOIN|OR|UNION)\b)"};
  // A unique key by convention of the schema: such a column is named id.
  std::regex by_key{R"(\b(WHERE|AND)\s+(\w+\.)?(id|rowid|key)\s*=\s*[?:@])"};
  std::regex by_found_key{R"(\b(WHERE|AND)\s+(\w+\.)?(id|rowid|key)\s*=\s*[?:@(])"};
  std::regex inserts{R"(^\s*INSERT\b[^()]*\(\)\s*VALUES\b)"};
};

const Patterns& patterns() {
  static const Patterns built;
  return built;
}

bool matches(const std::string& text, const std::regex& pattern) { return std::regex_search(text, pattern); }

// The text outside all parentheses: what decides the rows of the statement itself. A parenthesis
// leaves "()".
std::string outside_parentheses(std::string_view sql) {
  std::string result;
  int depth = 0;
  bool quoted = false;
  for (const char c : sql) {
    if (c == '\'') quoted = !quoted;
    if (!quoted && c == ')') --depth;
    if (depth <= 0) result += c;
    if (!quoted && c == '(') ++depth;
  }
  return result;
}

bool gives_one_row(const std::string& statement) {
  const Patterns& p = patterns();
  const std::size_t select = statement.find("SELECT");
  const std::string columns = statement.substr(select, statement.find("FROM", select) - select);
  if (matches(columns, p.aggregate) && !matches(statement, p.group)) return true;
  return matches(statement, p.by_key) && !matches(statement, p.widens);
}

// SQLite gives returned rows in any order, and there is no way to ask for one.
bool returns_rows(const std::string& statement) {
  const Patterns& p = patterns();
  if (!matches(statement, p.returning)) return false;
  return !matches(statement, p.by_found_key) && !matches(statement, p.inserts);
}

// Each text between parentheses, without what nests in it, and the text outside all.
std::vector<std::string> levels(const std::string& sql) {
  std::vector<std::string> open(1);
  std::vector<std::string> closed;
  bool quoted = false;
  for (const char c : sql) {
    if (c == '\'') quoted = !quoted;
    if (!quoted && c == '(') {
      open.emplace_back();
    } else if (!quoted && c == ')' && open.size() > 1) {
      closed.push_back(std::move(open.back()));
      open.pop_back();
    } else {
      open.back() += c;
    }
  }
  closed.insert(closed.end(), open.begin(), open.end());
  return closed;
}

// LIMIT takes the first rows: without an order, whichever the plan meets first.
bool limits_without_order(const std::string& sql) {
  const Patterns& p = patterns();
  const std::vector<std::string> all = levels(sql);
  return std::any_of(all.begin(), all.end(),
                     [&p](const std::string& level) { return matches(level, p.limit) && !matches(level, p.order); });
}

void check_statement(const Unit& unit, int line, const std::string& whole, Findings& out) {
  const Patterns& p = patterns();
  if (matches(whole, p.remark)) return;
  const std::string bare = std::regex_replace(whole, p.comment, std::string());
  const std::string statement = outside_parentheses(bare);
  // A view or a trigger gives no rows by itself; whoever reads it orders them.
  if (matches(statement, p.create)) return;
  if (limits_without_order(bare)) {
    unit.report(out, line, "sql-order", "LIMIT without ORDER BY takes whichever row comes first");
    return;
  }
  if (returns_rows(statement)) {
    unit.report(out, line, "sql-order",
                "RETURNING gives several rows in no order; if it is at most one, say so in a "
                "comment in it: -- one row");
    return;
  }
  if (!matches(statement, p.select) || !matches(statement, p.from)) return;
  if (matches(statement, p.order) || gives_one_row(statement)) return;
  unit.report(out, line, "sql-order",
              "a SELECT of several rows without ORDER BY; if it gives at most one, say so in a "
              "comment in it: -- one row");
}

void check_literal(const Unit& unit, int line, const std::string& sql, Findings& out) {
  for (const Banned& entry : banned()) {
    if (matches(sql, entry.pattern)) unit.report(out, line, "sql-nondeterminism", entry.message);
  }
  if (sql.find("SELECT") == std::string::npos && sql.find("RETURNING") == std::string::npos) return;
  std::size_t begin = 0;
  while (begin <= sql.size()) {
    const std::size_t end = std::min(sql.find(';', begin), sql.size());
    // A remark behind the semicolon, on its line, still belongs to the statement.
    const std::size_t line_end = std::min(sql.find('\n', end), sql.size());
    std::string statement = sql.substr(begin, end - begin);
    if (end < line_end && sql.find("--", end) < line_end) {
      statement += sql.substr(end + 1, line_end - end - 1);
    }
    check_statement(unit, line, statement, out);
    begin = end + 1;
  }
}

}  // namespace

void check_sql(const Unit& unit, Findings& out) {
  const auto& code = unit.tokens.code;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (code[i].kind != Kind::string) continue;
    const int line = code[i].line;
    std::string text = code[i].text;
    while (i + 1 < code.size() && code[i + 1].kind == Kind::string) text += code[++i].text;
    check_literal(unit, line, text, out);
  }
}

}  // namespace drydock::tidy
