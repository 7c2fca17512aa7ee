#include "scenarios/trace/trace_load.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/kinds.hpp"
#include "model/store/database.hpp"
#include "scenarios/metrics.hpp"
#include "scenarios/tool.hpp"
#include "scenarios/trace/inserter.hpp"
#include "scenarios/world.hpp"

namespace drydock::scenarios {
namespace {

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
    {"SELECT o.id, w.id, action, o.instance_id, purge, divergent, attempts, next_at, o.created_at, "
     "done_at FROM outbox o LEFT JOIN workspaces w ON w.key = o.workspace_key ORDER BY o.id",
     "INSERT INTO outbox VALUES (?,?,?,?,?,?,?,?,?,?)"},
    {"SELECT f.id, w.id, f.instance_id, f.created_at, done_at "
     "FROM fences f LEFT JOIN workspaces w ON w.key = f.workspace_key ORDER BY f.id",
     "INSERT INTO fences VALUES (?,?,?,?,?)"},
    {"SELECT w.id, lost, since FROM owed_starts o "
     "LEFT JOIN workspaces w ON w.key = o.workspace_key ORDER BY o.workspace_key",
     "INSERT INTO owed_starts VALUES (?,?,?)"},
    {"SELECT w.id, token, user_data, read_at FROM launches l "
     "LEFT JOIN workspaces w ON w.key = l.workspace_key ORDER BY l.workspace_key",
     "INSERT INTO launches VALUES (?,?,?,?)"},
    {"SELECT token, w.id FROM decisions d "
     "LEFT JOIN workspaces w ON w.key = d.workspace_key ORDER BY token, d.workspace_key",
     "INSERT INTO decisions VALUES (?,?)"},
    {"SELECT w.id, snapshot_id, started_at FROM newest_snapshots n "
     "LEFT JOIN workspaces w ON w.key = n.workspace_key ORDER BY n.workspace_key",
     "INSERT INTO newest_snapshots VALUES (?,?,?)"},
};

std::int64_t us(sim::Instant at) { return at.time_since_epoch().count(); }

std::optional<std::int64_t> us(const std::optional<sim::Instant>& at) {
  return at ? std::optional{us(*at)} : std::nullopt;
}

std::optional<std::int64_t> seq_or_null(std::uint32_t seq) {
  return seq == 0 ? std::nullopt : std::optional<std::int64_t>{seq};
}

void load_system(sqlite3* handle, const World& world) {
  for (const SystemTable& table : kSystemTables) {
    model::Query rows = world.database().query(table.select);
    Inserter inserter(handle, table.insert);
    while (rows.step()) {
      const int columns = sqlite3_column_count(rows.handle());
      for (int at = 0; at < columns; ++at) inserter.add(sqlite3_column_value(rows.handle(), at));
      inserter.insert();
    }
  }
}

void load_cloud(sqlite3* handle, const World& world) {
  Inserter instances(handle, "INSERT INTO instance VALUES (?,?,?,?,?,?)");
  for (const cloud::Instance& instance : world.ec2().instances()) {
    instances.add(instance.id).add(instance.request.workspace).add(cloud::to_text(instance.state));
    instances.add(us(instance.launched)).add(us(instance.terminated));
    instances.add_or_null(instance.reason).insert();
  }
  Inserter volumes(handle, "INSERT INTO volume VALUES (?,?,?,?)");
  for (const cloud::Volume& volume : world.ec2().volumes()) {
    volumes.add(volume.id).add(world.record().text(volume.workspace));
    volumes.add(cloud::to_text(volume.state)).add_or_null(volume.source_snapshot).insert();
  }
  Inserter snapshots(handle, "INSERT INTO snapshot VALUES (?,?,?,?,?,?,?)");
  for (const cloud::Snapshot& snapshot : world.ec2().snapshots()) {
    snapshots.add(snapshot.id).add(snapshot.volume->id);
    snapshots.add(world.record().text(snapshot.workspace)).add(cloud::to_text(snapshot.state));
    snapshots.add(us(snapshot.started)).add(us(snapshot.completed));
    snapshots.add(std::int64_t{snapshot.divergent}).insert();
  }
}

void load_decisions(sqlite3* handle, const sim::Choices& choices) {
  Inserter decision(handle, "INSERT INTO decision VALUES (?,?,?,?,?,?,?)");
  std::int64_t seq = 0;
  for (const sim::Asked& asked : choices.asked()) {
    ++seq;
    if (asked.value == 0) continue;
    const std::string& site = choices.site_name(asked.site);
    const std::string means = sim::Choices::means(asked);
    decision.add(seq).add(us(asked.at)).add(site).add(std::int64_t{asked.occurrence});
    decision.add(std::int64_t{asked.bound}).add(std::int64_t{asked.value}).add(means).insert();
  }
}

/// A field of an event; the empty text, or 0, where it has none of that name.
std::string_view text_of(std::span<const sim::KeptField> details, std::string_view key) {
  for (const sim::KeptField& field : details) {
    if (field.key != key) continue;
    if (const auto* text = std::get_if<std::string>(&field.value)) return *text;
    if (const auto* json = std::get_if<sim::KeptJson>(&field.value)) return json->text;
  }
  return {};
}

std::int64_t integer_of(std::span<const sim::KeptField> details, std::string_view key) {
  for (const sim::KeptField& field : details) {
    const auto* value = std::get_if<std::int64_t>(&field.value);
    if (field.key == key && value != nullptr) return *value;
  }
  return 0;
}

/// A request is its event and the first response that follows from it.
void load_requests(sqlite3* handle, const sim::Record& record) {
  std::vector<const sim::Event*> answers(record.events().size() + 1);
  for (const sim::Event& event : record.events()) {
    if (event.kind == model::kind::http_response && answers[event.cause] == nullptr) answers[event.cause] = &event;
  }
  Inserter request(handle, "INSERT INTO request VALUES (?,?,?,?,?,?,?,?,?)");
  for (const sim::Event& event : record.events()) {
    if (event.kind != model::kind::http_request) continue;
    const auto asked = record.details(event);
    request.add(std::int64_t{event.seq}).add(us(event.at)).add_or_null(text_of(asked, "step"));
    request.add(text_of(asked, "as")).add(text_of(asked, "method")).add(text_of(asked, "path"));
    if (const sim::Event* answer = answers[event.seq]) {
      const auto given = record.details(*answer);
      request.add(integer_of(given, "status"));
      request.add_or_null(text_of(given, "headers")).add_or_null(text_of(given, "body")).insert();
    } else {
      request.add_null().add_null().add_null().insert();
    }
  }
}

void load_faults(sqlite3* handle, const Outcome& outcome) {
  Inserter fault(handle, "INSERT INTO fault VALUES (?,?,?,?)");
  for (const FaultAccount& account : outcome.faults) {
    fault.add(account.name).add(static_cast<std::int64_t>(account.fired));
    fault.add(static_cast<std::int64_t>(account.noticed));
    fault.add(account.mattered ? std::optional<std::int64_t>{*account.mattered} : std::nullopt);
    fault.insert();
  }
}

std::map<std::string, std::string> facts_of(const Outcome& outcome) {
  std::map<std::string, std::string> facts{{"tool", tool_name()},
                                           {"scenario", outcome.scenario},
                                           {"case", outcome.case_name},
                                           {"policy", outcome.policy},
                                           {"seed", outcome.seed ? fmt::format("{}", *outcome.seed) : ""},
                                           {"start", sim::format_rfc3339(outcome.start_unix_us)},
                                           {"virtual_us", fmt::format("{}", outcome.virtual_length.count())},
                                           {"events", fmt::format("{}", outcome.event_count)},
                                           {"stopped_by", outcome.stopped_by},
                                           {"trace_hash", fmt::format("{:016x}", outcome.trace_hash)},
                                           {"passed", ""},
                                           {"exercised", ""}};
  for (const MetricInfo& metric : metric_table()) {
    if (const auto value = metric_of(outcome, metric.name))
      facts[fmt::format("metric.{}", metric.name)] = fmt::format("{}", *value);
  }
  return facts;
}

void load_facts(sqlite3* handle, const std::map<std::string, std::string>& facts) {
  Inserter run(handle, "INSERT INTO run VALUES (?,?)");
  for (const auto& [key, value] : facts) run.add(key).add_or_null(value).insert();
}

/// Adds where the chains of causes begin that do not begin with the event of the violation that was added last.
void load_chains(sqlite3* handle, const ShownViolation& broken) {
  const std::int64_t violation = sqlite3_last_insert_rowid(handle);
  Inserter head(handle, "INSERT INTO decided_by VALUES (?,?,?)");
  std::int64_t chain = 0;
  const auto add = [&](const std::vector<ShownEvent>& causes) {
    if (!causes.empty()) head.add(violation).add(chain).add(std::int64_t{causes.front().seq}).insert();
    ++chain;
  };
  if (broken.event == 0) {
    add(broken.causes);
  } else {
    chain = 1;
  }
  for (const std::vector<ShownEvent>& causes : broken.other_causes) add(causes);
}

}  // namespace

