#include "model/store/database.hpp"

#include <algorithm>
#include <exception>
#include <functional>

#include "model/store/harden.hpp"
#include "model/store/sqlite_setup.hpp"
#include "sim/check.hpp"

namespace drydock::model {

Query::~Query() {
  // Bindings stay: whoever uses the statement next binds every parameter again.
  sqlite3_reset(statement_);
}

Query& Query::bind(std::int64_t value) {
  sqlite3_bind_int64(statement_, ++bound_, value);
  return *this;
}

Query& Query::bind(std::string_view value) {
  // An empty view may point nowhere, which SQLite would take for NULL. Any other is copied: its text may not outlive
  // the statement's last step.
  const bool empty = value.empty();
  sqlite3_bind_text(statement_, ++bound_, empty ? "" : value.data(), static_cast<int>(value.size()),
                    empty ? SQLITE_STATIC : SQLITE_TRANSIENT);
  return *this;
}

Query& Query::bind(double value) {
  sqlite3_bind_double(statement_, ++bound_, value);
  return *this;
}

Query& Query::bind(std::optional<std::int64_t> value) {
  if (value) return bind(*value);
  sqlite3_bind_null(statement_, ++bound_);
  return *this;
}

bool Query::step() {
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return true;
  DRYDOCK_CHECK(result == SQLITE_DONE, "{}: {}", sqlite3_errmsg(sqlite3_db_handle(statement_)),
                sqlite3_sql(statement_));
  return false;
}

void Query::run() {
  while (step()) {
  }
}

std::int64_t Query::integer(int column) const { return sqlite3_column_int64(statement_, column); }

double Query::real(int column) const { return sqlite3_column_double(statement_, column); }

std::string Query::text(int column) const {
  const auto* bytes = sqlite3_column_text(statement_, column);
  if (bytes == nullptr) return {};
  return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

bool Query::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

Database::Database() {
  set_up_sqlite();
  const int opened =
      sqlite3_open_v2(":memory:", &handle_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  DRYDOCK_CHECK(opened == SQLITE_OK, "SQLite cannot open a database in memory");
  harden(handle_);
  execute("PRAGMA foreign_keys = OFF");  // the platform's own checks are what is simulated
  execute(schema_sql());
  execute("BEGIN");
}

Database::~Database() {
  for (const Prepared& prepared : prepared_) sqlite3_finalize(prepared.statement);
  sqlite3_close(handle_);
}

void Database::execute(const char* sql) {
  char* message = nullptr;
  const int result = sqlite3_exec(handle_, sql, nullptr, nullptr, &message);
  const std::string said = message != nullptr ? message : "";
  sqlite3_free(message);
  DRYDOCK_CHECK(result == SQLITE_OK, "{}: {}", said, sql);
}

void Database::begin_run() {
  DRYDOCK_CHECK(!in_run_, "a database serves one run at a time");
  DRYDOCK_CHECK(!broken_, "the run before could not be rolled back");
  query("SAVEPOINT run").run();
  in_run_ = true;
  statements_run_ = 0;
}

void Database::end_run() noexcept {
  // A run is given back in a destructor, often on the way of another exception: nothing may be thrown here.
  try {
    query("ROLLBACK TO run").run();
    query("RELEASE run").run();
  } catch (const std::exception&) {
    broken_ = true;
  }
  in_run_ = false;
}

Query Database::query(const char* sql) {
  ++statements_run_;
  const auto place =
      std::lower_bound(prepared_.begin(), prepared_.end(), sql,
                       [](const Prepared& known, const char* wanted) { return std::less<>{}(known.sql, wanted); });
  if (place != prepared_.end() && place->sql == sql) return Query{place->statement};
  return Query{prepared_.insert(place, {sql, prepare(sql)})->statement};
}

std::vector<const char*> Database::prepared() const {
  std::vector<const char*> statements;
  statements.reserve(prepared_.size());
  for (const Prepared& each : prepared_) statements.push_back(each.sql);
  return statements;
}

void Database::prepare_all(const std::vector<const char*>& statements) {
  for (const char* sql : statements) (void)query(sql);
}

sqlite3_stmt* Database::prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  const int result = sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  DRYDOCK_CHECK(result == SQLITE_OK, "{}: {}", sqlite3_errmsg(handle_), sql);
  return statement;
}

int Database::changes() const { return sqlite3_changes(handle_); }

}  // namespace drydock::model
