#include "scenarios/logs/trail_record.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "scenarios/files/json_source.hpp"
#include "scenarios/logs/pieces.hpp"

namespace drydock::scenarios {
namespace {

constexpr std::array<std::string_view, 18> kRecordKeys{
    "eventVersion",       "eventTime",    "eventSource",       "eventName",        "awsRegion",
    "errorCode",          "errorMessage", "eventID",           "eventType",        "eventCategory",
    "sharedEventID",      "readOnly",     "requestParameters", "responseElements", "additionalEventData",
    "recipientAccountId", "userIdentity", "insightDetails"};

/// Compares names as Athena, which has no capitals, and views of it, which have underscores.
std::string folded(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c != '_') out += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  }
  return out;
}

std::map<std::string, std::string> spellings() {
  std::map<std::string, std::string> all;
  for (const std::string_view known : kRecordKeys) all.emplace(folded(known), known);
  return all;
}

std::string spelled(const std::string& key) {
  static const std::map<std::string, std::string> all = spellings();
  const auto found = all.find(folded(key));
  return found == all.end() ? key : found->second;
}

/// Gives the value that a string holds: JSON, or a printed map; the string itself where it is neither.
Json unwrapped(const Json& value) {
  if (!value.is_string()) return value;
  const auto& text = value.get_ref<const std::string&>();
  if (!text.starts_with('{') && !text.starts_with('[')) return value;
  const JsonSource source(text);
  if (!source.error()) return *source.root().json;
  Json map = parse_printed_map(text);
  return map.is_null() ? value : map;
}

bool is_empty(const Json& value) { return value.is_null() || value == "" || value == "null"; }

}  // namespace

Json parse_printed_map(std::string_view text) {
  if (!text.starts_with('{') || !text.ends_with('}')) return nullptr;
  text = text.substr(1, text.size() - 2);
  Json map = Json::object();
  while (!(text = without_blanks(text)).empty()) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) return nullptr;
    const std::string key{without_blanks(text.substr(0, equals))};
    text.remove_prefix(equals + 1);
    const bool nested = text.starts_with('{') || text.starts_with('[');
    const std::size_t size = nested ? end_of_value(text).value_or(text.size()) : std::min(text.find(", "), text.size());
    map[key] = unwrapped(std::string{text.substr(0, size)});
    text.remove_prefix(size);
    if (text.starts_with(',')) text.remove_prefix(1);
  }
  return map;
}

bool is_record(const Json& value) {
  if (!value.is_object()) return false;
  bool time = false;
  bool what = false;
  for (const auto& [key, one] : value.items()) {
    const std::string name = folded(key);
    time = time || name == "eventtime";
    what = what || name == "eventname" || name == "eventsource" || name == "eventtype";
  }
  return time && what;
}

const std::string* whole_record_in(const Json& value) {
  if (!value.is_object()) return nullptr;
  for (const auto& [key, one] : value.items()) {
    const std::string name = folded(key);
    if ((name == "cloudtrailevent" || name == "eventjson") && one.is_string()) return one.get_ptr<const std::string*>();
  }
  return nullptr;
}

Json plain_record(const Json& exported) {
  Json record = Json::object();
  for (const auto& [key, value] : exported.items()) {
    const std::string name = spelled(key);
    if (is_empty(value)) continue;
    Json one = unwrapped(value);
    if (name == "readOnly" && one.is_string()) one = folded(one.get<std::string>()) == "true";
    record[name] = std::move(one);
  }
  return record;
}

}  // namespace drydock::scenarios
