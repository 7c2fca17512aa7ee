#include "scenarios/trace/sql_reading.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <new>
#include <utility>
#include <vector>

#include "scenarios/trace/sql_guard.hpp"

namespace drydock::scenarios {
namespace {

bool is_of_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool same_word(std::string_view one, std::string_view other) {
  return one.size() == other.size() && sqlite3_strnicmp(one.data(), other.data(), static_cast<int>(one.size())) == 0;
}

/// Finds the byte at which a word stands, comments left out; an empty word stands for any. SQLite gives no place to the
/// error of a table that there is not.
std::optional<std::size_t> place_of(std::string_view sql, std::string_view word) {
  for (std::size_t at = 0; at < sql.size();) {
    if (sql.substr(at, 2) == "--") {
      at = std::min(sql.find('\n', at), sql.size());
    } else if (!is_of_word(sql[at])) {
      ++at;
    } else {
      std::size_t end = at;
      while (end < sql.size() && is_of_word(sql[end])) ++end;
      if (word.empty() || same_word(sql.substr(at, end - at), word)) return at;
      at = end;
    }
  }
  return std::nullopt;
}

/// Finds the byte at which the statement's first word begins.
std::optional<std::size_t> begin_of(std::string_view sql) { return place_of(sql, {}); }

std::string nearest_table(sqlite3* handle, const std::string& name) {
  SqlReading rows(handle, "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY name");
  std::vector<std::string> names;
  while (rows.step()) names.push_back(rows.text(0));
  const std::string near = nearest(name, names);
  return near.empty() ? "" : "did you mean " + near + "?";
}

/// Tells whether anything but blanks, comments and semicolons follows.
bool has_more(sqlite3* handle, std::string_view rest) {
  while (!rest.empty()) {
    sqlite3_stmt* next = nullptr;
    const char* tail = nullptr;
    const int result = sqlite3_prepare_v2(handle, rest.data(), static_cast<int>(rest.size()), &next, &tail);
    const bool something = result != SQLITE_OK || next != nullptr;
    sqlite3_finalize(next);
    if (something) return true;
    rest.remove_prefix(static_cast<std::size_t>(tail - rest.data()));
  }
  return false;
}

}  // namespace

SqlReading::SqlReading(sqlite3* handle, std::string_view sql) : handle_(handle) {
  constexpr std::size_t kLongest = 1'000'000;  // SQLite's own limit
  if (const auto nul = sql.find('\0'); nul != std::string_view::npos) {
    fail("there is a NUL character in the statement", nul);
  } else if (sql.size() > kLongest) {
    fail("the statement is longer than a million bytes", std::nullopt);
  } else {
    prepare(sql);
  }
}

SqlReading::~SqlReading() { sqlite3_finalize(statement_); }

void SqlReading::fail(std::string message, std::optional<std::size_t> offset) {
  error_ = Error{.message = std::move(message), .offset = offset, .hint = {}, .refused = false};
}

void SqlReading::prepare(std::string_view sql) {
  const char* tail = nullptr;
  const int result = sqlite3_prepare_v2(handle_, sql.data(), static_cast<int>(sql.size()), &statement_, &tail);
  if (result == SQLITE_NOMEM) throw std::bad_alloc();
  if (result == SQLITE_AUTH) return fail("a statement may only read (SELECT)", begin_of(sql));
  if (result != SQLITE_OK) return fail_as_sqlite_says(sql);
  const auto read = static_cast<std::size_t>(tail - sql.data());
  if (statement_ == nullptr) return fail("there is no statement", 0);
  if (has_more(handle_, sql.substr(read))) {
    const auto next = sql.find_first_not_of(" \t\r\n;", read);
    return fail("there is more than one statement", std::min(next, sql.size()));
  }
  // VACUUM and the like are refused only when they run.
  if (sqlite3_column_count(statement_) == 0) return fail("a statement may only read (SELECT)", begin_of(sql));
  if (sqlite3_bind_parameter_count(statement_) > 0) return fail("a statement takes no parameters here", begin_of(sql));
}

void SqlReading::fail_as_sqlite_says(std::string_view sql) {
  constexpr std::string_view kNoTable = "no such table: ";
  constexpr std::string_view kNoFunction = "not authorized to use function: ";
  const int offset = sqlite3_error_offset(handle_);
  const std::string message = sqlite3_errmsg(handle_);
  fail(message, offset < 0 ? begin_of(sql) : std::optional{static_cast<std::size_t>(offset)});
  if (message.starts_with(kNoFunction)) return explain_function(sql, message.substr(kNoFunction.size()));
  if (!message.starts_with(kNoTable)) return;
  const std::string table = message.substr(kNoTable.size());
  if (const auto place = place_of(sql, table)) error_->offset = place;
  error_->hint = nearest_table(handle_, table);
}

void SqlReading::explain_function(std::string_view sql, const std::string& function) {
  // SQLite's own place is missing where the function is a word without brackets (CURRENT_TIME).
  if (const auto place = place_of(sql, function)) error_->offset = place;
  if (is_unsteady(function)) error_->hint = "a promise has the same answer each time";
}

bool SqlReading::step() {
  if (error_) return false;
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return take_row();
  if (result == SQLITE_NOMEM) throw std::bad_alloc();
  if (result == SQLITE_INTERRUPT) fail("it takes too long and was ended", std::nullopt);
  if (result != SQLITE_DONE && !error_) fail(sqlite3_errmsg(handle_), std::nullopt);
  if (error_) error_->refused = result == SQLITE_AUTH;
  return false;
}

bool SqlReading::take_row() {
  if (!most_rows_) return true;
  bytes_ += bytes_of_row();
  if (rows_ < *most_rows_ && bytes_ <= kMostSqlBytes) {
    ++rows_;
    return true;
  }
  fail(rows_ < *most_rows_ ? fmt::format("the answer has more than {} MiB", kMostSqlBytes >> 20U)
                           : fmt::format("the answer has more than {} rows", *most_rows_),
       std::nullopt);
  error_->hint = fmt::format("LIMIT {} asks for the first ones, OFFSET {} goes on behind them", rows_, rows_);
  error_->too_large = true;
  return false;
}

std::size_t SqlReading::bytes_of_row() const {
  std::size_t bytes = 0;
  for (int at = 0; at < columns(); ++at) {
    // SQLite would write a number as text to say how long that is.
    const bool is_bytes = type(at) == Type::text || type(at) == Type::blob;
    bytes += is_bytes ? static_cast<std::size_t>(sqlite3_column_bytes(statement_, at)) : sizeof(std::int64_t);
  }
  return bytes;
}

int SqlReading::columns() const { return sqlite3_column_count(statement_); }

std::string SqlReading::name(int column) const {
  const char* name = sqlite3_column_name(statement_, column);
  return name != nullptr ? name : "";
}

SqlReading::Type SqlReading::type(int column) const {
  switch (sqlite3_column_type(statement_, column)) {
    case SQLITE_INTEGER:
      return Type::integer;
    case SQLITE_FLOAT:
      return Type::real;
    case SQLITE_TEXT:
      return Type::text;
    case SQLITE_BLOB:
      return Type::blob;
    default:
      return Type::null;
  }
}

std::int64_t SqlReading::integer(int column) const { return sqlite3_column_int64(statement_, column); }

double SqlReading::real(int column) const { return sqlite3_column_double(statement_, column); }

std::string SqlReading::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::string SqlReading::row() const {
  std::string all;
  for (int at = 0; at < columns(); ++at) {
    all += fmt::format("{}{}={}", at == 0 ? "" : ", ", name(at), type(at) == Type::null ? "NULL" : text(at));
  }
  return all;
}

std::optional<SqlReading::Error> find_problem(sqlite3* empty, std::string_view sql) {
  SqlReading reading(empty, sql);
  if (reading.error()) return reading.error();
  // Some calls are refused only when they are made. Other errors may come of there being no run.
  (void)reading.step();
  return reading.error() && reading.error()->refused ? reading.error() : std::nullopt;
}

Diagnostic to_diagnostic(const std::string& file, std::string_view sql, const SqlReading::Error& error) {
  Diagnostic diagnostic;
  diagnostic.file = file;
  diagnostic.message = error.message;
  diagnostic.hint = error.hint;
  if (!error.offset) return diagnostic;
  const std::string_view before = sql.substr(0, *error.offset);
  const auto newline = before.rfind('\n');
  diagnostic.line = 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  diagnostic.column = newline == std::string_view::npos ? before.size() + 1 : before.size() - newline;
  return diagnostic;
}

}  // namespace drydock::scenarios
