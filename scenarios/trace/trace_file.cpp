#include "scenarios/trace/trace_file.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <array>
#include <set>

#include "model/store/harden.hpp"
#include "model/store/sqlite_setup.hpp"
#include "scenarios/trace/database_kind.hpp"
#include "scenarios/trace/runs_schema.hpp"
#include "scenarios/trace/sql_functions.hpp"
#include "scenarios/trace/sql_reading.hpp"
#include "scenarios/trace/trace_database.hpp"
#include "scenarios/trace/trace_schema.hpp"

namespace drydock::scenarios {
namespace {

constexpr DatabaseKind kTraceKind{
    .application_id = kTraceApplicationId, .version = kTraceVersion, .name = "trace", .made_by = "--report trace=FILE"};
constexpr DatabaseKind kRunsKind{
    .application_id = kRunsApplicationId, .version = kRunsVersion, .name = "trace", .made_by = "--report trace=FILE"};

constexpr auto kNamed = std::to_array<NamedQuery>({
    {"run", "what was played and what came of it", "SELECT key, value FROM run ORDER BY key"},
    {"counts", "how many events of each kind",
     "SELECT kind, count(*) AS events FROM event GROUP BY kind ORDER BY events DESC, kind"},
    {"events", "every event, in order", "SELECT * FROM events ORDER BY seq"},
    {"timeline", "what became of each workspace and instance", "SELECT * FROM timeline ORDER BY seq"},
    {"violations", "the promises that were broken",
     "SELECT seq, at_us / 1e6 AS at_s, invariant, workspace, instance, message FROM violation "
     "ORDER BY rowid"},
    {"why", "the chains of causes of each violation, each nearest first",
     "SELECT invariant, depth, at_s, kind, workspace, instance, seq FROM why "
     "ORDER BY violation, chain, depth"},
    {"orphans", "live instances at the end that no row names which is to have one",
     "SELECT id, workspace, state, launched_us / 1e6 AS launched_s FROM orphans ORDER BY id"},
    {"launches", "every launch, and what it followed from",
     "SELECT e.seq, e.at_us / 1e6 AS at_s, e.workspace, e.instance, c.kind AS cause FROM event e "
     "LEFT JOIN event c ON c.seq = e.cause_seq WHERE e.kind = 'provision.ec2_started' "
     "ORDER BY e.seq"},
    {"instances", "every instance, how long it lived and why it ended",
     "SELECT id, workspace, state, launched_us / 1e6 AS launched_s, "
     "(ended_us - launched_us) / 1e6 AS lived_s, reason FROM instance ORDER BY launched_us, id"},
    {"requests", "requests from outside and their answers",
     "SELECT at_us / 1e6 AS at_s, step, caller, method, path, status FROM request "
     "ORDER BY seq"},
    {"decisions", "the decisions of the tape that were not the boring ones",
     "SELECT at_us / 1e6 AS at_s, site, occurrence, value, means FROM decision ORDER BY seq"},
    {"faults", "the listed faults, and whether they mattered",
     "SELECT name, fired, noticed, mattered FROM fault ORDER BY name"},
});

/// Gives the words of a statement's first comment; empty where it has none.
std::string first_comment(std::string_view sql) {
  const auto dashes = sql.find("--");
  if (dashes == std::string_view::npos) return {};
  const auto from = sql.find_first_not_of(" \t", dashes + 2);
  if (from == std::string_view::npos) return {};
  return std::string{sql.substr(from, sql.find('\n', from) - from)};
}

std::set<std::string> tables_in(sqlite3* handle) {
  std::set<std::string> names;
  SqlReading rows(handle, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
  while (rows.step()) names.insert(rows.text(0));
  return names;
}

/// An untrusted schema may not even call json_extract in Debian's SQLite, and a view of ours does. What a file has
/// under the names of our views is therefore hidden by the views themselves. A table that an older file does not have
/// is an empty one.
void trust_our_views(sqlite3* handle) {
  constexpr std::string_view kCreate = "CREATE ";
  const TraceDatabase ours;
  const std::set<std::string> theirs = tables_in(handle);
  SqlReading parts(ours.handle(), "SELECT type, name, sql FROM sqlite_schema ORDER BY rowid");
  while (parts.step()) {
    const bool is_view = parts.text(0) == "view";
    const bool is_missing = parts.text(0) == "table" && !theirs.contains(parts.text(1));
    if (!is_view && !is_missing) continue;
    const std::string sql = "CREATE TEMP " + parts.text(2).substr(kCreate.size());
    // A file that cannot be read is found out by the next question.
    sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr);
  }
}

std::string in_sql_quotes(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

}  // namespace

TraceFile::Opened TraceFile::open(const std::string& path, std::function<bool()> interrupted) {
  Opened opened;
  opened.error.file = path;
  const TraceKind kind = has_application_id(path, kRunsApplicationId) ? TraceKind::runs : TraceKind::run;
  opened.error.message = why_not_database(path, kind == TraceKind::runs ? kRunsKind : kTraceKind);
  if (!opened.error.message.empty()) return opened;
  std::unique_ptr<TraceFile> file(new TraceFile(std::move(interrupted)));
  file->kind_ = kind;
  const int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX;
  model::set_up_sqlite();
  if (sqlite3_open_v2(path.c_str(), &file->handle_, flags, nullptr) != SQLITE_OK) {
    opened.error.message = fmt::format("cannot be read: {}", sqlite3_errmsg(file->handle_));
    return opened;
  }
  // The file may be anybody's.
  model::harden(file->handle_);
  if (kind == TraceKind::run) trust_our_views(file->handle_);
  bound_functions(file->handle_, SqlUse::question);
  allow_reading_only(file->handle_, SqlUse::question);
  constexpr int kInstructionsBetween = 20'000;
  sqlite3_progress_handler(
      file->handle_, kInstructionsBetween,
      [](void* self) { return static_cast<TraceFile*>(self)->interrupted_() ? 1 : 0; }, file.get());
  SqlReading schema(file->handle_, "SELECT count(*) FROM sqlite_schema");
  schema.step();
  if (schema.error()) {
    opened.error.message = fmt::format("cannot be read: {}", schema.error()->message);
    return opened;
  }
  opened.file = std::move(file);
  return opened;
}

TraceFile::~TraceFile() { sqlite3_close(handle_); }

std::vector<TraceFile::Table> TraceFile::tables() const {
  std::vector<Table> all;
  SqlReading rows(handle_,
                  "SELECT name, type, sql FROM sqlite_schema WHERE type IN ('table', 'view') "
                  "ORDER BY rowid");
  while (rows.step()) {
    Table& table = all.emplace_back();
    table.name = rows.text(0);
    table.is_view = rows.text(1) == "view";
    table.sql = rows.text(2);
    table.meaning = first_comment(table.sql);
  }
  for (Table& table : all) {
    // No row is asked for where only the columns are wanted.
    const std::string from = " FROM " + in_sql_quotes(table.name);
    const SqlReading columns(handle_, "SELECT *" + from + " LIMIT 0 -- one row at most");
    if (columns.error()) continue;
    for (int at = 0; at < columns.columns(); ++at) table.columns.push_back(columns.name(at));
    if (table.is_view) continue;
    SqlReading count(handle_, "SELECT count(*)" + from);
    if (count.step()) table.rows = static_cast<std::uint64_t>(count.integer(0));
  }
  return all;
}

std::span<const NamedQuery> named_queries(TraceKind kind) {
  if (kind == TraceKind::runs) return runs_queries();
  return kNamed;
}

}  // namespace drydock::scenarios
