#include "scenarios/logs/trail_owners.hpp"

#include "scenarios/logs/template.hpp"

namespace drydock::scenarios {
namespace {

/// `workspace`, `WorkspaceId`, `workspace_id`.
bool names_a_workspace(const std::string& key) {
  std::string bare;
  for (const char c : key) {
    if (c != '-' && c != '_') bare += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  }
  return bare == "workspace" || bare == "workspaceid";
}

std::string workspace_in_tags(const Json& tags) {
  for (const Json& tag : tags) {
    if (tag.is_object() && names_a_workspace(text_at(tag, "key"))) return text_at(tag, "value");
  }
  return {};
}

/// Lists what a call made: the resources that its tags are put on.
std::vector<std::string> made_by(const Json& record) {
  std::vector<std::string> made;
  for (const Json& item : list_at(record, "responseElements.instancesSet.items")) {
    made.push_back(text_at(item, "instanceId"));
  }
  // A snapshot's answer names its volume too, which the call did not make.
  const std::string snapshot = text_at(record, "responseElements.snapshotId");
  const bool is_volume = text_at(record, "eventName") == "CreateVolume";
  made.push_back(is_volume ? text_at(record, "responseElements.volumeId") : snapshot);
  return made;
}

std::string first_of(const Json& record, std::string_view key) {
  const std::string answered = text_at(record, "responseElements." + std::string{key});
  return answered.empty() ? text_at(record, "requestParameters." + std::string{key}) : answered;
}

}  // namespace

std::string text_at(const Json& value, std::string_view path) {
  const Json* found = find_path(value, path);
  return found != nullptr && found->is_string() ? found->get<std::string>() : std::string{};
}

const Json& list_at(const Json& value, std::string_view path) {
  static const Json none = Json::array();
  const Json* found = find_path(value, path);
  return found != nullptr && found->is_array() ? *found : none;
}

std::string tagged_workspace(const Json& record) {
  for (const Json& one : list_at(record, "requestParameters.tagSpecificationSet.items")) {
    std::string found = workspace_in_tags(list_at(one, "tags"));
    if (!found.empty()) return found;
  }
  for (const char* where : {"requestParameters.tagSet.items", "responseElements.tagSet.items"}) {
    std::string found = workspace_in_tags(list_at(record, where));
    if (!found.empty()) return found;
  }
  // A launch template's tags stand in the answer alone.
  for (const Json& item : list_at(record, "responseElements.instancesSet.items")) {
    std::string found = workspace_in_tags(list_at(item, "tagSet.items"));
    if (!found.empty()) return found;
  }
  return {};
}

std::vector<std::string> tagged_resources(const Json& record) {
  std::vector<std::string> resources;
  for (const Json& item : list_at(record, "requestParameters.resourcesSet.items")) {
    resources.push_back(text_at(item, "resourceId"));
  }
  return resources;
}

void TrailOwners::link(const std::string& a, const std::string& b) {
  if (a.empty() || b.empty()) return;
  links_[a].insert(b);
  links_[b].insert(a);
}

void TrailOwners::tagged(const std::string& id, std::int64_t at_us, const std::string& workspace) {
  if (!id.empty()) tags_[id].emplace(at_us, workspace);
}

void TrailOwners::learn(const LogLine& line) {
  const Json& record = line.body;
  if (!text_at(record, "errorCode").empty()) return;
  const std::string action = text_at(record, "eventName");
  if (const std::string workspace = tagged_workspace(record); !workspace.empty() && action != "DeleteTags") {
    for (const std::string& id : made_by(record)) tagged(id, line.at.us, workspace);
    for (const std::string& id : tagged_resources(record)) tagged(id, line.at.us, workspace);
  }
  const std::string volume = first_of(record, "volumeId");
  link(volume, first_of(record, "snapshotId"));
  const std::string instance = first_of(record, "instanceId");
  link(volume, instance);
  if (!volume.empty() && action == "AttachVolume") attached_[volume].emplace(line.at.us, instance);
  if (!volume.empty() && action == "DetachVolume") detached_[volume].insert(line.at.us);
  for (const Json& item : list_at(record, "responseElements.instancesSet.items")) {
    const std::string launched = text_at(item, "instanceId");
    for (const Json& device : list_at(item, "blockDeviceMapping.items")) {
      const std::string held = text_at(device, "ebs.volumeId");
      link(held, launched);
      if (!held.empty()) attached_[held].emplace(line.at.us, launched);
    }
  }
}

void TrailOwners::spread() {
  for (const auto& [id, known] : tags_) spread_[id] = known.begin()->second;
  std::set<std::string> disputed;
  std::map<std::string, std::string> fresh = spread_;
  while (!fresh.empty()) {
    std::map<std::string, std::set<std::string>> claims;
    for (const auto& [id, workspace] : fresh) {
      const auto linked = links_.find(id);
      if (linked == links_.end()) continue;
      for (const std::string& other : linked->second) {
        if (!spread_.contains(other) && !disputed.contains(other)) claims[other].insert(workspace);
      }
    }
    fresh.clear();
    for (const auto& [id, workspaces] : claims) {
      if (workspaces.size() == 1) {
        fresh[id] = *workspaces.begin();
      } else {
        disputed.insert(id);
      }
    }
    spread_.insert(fresh.begin(), fresh.end());
  }
}

std::string TrailOwners::workspace_of(const std::string& id, std::int64_t at_us) const {
  if (const auto known = tags_.find(id); known != tags_.end()) {
    std::string workspace = known->second.begin()->second;
    for (const auto& [when, named] : known->second) {
      if (when <= at_us) workspace = named;
    }
    return workspace;
  }
  const auto found = spread_.find(id);
  return found == spread_.end() ? std::string{} : found->second;
}

std::string TrailOwners::instance_of(const std::string& volume, std::int64_t at_us) const {
  const auto attached = attached_.find(volume);
  if (attached == attached_.end()) return {};
  std::string instance;
  std::int64_t since = 0;
  for (const auto& [when, id] : attached->second) {
    if (when > at_us) break;
    instance = id;
    since = when;
  }
  const auto detached = detached_.find(volume);
  if (detached == detached_.end()) return instance;
  const auto left = detached->second.lower_bound(since);
  // A call of the second in which the volume was detached may have come before that.
  return left != detached->second.end() && *left < at_us ? std::string{} : instance;
}

}  // namespace drydock::scenarios
