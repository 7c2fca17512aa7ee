#include "model/store/store.hpp"

#include <fmt/format.h>

#include "model/kinds.hpp"

namespace drydock::model {

Store::Store(Database& database, sim::Scheduler& clock, sim::Record& record, sim::Adversary& adversary,
             const Directory& directory, Observation& observation)
    : database_(database),
      clock_(clock),
      record_(record),
      adversary_(adversary),
      directory_(directory),
      observation_(observation),
      actor_(record.name("platform")) {}

/// A statement whose answer is lost hangs until its context ends. With a background context it hangs for good, as it
/// does with a database driver that has no timeout.
DbError Store::error_of(sim::CallFailure failure) {
  return failure.timed_out ? context_ended() : DbError{std::move(failure.error)};
}

/// Returns the error of writing a status that the schema's enum does not have yet (docs/platform.md §2.2); empty: it
/// has.
std::optional<DbError> Store::schema_refuses(Status status) const {
  const bool is_late = status == Status::hibernating || status == Status::awaiting_agent;
  if (!is_late || policy_->schema_status_enum_complete) return std::nullopt;
  return DbError{fmt::format("invalid input value for enum workspace_status: \"{}\"", to_text(status))};
}

void Store::status_written(WorkspaceKey key, const Row& after) {
  const auto event = record_.emit(
      kind::workspace_status, actor_, {directory_.name(key), sim::Name::none},
      {{"from", row(key).exists ? to_text(row(key).status) : std::string_view{"none"}}, {"to", to_text(after.status)}});
  observation_.row_written(key, after, event);
}

void Store::seed(const SeedRow& seed) {
  const auto& entry = directory_.entry(seed.key);
  const auto key = static_cast<std::int64_t>(seed.key);
  const auto parent =
      seed.parent == WorkspaceKey::none ? std::nullopt : std::optional{static_cast<std::int64_t>(seed.parent)};
  const auto beat =
      seed.last_heartbeat_at ? std::optional{seed.last_heartbeat_at->time_since_epoch().count()} : std::nullopt;
  database_
      .query(
          "INSERT INTO workspaces (key, id, alias, name, tier, status, url, parent_key, runtime, instance_id, "
          "last_heartbeat_at, last_error_rate, active_tasks, hibernation_idle_minutes, kind, created_at, updated_at) "
          "VALUES (?1, ?2, ?3, ?3, 4, ?4, ?5, ?6, ?7, nullif(?8, ''), ?9, ?10, ?11, ?12, ?13, 0, 0)")
      .bind(key)
      .bind(entry.uuid)
      .bind(entry.alias)
      .bind(to_text(seed.status))
      .bind(seed.url)
      .bind(parent)
      .bind(seed.runtime)
      .bind(seed.instance_id)
      .bind(beat)
      .bind(seed.error_rate)
      .bind(seed.active_tasks)
      .bind(seed.hibernation_idle_minutes)
      .bind(seed.kind)
      .run();
  for (const auto& [name, value] : seed.secrets) {
    database_.query("INSERT INTO workspace_secrets (workspace_key, key, encrypted_value) VALUES (?, ?, ?)")
        .bind(key)
        .bind(name)
        .bind(value)
        .run();
  }
  if (!seed.token.empty()) {
    database_
        .query("INSERT INTO workspace_auth_tokens (workspace_key, token_hash, prefix, created_at) VALUES (?, ?, ?, 0)")
        .bind(key)
        .bind(seed.token)
        .bind(std::string_view{seed.token}.substr(0, 8))
        .run();
  }
  observation_.seed_workspace(
      seed.key, seed.parent, seed.runtime,
      {.exists = true, .status = seed.status, .url = seed.url, .instance_id = seed.instance_id});
}

}  // namespace drydock::model
