// Whatever a user writes as a statement, it is answered or refused, and it changes nothing.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "scenarios/trace/sql_invariants.hpp"
#include "scenarios/trace/sql_reading.hpp"
#include "scenarios/trace/trace_database.hpp"

namespace {

/// What a trace without a run holds: nothing but its schema.
std::string state_of(const drydock::scenarios::TraceDatabase& trace) {
  using drydock::scenarios::SqlReading;
  std::string state;
  for (const char* sql : {"SELECT name, sql FROM sqlite_schema ORDER BY rowid", "SELECT * FROM run ORDER BY key",
                          "SELECT count(*) FROM event"}) {
    for (SqlReading rows(trace.handle(), sql); rows.step();) state += rows.row() + "\n";
  }
  return state;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view sql(reinterpret_cast<const char*>(data), size);
  const drydock::scenarios::TraceDatabase trace;
  const std::string before = state_of(trace);
  const auto answer = trace.query(sql);
  if (answer.evidence.size() > answer.rows) std::abort();
  if (state_of(trace) != before) std::abort();
  const auto decoded = drydock::scenarios::decode_sql_invariant("fuzz.sql", sql);
  if (decoded.value.has_value() != decoded.errors.empty()) std::abort();
  return 0;
}
