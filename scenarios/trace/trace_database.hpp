#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/outcome.hpp"

struct sqlite3;

namespace drydock::scenarios {

class World;

/// One run as a database: the system's own tables as they stood at the end, the cloud's truth, and the record
/// (docs/trace.md). `sql` expectations and users' invariants ask it; `--report trace=FILE` writes it.
class TraceDatabase {
 public:
  /// Makes a database that has the schema and holds no run.
  TraceDatabase();
  /// Makes the database of a run. `outcome` has its facts; expectations need not be judged yet. A statement ends with
  /// an error once `stop`, where there is one, says true.
  TraceDatabase(const World& world, const Outcome& outcome, std::function<bool()> stop);
  TraceDatabase(const TraceDatabase&) = delete;
  TraceDatabase& operator=(const TraceDatabase&) = delete;
  ~TraceDatabase();

  struct Answer {
    std::string error;  // what SQLite said; empty when the query ran
    std::uint64_t rows = 0;
    /// The first rows, as evidence: `column=value, …`.
    std::vector<std::string> evidence;
  };
  /// Runs one reading statement.
  [[nodiscard]] Answer query(std::string_view sql) const;

  /// Tells whether `stop` has ended a statement.
  [[nodiscard]] bool was_stopped() const { return stopped_; }

  /// Adds a promise that was found broken by asking this database.
  void add(const ShownViolation& violation);
  /// The database as the bytes of a file, with what is known of the run by now: the same bytes for the same run.
  [[nodiscard]] std::string file(const Outcome& outcome);

  /// Gives the connection, for SqlReading; it may only read.
  [[nodiscard]] sqlite3* handle() const { return handle_; }

 private:
  void execute(const char* sql) const;
  void begin_writing();
  void end_writing();
  void answer_users();
  [[nodiscard]] bool ends_statement();

  sqlite3* handle_ = nullptr;
  std::function<bool()> stop_;
  bool stopped_ = false;
  std::uint64_t steps_left_;  // of SQLite's machine, for all statements together
};

}  // namespace drydock::scenarios
