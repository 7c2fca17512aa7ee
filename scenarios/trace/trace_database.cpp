#include "scenarios/trace/trace_database.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <memory>
#include <utility>

#include "model/store/harden.hpp"
#include "model/store/sqlite_setup.hpp"
#include "scenarios/trace/sql_functions.hpp"
#include "scenarios/trace/sql_reading.hpp"
#include "scenarios/trace/trace_load.hpp"
#include "scenarios/trace/trace_schema.hpp"
#include "sim/check.hpp"

namespace drydock::scenarios {
namespace {

constexpr std::size_t kMostEvidence = 5;

/// All statements over one run together may take some seconds of SQLite's machine. A statement that never ends must not
/// keep a search for ever; the same statement ends at the same step everywhere.
constexpr std::uint64_t kMostSteps = 200'000'000;
/// Those that are tried where there is no run have little to do.
constexpr std::uint64_t kMostStepsWithoutRun = 1'000'000;
constexpr int kStepsBetween = 10'000;

}  // namespace

TraceDatabase::TraceDatabase() : steps_left_(kMostStepsWithoutRun) {
  model::set_up_sqlite();
  const int opened =
      sqlite3_open_v2(":memory:", &handle_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  DRYDOCK_CHECK(opened == SQLITE_OK, "SQLite cannot open a database in memory");
  // Nothing is ever rolled back.
  execute("PRAGMA journal_mode = OFF");
  execute(fmt::format("PRAGMA application_id = {}", kTraceApplicationId).c_str());
  execute(fmt::format("PRAGMA user_version = {}", kTraceVersion).c_str());
  execute(trace_schema());
  model::harden(handle_);
  // The schema is ours, and Debian's SQLite does not count JSON's functions, which it calls, among the harmless ones.
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 1, nullptr);
  bound_functions(handle_, SqlUse::promise);
  answer_users();
}

TraceDatabase::TraceDatabase(const World& world, const Outcome& outcome, std::function<bool()> stop) : TraceDatabase() {
  stop_ = std::move(stop);
  steps_left_ = kMostSteps;
  begin_writing();
  load_run(handle_, world, outcome);
  end_writing();
}

TraceDatabase::~TraceDatabase() { sqlite3_close(handle_); }

void TraceDatabase::answer_users() {
  allow_reading_only(handle_, SqlUse::promise);
  sqlite3_progress_handler(
      handle_, kStepsBetween, [](void* self) { return static_cast<TraceDatabase*>(self)->ends_statement() ? 1 : 0; },
      this);
}

bool TraceDatabase::ends_statement() {
  stopped_ = stopped_ || (stop_ && stop_());
  if (stopped_ || steps_left_ < kStepsBetween) return true;
  steps_left_ -= kStepsBetween;
  return false;
}

void TraceDatabase::begin_writing() {
  allow_everything(handle_);
  sqlite3_progress_handler(handle_, 0, nullptr, nullptr);
  execute("BEGIN");
}

void TraceDatabase::end_writing() {
  execute("COMMIT");
  answer_users();
}

void TraceDatabase::execute(const char* sql) const {
  char* message = nullptr;
  const int result = sqlite3_exec(handle_, sql, nullptr, nullptr, &message);
  const std::string said = message != nullptr ? message : "";
  sqlite3_free(message);
  DRYDOCK_CHECK(result == SQLITE_OK, "{}", said);
}

void TraceDatabase::add(const ShownViolation& violation) {
  begin_writing();
  load_violation(handle_, violation);
  end_writing();
}

std::string TraceDatabase::file(const Outcome& outcome) {
  begin_writing();
  load_verdict(handle_, outcome);
  end_writing();
  sqlite3_int64 size = 0;
  const std::unique_ptr<unsigned char, void (*)(void*)> bytes(sqlite3_serialize(handle_, "main", &size, 0),
                                                              sqlite3_free);
  DRYDOCK_CHECK(bytes != nullptr, "SQLite cannot serialise a database of {} bytes", size);
  return {reinterpret_cast<const char*>(bytes.get()), static_cast<std::size_t>(size)};
}

TraceDatabase::Answer TraceDatabase::query(std::string_view sql) const {
  Answer answer;
  SqlReading reading(handle_, sql);
  while (reading.step()) {
    if (answer.rows++ < kMostEvidence) answer.evidence.push_back(reading.row());
  }
  if (reading.error()) answer.error = reading.error()->message;
  return answer;
}

}  // namespace drydock::scenarios
