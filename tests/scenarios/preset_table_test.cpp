// The presets against docs/platform.md §12, cell by cell: what the table says is read from the
// document itself, so that neither can drift from the other.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/policy.hpp"
#include "scenarios/files/presets.hpp"

namespace drydock::scenarios {
namespace {

using model::Policy;

const std::string kNotSaid = "–";

/// What the document calls a toggle, as a knob.
const std::map<std::string, std::string>& knob_of_toggle() {
  static const std::map<std::string, std::string> knobs{
      {"cp_stop_checks_status", "stop.checks_status"},
      {"restart_stop_retry", "restart.stop_retry"},
      {"restartbyid_saas", "restart.by_id_on_saas"},
      {"restart_concurrency", "restart.concurrency"},
      {"restart_async", "restart.async"},
      {"stop_names_provider", "stop.names_provider"},
      {"probe_names_provider", "probe.names_provider"},
      {"unified_dispatch", "dispatch.unified"},
      {"provision_revokes_tokens", "provision.revokes_tokens"},
      {"status_enum_complete", "schema.status_enum_complete"},
      {"proxy_probe_on_saas", "probe.on_saas"},
      {"remote_health_sweep_on_saas", "health.remote_on_saas"},
      {"heartbeat_guarded_writes", "heartbeat.guarded_writes"},
      {"heartbeat_recovers_awaiting_agent", "heartbeat.recovers_awaiting_agent"},
      {"heartbeat_recovers_failed", "heartbeat.recovers_failed"},
      {"drain_signal", "restart.drain_signal"},
      {"cp_sweeper", "sweeper.cp_orphan.enabled"},
      {"reconciler", "reconciler.mode"},
      {"restart_refuses_removed", "restart.refuses_removed"},
      {"provision_persist_attempts", "provision.persist_attempts"},
      {"provision_persist_failure", "provision.persist_failure"},
      {"remote_stale", "time.remote_stale"},
      {"stall_watchdog", "watchdog.stall.enabled"},
      {"delete_checks_row", "delete.checks_row"},
      {"probe_restart_gate", "probe.restart_gate"},
      {"context_probe_gate", "probe.context_gate"},
      {"restart_debounce", "restart.debounce_window"},
      {"debounce_mode", "restart.debounce_mode"},
      {"drain_restamp", "restart.drain_restamp"},
      {"file_write_debounce", "restart.file_write_debounce"},
      {"delete_stop", "delete.stop"},
      {"cascade_mode", "pause.cascade"},
      {"cascade_false_means", "pause.cascade_false"},
      {"delete_ordering", "delete.order"},
      {"restart_stop_failure", "restart.stop_failure"},
      {"pending_handling", "probe.pending_handling"},
      {"storage_arch", "backup.storage"},
      {"backup_policy", "backup.on_failure"},
  };
  return knobs;
}

std::string first_word(const std::string& text) { return text.substr(0, text.find(' ')); }

/// `| a | b |` as its cells.
std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::size_t at = 2;
  for (std::size_t end = line.find(" |", at); end != std::string::npos; end = line.find(" |", at)) {
    cells.push_back(line.substr(at, end - at));
    at = end + 3;
  }
  return cells;
}

/// The table of presets: its head first.
std::vector<std::vector<std::string>> documented() {
  std::ifstream document(std::filesystem::path(DRYDOCK_SOURCE_DIR) / "docs/platform.md");
  std::vector<std::vector<std::string>> rows;
  bool inside = false;
  for (std::string line; std::getline(document, line);) {
    if (line.starts_with("| Toggle | april-2026")) inside = true;
    if (inside && !line.starts_with("|")) break;
    if (inside && !line.starts_with("|---")) rows.push_back(cells_of(line));
  }
  return rows;
}

/// A cell as the text of a knob.
std::string value_of(const std::string& knob, const std::string& cell) {
  const bool is_time = model::find_knob(knob)->type() == "duration";
  if (is_time && cell == "off") return "0s";
  if (is_time) return sim::format_duration(*sim::parse_duration(first_word(cell) + "s"));
  return first_word(cell);
}

Policy preset_of(const std::string& name) {
  auto loaded = load_policy(name);
  for (const auto& error : loaded.errors) ADD_FAILURE() << to_text(error);
  return loaded.value ? std::move(*loaded.value) : Policy{};
}

std::string text_of(const Policy& policy, const std::string& knob) {
  return knob_text(policy, *model::find_knob(knob));
}

TEST(PresetTable, EveryCellIsThePresetsKnob) {
  const auto rows = documented();
  ASSERT_EQ(rows.size(), 1 + knob_of_toggle().size());
  const std::vector<std::string>& head = rows.front();
  ASSERT_EQ(head.size(), 10U);
  for (std::size_t column = 1; column < head.size(); ++column) {
    const Policy policy = preset_of(first_word(head[column]));
    for (std::size_t row = 1; row < rows.size(); ++row) {
      const std::string toggle = first_word(rows[row].front());
      ASSERT_EQ(rows[row].size(), head.size()) << toggle;
      ASSERT_EQ(knob_of_toggle().count(toggle), 1U) << toggle;
      const std::string& knob = knob_of_toggle().at(toggle);
      const std::string& cell = rows[row][column];
      if (cell == kNotSaid) continue;
      if (cell == "layers") {  // raw, with the three layers on their own knobs
        EXPECT_EQ(text_of(policy, knob), "raw") << policy.name;
        EXPECT_TRUE(policy.probe_restart_gate && policy.probe_context_gate) << policy.name;
        EXPECT_GT(policy.restart_debounce_window, sim::Duration{}) << policy.name;
        continue;
      }
      EXPECT_EQ(text_of(policy, knob), value_of(knob, cell)) << policy.name << " " << knob;
    }
  }
}

TEST(PresetTable, EveryToggleHasOneKnobAndNoKnobHasTwo) {
  std::set<std::string> knobs;
  for (const auto& [toggle, knob] : knob_of_toggle()) {
    EXPECT_NE(model::find_knob(knob), nullptr) << knob;
    EXPECT_TRUE(knobs.insert(knob).second) << knob;
  }
}

/// A preset with some knobs turned, under its name.
Policy turned(const std::string& from, const std::map<std::string, std::string>& set, const std::string& name) {
  Policy policy = preset_of(from);
  for (const auto& [knob, value] : set) EXPECT_EQ(set_knob(policy, *model::find_knob(knob), value), "") << knob;
  policy.name = name;
  return policy;
}

TEST(PresetTable, TheOtherPresetsAreWhatTheirListSays) {
  const std::pair<const std::string, std::string> closed{"backup.on_failure", "fail_closed_with_optin"};
  const std::map<std::string, std::string> snapshots{{"backup.storage", "snapshot_before_stop"},
                                                     {"backup.on_failure", "terminate_anyway"}};
  EXPECT_EQ(preset_of("post-2989"), turned("pre-1556", {}, "post-2989"));
  EXPECT_EQ(preset_of("pre-1990"), turned("post-1932", snapshots, "pre-1990"));
  EXPECT_EQ(preset_of("pre-1991"), turned("post-1932", snapshots, "pre-1991"));
  EXPECT_EQ(preset_of("post-1990"), turned("pre-1990", {closed}, "post-1990"));
  EXPECT_EQ(preset_of("post-1991"), turned("june-08",
                                           {{"pause.cascade", "opt_in"},
                                            {"time.remote_stale", "3m"},
                                            {"watchdog.stall.enabled", "on"},
                                            {"backup.storage", "snapshot_before_stop"}},
                                           "post-1991"));
  EXPECT_EQ(preset_of("june-15"), turned("post-1991",
                                         {{"backup.storage", "persistent_volume_reattach"},
                                          {"restart.provision_gate", "on"},
                                          {"probe.settle", "v2"},
                                          {"secrets.skip_self", "on"},
                                          {"secrets.skip_platform_root", "on"},
                                          {"register.failure_degrades", "on"},
                                          {"register.beat_clears_failure", "on"},
                                          {"token.reopens_bootstrap", "on"},
                                          {"queue.sweep_interval", "10s"},
                                          {"heartbeat.promotes_provisioning", "on"},
                                          {"time.provision_timeout", "12m"}},
                                         "june-15"));
  EXPECT_EQ(preset_of("july-06"), turned("june-15",
                                         {{"restart.cycle_clears_keys", "on"},
                                          {"hibernate.provider_stop", "on"},
                                          {"hibernate.wakes", "on"},
                                          {"register.leaves_dormant", "on"},
                                          {"probe.leaves_dormant", "on"},
                                          {"watchdog.wedged.enabled", "on"}},
                                         "july-06"));
  EXPECT_EQ(preset_of("july-21"), turned("july-06",
                                         {{"hibernate.honest", "on"},
                                          {"proxy.queues_settling", "on"},
                                          {"proxy.refuses_restarting", "on"},
                                          {"queue.settling", "ceiling"},
                                          {"queue.boot_turn_gate", "on"},
                                          {"restart.ensure_bypasses", "on"},
                                          {"restart.warming_guard", "on"}},
                                         "july-21"));
  EXPECT_EQ(preset_of("aug-02"),
            turned("july-21",
                   {{"time.cp_provision_timeout", "20m"}, {"restart.keeps_url", "on"}, {"restart.ensures_image", "on"}},
                   "aug-02"));
  EXPECT_EQ(preset_of("aug-08"), turned("aug-02",
                                        {{"delete.clears_instance", "on"},
                                         {"provision.attempts", "6"},
                                         {"provision.idempotency_key", "per_start"},
                                         {"provision.cp_ends_predecessor", "on"},
                                         {"pause.honest", "on"},
                                         {"resume.honest", "on"}},
                                        "aug-08"));
  EXPECT_EQ(preset_of("autumn"), turned("aug-08",
                                        {{"time.provision_context", "20m"},
                                         {"provision.ensures_image", "on"},
                                         {"restart.declined_boot_fails", "on"},
                                         {"provision.guards_failure", "on"}},
                                        "autumn"));
  EXPECT_EQ(preset_of("spring-2026"), turned("pre-1991",
                                             {closed,
                                              {"pause.cascade", "opt_in"},
                                              {"heartbeat.guarded_writes", "on"},
                                              {"restart.refuses_removed", "on"},
                                              {"delete.checks_row", "off"}},
                                             "spring-2026"));
  EXPECT_EQ(preset_of("latest"), turned("autumn", {{"backup.storage", "snapshot_before_stop"}, closed}, "latest"));
}

TEST(PresetTable, WhatNoEraChangesIsTheSameInEveryPreset) {
  // Those of the list below the table, from june-15 on.
  std::set<std::string> eras{"restart.provision_gate",
                             "restart.cycle_clears_keys",
                             "restart.keeps_url",
                             "probe.settle",
                             "probe.leaves_dormant",
                             "proxy.queues_settling",
                             "proxy.refuses_restarting",
                             "queue.sweep_interval",
                             "secrets.skip_self",
                             "register.leaves_dormant",
                             "token.reopens_bootstrap",
                             "pause.honest",
                             "resume.honest",
                             "delete.clears_instance",
                             "provision.attempts",
                             "provision.idempotency_key",
                             "provision.cp_ends_predecessor",
                             "hibernate.provider_stop",
                             "hibernate.honest",
                             "hibernate.wakes",
                             "heartbeat.promotes_provisioning",
                             "time.provision_timeout",
                             "time.cp_provision_timeout",
                             "time.provision_context",
                             "restart.ensures_image",
                             "restart.declined_boot_fails",
                             "restart.ensure_bypasses",
                             "restart.warming_guard",
                             "provision.ensures_image",
                             "provision.guards_failure",
                             "secrets.skip_platform_root",
                             "register.failure_degrades",
                             "register.beat_clears_failure",
                             "watchdog.wedged.enabled",
                             "queue.settling",
                             "queue.boot_turn_gate"};
  for (const auto& [toggle, knob] : knob_of_toggle()) eras.insert(knob);
  const Policy latest = preset_of("latest");
  for (const std::string& name : preset_names()) {
    if (name == "hardened") continue;  // no era: docs/platform.md §16
    const Policy policy = preset_of(name);
    for (const model::Knob& knob : model::knobs()) {
      if (eras.count(std::string{knob.name}) != 0) continue;
      EXPECT_EQ(knob_text(policy, knob), knob_text(latest, knob)) << name << " " << knob.name;
    }
    EXPECT_FALSE(policy.sweeper_row_gone_enabled) << name;
  }
}

}  // namespace
}  // namespace drydock::scenarios
