#include "scenarios/trace_database.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <map>
#include <optional>

#include "model/store/database.hpp"
#include "scenarios/world.hpp"

namespace drydock::scenarios {
namespace {

constexpr std::size_t kMostEvidence = 5;

/// One INSERT statement, used for many rows.
class Inserter {
 public:
  Inserter(sqlite3* handle, const char* sql) {
    const int prepared = sqlite3_prepare_v2(handle, sql, -1, &statement_, nullptr);
    DRYDOCK_CHECK(prepared == SQLITE_OK, "{}: {}", sqlite3_errmsg(handle), sql);
  }
  Inserter(const Inserter&) = delete;
  Inserter& operator=(const Inserter&) = delete;
  ~Inserter() { sqlite3_finalize(statement_); }

  Inserter& add(std::int64_t value) {
    sqlite3_bind_int64(statement_, ++bound_, value);
    return *this;
  }
  Inserter& add(std::string_view text) {
    sqlite3_bind_text(statement_, ++bound_, text.data(), static_cast<int>(text.size()),
                      SQLITE_TRANSIENT);
    return *this;
  }
  Inserter& add(std::optional<std::int64_t> value) {
    if (value) return add(*value);
    ++bound_;
    return *this;
  }
  Inserter& add(const sqlite3_value* value) {
    sqlite3_bind_value(statement_, ++bound_, value);
    return *this;
  }
  /// An empty text is NULL.
  Inserter& add_or_null(std::string_view text) {
    if (!text.empty()) return add(text);
    ++bound_;
    return *this;
  }
  void insert() {
    const int done = sqlite3_step(statement_);
    DRYDOCK_CHECK(done == SQLITE_DONE, "{}", sqlite3_errmsg(sqlite3_db_handle(statement_)));
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
    bound_ = 0;
  }

