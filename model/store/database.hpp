#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace drydock::model {

/// A prepared statement in use: bound, stepped, and reset when it goes out of scope.
class Query {
 public:
  explicit Query(sqlite3_stmt* statement) : statement_(statement) {}
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  ~Query();

  Query& bind(std::int64_t value);
  Query& bind(std::string_view value);
  Query& bind(double value);
  Query& bind(std::optional<std::int64_t> value);

  /// Moves to the next row; false at the end. Throws sim::InternalError on an SQLite error: the simulated database's
  /// errors are the adversary's, and come before the statement runs.
  bool step();
  /// Runs to the end.
  void run();

  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] bool is_null(int column) const;
  /// The statement itself, for readers that take whatever columns there are.
  [[nodiscard]] sqlite3_stmt* handle() const { return statement_; }

 private:
  sqlite3_stmt* statement_;
  int bound_ = 0;
};

/// One in-memory SQLite connection with the platform's schema and every statement prepared once. Runs borrow it one
/// after another: each is a savepoint that is rolled back whole.
class Database {
 public:
  Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  void begin_run();
  /// Rolls back everything that the run did. Where SQLite cannot, the database serves no other run: begin_run throws.
  void end_run() noexcept;

  /// Returns the statement of this SQL, prepared on its first use. `sql` is a literal: it is known by its address.
  [[nodiscard]] Query query(const char* sql);
  /// Lists the statements that were prepared so far, and prepares those that are not.
  [[nodiscard]] std::vector<const char*> prepared() const;
  void prepare_all(const std::vector<const char*>& statements);
  /// The number of rows that the last statement changed.
  [[nodiscard]] int changes() const;
  /// The number of rows that all statements of this connection have changed, those of earlier runs included.
  [[nodiscard]] std::uint64_t rows_changed() const {
    return static_cast<std::uint64_t>(sqlite3_total_changes64(handle_));
  }
  /// The key of the row that the last INSERT made.
  [[nodiscard]] std::int64_t last_row_id() const { return sqlite3_last_insert_rowid(handle_); }
  [[nodiscard]] std::uint64_t statements_run() const { return statements_run_; }
  [[nodiscard]] sqlite3* handle() const { return handle_; }

 private:
  struct Prepared {
    const char* sql{};
    sqlite3_stmt* statement{};
  };
  void execute(const char* sql);
  [[nodiscard]] sqlite3_stmt* prepare(const char* sql);

  sqlite3* handle_ = nullptr;
  std::vector<Prepared> prepared_;  // sorted by the literal's address; nothing depends on that order
  std::uint64_t statements_run_ = 0;
  bool in_run_ = false;
  bool broken_ = false;
};

/// The platform's tables (docs/platform.md §2), as SQL.
[[nodiscard]] const char* schema_sql();

}  // namespace drydock::model
