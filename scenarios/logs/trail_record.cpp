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

/// Printed values may lie so deep in each other; what is deeper stays a text.
constexpr std::size_t kDeepestPrinted = 16;

Json unwrapped_text(std::string_view text, std::size_t depth);
Json printed_map(std::string_view text, std::size_t depth);

/// Takes the next element off a printed list or map: to its bracket, or to the next comma.
std::string_view take_element(std::string_view& text) {
  const bool nested = text.starts_with('{') || text.starts_with('[');
  const std::size_t size = nested ? end_of_value(text).value_or(text.size()) : std::min(text.find(", "), text.size());
  const std::string_view element = text.substr(0, size);
  text = without_blanks(text.substr(size));
  if (text.starts_with(',')) text = without_blanks(text.substr(1));
  return element;
}

Json printed_list(std::string_view text, std::size_t depth) {
  if (!text.ends_with(']')) return nullptr;
  text = without_blanks(text.substr(1, text.size() - 2));
  Json list = Json::array();
  while (!text.empty()) {
    const std::size_t before = text.size();
    list.push_back(unwrapped_text(take_element(text), depth + 1));
    if (text.size() == before) return nullptr;
  }
  return list;
}

/// Gives the value that a text holds: JSON, or a printed map or list; the text itself where it is none of them.
Json unwrapped_text(std::string_view text, std::size_t depth) {
  if (!text.starts_with('{') && !text.starts_with('[')) return std::string{text};
  const JsonSource source(text);
  if (!source.error()) return *source.root().json;
  if (depth > kDeepestPrinted) return std::string{text};
  Json parsed = text.starts_with('{') ? printed_map(text, depth) : printed_list(text, depth);
  return parsed.is_null() ? Json(std::string{text}) : parsed;
}

Json unwrapped(const Json& value) {
  return value.is_string() ? unwrapped_text(value.get_ref<const std::string&>(), 0) : value;
}

Json printed_map(std::string_view text, std::size_t depth) {
  if (!text.starts_with('{') || !text.ends_with('}')) return nullptr;
  text = without_blanks(text.substr(1, text.size() - 2));
  Json map = Json::object();
  while (!text.empty()) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) return nullptr;
    const std::string key{without_blanks(text.substr(0, equals))};
    text.remove_prefix(equals + 1);
    map[key] = unwrapped_text(take_element(text), depth + 1);
  }
  return map;
}

bool is_empty(const Json& value) {
  if (!value.is_string()) return value.is_null();
  const auto& text = value.get_ref<const std::string&>();
  return text.empty() || text == "null";
}

}  // namespace

Json parse_printed_map(std::string_view text) { return printed_map(text, 0); }

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
