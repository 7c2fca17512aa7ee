#include "scenarios/logs/cloudtrail_events.hpp"

#include <algorithm>
#include <set>

#include "faults/vocabulary.hpp"
#include "scenarios/logs/template.hpp"

namespace drydock::scenarios {
namespace {

/// `eventTime` is cut to whole seconds.
constexpr Duration kResolution = std::chrono::seconds{1};

bool only_reads(const Json& record, const std::string& action) {
  return action.starts_with("Describe") || record.value("readOnly", Json(false)) == true;
}

bool is_known(const std::string& action) {
  const auto actions = faults::ec2_actions();
  return std::find(actions.begin(), actions.end(), action) != actions.end();
}

std::string text_at(const Json& value, std::string_view path) {
  const Json* found = find_path(value, path);
  return found != nullptr && found->is_string() ? found->get<std::string>() : std::string{};
}

const Json& list_at(const Json& value, std::string_view path) {
  static const Json none = Json::array();
  const Json* found = find_path(value, path);
  return found != nullptr && found->is_array() ? *found : none;
}

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

std::string tagged_workspace(const Json& record) {
  for (const Json& one : list_at(record, "requestParameters.tagSpecificationSet.items")) {
    std::string found = workspace_in_tags(list_at(one, "tags"));
    if (!found.empty()) return found;
  }
  return workspace_in_tags(list_at(record, "requestParameters.tagSet.items"));
}

struct NamedInstance {
  std::string id;
  std::string previous;  // its state before the call, where the answer says it
};

/// The instances of the answer, else of the question; none for a call about something else.
std::vector<NamedInstance> instances_of(const Json& record) {
  std::vector<NamedInstance> named;
  for (const char* where : {"responseElements.instancesSet.items", "requestParameters.instancesSet.items"}) {
    for (const Json& item : list_at(record, where)) {
      const std::string id = text_at(item, "instanceId");
      if (!id.empty()) named.push_back({id, text_at(item, "previousState.name")});
    }
    if (!named.empty()) break;
  }
  return named;
}

/// `Client.InvalidVolume.NotFound` is what the SDK calls InvalidVolume.NotFound.
std::string bare_code(std::string code) {
  for (const std::string_view prefix : {"Client.", "Server."}) {
    if (code.starts_with(prefix)) return code.substr(prefix.size());
  }
  return code;
}

}  // namespace

std::optional<std::vector<LogEvent>> CloudTrailEvents::of(const LogLine& line) {
  const Json& record = line.body;
  const std::string action = text_at(record, "eventName");
  if (text_at(record, "eventSource") != "ec2.amazonaws.com" || !is_known(action)) return std::nullopt;
  if (only_reads(record, action)) return std::vector<LogEvent>{};
  LogEvent event;
  event.place = line.place;
  event.at = line.at;
  event.within = kResolution;
  const std::string code = bare_code(text_at(record, "errorCode"));
  event.kind = code.empty() ? "ec2.call" : "ec2.error";
  event.detail["action"] = action;
  if (!code.empty()) event.detail["code"] = code;
  const std::string volume = text_at(record, "requestParameters.volumeId");
  event.workspace = tagged_workspace(record);
  if (event.workspace.empty()) event.workspace = workspace_by_id_[volume];
  const auto instances = instances_of(record);
  if (instances.empty()) return std::vector<LogEvent>{event};
  std::vector<LogEvent> events;
  for (const NamedInstance& instance : instances) {
    LogEvent& one = events.emplace_back(event);
    one.instance = instance.id;
    if (one.workspace.empty()) one.workspace = workspace_by_id_[instance.id];
    if (!one.workspace.empty()) workspace_by_id_[instance.id] = one.workspace;
    if (!instance.previous.empty()) one.detail["previous"] = instance.previous;
  }
  return events;
}

std::vector<VisibleKind> CloudTrailEvents::visible() {
  std::vector<VisibleKind> visible;
  for (const std::string_view action : faults::ec2_actions()) {
    if (action.starts_with("Describe")) continue;
    for (const char* kind : {"ec2.call", "ec2.error"}) visible.push_back({kind, {{"action", std::string{action}}}});
  }
  return visible;
}

}  // namespace drydock::scenarios