void load_events(sqlite3* handle, const ShownEvents& events) {
  Inserter event(handle, "INSERT INTO event VALUES (?,?,?,?,?,?,?,?)");
  for (const ShownEvent& one : events) {
    event.add(std::int64_t{one.seq}).add(us(one.at)).add(one.kind).add_or_null(one.workspace);
    event.add_or_null(one.instance).add(one.actor).add(seq_or_null(one.cause)).add(one.detail);
    event.insert();
  }
}

void load_violation(sqlite3* handle, const ShownViolation& broken) {
  Inserter violation(handle, "INSERT INTO violation VALUES (?,?,?,?,?,?)");
  violation.add(seq_or_null(broken.event)).add(us(broken.at)).add(broken.invariant);
  violation.add_or_null(broken.workspace).add_or_null(broken.instance).add(broken.message);
  violation.insert();
  load_chains(handle, broken);
}

void load_run(sqlite3* handle, const World& world, const Outcome& outcome) {
  load_system(handle, world);
  load_cloud(handle, world);
  load_facts(handle, facts_of(outcome));
  load_events(handle, outcome.events);
  load_requests(handle, world.record());
  load_decisions(handle, world.choices());
  load_faults(handle, outcome);
  for (const ShownViolation& violation : outcome.violations) load_violation(handle, violation);
}

void load_verdict(sqlite3* handle, const Outcome& outcome) {
  Inserter(handle, "DELETE FROM run").insert();
  auto facts = facts_of(outcome);
  facts["passed"] = outcome.passed ? "1" : "0";
  facts["exercised"] = outcome.exercised ? "1" : "0";
  load_facts(handle, facts);
  Inserter(handle, "DELETE FROM fault").insert();
  load_faults(handle, outcome);
}

}  // namespace drydock::scenarios
