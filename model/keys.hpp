#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/directory.hpp"
#include "sim/record.hpp"
#include "sim/scheduler.hpp"

namespace drydock::model {

/// The Redis keys of workspaces (docs/platform.md §3.1): `ws:{id}` shows liveness, `:url` and `:internal_url` cache the
/// address. Redis is a process of its own and outlives the platform's. Operations take no time.
class Keys {
 public:
  explicit Keys(sim::Scheduler& clock, sim::Record& record);

  /// SET ws:{id} with a TTL; only registration does this.
  void set_liveness(WorkspaceKey key, sim::Duration ttl);
  /// EXPIRE ws:{id}: does nothing on a missing key.
  void extend_liveness(WorkspaceKey key, sim::Duration ttl);
  /// SET ws:{id}:url, and the internal one with it.
  void set_url(WorkspaceKey key, std::string url, sim::Duration ttl);
  [[nodiscard]] std::optional<std::string> url(WorkspaceKey key);
  /// DEL ws:{id}:url, and the internal one with it: whoever wants to call asks the row.
  void forget_url(WorkspaceKey key);
  /// Deletes all three; deleting fires no expiry.
  void clear(WorkspaceKey key);

  /// Sets the function that is called when a liveness key expires. An expiry is published, not stored: while nobody is
  /// subscribed, nobody hears of it.
  void subscribe(std::function<void(WorkspaceKey)> subscriber) { subscriber_ = std::move(subscriber); }
  void unsubscribe() { subscriber_ = nullptr; }

  // What no operation of Redis says; for whoever asks whether the world rests.
  /// Sets the longest time that may lie between two heartbeats of an agent.
  void expect_heartbeats(sim::Duration within) { heartbeats_within_ = within; }
  /// Counts what has changed: keys that were set, deleted, or expired; extensions do not count.
  [[nodiscard]] std::uint64_t changes() const { return changes_; }

 private:
  struct Entry {
    std::optional<sim::Instant> live_until;
    std::uint32_t live_cause = 0;  // what set or extended it last
    sim::Instant extended_at{};    // when that was
    bool watched = false;
    std::string url;
    sim::Instant url_until{};
  };

  class Expiry;  // the turns of `watch`

  Entry& entry(WorkspaceKey key);
  void set_live_until(Entry& entry, sim::Duration ttl);
  sim::Task<void> watch(WorkspaceKey key);

  sim::Scheduler& clock_;
  sim::Record& record_;
  std::vector<Entry> entries_;
  std::function<void(WorkspaceKey)> subscriber_;
  sim::Duration heartbeats_within_ = sim::Duration::max();
  std::uint64_t changes_ = 0;
  sim::TaskGroup tasks_;
};

}  // namespace drydock::model
