// Rows per second into the trace database's table of events: what loads it, beside a bare loop that binds, steps and
// resets one prepared statement (aim: at least 0.7 of its rate), over the events of three days of fourteen workspaces.
// The counter `of_bare` is the ratio, both measured in turns in this process.

#include <benchmark/benchmark.h>
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "scenarios/files/decode.hpp"
#include "scenarios/run.hpp"
#include "scenarios/trace/trace_load.hpp"
#include "scenarios/trace/trace_schema.hpp"

namespace {

using namespace drydock;
using Events = scenarios::ShownEvents;
using Clock = std::chrono::steady_clock;

scenarios::Outcome three_days(bool keep_trace) {
  std::ifstream file(DRYDOCK_SOURCE_DIR "/bench/three-days.json");
  std::ostringstream text;
  text << file.rdbuf();
  const auto decoded = scenarios::decode_scenario("three-days", text.str());
  if (!decoded.value) throw std::runtime_error("no scenario three-days");
  scenarios::CaseSpec played = decoded.value->cases.front();
  played.expect.clear();
  scenarios::Workbench workbench;
  scenarios::RunOptions options;
  options.keep_trace = keep_trace;
  return scenarios::run(*decoded.value, played, {}, options, workbench);
}

/// An empty trace database in memory, within a transaction.
class Empty {
 public:
  Empty() {
    sqlite3_open_v2(":memory:", &handle_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    run("PRAGMA journal_mode = OFF");
    run(scenarios::trace_schema());
    run("BEGIN");
  }
  Empty(const Empty&) = delete;
  Empty& operator=(const Empty&) = delete;
  ~Empty() { sqlite3_close(handle_); }

  void run(const char* sql) const {
    if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
      throw std::runtime_error(sqlite3_errmsg(handle_));
  }
  [[nodiscard]] sqlite3* handle() const { return handle_; }

 private:
  sqlite3* handle_ = nullptr;
};

void bind_text(sqlite3_stmt* statement, int at, const std::string& text) {
  if (text.empty()) {
    sqlite3_bind_null(statement, at);
    return;
  }
  sqlite3_bind_text(statement, at, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
}

/// The same rows.
void insert_bare(sqlite3* handle, const Events& events) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(handle, "INSERT INTO event VALUES (?,?,?,?,?,?,?,?)", -1, &statement, nullptr);
  for (const scenarios::ShownEvent& event : events) {
    sqlite3_bind_int64(statement, 1, event.seq);
    sqlite3_bind_int64(statement, 2, event.at.time_since_epoch().count());
    bind_text(statement, 3, event.kind);
    bind_text(statement, 4, event.workspace);
    bind_text(statement, 5, event.instance);
    bind_text(statement, 6, event.actor);
    if (event.cause != 0) {
      sqlite3_bind_int64(statement, 7, event.cause);
    } else {
      sqlite3_bind_null(statement, 7);
    }
    bind_text(statement, 8, event.detail);
    if (sqlite3_step(statement) != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(handle));
    sqlite3_reset(statement);
  }
  sqlite3_finalize(statement);
}

/// Seconds from an empty database to the committed rows.
template <typename Load>
double seconds_of(const Load& load) {
  const Empty database;
  const auto start = Clock::now();
  load(database.handle());
  database.run("COMMIT");
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void BM_TraceEvents(benchmark::State& state) {
  const Events events = three_days(false).events;
  double ours = 0;
  double bare = 0;
  for (auto _ : state) {
    bare += seconds_of([&](sqlite3* handle) { insert_bare(handle, events); });
    const double took = seconds_of([&](sqlite3* handle) { scenarios::load_events(handle, events); });
    state.SetIterationTime(took);
    ours += took;
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(events.size()));
  state.counters["events"] = static_cast<double>(events.size());
  state.counters["of_bare"] = bare / ours;
}
BENCHMARK(BM_TraceEvents)->UseManualTime()->Unit(benchmark::kMillisecond);

/// All tables: what keeping the trace adds to a run, beside the bare loop over its events alone.
void BM_TraceWhole(benchmark::State& state) {
  const Events events = three_days(false).events;
  double ours = 0;
  double bare = 0;
  for (auto _ : state) {
    bare += seconds_of([&](sqlite3* handle) { insert_bare(handle, events); });
    const auto start = Clock::now();
    benchmark::DoNotOptimize(three_days(false));
    const auto between = Clock::now();
    benchmark::DoNotOptimize(three_days(true));
    const double took = std::chrono::duration<double>((Clock::now() - between) - (between - start)).count();
    state.SetIterationTime(std::max(took, 0.0));
    ours += took;
  }
  state.counters["of_bare"] = bare / ours;
}
BENCHMARK(BM_TraceWhole)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
