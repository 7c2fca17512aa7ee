#include "scenarios/files/schema.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "faults/vocabulary.hpp"
#include "model/invariants/catalogue.hpp"
#include "model/kinds.hpp"
#include "model/policy.hpp"
#include "scenarios/files/keys.hpp"
#include "scenarios/files/presets.hpp"
#include "scenarios/files/request_patterns.hpp"
#include "scenarios/files/result_keys.hpp"

namespace drydock::scenarios {
namespace {

using Schema = nlohmann::ordered_json;

constexpr std::array kInputShapes{
    &shape::scenario,
    &shape::cloud,
    &shape::snapshot_limit,
    &shape::workspace,
    &shape::traffic,
    &shape::step,
    &shape::repeat,
    &shape::answer,
    &shape::fault,
    &shape::fis_fault,
    &shape::fis_template_fault,
    &shape::fis_template,
    &shape::fis_target,
    &shape::fis_step,
    &shape::event_trigger,
    &shape::wire_request,
    &shape::explore,
    &shape::scenario_case,
    &shape::expect_count,
    &shape::expect_response,
    &shape::expect_final,
    &shape::expect_holds,
    &shape::expect_violates,
    &shape::expect_sometimes,
    &shape::expect_sql,
    &shape::policy,
    &shape::tape,
    &shape::decision,
    &shape::finding,
    &shape::mapping,
    &shape::mapping_rule,
    &shape::visible_kind,
};

Schema text(const char* pattern, const char* description) {
  return {{"type", "string"}, {"pattern", pattern}, {"description", description}};
}

Schema refer_to(const std::string& name) { return {{"$ref", "#/$defs/" + name}}; }

template <typename Range>
Schema words(const Range& range) {
  Schema list = Schema::array();
  for (const auto& word : range) list.push_back(std::string{word});
  return {{"enum", std::move(list)}};
}

Schema names_of_kinds() {
  std::vector<std::string> names;
  for (const auto& kind : model::kind_table()) names.emplace_back(kind.name);
  return words(names);
}

Schema names_of_invariants() {
  std::vector<std::string> names;
  for (const auto& invariant : model::invariant_catalogue()) names.emplace_back(invariant.name);
  return words(names);
}

Schema names_of_points() {
  std::vector<std::string> names;
  for (const auto& point : faults::fault_points()) names.emplace_back(point.on);
  return words(names);
}

/// A knob's value; booleans and numbers may also be written as such.
Schema knob_schema(const model::Knob& knob) {
  Schema schema;
  if (knob.type() == "duration") {
    schema = refer_to("duration");
  } else if (knob.type() == "count") {
    schema = {{"anyOf", {refer_to("positive"), text("^[0-9]+$", "a whole number as text")}}};
  } else if (knob.type() == "duration|computed") {
    schema = {{"anyOf", {refer_to("duration"), {{"const", "computed"}}}}};
  } else {
    schema = words(knob.values());
    if (knob.type() == "on|off") {
      schema["enum"].push_back(true);
      schema["enum"].push_back(false);
    }
    if (knob.name == "probe.pending_handling") schema["enum"].push_back("layers");
  }
  schema["description"] = knob.meaning;
  return schema;
}

Schema knobs_schema(bool with_cloud) {
  Schema properties = Schema::object();
  for (const model::Knob& knob : model::knobs()) properties[std::string{knob.name}] = knob_schema(knob);
  Schema schema = {{"type", "object"}, {"properties", std::move(properties)}};
  schema["patternProperties"] = {{"^x-", true}};
  if (with_cloud) schema["patternProperties"]["^cloud\\."] = true;
  schema["additionalProperties"] = false;
  return schema;
}

Schema request_schema() {
  std::string all = "METHOD /path?query; {w} is an alias or a UUID. One of:";
  for (const RequestInfo& request : request_vocabulary()) all += "\n" + std::string{request.pattern};
  return text("^(GET|POST|PUT|DELETE) /", all.c_str());
}

Schema expectation_schema() {
  Schema kinds = Schema::array();
  for (const Shape* shape : expectation_shapes()) kinds.push_back(refer_to(std::string{shape->name}));
  return {{"oneOf", std::move(kinds)}};
}

/// Everything that a type name in the key tables stands for and that is not a shape.
std::map<std::string, Schema> primitives() {
  constexpr auto duration = "^(([0-9]+(d|h|ms|us|m|s))+|P(?=.)([0-9]+D)?(T(?=.)([0-9]+H)?([0-9]+M)?([0-9]+S)?)?)$";
  constexpr auto range = "^([0-9]+(d|h|ms|us|m|s))+(\\.\\.([0-9]+(d|h|ms|us|m|s))+)?$|^P";
  std::map<std::string, Schema> all;
  all["line"] = text("^[^\\n\\r]+$", "one line");
  all["string"] = {{"type", "string"}};
  all["prose"] = {{"anyOf", {{{"type", "string"}}, {{"type", "array"}, {"items", {{"type", "string"}}}}}}};
  all["duration"] = text(duration, "15s, 2m30s, 250ms, or ISO 8601 such as PT12M; at most 10 years");
  all["range"] = text(range, "20s..30s, or one duration");
  all["ranges"] = {{"anyOf", {refer_to("range"), {{"type", "object"}, {"additionalProperties", refer_to("range")}}}}};
  all["instant"] = text("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?Z$", "RFC 3339, UTC");
  all["caller"] = text("^[A-Za-z0-9][A-Za-z0-9_.-]*$", "user, ops or a workspace's alias");
  all["date"] = text("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "a day, such as 2026-05-19");
  all["name"] = text("^[a-z0-9]+(-[a-z0-9]+)*$", "kebab-case");
  all["alias"] = text("^[A-Za-z0-9][A-Za-z0-9_.-]*$", "a workspace's alias");
  all["uuid"] = text("^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$", "a UUID");
  all["hash"] = text("^[0-9A-Fa-f]{16}$", "64 bits");
  all["switch"] = {{"enum", {"on", "off", true, false}}};
  all["boolean"] = {{"type", "boolean"}};
  all["number"] = {{"type", "number"}};
  all["integer"] = {{"type", "integer"}};
  all["count"] = {{"type", "integer"}, {"minimum", 0}};
  all["positive"] = {{"type", "integer"}, {"minimum", 1}};
  all["status"] = {{"type", "integer"}, {"minimum", 100}, {"maximum", 599}};
  all["seed"] = {{"type", "integer"}, {"minimum", 0}, {"maximum", UINT64_MAX}};
  all["probability"] = {{"type", "number"}, {"minimum", 0}, {"maximum", 1}};
  all["null"] = {{"type", "null"}};
  all["json"] = true;
  all["values"] = {{"type", "object"}};
  all["texts"] = {{"type", "object"}, {"additionalProperties", {{"type", {"string", "number"}}}}};
  all["aliases"] = {{"type", "object"}, {"additionalProperties", refer_to("alias")}};
  all["aliases_by_name"] = {{"type", "object"},
                            {"additionalProperties", {{"type", "array"}, {"items", refer_to("alias")}}}};
  all["fis_targets"] = {{"type", "object"}, {"additionalProperties", refer_to("fis_target")}};
  all["fis_steps"] = {{"type", "object"}, {"additionalProperties", refer_to("fis_step")}};
  all["words_by_name"] = {{"type", "object"},
                          {"additionalProperties",
                           {{"anyOf", {{{"type", "string"}}, {{"type", "array"}, {"items", {{"type", "string"}}}}}}}}};
  all["metrics"] = {{"type", "object"}, {"additionalProperties", {{"type", "number"}}}};
  all["counts"] = {{"type", "object"}, {"additionalProperties", {{"type", "integer"}}}};
  all["request"] = request_schema();
  all["policy_name"] = {{"type", "string"}, {"minLength", 1}, {"examples", preset_names()}};
  all["kind"] = names_of_kinds();
  all["invariant"] = names_of_invariants();
  all["fault_point"] = names_of_points();
  all["fault_phrase"] = text("^[A-Za-z0-9._-]+:[A-Za-z0-9._-]+(:applied)?$", "on:error or on:error:applied");
  all["final_row"] = {{"type", "object"}, {"required", {"workspace"}}, {"minProperties", 2}};
  all["knobs"] = knobs_schema(false);
  all["settings"] = knobs_schema(true);
  all["expectation"] = expectation_schema();
  return all;
}

/// Builds the definitions that a root needs, each once.
class Builder {
 public:
  Builder() : primitives_(primitives()) {
    for (const Shape* shape : kInputShapes) shapes_[std::string{shape->name}] = {shape, false};
    for (const Shape& shape : result_shapes()) shapes_[std::string{shape.name}] = {&shape, true};
  }

  Schema build(const std::string& root) {
    need(root);
    Schema defs = Schema::object();
    while (!open_.empty()) {
      const std::string name = *open_.begin();
      open_.erase(open_.begin());
      made_[name] = definition(name);
      collect(made_[name]);
    }
    for (auto& [name, schema] : made_) defs[name] = std::move(schema);
    return defs;
  }

 private:
  struct Entry {
    const Shape* shape = nullptr;
    bool open = false;  // keys may be added: what others wrote is not checked for them
  };

  void need(const std::string& name) {
    if (made_.find(name) == made_.end()) open_.insert(name);
  }

  /// Follows the references in a finished definition.
  void collect(const Schema& schema) {
    constexpr std::string_view prefix = "#/$defs/";
    if (schema.is_object()) {
      for (const auto& [key, value] : schema.items()) {
        if (key == "$ref" && value.is_string()) need(value.get<std::string>().substr(prefix.size()));
        collect(value);
      }
    } else if (schema.is_array()) {
      for (const auto& value : schema) collect(value);
    }
  }

  bool knows(const std::string& name) const {
    return primitives_.find(name) != primitives_.end() || shapes_.find(name) != shapes_.end();
  }

  Schema definition(const std::string& name) {
    const auto primitive = primitives_.find(name);
    if (primitive != primitives_.end()) return primitive->second;
    const Entry& entry = shapes_.at(name);
    Schema properties = Schema::object();
    Schema required = Schema::array();
    for (const Key& key : entry.shape->keys) {
      Schema property = type(key.type);
      if (property.is_object()) property["description"] = key.meaning;
      properties[std::string{key.name}] = std::move(property);
      if (key.required) required.push_back(key.name);
    }
    Schema schema = {{"type", "object"}, {"properties", std::move(properties)}};
    if (!required.empty()) schema["required"] = std::move(required);
    if (!entry.open) {
      schema["patternProperties"] = {{"^x-", true}};
      schema["additionalProperties"] = false;
    }
    return schema;
  }

  /// The schema of a key's type: alternatives separated by `|`, lists in brackets, constants after a leading `=`, in
  /// quotes where a type has the same name.
  Schema type(std::string_view text) const {
    const bool constants = text.starts_with('=');
    if (constants) text.remove_prefix(1);
    Schema any = Schema::array();
    Schema constant = Schema::array();
    for (const std::string_view part : alternatives(text)) {
      const std::string name{part};
      if (part.starts_with('[')) {
        any.push_back({{"type", "array"}, {"items", type(part.substr(1, part.size() - 2))}});
      } else if (constants && part.starts_with('\'')) {
        constant.push_back(name.substr(1, name.size() - 2));
      } else if (constants && !knows(name)) {
        constant.push_back(name);
      } else {
        any.push_back(refer_to(name));
      }
    }
    if (!constant.empty()) any.push_back({{"enum", std::move(constant)}});
    return any.size() == 1 ? any.front() : Schema{{"anyOf", std::move(any)}};
  }

  static std::vector<std::string_view> alternatives(std::string_view text) {
    std::vector<std::string_view> parts;
    std::size_t from = 0;
    int depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      depth += text[i] == '[' ? 1 : text[i] == ']' ? -1 : 0;
      if (text[i] != '|' || depth != 0) continue;
      parts.push_back(text.substr(from, i - from));
      from = i + 1;
    }
    parts.push_back(text.substr(from));
    return parts;
  }

  std::map<std::string, Schema> primitives_;
  std::map<std::string, Entry> shapes_;
  std::map<std::string, Schema> made_;
  std::set<std::string> open_;
};

}  // namespace

std::vector<std::string> schema_names() {
  return {"scenario",   "policy", "tape", "mapping", "result",      "exploration",
          "comparison", "sweep",  "odds", "fix",     "conformance", "findings"};
}

std::string schema_text(std::string_view which) {
  const auto names = schema_names();
  if (std::find(names.begin(), names.end(), which) == names.end()) return {};
  const std::string name{which};
  Schema schema;
  schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  schema["$id"] = "urn:drydock:" + name + ":1";
  schema["title"] = "drydock." + name + "/1";
  schema["$ref"] = "#/$defs/" + name;
  schema["$defs"] = Builder{}.build(name);
  return schema.dump(2) + "\n";
}

}  // namespace drydock::scenarios
