#include "faults/event_match.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace drydock::faults {
namespace {

std::string as_json(const sim::Field::Value& value) {
  struct Visitor {
    std::string operator()(std::int64_t number) const { return fmt::format("{}", number); }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(std::string_view text) const { return sim::json_quote(text); }
    std::string operator()(sim::JsonText json) const { return std::string{json.text}; }
  };
  return std::visit(Visitor{}, value);
}

std::optional<sim::Name> head(const sim::Event& event, std::string_view key) {
  if (key == "workspace") return event.workspace;
  if (key == "instance") return event.instance;
  if (key == "actor") return event.actor;
  return std::nullopt;
}

bool holds(const sim::Record& record, const sim::Event& event, std::initializer_list<sim::Field> detail,
           const std::string& key, const std::string& wanted) {
  const auto* const field =
      std::find_if(detail.begin(), detail.end(), [&](const sim::Field& each) { return each.key == key; });
  if (field != detail.end()) return as_json(field->value) == wanted;
  const std::optional<sim::Name> name = head(event, key);
  return name && sim::json_quote(record.text(*name)) == wanted;
}

}  // namespace

bool matches(const EventTrigger& trigger, const sim::Record& record, const sim::Event& event,
             std::initializer_list<sim::Field> detail) {
  if (record.kind_name(event.kind) != trigger.event) return false;
  return std::all_of(trigger.where.begin(), trigger.where.end(),
                     [&](const auto& wanted) { return holds(record, event, detail, wanted.first, wanted.second); });
}

}  // namespace drydock::faults
