#include "model/policy.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace drydock::model {
namespace {

constexpr std::int64_t kInterval = Duration{1ms}.count();
constexpr std::uint32_t kMostCount = 1000;

/// The words of an enum, in the order of its values. A new enum knob needs one of these and its
/// type in `Access`.
template <typename Enum>
struct Words;

template <>
struct Words<bool> {
  static constexpr std::array<std::string_view, 2> all{"off", "on"};
};
template <>
struct Words<Concurrency> {
  static constexpr std::array<std::string_view, 2> all{"drop_mutex", "coalesce"};
};
template <>
struct Words<DebounceMode> {
  static constexpr std::array<std::string_view, 3> all{"drop", "trailing", "mutation_bypass"};
};
template <>
struct Words<PendingHandling> {
  static constexpr std::array<std::string_view, 3> all{"raw", "isrunning_pending_alive", "tri_state"};
};
template <>
struct Words<StopFailure> {
  static constexpr std::array<std::string_view, 3> all{"proceed", "abort_and_restore", "fence"};
};
template <>
struct Words<Storage> {
  static constexpr std::array<std::string_view, 3> all{"persistent_volume_reattach", "snapshot_before_stop",
                                                       "stateless"};
};
template <>
struct Words<OnBackupFailure> {
  static constexpr std::array<std::string_view, 3> all{"terminate_anyway", "fail_closed", "fail_closed_with_optin"};
};
template <>
struct Words<Cascade> {
  static constexpr std::array<std::string_view, 3> all{"implicit", "deprecated_implicit", "opt_in"};
};
template <>
struct Words<CascadeFalse> {
  static constexpr std::array<std::string_view, 2> all{"refuse", "single"};
};
template <>
struct Words<DeleteOrder> {
  static constexpr std::array<std::string_view, 3> all{"tenant_first", "cp_first", "durable_outbox"};
};
template <>
struct Words<DeleteStop> {
  static constexpr std::array<std::string_view, 4> all{"none", "single", "retry", "retry_with_event"};
};
template <>
struct Words<Reconciler> {
  static constexpr std::array<std::string_view, 3> all{"off", "v1", "v2"};
};
template <>
struct Words<PersistFailure> {
  static constexpr std::array<std::string_view, 2> all{"ignore", "fail"};
};
template <>
struct Words<Settle> {
  static constexpr std::array<std::string_view, 3> all{"off", "v1", "v2"};
};
template <>
struct Words<IdempotencyKey> {
  static constexpr std::array<std::string_view, 3> all{"none", "per_attempt", "per_start"};
};

/// Spellings that are read and never written: `layers` is `raw` with the three layers switched on
/// by their own knobs.
std::string_view canonical_word(std::string_view knob, std::string_view word) {
  return knob == "probe.pending_handling" && word == "layers" ? "raw" : word;
}

constexpr std::array kKnobs{
    Knob{"restart.concurrency", &Policy::restart_concurrency,
         "what a restart does that meets a running one: give up, or mark it to run once more", "docs/platform.md §7.4"},
    Knob{"restart.async", &Policy::restart_async,
         "HTTP restart answers before the stop and provision instead of after the stop", "docs/platform.md §7.3"},
    Knob{"restart.stop_retry", &Policy::restart_stop_retry, "a restart's stop is retried (stop.attempts, stop.backoff)",
         "docs/platform.md §7.3"},
    Knob{"restart.refuses_removed", &Policy::restart_refuses_removed,
         "HTTP restart of a removed row is 404; off, it brings the row back", "PR #2394, 2026-06-07"},
    Knob{"restart.provision_gate", &Policy::restart_provision_gate,
         "one replacement of a workspace at a time: restart holds a mutex over stop and start, and create, resume and "
         "wake over their start",
         "PR #2665, 2026-06-12; PR #2772, 2026-06-13"},
    Knob{"restart.cycle_clears_keys", &Policy::restart_cycle_clears_keys,
         "a programmatic cycle clears the workspace's keys right after its stop", "PR #3266, 2026-06-25"},
    Knob{"restart.keeps_url", &Policy::restart_keeps_url,
         "HTTP restart leaves the url until its stop was issued, and clears it together with the keys then",
         "PR #5030, 2026-08-02"},
    Knob{"restart.by_id_on_saas", &Policy::restart_by_id_on_saas,
         "programmatic restarts do their work where the control plane is the provisioner", "docs/platform.md §7.4"},
    Knob{"restart.stop_failure", &Policy::restart_stop_failure,
         "what a restart does whose stop was given up: provision all the same, leave the old instance and its row as "
         "they were, or write a fence row that a worker stops the old instance by",
         "#1990, docs/platform.md §11"},
    Knob{"restart.debounce_window", &Policy::restart_debounce_window,
         "L3: how long after a restart began a programmatic one is debounced; 0s is off", "#1556"},
    Knob{"restart.debounce_mode", &Policy::restart_debounce_mode,
         "what becomes of a debounced restart: dropped, run when the window ends, or let through if "
         "configuration changed",
         "#1556"},
    Knob{"restart.drain_restamp", &Policy::restart_drain_restamp,
         "each further iteration of the coalescing loop starts the debounce window again", "docs/platform.md §7.4"},
    Knob{"restart.drain_signal", &Policy::restart_drain_signal,
         "a restart cycle tells the agent to drain before it stops it", "docs/platform.md §7.4"},
    Knob{"restart.file_write_debounce", &Policy::restart_file_write_debounce,
         "how long file writes are gathered before they restart the workspace; 0s is off", "docs/platform.md §7.12"},
    Knob{"probe.restart_gate", &Policy::probe_restart_gate, "L1: no dead verdict while a restart of the workspace runs",
         "#1556"},
    Knob{"probe.context_gate", &Policy::probe_context_gate,
         "L2: the restart context waits for a url and a fresh heartbeat", "#1556"},
    Knob{"probe.on_saas", &Policy::probe_on_saas, "the proxy's dead verdict asks the control plane",
         "docs/platform.md §9.2"},
    Knob{"probe.pending_handling", &Policy::probe_pending_handling,
         "what a pending instance is to a probe: not running, alive, or a third answer", "#1556, docs/platform.md §11"},
    Knob{"probe.settle", &Policy::probe_settle,
         "how the dead verdict treats a workspace that may only be settling: as any other; two observations where it "
         "beat recently (v1); it waits, asks again and queues the call (v2)",
         "PR #2950, 2026-06-15"},
    Knob{"probe.settle_window", &Policy::probe_settle_window,
         "how long after a restart began a workspace settles, and within what time a second observation counts",
         "PR #2950, 2026-06-15"},
    Knob{"probe.settle_wait", &Policy::probe_settle_wait,
         "v2: how long a verdict waits for a heartbeat later than the restart", "PR #2950, 2026-06-15"},
    Knob{"probe.recent_heartbeat", &Policy::probe_recent_heartbeat, "age up to which a heartbeat is recent",
         "PR #2950, 2026-06-15"},
    Knob{"probe.ask_again", &Policy::probe_ask_again, "v2: how long after the first answer it asks again",
         "PR #2950, 2026-06-15"},
    Knob{"probe.leaves_dormant", &Policy::probe_leaves_dormant,
         "a dead verdict does not take paused and hibernated rows offline", "PR #3449, 2026-07-05"},
    Knob{"proxy.queues_settling", &Policy::proxy_queues_settling,
         "a call to a workspace without a url that is provisioning or awaits its agent is queued and answered 202",
         "PR #4069, 2026-07-12"},
    Knob{"proxy.refuses_restarting", &Policy::proxy_refuses_restarting,
         "a call whose connection was refused or reset by a live instance is 503 with Retry-After, and never queued",
         "#4175, #4189, 2026-07-13"},
    Knob{"queue.sweep_interval", &Policy::queue_sweep_interval,
         "how often queued calls of online and degraded workspaces are sent; 0s is only upon a heartbeat",
         "#2930, 2026-06-15"},
    Knob{"secrets.skip_self", &Policy::secrets_skip_self,
         "a workspace that writes a secret of its own is not restarted by it", "PR #2584, 2026-06-11"},
    Knob{"register.leaves_dormant", &Policy::register_leaves_dormant,
         "a registration does not bring a paused or hibernated row online", "PR #3449, 2026-07-05"},
    Knob{"token.reopens_bootstrap", &Policy::token_reopens_bootstrap,
         "a rejected bearer is let in where the workspace has no live token by now", "PR #2757, 2026-06-13"},
    Knob{"backup.storage", &Policy::backup_storage,
         "where a workspace's data lives: one volume that is attached again, a volume per launch restored from a "
         "snapshot taken before the stop, or nowhere",
         "#1990, docs/platform.md §10.1"},
    Knob{"backup.on_failure", &Policy::backup_on_failure,
         "what a stop does whose backup was refused: terminate all the same, refuse, or refuse unless an ops caller "
         "sends both opt-in parameters",
         "#1990"},
    Knob{"backup.retry_after", &Policy::backup_retry_after,
         "Retry-After of a refused backup: a constant, or what the limiter says", "#1990"},
    Knob{"pause.cascade", &Policy::pause_cascade,
         "whether pause and resume reach descendants unasked, unasked with a deprecation header, or with cascade=true",
         "#1991"},
    Knob{"pause.cascade_false", &Policy::pause_cascade_false,
         "what cascade=false means where there are descendants: refuse, or only the named workspace", "#1991"},
    Knob{"pause.honest", &Policy::pause_honest,
         "a pause outlives its caller, touches no row whose stop failed, and answers 200, 207 or 500 by what it did",
         "PR #5102, 2026-08-08"},
    Knob{"pause.deadline", &Policy::pause_deadline, "deadline of an honest pause, for the whole cascade",
         "PR #5102, 2026-08-08"},
    Knob{"resume.honest", &Policy::resume_honest,
         "a resume outlives its caller, launches only for rows that it claimed, and answers 200, 207 or 500 by that",
         "PR #5104, 2026-08-08"},
    Knob{"resume.deadline", &Policy::resume_deadline, "deadline of an honest resume's writes, for the whole cascade",
         "PR #5104, 2026-08-08"},
    Knob{"delete.checks_row", &Policy::delete_checks_row,
         "a delete is 404 for an unknown id, 410 for a removed row, and 400 unless X-Confirm-Name is the row's name",
         "#1823, PR #1826, 2026-05-25"},
    Knob{"delete.clears_instance", &Policy::delete_clears_instance,
         "a delete whose stop succeeded sets instance_id to NULL, so that no sweeper asks again",
         "PR #5046, 2026-08-04"},
    Knob{"delete.order", &Policy::delete_order,
         "mark removed and then stop, stop and then mark removed, or hand the stop to an outbox in one transaction",
         "#2989, docs/platform.md §11"},
    Knob{"delete.stop", &Policy::delete_stop,
         "how a delete stops an instance: not at all, once, retried, or retried with a durable event on giving up",
         "#1932"},
    Knob{"delete.cleanup_deadline", &Policy::delete_cleanup_deadline,
         "deadline of a delete's cleanup, for the whole cascade", "#1932"},
    Knob{"dispatch.unified", &Policy::dispatch_unified,
         "pause and delete reach the control plane; hibernate never does", "docs/platform.md §12"},
    Knob{"stop.checks_status", &Policy::stop_checks_status,
         "the client of the control plane reports a stop answered with other than 2xx as failed",
         "docs/platform.md §4.2"},
    Knob{"stop.attempts", &Policy::stop_attempts, "attempts of the stop retry core", "#1932", 1},
    Knob{"stop.backoff", &Policy::stop_backoff, "the retry core's first wait; each further one is twice as long",
         "#1932"},
    Knob{"provision.revokes_tokens", &Policy::provision_revokes_tokens,
         "a provision revokes the workspace's older tokens", "docs/platform.md §2.5"},
    Knob{"provision.attempts", &Policy::provision_attempts,
         "attempts of a launch that the control plane failed or did not answer", "PR #5068, 2026-08-05; PR #5097", 1},
    Knob{"provision.backoff", &Policy::provision_backoff,
         "the first wait between two of them; each further one is twice as long", "PR #5068, 2026-08-05"},
    Knob{"provision.backoff_max", &Policy::provision_backoff_max, "and the longest one", "PR #5097, 2026-08-07"},
    Knob{"provision.idempotency_key", &Policy::provision_idempotency_key,
         "what the control plane knows a repeated launch by: nothing, a key that is new for each attempt, or one key "
         "for all attempts of a start",
         "PR #5068, 2026-08-05"},
    Knob{"provision.cp_ends_predecessor", &Policy::provision_cp_ends_predecessor,
         "the control plane terminates a workspace's other instances before it launches one", "PR #5068, 2026-08-05"},
    Knob{"provision.persist_attempts", &Policy::provision_persist_attempts,
         "attempts to write a launched instance's id into the row", "PR #2392, 2026-06-07", 1},
    Knob{"provision.persist_backoff", &Policy::provision_persist_backoff,
         "the first wait between two of them; each further one is twice as long", "PR #2392, 2026-06-07"},
    Knob{"provision.persist_failure", &Policy::provision_persist_failure,
         "what becomes of a row that an instance's id could not be written into: nothing, or it fails and names the id",
         "PR #2392, 2026-06-07"},
    Knob{"schema.status_enum_complete", &Policy::schema_status_enum_complete,
         "the database's status type knows all ten statuses", "docs/platform.md §2.2"},
    Knob{"sweeper.cp_orphan.enabled", &Policy::sweeper_cp_orphan_enabled,
         "removed rows with an instance are stopped until that succeeds", "#2989"},
    Knob{"sweeper.cp_orphan.interval", &Policy::sweeper_cp_orphan_interval, "its interval", "#2989", kInterval},
    Knob{"sweeper.cp_orphan.deadline", &Policy::sweeper_cp_orphan_deadline, "deadline of one of its cycles", "#2989"},
    Knob{"sweeper.cp_orphan.limit", &Policy::sweeper_cp_orphan_limit, "most rows that one cycle takes", "#2989", 1},
    Knob{"reconciler.mode", &Policy::reconciler_mode,
         "whether a loop looks for rows whose instance has gone and restarts them: no; online rows, on what it read "
         "before (v1); online and degraded rows that still name that instance (v2)",
         "PR #2266, PR #2283, 2026-06-05"},
    Knob{"reconciler.interval", &Policy::reconciler_interval, "its interval", "PR #2266, 2026-06-05", kInterval},
    Knob{"reconciler.limit", &Policy::reconciler_limit, "most rows that one cycle takes", "PR #2266, 2026-06-05", 1},
    Knob{"reconciler.deadline", &Policy::reconciler_deadline, "v2: deadline of one of its cycles",
         "PR #2283, 2026-06-05"},
    Knob{"reconciler.probe_timeout", &Policy::reconciler_probe_timeout, "v2: deadline of one of its probes",
         "PR #2283, 2026-06-05"},
    Knob{"sweeper.row_gone.enabled", &Policy::sweeper_row_gone_enabled, "instances that no row names are terminated",
         "#1932"},
    Knob{"sweeper.row_gone.interval", &Policy::sweeper_row_gone_interval, "its interval", "#1932", kInterval},
    Knob{"sweeper.row_gone.grace", &Policy::sweeper_row_gone_grace, "how old such an instance must be", "#1932"},
    Knob{"intents.durable", &Policy::intents_durable,
         "a start and a stop are written down in the transaction that decides them, and one worker a workspace works "
         "on them until they are done",
         "docs/platform.md §16"},
    Knob{"intents.interval", &Policy::intents_interval, "how often what nobody works on is taken up again",
         "docs/platform.md §16", kInterval},
    Knob{"writes.guarded", &Policy::writes_guarded,
         "a failure, a lost liveness, a dead verdict and a registration change only the statuses that they are about",
         "docs/platform.md §16"},
    Knob{"writes.timeout", &Policy::writes_timeout,
         "how long a statement that writes is waited for; 0s is as long as its context lasts", "docs/platform.md §16"},
    Knob{"stop.confirmed", &Policy::stop_confirmed,
         "a terminate that is owed counts once the control plane no longer shows the instance pending or running",
         "docs/platform.md §16"},
    Knob{
        "probe.confirm_death", &Policy::probe_confirm_death,
        "how long after an instance was found dead it is looked at again before it is replaced; 0s is at once, unasked",
        "docs/platform.md §16"},
    Knob{"agent.names_instance", &Policy::agent_names_instance,
         "an agent says which instance it runs on and is heard only if its row names that one; a failed registration "
         "is made again",
         "docs/platform.md §16"},
    Knob{"backup.names_snapshot", &Policy::backup_names_snapshot,
         "the platform writes down which snapshot a backup made, and a launch waits until EC2 shows that one",
         "docs/platform.md §16"},
    Knob{"backup.clears_failed", &Policy::backup_clears_failed,
         "a backup that meets the limit of pending snapshots deletes those in error and is asked for once more",
         "docs/platform.md §16"},
    Knob{"hibernate.stops", &Policy::hibernate_stops, "a hibernation stops the instance, with its backup first",
         "docs/platform.md §16"},
    Knob{"hibernate.provider_stop", &Policy::hibernate_provider_stop,
         "a hibernation stops the instance between claim and park, once; a stop that fails is logged and hibernates "
         "all the same",
         "PR #3441, 2026-07-05"},
    Knob{"hibernate.honest", &Policy::hibernate_honest,
         "force claims a row with active tasks, an unclaimed row is 409, a failure after the claim is 500, and no "
         "active task is left",
         "#4293, 2026-07-14"},
    Knob{"hibernate.wakes", &Policy::hibernate_wakes, "a call to a hibernated workspace claims and provisions it",
         "PR #3441, 2026-07-05"},
    Knob{"heartbeat.guarded_writes", &Policy::heartbeat_guarded_writes,
         "a heartbeat's status write names the status that it read", "PR #2393, 2026-06-07"},
    Knob{"heartbeat.recovers_awaiting_agent", &Policy::heartbeat_recovers_awaiting_agent,
         "a heartbeat brings awaiting_agent back online", "docs/platform.md §6"},
    Knob{"heartbeat.recovers_failed", &Policy::heartbeat_recovers_failed, "a heartbeat brings failed back online",
         "PR #2414, 2026-06-07"},
    Knob{"heartbeat.promotes_provisioning", &Policy::heartbeat_promotes_provisioning,
         "a heartbeat's column update itself turns provisioning into online", "PR #2562, 2026-06-11"},
    Knob{"health.remote_on_saas", &Policy::health_remote_on_saas,
         "the health sweep looks at external workspaces on SaaS too", "docs/platform.md §8"},
    Knob{"time.heartbeat", &Policy::time_heartbeat, "from one heartbeat of an agent to the next",
         "docs/platform.md §13", kInterval},
    Knob{"time.agent_client_timeout", &Policy::time_agent_client_timeout,
         "how long an agent waits for an answer of the platform", "docs/platform.md §13"},
    Knob{"time.liveness_ttl", &Policy::time_liveness_ttl, "life of the liveness key", "docs/platform.md §13"},
    Knob{"time.url_cache_ttl", &Policy::time_url_cache_ttl, "life of the cached url", "docs/platform.md §13"},
    Knob{"time.provision_timeout", &Policy::time_provision_timeout, "how long a row may stay provisioning",
         "docs/platform.md §13"},
    Knob{"time.provision_timeout_hermes", &Policy::time_provision_timeout_hermes, "the same for the hermes runtime",
         "docs/platform.md §13"},
    Knob{"time.provision_timeout_sweep", &Policy::time_provision_timeout_sweep,
         "interval of the sweep that fails such rows", "docs/platform.md §13", kInterval},
    Knob{"time.provision_context", &Policy::time_provision_context, "deadline of a provision", "docs/platform.md §13"},
    Knob{"time.cp_client_timeout", &Policy::time_cp_client_timeout,
         "how long the platform waits for an answer of the control plane", "docs/platform.md §13"},
    Knob{"time.cp_provision_timeout", &Policy::time_cp_provision_timeout,
         "how long the tenant's client waits for the answer to a provision", "PR #5020, 2026-08-01"},
    Knob{"time.connect_timeout", &Policy::time_connect_timeout,
         "how long an address that nobody answers at stays silent", "docs/platform.md §4.3"},
    Knob{"time.a2a_call", &Policy::time_a2a_call, "how long an agent takes to serve a call", "docs/platform.md §13"},
    Knob{"time.db_statement", &Policy::time_db_statement, "how long a database statement takes",
         "docs/platform.md §15"},
    Knob{"time.interrupt_sleep", &Policy::time_interrupt_sleep,
         "how long a restart sleeps before it interrupts a provisioning row", "docs/platform.md §7.4"},
    Knob{"time.restart_context_wait", &Policy::time_restart_context_wait,
         "how long the restart context waits for online", "docs/platform.md §7.5"},
    Knob{"time.restart_context_fresh", &Policy::time_restart_context_fresh,
         "how long it then waits for a fresh heartbeat (L2)", "#1556"},
    Knob{"time.restart_context_poll", &Policy::time_restart_context_poll, "interval of both waits",
         "docs/platform.md §7.5", kInterval},
    Knob{"time.drain_signal_timeout", &Policy::time_drain_signal_timeout, "deadline of the drain signal",
         "docs/platform.md §7.4"},
    Knob{"time.health_sweep", &Policy::time_health_sweep, "interval of the health sweep", "docs/platform.md §8",
         kInterval},
    Knob{"time.remote_stale", &Policy::time_remote_stale,
         "age of a heartbeat at which an external workspace counts as lost", "docs/platform.md §8"},
    Knob{"time.orphan_report", &Policy::time_orphan_report,
         "interval of the report of online rows without a running instance", "docs/platform.md §8", kInterval},
    Knob{"time.hibernation_monitor", &Policy::time_hibernation_monitor,
         "interval of the monitor that hibernates idle workspaces", "docs/platform.md §7.8", kInterval},
    Knob{"time.bootstrap_watcher", &Policy::time_bootstrap_watcher,
         "when the control plane reports a launch whose agent has not booted", "docs/platform.md §4.3"},
    Knob{"time.bootstrap_watcher_hermes", &Policy::time_bootstrap_watcher_hermes, "the same for the hermes runtime",
         "docs/platform.md §4.3"},
    Knob{"time.fence_worker", &Policy::time_fence_worker, "from one attempt of the fence worker to the next",
         "docs/platform.md §11", kInterval},
    Knob{"time.outbox_backoff", &Policy::time_outbox_backoff,
         "the outbox worker's first wait; each further one is twice as long", "docs/platform.md §11", kInterval},
    Knob{"time.outbox_backoff_max", &Policy::time_outbox_backoff_max, "and its longest one", "docs/platform.md §11",
         kInterval},
    Knob{"time.snapshot_poll", &Policy::time_snapshot_poll,
         "how often a launch looks whether the snapshot it waits for is completed", "docs/platform.md §15", kInterval},
    Knob{"time.proxy_ceiling", &Policy::time_proxy_ceiling, "how long a call between agents may take",
         "docs/platform.md §9.1"},
    Knob{"time.delegation_retry", &Policy::time_delegation_retry, "how long a delegation waits before its second try",
         "docs/platform.md §9.3"},
    Knob{"time.delegation_context", &Policy::time_delegation_context, "deadline of a delegation's work",
         "docs/platform.md §9.3"},
    Knob{"time.retry_after_busy", &Policy::time_retry_after_busy, "Retry-After of a busy answer",
         "docs/platform.md §9.1"},
    Knob{"time.retry_after_waking", &Policy::time_retry_after_waking, "Retry-After of a waking answer",
         "docs/platform.md §7.9"},
    Knob{"time.retry_after_restarting", &Policy::time_retry_after_restarting, "Retry-After of a restarting answer",
         "docs/platform.md §9.1"},
};

template <typename T>
constexpr bool kHasWords =
    !std::is_same_v<T, std::uint32_t> && !std::is_same_v<T, Duration> && !std::is_same_v<T, RetryAfter>;

constexpr std::string_view kComputed = "computed";

template <typename T>
std::string set_value(T& field, const Knob& knob, std::string_view text) {
  const auto& words = Words<T>::all;
  const auto found = std::find(words.begin(), words.end(), canonical_word(knob.name, text));
  if (found != words.end()) {
    field = static_cast<T>(found - words.begin());
    return {};
  }
  std::string expected;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) expected += i + 1 == words.size() ? " or " : ", ";
    expected += words[i];
  }
  return "expected " + expected;
}

