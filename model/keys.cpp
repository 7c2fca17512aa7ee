#include "model/keys.hpp"

namespace drydock::model {

Keys::Keys(sim::Scheduler& clock, sim::Record& record) : clock_(clock), record_(record), tasks_(clock) {}

Keys::Entry& Keys::entry(WorkspaceKey key) {
  if (entries_.size() <= index(key)) entries_.resize(index(key) + 1);
  return entries_[index(key)];
}

void Keys::set_live_until(Entry& entry, sim::Duration ttl) {
  entry.live_until = clock_.now() + ttl;
  entry.live_cause = record_.current_cause();
}

void Keys::set_liveness(WorkspaceKey key, sim::Duration ttl) {
  Entry& found = entry(key);
  set_live_until(found, ttl);
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
}

std::optional<std::string> Keys::url(WorkspaceKey key) {
  const Entry& found = entry(key);
  if (found.url.empty() || clock_.now() >= found.url_until) return std::nullopt;
  return found.url;
}

void Keys::clear(WorkspaceKey key) {
  Entry& found = entry(key);
  found.live_until.reset();
  found.url.clear();
}

/// Sleeps until the key's expiry as it is now, and again if the key was extended meanwhile. A deletion ends the watch.
sim::Task<void> Keys::watch(WorkspaceKey key) {
  while (entry(key).live_until) {
    const sim::Instant until = *entry(key).live_until;
    if (until <= clock_.now()) {
      entry(key).live_until.reset();
      record_.follow(entry(key).live_cause);
      if (subscriber_) subscriber_(key);
      break;
    }
    co_await clock_.pause_until(until);
  }
  entry(key).watched = false;
}

}  // namespace drydock::model