 private:
  sqlite3_stmt* statement_ = nullptr;
  int bound_ = 0;
};

struct SystemTable {
  const char* select{};  // the run's database: internal keys become UUIDs
  const char* insert{};
};

constexpr SystemTable kSystemTables[] = {
    {"SELECT w.id, w.alias, w.name, w.role, w.tier, w.status, w.url, p.id, f.id, w.runtime, "
     "w.template, w.instance_id, w.last_heartbeat_at, w.last_error_rate, w.last_sample_error, "
     "w.uptime_seconds, w.current_task, w.active_tasks, w.max_concurrent_tasks, "
     "w.last_outbound_at, w.hibernation_idle_minutes, w.platform_inbound_secret, "
     "w.delivery_mode, w.budget_limit, w.monthly_spend, w.created_at, w.updated_at "
     "FROM workspaces w LEFT JOIN workspaces p ON p.key = w.parent_key "
     "LEFT JOIN workspaces f ON f.key = w.forwarded_to_key ORDER BY w.key",
     "INSERT INTO workspaces VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"},
    {"SELECT id, event_type, workspace_id, agent_id, target_id, payload, created_at "
     "FROM structure_events ORDER BY id",
     "INSERT INTO structure_events VALUES (?,?,?,?,?,?,?)"},
    {"SELECT w.id, s.key, encrypted_value, encryption_version FROM workspace_secrets s "
     "LEFT JOIN workspaces w ON w.key = s.workspace_key ORDER BY s.workspace_key, s.key",
     "INSERT INTO workspace_secrets VALUES (?,?,?,?)"},
    {"SELECT key, encrypted_value, encryption_version FROM global_secrets ORDER BY key",
     "INSERT INTO global_secrets VALUES (?,?,?)"},
    {"SELECT w.id, path, f.updated_at FROM workspace_files f "
     "LEFT JOIN workspaces w ON w.key = f.workspace_key ORDER BY f.workspace_key, path",
     "INSERT INTO workspace_files VALUES (?,?,?)"},
    {"SELECT t.id, w.id, token_hash, prefix, t.created_at, last_used_at, revoked_at "
     "FROM workspace_auth_tokens t LEFT JOIN workspaces w ON w.key = t.workspace_key "
     "ORDER BY t.id",
     "INSERT INTO workspace_auth_tokens VALUES (?,?,?,?,?,?,?)"},
    {"SELECT q.id, w.id, c.id, priority, body, method, idempotency_key, enqueued_at, "
     "dispatched_at, completed_at, expires_at, attempts, q.status, last_error FROM a2a_queue q "
     "LEFT JOIN workspaces w ON w.key = q.workspace_key "
     "LEFT JOIN workspaces c ON c.key = q.caller_key ORDER BY q.id",
     "INSERT INTO a2a_queue VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)"},
    {"SELECT l.id, w.id, t.id, method, l.status, idempotency_key, l.created_at, l.updated_at "
     "FROM activity_logs l LEFT JOIN workspaces w ON w.key = l.workspace_key "
     "LEFT JOIN workspaces t ON t.key = l.target_key ORDER BY l.id",
     "INSERT INTO activity_logs VALUES (?,?,?,?,?,?,?,?)"},
    {"SELECT o.id, w.id, action, o.instance_id, purge, attempts, next_at, o.created_at, done_at "
     "FROM outbox o LEFT JOIN workspaces w ON w.key = o.workspace_key ORDER BY o.id",
     "INSERT INTO outbox VALUES (?,?,?,?,?,?,?,?,?)"},
    {"SELECT f.id, w.id, f.instance_id, f.created_at, done_at "
     "FROM fences f LEFT JOIN workspaces w ON w.key = f.workspace_key ORDER BY f.id",
     "INSERT INTO fences VALUES (?,?,?,?,?)"},
};

std::int64_t us(sim::Instant at) { return at.time_since_epoch().count(); }

std::optional<std::int64_t> seq_or_null(std::uint32_t seq) {
  return seq == 0 ? std::nullopt : std::optional<std::int64_t>{seq};
}

std::string shown(sqlite3_stmt* row) {
  std::string text;
  for (int at = 0; at < sqlite3_column_count(row); ++at) {
    const auto* value = reinterpret_cast<const char*>(sqlite3_column_text(row, at));
    text += fmt::format("{}{}={}", at == 0 ? "" : ", ", sqlite3_column_name(row, at),
                        value != nullptr ? value : "NULL");
  }
  return text;
}

}  // namespace

TraceDatabase::TraceDatabase(const World& world, const Outcome& outcome) {
  const int opened =
      sqlite3_open_v2(":memory:", &handle_,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  DRYDOCK_CHECK(opened == SQLITE_OK, "SQLite cannot open a database in memory");
  execute(trace_schema());
  execute("BEGIN");
  load_system(world);
  load_cloud(world);
  load_record(world, outcome);
  load_requests(world, outcome);
  execute("COMMIT");
  execute("PRAGMA query_only = ON");
}

TraceDatabase::~TraceDatabase() { sqlite3_close(handle_); }

void TraceDatabase::execute(const char* sql) const {
  char* message = nullptr;
  const int result = sqlite3_exec(handle_, sql, nullptr, nullptr, &message);
  const std::string said = message != nullptr ? message : "";
  sqlite3_free(message);
  DRYDOCK_CHECK(result == SQLITE_OK, "{}", said);
}

void TraceDatabase::load_system(const World& world) {
  for (const SystemTable& table : kSystemTables) {
    model::Query rows = world.database().query(table.select);
    Inserter inserter(handle_, table.insert);
    while (rows.step()) {
      const int columns = sqlite3_column_count(rows.handle());
      for (int at = 0; at < columns; ++at) inserter.add(sqlite3_column_value(rows.handle(), at));
      inserter.insert();
    }
  }
}

void TraceDatabase::load_cloud(const World& world) {
  Inserter inserter(handle_, "INSERT INTO instance VALUES (?,?,?,?,?,?)");
  for (const cloud::Instance& instance : world.ec2().instances()) {
    inserter.add(instance.id).add(instance.request.workspace).add(cloud::to_text(instance.state));
    inserter.add(us(instance.launched));
    inserter.add(instance.terminated ? std::optional{us(*instance.terminated)} : std::nullopt);
    inserter.add_or_null(instance.reason).insert();
  }
  Inserter volumes(handle_, "INSERT INTO volume VALUES (?,?,?,?)");
  for (const cloud::Volume& volume : world.ec2().volumes()) {
    volumes.add(volume.id).add(world.record().text(volume.workspace));
    volumes.add(cloud::to_text(volume.state)).add_or_null(volume.source_snapshot).insert();
  }
  Inserter snapshots(handle_, "INSERT INTO snapshot VALUES (?,?,?,?,?,?,?)");
  for (const cloud::Snapshot& snapshot : world.ec2().snapshots()) {
    snapshots.add(snapshot.id)
        .add(snapshot.volume->id)
        .add(world.record().text(snapshot.workspace));
    snapshots.add(cloud::to_text(snapshot.state)).add(us(snapshot.started));
    snapshots.add(snapshot.completed ? std::optional{us(*snapshot.completed)} : std::nullopt);
    snapshots.add(std::int64_t{snapshot.divergent}).insert();
  }
}

void TraceDatabase::load_record(const World& world, const Outcome& outcome) {
  {
    Inserter run(handle_, "INSERT INTO run VALUES (?,?)");
    const std::map<std::string, std::string> facts{
        {"scenario", outcome.scenario},
        {"case", outcome.case_name},
        {"policy", outcome.policy},
        {"seed", outcome.seed ? fmt::format("{}", *outcome.seed) : ""},
        {"start", sim::format_rfc3339(outcome.start_unix_us)},
        {"virtual_us", fmt::format("{}", outcome.virtual_length.count())},
        {"trace_hash", fmt::format("{:016x}", outcome.trace_hash)}};
    for (const auto& [key, value] : facts) run.add(key).add_or_null(value).insert();
  }
  Inserter event(handle_, "INSERT INTO event VALUES (?,?,?,?,?,?,?,?)");
  for (const ShownEvent& one : outcome.events) {
    event.add(std::int64_t{one.seq}).add(us(one.at)).add(one.kind).add_or_null(one.workspace);
    event.add_or_null(one.instance).add(one.actor).add(seq_or_null(one.cause)).add(one.detail);
    event.insert();
  }
  Inserter decision(handle_, "INSERT INTO decision VALUES (?,?,?,?,?,?,?)");
  std::int64_t seq = 0;
  for (const sim::Asked& asked : world.choices().asked()) {
    ++seq;
    if (asked.value == 0) continue;
    decision.add(seq).add(us(asked.at)).add(world.choices().site_name(asked.site));
    decision.add(std::int64_t{asked.occurrence}).add(std::int64_t{asked.bound});
    decision.add(std::int64_t{asked.value}).add(sim::Choices::means(asked)).insert();
  }
  Inserter fault(handle_, "INSERT INTO fault VALUES (?,?,?,?)");
  for (const FaultAccount& account : outcome.faults) {
    fault.add(account.name).add(static_cast<std::int64_t>(account.fired));
    fault.add(static_cast<std::int64_t>(account.noticed));
    fault.add(account.mattered ? std::optional<std::int64_t>{*account.mattered} : std::nullopt);
    fault.insert();
  }
  Inserter violation(handle_, "INSERT INTO violation VALUES (?,?,?,?,?,?)");
  for (const ShownViolation& broken : outcome.violations) {
    violation.add(seq_or_null(broken.event)).add(us(broken.at)).add(broken.invariant);
    violation.add_or_null(broken.workspace).add_or_null(broken.instance).add(broken.message);
    violation.insert();
  }
}

/// A request is its event and the response that follows from it.
void TraceDatabase::load_requests(const World& /*world*/, const Outcome& outcome) {
  std::map<std::uint32_t, Json> answers;
  for (const ShownEvent& event : outcome.events) {
    if (event.kind == "http.response") answers.emplace(event.cause, Json::parse(event.detail));
  }
  Inserter request(handle_, "INSERT INTO request VALUES (?,?,?,?,?,?,?,?,?)");
  for (const ShownEvent& event : outcome.events) {
    if (event.kind != "http.request") continue;
    const Json detail = Json::parse(event.detail);
    const auto answer = answers.find(event.seq);
    request.add(std::int64_t{event.seq}).add(us(event.at));
    request.add_or_null(detail.value("step", "")).add(detail.value("as", ""));
    request.add(detail.value("method", "")).add(detail.value("path", ""));
    if (answer == answers.end()) {
      request.add(std::optional<std::int64_t>{}).add_or_null("").add_or_null("").insert();
      continue;
    }
    request.add(answer->second.value("status", std::int64_t{0}));
    request.add(answer->second["headers"].dump()).add(answer->second["body"].dump()).insert();
  }
}

TraceDatabase::Answer TraceDatabase::query(const std::string& sql) const {
  Answer answer;
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(handle_, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK ||
      statement == nullptr) {
    answer.error = sqlite3_errmsg(handle_);
    sqlite3_finalize(statement);
    return answer;
  }
  int result = SQLITE_OK;
  while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
    if (answer.rows++ < kMostEvidence) answer.evidence.push_back(shown(statement));
  }
  if (result != SQLITE_DONE) answer.error = sqlite3_errmsg(handle_);
  sqlite3_finalize(statement);
  return answer;
}

}  // namespace drydock::scenarios
