#include "scenarios/trace/sql_guard.hpp"

#include <sqlite3.h>

#include <array>
#include <utility>

#include "sim/is_one_of.hpp"

namespace drydock::scenarios {
namespace {

/// Pragmas that describe, whatever they are asked about.
constexpr std::array<std::string_view, 7> kDescribing{"table_info", "table_xinfo", "table_list",     "index_list",
                                                      "index_info", "quick_check", "integrity_check"};
/// Pragmas that describe as long as they are given no value.
constexpr std::array<std::string_view, 4> kReadable{"application_id", "user_version", "page_count", "page_size"};

/// What a statement may call. Each works on its arguments and on nothing else. What is not here is refused: Debian's
/// SQLite also has functions that write to a log, load code, or take an address for an argument.
constexpr auto kFunctions = std::to_array<std::string_view>({
    // core
    "abs",
    "char",
    "coalesce",
    "format",
    "glob",
    "hex",
    "ifnull",
    "iif",
    "instr",
    "length",
    "like",
    "likelihood",
    "likely",
    "lower",
    "ltrim",
    "max",
    "min",
    "nullif",
    "printf",
    "quote",
    "replace",
    "round",
    "rtrim",
    "sign",
    "soundex",
    "substr",
    "substring",
    "trim",
    "typeof",
    "unicode",
    "unlikely",
    "upper",
    "zeroblob",
    // mathematics
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "ceil",
    "ceiling",
    "cos",
    "cosh",
    "degrees",
    "exp",
    "floor",
    "ln",
    "log",
    "log10",
    "log2",
    "mod",
    "pi",
    "pow",
    "power",
    "radians",
    "sin",
    "sinh",
    "sqrt",
    "tan",
    "tanh",
    "trunc",
    // dates: of what they are given (scenarios/trace/sql_functions.cpp)
    "date",
    "datetime",
    "julianday",
    "strftime",
    "time",
    "unixepoch",
    // aggregates and windows
    "avg",
    "count",
    "cume_dist",
    "dense_rank",
    "first_value",
    "group_concat",
    "lag",
    "last_value",
    "lead",
    "nth_value",
    "ntile",
    "percent_rank",
    "rank",
    "row_number",
    "sum",
    "total",
    // JSON
    "->",
    "->>",
    "json",
    "json_array",
    "json_array_length",
    "json_extract",
    "json_group_array",
    "json_group_object",
    "json_insert",
    "json_object",
    "json_patch",
    "json_quote",
    "json_remove",
    "json_replace",
    "json_set",
    "json_type",
    "json_valid",
});

int judge_access(SqlUse use, int action, std::string_view one, std::string_view two, bool has_value) {
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE:
      return SQLITE_OK;
    case SQLITE_UPDATE:
      // What SQLite asks when a table-valued function (json_each) is used for the first time. Nobody can really write
      // there: that takes a pragma.
      return one == "sqlite_master" ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_FUNCTION:
      return may_call(two, use) ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_PRAGMA:
      return sim::is_one_of(one, kDescribing) || (!has_value && sim::is_one_of(one, kReadable)) ? SQLITE_OK
                                                                                                : SQLITE_DENY;
    default:
      return SQLITE_DENY;
  }
}

template <SqlUse use>
int authorize(void* /*unused*/, int action, const char* first, const char* second, const char* /*database*/,
              const char* /*trigger*/) {
  return judge_access(use, action, first != nullptr ? first : "", second != nullptr ? second : "", second != nullptr);
}

/// Limits of one statement. SQLite's own are for a server's worth of data: a gigabyte of text in one value.
constexpr auto kLimits = std::to_array<std::pair<int, int>>({
    {SQLITE_LIMIT_LENGTH, static_cast<int>(kLongestSqlValue)},
    {SQLITE_LIMIT_SQL_LENGTH, 1'000'000},
    {SQLITE_LIMIT_COLUMN, 500},
    {SQLITE_LIMIT_EXPR_DEPTH, 200},
    {SQLITE_LIMIT_COMPOUND_SELECT, 100},
    {SQLITE_LIMIT_VDBE_OP, 1'000'000},
    {SQLITE_LIMIT_ATTACHED, 0},
    {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 10'000},
    {SQLITE_LIMIT_WORKER_THREADS, 0},
});

}  // namespace

bool is_unsteady(std::string_view function) {
  // The date, the time and both; a number and bytes.
  return function.starts_with("current_") || function.starts_with("random");
}

bool may_call(std::string_view function, SqlUse use) {
  return sim::is_one_of(function, kFunctions) || (use == SqlUse::question && is_unsteady(function));
}

void allow_reading_only(sqlite3* handle, SqlUse use) {
  for (const auto& [limit, most] : kLimits) sqlite3_limit(handle, limit, most);
  sqlite3_set_authorizer(handle, use == SqlUse::promise ? authorize<SqlUse::promise> : authorize<SqlUse::question>,
                         nullptr);
}

void allow_everything(sqlite3* handle) {
  constexpr int kAsCompiled = 1'000'000'000;
  sqlite3_set_authorizer(handle, nullptr, nullptr);
  sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, kAsCompiled);
}

}  // namespace drydock::scenarios
