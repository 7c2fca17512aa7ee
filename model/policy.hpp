#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/time.hpp"

namespace drydock::model {

using sim::Duration;
using namespace std::chrono_literals;

enum class Concurrency : std::uint8_t { drop_mutex, coalesce };
enum class DebounceMode : std::uint8_t { drop, trailing, mutation_bypass };
enum class PendingHandling : std::uint8_t { raw, isrunning_pending_alive, tri_state };
enum class StopFailure : std::uint8_t { proceed, abort_and_restore, fence };
enum class Storage : std::uint8_t { persistent_volume_reattach, snapshot_before_stop, stateless };
enum class OnBackupFailure : std::uint8_t { terminate_anyway, fail_closed, fail_closed_with_optin };
enum class Cascade : std::uint8_t { implicit, deprecated_implicit, opt_in };
enum class CascadeFalse : std::uint8_t { refuse, single };
enum class DeleteOrder : std::uint8_t { tenant_first, cp_first, durable_outbox };
enum class DeleteStop : std::uint8_t { none, single, retry, retry_with_event };
enum class Reconciler : std::uint8_t { off, v1, v2 };
enum class PersistFailure : std::uint8_t { ignore, fail };
enum class Settle : std::uint8_t { off, v1, v2 };
enum class IdempotencyKey : std::uint8_t { none, per_attempt, per_start };
enum class EnsureImage : std::uint8_t { off, without_provider, on };
enum class QueueSettling : std::uint8_t { counts, unbounded, ceiling };
enum class Sdk : std::uint8_t {
  none,
  go_v1,
  go_v2,
  botocore_legacy,
  botocore_standard,
  botocore_adaptive,
  js_v2,
  js_v3,
  boto2,
  ruby_v1,
  fog,
  libcloud,
  ansible,
};

/// A Retry-After that is either a constant or `computed`: what the limiter says (#1990).
struct RetryAfter {
  std::optional<Duration> constant = 720s;
  friend bool operator==(const RetryAfter&, const RetryAfter&) = default;
};

/// Says which lifecycle logic is running: every fix, guard and constant of the platform is one field here, and one row
/// of the knob table (`knobs()`), which holds its name, meaning and source. The initial values are those of no era; a
/// policy comes from a preset (scenarios/policies/*.json).
struct Policy {
  std::string name;

  Concurrency restart_concurrency = Concurrency::coalesce;
  bool restart_async = true;
  bool restart_stop_retry = true;
  bool restart_refuses_removed = true;
  bool restart_provision_gate = false;
  bool restart_cycle_clears_keys = false;
  bool restart_keeps_url = false;
  EnsureImage restart_ensures_image = EnsureImage::off;
  bool restart_declined_boot_fails = false;
  bool restart_warming_guard = false;
  bool restart_ensure_bypasses = false;
  bool restart_by_id_on_saas = true;
  StopFailure restart_stop_failure = StopFailure::proceed;
  Duration restart_debounce_window = 0s;
  DebounceMode restart_debounce_mode = DebounceMode::drop;
  bool restart_drain_restamp = false;
  bool restart_drain_signal = true;
  Duration restart_file_write_debounce = 0s;

  bool probe_restart_gate = false;
  bool probe_context_gate = false;
  bool probe_on_saas = true;
  PendingHandling probe_pending_handling = PendingHandling::raw;
  Settle probe_settle = Settle::off;
  Duration probe_settle_window = 30s;
  Duration probe_settle_wait = 2s;
  Duration probe_recent_heartbeat = 15s;
  Duration probe_ask_again = 500ms;
  bool probe_leaves_dormant = false;
  bool probe_names_provider = false;
  bool proxy_queues_settling = false;
  bool proxy_refuses_restarting = false;
  Duration queue_sweep_interval = 0s;
  QueueSettling queue_settling = QueueSettling::counts;
  Duration queue_settling_ceiling = 180s;
  bool queue_boot_turn_gate = false;
  bool secrets_skip_self = false;
  bool secrets_skip_platform_root = false;
  bool register_leaves_dormant = false;
  bool register_failure_degrades = false;
  Duration register_failure_hold = 5min;
  bool register_beat_clears_failure = false;
  bool token_reopens_bootstrap = false;