std::string set_value(std::uint32_t& field, const Knob& knob, std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < knob.least || value > kMostCount) {
    return "expected a whole number from " + std::to_string(knob.least) + " to " + std::to_string(kMostCount);
  }
  field = value;
  return {};
}

std::string set_value(Duration& field, const Knob& knob, std::string_view text) {
  const auto value = sim::parse_duration(text);
  if (!value) return "expected a duration such as 30s, 2m30s or 250ms, at most 10 years";
  if (value->count() < knob.least) {
    return "expected at least " + sim::format_duration(Duration{knob.least});
  }
  field = *value;
  return {};
}

std::string set_value(RetryAfter& field, const Knob& knob, std::string_view text) {
  if (text == kComputed) {
    field.constant = std::nullopt;
    return {};
  }
  Duration constant{};
  std::string wrong = set_value(constant, knob, text);
  if (!wrong.empty()) return wrong + ", or computed";
  field.constant = constant;
  return {};
}

template <typename T>
std::string value_text(const T& field) {
  return std::string{Words<T>::all[static_cast<std::size_t>(field)]};
}
std::string value_text(const std::uint32_t& field) { return std::to_string(field); }
std::string value_text(const Duration& field) { return sim::format_duration(field); }
std::string value_text(const RetryAfter& field) {
  return field.constant ? value_text(*field.constant) : std::string{kComputed};
}

}  // namespace

