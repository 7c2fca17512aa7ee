#include "scenarios/logs/cloudtrail_events.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "faults/vocabulary.hpp"
#include "scenarios/logs/template.hpp"

namespace drydock::scenarios {
namespace {

/// `eventTime` is cut to whole seconds, and so is the `time` of EventBridge.
constexpr Duration kResolution = std::chrono::seconds{1};

/// Tells whether a call changes nothing: the record says so, and where an older or cut one does not, the name does.
bool only_reads(const Json& record, const std::string& action) {
  if (const auto said = record.find("readOnly"); said != record.end() && said->is_boolean()) return said->get<bool>();
  constexpr std::array<std::string_view, 5> kReading{"Describe", "Get", "List", "Lookup", "Head"};
  return std::any_of(kReading.begin(), kReading.end(),
                     [&](std::string_view prefix) { return action.starts_with(prefix); });
}

/// An Insight tells of unusual numbers of calls, each of which has a record of its own.
bool is_insight(const Json& record) {
  return text_at(record, "eventType") == "AwsCloudTrailInsight" || text_at(record, "eventCategory") == "Insight";
}

bool is_known(const std::string& action) {
  const auto actions = faults::ec2_actions();
  return std::find(actions.begin(), actions.end(), action) != actions.end();
}

struct NamedInstance {
  std::string id;
  std::string previous;  // its state before the call, where the answer says it
};

/// Lists the instances of the answer, else of the question, else those that are tagged or that a volume is of; none for
/// a call about something else.
std::vector<NamedInstance> instances_of(const Json& record, const TrailOwners& owners, std::int64_t at_us) {
  std::vector<NamedInstance> named;
  for (const char* where : {"responseElements.instancesSet.items", "requestParameters.instancesSet.items"}) {
    for (const Json& item : list_at(record, where)) {
      const std::string id = text_at(item, "instanceId");
      if (!id.empty()) named.push_back({id, text_at(item, "previousState.name")});
    }
    if (!named.empty()) return named;
  }
  for (const char* where : {"requestParameters.instanceId", "responseElements.instanceId"}) {
    if (const std::string id = text_at(record, where); !id.empty()) return {{id, {}}};
  }
  for (const std::string& id : tagged_resources(record)) {
    const std::string instance = id.starts_with("i-") ? id : owners.instance_of(id, at_us);
    const bool known =
        std::any_of(named.begin(), named.end(), [&](const NamedInstance& one) { return one.id == instance; });
    if (!instance.empty() && !known) named.push_back({instance, {}});
  }
  if (!named.empty()) return named;
  for (const char* where : {"requestParameters.volumeId", "responseElements.volumeId"}) {
    const std::string instance = owners.instance_of(text_at(record, where), at_us);
    if (!instance.empty()) return {{instance, {}}};
  }
  return named;
}

/// Finds the workspace of a call by the resources that it names, beside instances.
std::string owner_of(const Json& record, const TrailOwners& owners, std::int64_t at_us) {
  std::vector<std::string> named = tagged_resources(record);
  for (const char* key : {"volumeId", "snapshotId"}) {
    named.push_back(text_at(record, std::string{"requestParameters."} + key));
    named.push_back(text_at(record, std::string{"responseElements."} + key));
  }
  for (const std::string& id : named) {
    std::string found = owners.workspace_of(id, at_us);
    if (!found.empty()) return found;
  }
  return {};
}

/// `Client.InvalidVolume.NotFound` is what the SDK calls InvalidVolume.NotFound.
std::string bare_code(std::string code) {
  for (const std::string_view prefix : {"Client.", "Server."}) {
    if (code.starts_with(prefix)) return code.substr(prefix.size());
  }
  return code;
}

/// A dry run asks whether a call would be allowed; nothing is done.
bool is_dry_run(const Json& record) {
  if (bare_code(text_at(record, "errorCode")) == "DryRunOperation") return true;
  const Json* asked = find_path(record, "requestParameters.dryRun");
  return asked != nullptr && *asked == true;
}

}  // namespace

std::optional<std::vector<LogEvent>> CloudTrailEvents::of(const LogLine& line) const {
  const Json& record = line.body;
  const std::string action = text_at(record, "eventName");
  if (is_insight(record) || is_dry_run(record) || only_reads(record, action)) return std::vector<LogEvent>{};
  if (text_at(record, "eventSource") != "ec2.amazonaws.com" || !is_known(action)) return std::nullopt;
  return of_call(line, action);
}

std::vector<LogEvent> CloudTrailEvents::of_call(const LogLine& line, const std::string& action) const {
  const Json& record = line.body;
  LogEvent event;
  event.place = line.place;
  event.at = line.at;
  event.within = kResolution;
  const std::string code = bare_code(text_at(record, "errorCode"));
  event.kind = code.empty() ? "ec2.call" : "ec2.error";
  event.detail["action"] = action;
  if (!code.empty()) event.detail["code"] = code;
  event.workspace = tagged_workspace(record);
  const auto instances = instances_of(record, owners_, line.at.us);
  if (instances.empty()) {
    if (event.workspace.empty()) event.workspace = owner_of(record, owners_, line.at.us);
    return {event};
  }
  std::vector<LogEvent> events;
  for (const NamedInstance& instance : instances) {
    LogEvent& one = events.emplace_back(event);
    one.instance = instance.id;
    if (one.workspace.empty()) one.workspace = owners_.workspace_of(instance.id, line.at.us);
    if (one.workspace.empty()) one.workspace = owner_of(record, owners_, line.at.us);
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

LogEvent state_event_of(const LogLine& line, const TrailOwners& owners) {
  LogEvent event;
  event.place = line.place;
  event.at = line.at;
  event.within = kResolution;
  event.kind = "ec2.state";
  event.instance = text_at(line.body, "detail.instance-id");
  event.workspace = owners.workspace_of(event.instance, line.at.us);
  event.detail["to"] = text_at(line.body, "detail.state");
  return event;
}

std::size_t drop_repeated(std::vector<LogLine>& records) {
  using Key = std::tuple<std::string, std::string, std::int64_t>;
  std::map<Key, std::size_t> kept;
  std::vector<bool> drop(records.size(), false);
  const auto goes_first = [](const LogLine& a, const LogLine& b) {
    const std::string a_text = a.body.dump(-1, ' ', false, Json::error_handler_t::replace);
    const std::string b_text = b.body.dump(-1, ' ', false, Json::error_handler_t::replace);
    return std::tie(a_text, a.place.file, a.place.line, a.place.column) <
           std::tie(b_text, b.place.file, b.place.line, b.place.column);
  };
  for (std::size_t i = 0; i < records.size(); ++i) {
    const bool is_record = records[i].content == LogContent::record;
    const std::string id = text_at(records[i].body, is_record ? "eventID" : "id");
    if (id.empty()) continue;
    const std::string name = text_at(records[i].body, is_record ? "eventName" : "detail-type");
    const auto [found, is_new] = kept.try_emplace(Key{id, name, records[i].at.us}, i);
    if (is_new) continue;
    const bool replaces = goes_first(records[i], records[found->second]);
    drop[replaces ? found->second : i] = true;
    if (replaces) found->second = i;
  }
  std::vector<LogLine> once;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (!drop[i]) once.push_back(std::move(records[i]));
  }
  const std::size_t repeated = records.size() - once.size();
  records = std::move(once);
  return repeated;
}

}  // namespace drydock::scenarios