  Storage backup_storage = Storage::persistent_volume_reattach;
  OnBackupFailure backup_on_failure = OnBackupFailure::terminate_anyway;
  RetryAfter backup_retry_after;

  Cascade pause_cascade = Cascade::implicit;
  CascadeFalse pause_cascade_false = CascadeFalse::refuse;
  bool pause_honest = false;
  Duration pause_deadline = 60s;
  bool resume_honest = false;
  Duration resume_deadline = 30s;

  bool delete_checks_row = false;
  bool delete_clears_instance = false;
  bool delete_cancels_launches = false;
  Duration delete_launch_wait = 30s;
  DeleteOrder delete_order = DeleteOrder::tenant_first;
  DeleteStop delete_stop = DeleteStop::single;
  Duration delete_cleanup_deadline = 30s;

  bool dispatch_unified = true;

  bool stop_checks_status = true;
  bool stop_names_provider = false;
  std::uint32_t stop_attempts = 3;
  Duration stop_backoff = 1s;

  bool provision_revokes_tokens = true;
  std::uint32_t provision_attempts = 1;
  Duration provision_backoff = 2s;
  Duration provision_backoff_max = 10s;
  IdempotencyKey provision_idempotency_key = IdempotencyKey::none;
  bool provision_cp_ends_predecessor = false;
  std::uint32_t provision_persist_attempts = 1;
  Duration provision_persist_backoff = 100ms;
  PersistFailure provision_persist_failure = PersistFailure::ignore;
  bool provision_guards_failure = false;
  bool provision_ensures_image = false;
  Sdk controlplane_sdk = Sdk::none;
  bool schema_status_enum_complete = true;

  bool sweeper_cp_orphan_enabled = false;
  Duration sweeper_cp_orphan_interval = 60s;
  Duration sweeper_cp_orphan_deadline = 30s;
  std::uint32_t sweeper_cp_orphan_limit = 100;
  Reconciler reconciler_mode = Reconciler::off;
  Duration reconciler_interval = 60s;
  std::uint32_t reconciler_limit = 200;
  Duration reconciler_deadline = 45s;
  Duration reconciler_probe_timeout = 10s;
  bool watchdog_stall_enabled = false;
  Duration watchdog_stall_interval = 3min;
  Duration watchdog_stall_after = 12min;
  Duration watchdog_stall_answer = 5min;
  Duration watchdog_stall_cooldown = 30min;
  std::uint32_t watchdog_stall_limit = 100;
  bool watchdog_wedged_enabled = false;
  Duration watchdog_wedged_interval = 30s;
  Duration watchdog_wedged_after = 5min;
  bool sweeper_row_gone_enabled = false;
  Duration sweeper_row_gone_interval = 60s;
  Duration sweeper_row_gone_grace = 10min;

  bool intents_durable = false;
  Duration intents_interval = 60s;
  bool writes_guarded = false;
  Duration writes_timeout = 0s;
  bool stop_confirmed = false;
  Duration stop_unknown_for = 2min;
  Duration probe_confirm_death = 0s;
  bool backup_names_snapshot = false;
  bool backup_clears_failed = false;
  bool agent_names_instance = false;
  bool hibernate_stops = false;
  bool hibernate_provider_stop = false;
  bool hibernate_honest = false;
  bool hibernate_wakes = false;

  bool heartbeat_guarded_writes = true;
  bool heartbeat_recovers_awaiting_agent = true;
  bool heartbeat_recovers_failed = false;
  bool heartbeat_promotes_provisioning = false;
  bool health_remote_on_saas = true;