std::string_view Knob::type() const {
  return std::visit(
      [](auto member) -> std::string_view {
        using Field = std::remove_cvref_t<decltype(std::declval<Policy>().*member)>;
        if constexpr (std::is_same_v<Field, bool>) return "on|off";
        if constexpr (std::is_same_v<Field, std::uint32_t>) return "count";
        if constexpr (std::is_same_v<Field, Duration>) return "duration";
        if constexpr (std::is_same_v<Field, RetryAfter>) return "duration|computed";
        return "enum";
      },
      access);
}

std::span<const std::string_view> Knob::values() const {
  return std::visit(
      [](auto member) -> std::span<const std::string_view> {
        using Field = std::remove_cvref_t<decltype(std::declval<Policy>().*member)>;
        if constexpr (kHasWords<Field>) {
          return Words<Field>::all;
        } else {
          return {};
        }
      },
      access);
}

std::span<const Knob> knobs() { return kKnobs; }

const Knob* find_knob(std::string_view name) {
  const auto found = std::find_if(kKnobs.begin(), kKnobs.end(), [&](const Knob& knob) { return knob.name == name; });
  return found == kKnobs.end() ? nullptr : &*found;
}

std::string set_knob(Policy& policy, const Knob& knob, std::string_view text) {
  return std::visit([&](auto member) { return set_value(policy.*member, knob, text); }, knob.access);
}

std::string knob_text(const Policy& policy, const Knob& knob) {
  return std::visit([&](auto member) { return value_text(policy.*member); }, knob.access);
}

}  // namespace drydock::model
