#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "scenarios/files/diagnostic.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace drydock::scenarios {

/// One statement of a user's that reads: prepared, then stepped to its end. `error` says what is wrong with it; thrown
/// is bad_alloc alone.
class SqlReading {
 public:
  /// Exactly one statement without parameters. The connection is one that `allow_reading_only` was called for
  /// (sql_guard.hpp).
  SqlReading(sqlite3* handle, std::string_view sql);
  SqlReading(const SqlReading&) = delete;
  SqlReading& operator=(const SqlReading&) = delete;
  ~SqlReading();

  struct Error {
    std::string message;  // SQLite's, or ours
    /// The error stands at this byte of the statement, from 0; empty where the byte is not known.
    std::optional<std::size_t> offset;
    std::string hint;        // the nearest valid name; may be empty
    bool refused = false;    // the statement makes a call that is refused, whatever the run
    bool too_large = false;  // the answer goes on beyond a bound
  };
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

  /// From here on the answer has at most so many rows, of at most kMostSqlBytes together; what goes beyond is an error.
  void bound_rows(std::size_t most) { most_rows_ = most; }

  /// Moves to the next row; false at the end, and where there is an error.
  bool step();

  enum class Type : std::uint8_t { null, integer, real, text, blob };
  [[nodiscard]] int columns() const;
  [[nodiscard]] std::string name(int column) const;
  [[nodiscard]] Type type(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] double real(int column) const;
  /// The value's bytes as SQLite writes them; empty for NULL.
  [[nodiscard]] std::string text(int column) const;
  /// The whole row: `column=value, …`.
  [[nodiscard]] std::string row() const;

 private:
  void prepare(std::string_view sql);
  void fail_as_sqlite_says(std::string_view sql);
  void explain_function(std::string_view sql, const std::string& function);
  void fail(std::string message, std::optional<std::size_t> offset);
  [[nodiscard]] bool take_row();
  [[nodiscard]] std::size_t bytes_of_row() const;

  sqlite3* handle_;
  sqlite3_stmt* statement_ = nullptr;
  std::optional<Error> error_;
  std::optional<std::size_t> most_rows_;
  std::size_t rows_ = 0;
  std::size_t bytes_ = 0;  // of the rows' values
};

/// Finds what is wrong with a statement whatever the run; `empty` is of a TraceDatabase that holds none.
[[nodiscard]] std::optional<SqlReading::Error> find_problem(sqlite3* empty, std::string_view sql);

/// The error as one of a file's text, or of what else the user typed.
[[nodiscard]] Diagnostic to_diagnostic(const std::string& file, std::string_view sql, const SqlReading::Error& error);

}  // namespace drydock::scenarios
