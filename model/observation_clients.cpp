// What is seen of clients of EC2 and of what they own: the region, and what they asked of it.

#include <algorithm>

#include "model/observation.hpp"
#include "sim/cloud/instance.hpp"
#include "sim/cloud/sim_ec2.hpp"

namespace drydock::model {
namespace {

/// Returns the value that the launch gave to a tag; empty: none.
std::string launched_with(const cloud::Instance& instance, std::string_view key) {
  if (key == "workspace") return instance.request.workspace;
  if (instance.launch == nullptr) return {};
  for (const cloud::Tag& tag : instance.launch->request.tags) {
    if (tag.key == key) return tag.value;
  }
  return {};
}

}  // namespace

void Observation::note_owned(const cloud::Instance& instance, std::optional<cloud::InstanceState> from,
                             std::uint32_t event) {
  if (owner_tag_.empty()) return;
  if (!from) {
    const std::string owner = launched_with(instance, owner_tag_);
    if (owner.empty()) return;
    owned_places_.emplace(instance.name, owned_.size());
    owned_.push_back({.name = instance.name, .owner = record_.name(owner), .launched = event});
  }
  const auto place = owned_places_.find(instance.name);
  if (place == owned_places_.end()) return;
  OwnedInstance& owned = owned_[place->second];
  owned.state = instance.state;
  owned.entered = event;
  const bool leaves = instance.state == cloud::InstanceState::shutting_down;
  if (leaves && instance.reason == "Client.UserInitiatedShutdown") owned.killed = event;
  for (Observer* observer : observers_) observer->owned_entered(*this, {owned, from});
}

void Observation::client_asks(std::uint32_t request, std::string_view action, std::string parameters) {
  if (action == "TerminateInstances") {
    for (OwnedInstance& owned : owned_) {
      if (owned.end_asked == 0 && parameters.find(text(owned.name)) != std::string::npos) owned.end_asked = request;
    }
  } else if (action == "CreateSnapshot") {
    snapshot_calls_.emplace(request, SnapshotCall{std::move(parameters), false});
  }
}

void Observation::client_succeeded(std::uint32_t request) {
  const auto call = snapshot_calls_.find(request);
  if (call != snapshot_calls_.end()) call->second.told = true;
}

const SnapshotCall* Observation::snapshot_call(std::uint32_t request) const {
  const auto call = snapshot_calls_.find(request);
  return call == snapshot_calls_.end() ? nullptr : &call->second;
}

const OwnedInstance* Observation::owned_before(const OwnedInstance& instance) const {
  const OwnedInstance* before = nullptr;
  for (const OwnedInstance& one : owned_) {
    if (&one == &instance) return before;
    if (one.owner == instance.owner) before = &one;
  }
  return before;
}

}  // namespace drydock::model
