#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/outcome.hpp"

struct sqlite3;

namespace drydock::scenarios {

class World;

/// One run as a database: the system's own tables as they stood at the end, the cloud's truth, and the record. `sql`
/// expectations ask it. Its tables are described by comments in its own schema.
class TraceDatabase {
 public:
  /// `outcome` has its facts; expectations need not be judged yet.
  TraceDatabase(const World& world, const Outcome& outcome);
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
  [[nodiscard]] Answer query(const std::string& sql) const;

 private:
  void load_system(const World& world);
  void load_cloud(const World& world);
  void load_record(const World& world, const Outcome& outcome);
  void load_requests(const World& world, const Outcome& outcome);
  void execute(const char* sql) const;

  sqlite3* handle_ = nullptr;
};

/// The trace database's schema, as SQL.
[[nodiscard]] const char* trace_schema();

}  // namespace drydock::scenarios
