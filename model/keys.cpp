#include "model/keys.hpp"

namespace drydock::model {

/// The expiry of a key changes nothing where the key is gone, or where heartbeats extend it in time.
class Keys::Expiry final : public sim::Turns {
 public:
  Expiry(const Keys& keys, WorkspaceKey key) : keys_(keys), key_(key) {}

  [[nodiscard]] bool idle(const sim::Stillness& still) const override {
    const Entry& watched = keys_.entries_[index(key_)];
    if (!watched.live_until) return true;
    return watched.extended_at > still.since && *watched.live_until - watched.extended_at > keys_.heartbeats_within_;
  }

 private:
  const Keys& keys_;
  WorkspaceKey key_;
};

Keys::Keys(sim::Scheduler& clock, sim::Record& record) : clock_(clock), record_(record), tasks_(clock) {}

Keys::Entry& Keys::entry(WorkspaceKey key) {
  if (entries_.size() <= index(key)) entries_.resize(index(key) + 1);
  return entries_[index(key)];
}

void Keys::set_live_until(Entry& entry, sim::Duration ttl) {
  entry.live_until = clock_.now() + ttl;
  entry.live_cause = record_.current_cause();
  entry.extended_at = clock_.now();
}

void Keys::set_liveness(WorkspaceKey key, sim::Duration ttl) {
  Entry& found = entry(key);
  set_live_until(found, ttl);
  ++changes_;
  if (found.watched) return;
  found.watched = true;
  clock_.spawn(tasks_, "liveness key", watch(key));
}

void Keys::extend_liveness(WorkspaceKey key, sim::Duration ttl) {
  Entry& found = entry(key);
  if (found.live_until) set_live_until(found, ttl);
}

void Keys::set_url(WorkspaceKey key, std::string url, sim::Duration ttl) {
  Entry& found = entry(key);
  found.url = std::move(url);
  found.url_until = clock_.now() + ttl;
  ++changes_;
}

std::optional<std::string> Keys::url(WorkspaceKey key) {
  const Entry& found = entry(key);
  if (found.url.empty() || clock_.now() >= found.url_until) return std::nullopt;
  return found.url;
}

void Keys::forget_url(WorkspaceKey key) {
  entry(key).url.clear();
  ++changes_;
}

void Keys::clear(WorkspaceKey key) {
  entry(key).live_until.reset();
  forget_url(key);
}

/// Sleeps until the key's expiry as it is now, and again if the key was extended meanwhile. A deletion ends the watch.
sim::Task<void> Keys::watch(WorkspaceKey key) {
  const Expiry expiry(*this, key);
  while (entry(key).live_until) {
    const sim::Instant until = *entry(key).live_until;
    if (until <= clock_.now()) {
      entry(key).live_until.reset();
      ++changes_;
      record_.follow(entry(key).live_cause);
      if (subscriber_) subscriber_(key);
      break;
    }
    co_await clock_.next_turn(until, expiry);
  }
  entry(key).watched = false;
}

}  // namespace drydock::model