  Duration time_heartbeat = 30s;
  Duration time_agent_client_timeout = 10s;
  Duration time_liveness_ttl = 180s;
  Duration time_url_cache_ttl = 5min;
  Duration time_provision_timeout = 10min;
  Duration time_provision_timeout_hermes = 30min;
  Duration time_provision_timeout_sweep = 30s;
  Duration time_provision_context = 3min;
  Duration time_cp_client_timeout = 120s;
  Duration time_cp_provision_timeout = 120s;
  Duration time_ensure_image = 15min;
  Duration time_connect_timeout = 15s;
  Duration time_a2a_call = 2s;
  Duration time_db_statement = 1ms;
  Duration time_interrupt_sleep = 10s;
  Duration time_restart_context_wait = 30s;
  Duration time_restart_context_fresh = 30s;
  Duration time_restart_context_poll = 500ms;
  Duration time_drain_signal_timeout = 10s;
  Duration time_health_sweep = 15s;
  Duration time_remote_stale = 90s;
  Duration time_orphan_report = 5min;
  Duration time_hibernation_monitor = 2min;
  Duration time_bootstrap_watcher = 5min;
  Duration time_bootstrap_watcher_hermes = 25min;
  Duration time_fence_worker = 5s;
  Duration time_outbox_backoff = 1s;
  Duration time_outbox_backoff_max = 60s;
  Duration time_snapshot_poll = 5s;
  Duration time_proxy_ceiling = 30min;
  Duration time_delegation_retry = 8s;
  Duration time_delegation_context = 30min;
  Duration time_retry_after_busy = 30s;
  Duration time_retry_after_waking = 15s;
  Duration time_retry_after_restarting = 15s;

  friend bool operator==(const Policy&, const Policy&) = default;

  /// The time that a row may stay provisioning before the sweep fails it.
  [[nodiscard]] Duration provision_timeout(std::string_view runtime) const {
    return runtime == "hermes" ? time_provision_timeout_hermes : time_provision_timeout;
  }
  /// The longest time that may lie between two heartbeats of an agent that the platform answers at all: an agent waits
  /// for each answer, or until it gives up, and the platform may take as long to serve one of the two.
  [[nodiscard]] Duration longest_between_heartbeats() const { return time_heartbeat + 2 * time_agent_client_timeout; }
  /// The time after a launch at which the control plane's bootstrap watcher looks at it.
  [[nodiscard]] Duration bootstrap_watch(std::string_view runtime) const {
    return runtime == "hermes" ? time_bootstrap_watcher_hermes : time_bootstrap_watcher;
  }
};

/// One row of the knob table.
struct Knob {
  using Access = std::variant<bool Policy::*, std::uint32_t Policy::*, Duration Policy::*, RetryAfter Policy::*,
                              Concurrency Policy::*, DebounceMode Policy::*, PendingHandling Policy::*,
                              StopFailure Policy::*, Storage Policy::*, OnBackupFailure Policy::*, Cascade Policy::*,
                              CascadeFalse Policy::*, DeleteOrder Policy::*, DeleteStop Policy::*, Reconciler Policy::*,
                              PersistFailure Policy::*, IdempotencyKey Policy::*, Settle Policy::*,
                              EnsureImage Policy::*, QueueSettling Policy::*, Sdk Policy::*>;
  std::string_view name;
  Access access;
  std::string_view meaning;
  /// The issue, or the section of docs/platform.md, that the knob comes from.
  std::string_view source;
  /// The least a count or a duration (in microseconds) may be: a loop without an interval would never let time pass.
  std::int64_t least = 0;

  /// `on|off`, `count`, `duration`, `duration|computed` or `enum`.
  [[nodiscard]] std::string_view type() const;
  /// The words an enum or switch takes; empty for counts and durations.
  [[nodiscard]] std::span<const std::string_view> values() const;
};

/// Every knob, in the order of the documentation.
[[nodiscard]] std::span<const Knob> knobs();
[[nodiscard]] const Knob* find_knob(std::string_view name);

/// Sets a knob from its text (`on`, `60s`, `coalesce`, `3`). Returns what is wrong with the text, empty when set.
[[nodiscard]] std::string set_knob(Policy& policy, const Knob& knob, std::string_view text);
/// The knob's value as the text that `set_knob` reads.
[[nodiscard]] std::string knob_text(const Policy& policy, const Knob& knob);

}  // namespace drydock::model
