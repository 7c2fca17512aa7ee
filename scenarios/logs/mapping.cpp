#include "scenarios/logs/mapping.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <set>

#include "scenarios/files/decode_parts.hpp"
#include "scenarios/logs/decoder.hpp"

namespace drydock::scenarios {
namespace {

using Part = Template::Part;

/// A value, or a list of them.
std::vector<const Node*> alternatives(const Node& node) {
  std::vector<const Node*> all;
  if (!node.json->is_array()) return {&node};
  for (const Node& child : node.children) all.push_back(&child);
  return all;
}

void read_labels_of(DiagnosticSink& report, const Node& node, MappingRule& rule) {
  if (!is_object(report, node)) return;
  for (const Node& child : node.children) {
    for (const Node* one : alternatives(child)) {
      if (auto text = read_string(report, *one)) rule.labels[*child.key].push_back(*std::move(text));
    }
  }
}

void read_fields_of(DiagnosticSink& report, const Node& node, MappingRule& rule) {
  if (!is_object(report, node)) return;
  for (const Node& child : node.children) {
    for (const Node* one : alternatives(child)) rule.fields[*child.key].push_back(*one->json);
  }
}

void read_line_of(DiagnosticSink& report, const Node& node, MappingRule& rule) {
  const auto text = read_string(report, node);
  if (!text) return;
  auto expression = std::make_shared<const re2::RE2>(*text, re2::RE2::Quiet);
  if (!expression->ok())
    return report.error(node, "not a regular expression: " + expression->error(),
                        "RE2's syntax; a group is named (?P<name>…)");
  rule.line = std::move(expression);
}

/// The names that a template may use of the rule's groups.
std::vector<std::string> group_names(const MappingRule& rule) {
  std::vector<std::string> names;
  if (!rule.line) return names;
  for (const auto& [name, number] : rule.line->NamedCapturingGroups()) names.push_back(name);
  for (int i = 1; i <= rule.line->NumberOfCapturingGroups(); ++i) names.push_back(std::to_string(i));
  return names;
}

std::optional<Template> read_template(DiagnosticSink& report, const Node& node, const MappingRule& rule) {
  const auto text = read_string(report, node);
  if (!text) return std::nullopt;
  ParsedTemplate parsed = parse_template(*text);
  if (!parsed.value) {
    report.error(node, "not a template: " + parsed.error, "a brace itself is written {{ or }}");
    return std::nullopt;
  }
  const auto names = group_names(rule);
  for (const Part& part : parsed.value->parts()) {
    if (part.kind != Part::Kind::group) continue;
    if (std::find(names.begin(), names.end(), part.text) != names.end()) continue;
    report.unknown(node, "group", part.text, names);
    return std::nullopt;
  }
  return std::move(parsed.value);
}

/// The texts of a detail, at any depth, are templates.
void check_templates(DiagnosticSink& report, const Node& node, const MappingRule& rule) {
  if (node.json->is_string()) (void)read_template(report, node, rule);
  for (const Node& child : node.children) check_templates(report, child, rule);
}

bool read_ignore(DiagnosticSink& report, const Fields& fields) {
  const Node* ignore = fields.find("ignore");
  if (ignore == nullptr) return false;
  if (!ignore->json->is_boolean()) report.wrong_type(*ignore, "true or false");
  return *ignore->json == true;
}

void read_meaning(DiagnosticSink& report, const Fields& fields, MappingRule& rule) {
  if (const Node* event = fields.find("event")) rule.kind = read_event_kind(report, *event).value_or("");
  if (const Node* workspace = fields.find("workspace"))
    rule.workspace = read_template(report, *workspace, rule).value_or(Template{});
  if (const Node* instance = fields.find("instance"))
    rule.instance = read_template(report, *instance, rule).value_or(Template{});
  if (const Node* detail = fields.find("detail"); detail != nullptr && is_object(report, *detail)) {
    check_templates(report, *detail, rule);
    rule.detail = *detail->json;
  }
  rule.within = fields.duration("within").value_or(Duration{});
}

MappingRule read_rule(DiagnosticSink& report, const Node& node) {
  const Fields fields(report, node, shape::mapping_rule);
  MappingRule rule;
  if (const Node* labels = fields.find("labels")) read_labels_of(report, *labels, rule);
  if (const Node* wanted = fields.find("fields")) read_fields_of(report, *wanted, rule);
  if (const Node* line = fields.find("line")) read_line_of(report, *line, rule);
  rule.ignore = read_ignore(report, fields);
  read_meaning(report, fields, rule);
  if (node.json->is_object() && fields.has("event") == rule.ignore)
    report.error(node, "a rule has an event, or \"ignore\": true", "one of the two");
  return rule;
}

Mapping read_mapping(DiagnosticSink& report, const Node& root) {
  Mapping mapping;
  if (!is_format(report, root, "drydock.mapping/1")) return mapping;
  const Fields fields(report, root, shape::mapping);
  if (const Node* story = fields.find("story")) (void)read_prose(report, *story);
  mapping.time = fields.line("time").value_or("");
  if (const Node* aliases = fields.find("workspaces")) mapping.workspaces = read_texts(report, *aliases);
  if (const Node* visible = fields.find("visible")) mapping.visible = read_visible(report, *visible);
  if (const Node* rules = fields.find("rules"); rules != nullptr && is_list(report, *rules)) {
    for (const Node& rule : rules->children) mapping.rules.push_back(read_rule(report, rule));
  }
  return mapping;
}

// ---- one line ----

class Matcher {
 public:
  Matcher(const MappingRule& rule, const LogLine& line) : rule_(rule), line_(line) {}

  bool matches() { return labels_match() && fields_match() && (rule_.line == nullptr || line_matches()); }

  [[nodiscard]] MappedLine mapped() const {
    MappedLine mapped;
    mapped.ignored = rule_.ignore;
    if (rule_.ignore) return mapped;
    const auto lookup = [this](const Part& part) { return value_of(part); };
    mapped.event.place = line_.place;
    mapped.event.at = line_.at;
    mapped.event.within = rule_.within;
    mapped.event.kind = rule_.kind;
    mapped.event.workspace = rule_.workspace.text(lookup);
    mapped.event.instance = rule_.instance.text(lookup);
    mapped.event.detail = filled(rule_.detail, lookup);
    return mapped;
  }

 private:
  [[nodiscard]] bool labels_match() const {
    return std::all_of(rule_.labels.begin(), rule_.labels.end(), [this](const auto& wanted) {
      const auto found = line_.labels.find(wanted.first);
      return found != line_.labels.end() &&
             std::find(wanted.second.begin(), wanted.second.end(), found->second) != wanted.second.end();
    });
  }

  [[nodiscard]] bool fields_match() const {
    return std::all_of(rule_.fields.begin(), rule_.fields.end(), [this](const auto& wanted) {
      const Json* found = find_path(line_.body, wanted.first);
      return found != nullptr && std::find(wanted.second.begin(), wanted.second.end(), *found) != wanted.second.end();
    });
  }

  bool line_matches() {
    groups_.assign(static_cast<std::size_t>(rule_.line->NumberOfCapturingGroups()) + 1, {});
    const std::string& text = line_.place.text;
    return rule_.line->Match(text, 0, text.size(), re2::RE2::UNANCHORED, groups_.data(),
                             static_cast<int>(groups_.size()));
  }

  [[nodiscard]] std::optional<Json> value_of(const Part& part) const {
    if (part.kind == Part::Kind::field) {
      const Json* found = find_path(line_.body, part.text);
      return found == nullptr ? std::nullopt : std::optional<Json>(*found);
    }
    if (part.kind == Part::Kind::label) {
      const auto found = line_.labels.find(part.text);
      return found == line_.labels.end() ? std::nullopt : std::optional<Json>(found->second);
    }
    return group(part.text);
  }

  [[nodiscard]] std::optional<Json> group(const std::string& name) const {
    const auto& named = rule_.line->NamedCapturingGroups();
    const auto found = named.find(name);
    const auto at = static_cast<std::size_t>(found == named.end() ? std::stoi(name) : found->second);
    if (groups_[at].data() == nullptr) return std::nullopt;
    return Json(std::string(groups_[at]));
  }

  /// Leaves out what has no value in this line: the line does not say.
  static Json filled(const Json& detail, const Template::Lookup& lookup) {
    if (detail.is_string()) {
      const ParsedTemplate parsed = parse_template(detail.get_ref<const std::string&>());
      return parsed.value->value(lookup);
    }
    if (!detail.is_structured()) return detail;
    Json out = detail.is_object() ? Json::object() : Json::array();
    for (const auto& [key, value] : detail.items()) {
      Json one = filled(value, lookup);
      if (detail.is_array()) {
        out.push_back(std::move(one));
      } else if (!one.is_null()) {
        out[key] = std::move(one);
      }
    }
    return out;
  }

  const MappingRule& rule_;
  const LogLine& line_;
  std::vector<re2::StringPiece> groups_;
};

/// The part of a rule's detail that is the same for every line.
Json constant_part(const Json& detail) {
  Json constant = Json::object();
  for (const auto& [key, value] : detail.items()) {
    if (value.is_structured() || value.is_null()) continue;
    if (!value.is_string()) {
      constant[key] = value;
      continue;
    }
    const ParsedTemplate parsed = parse_template(value.get_ref<const std::string&>());
    if (parsed.value && parsed.value->is_constant()) constant[key] = parsed.value->text({});
  }
  return constant;
}

}  // namespace

Decoded<Mapping> decode_mapping(const std::string& file, std::string_view text) {
  return decode_text<Mapping>(file, text, read_mapping);
}

std::optional<MappedLine> apply(const Mapping& mapping, const LogLine& line) {
  for (const MappingRule& rule : mapping.rules) {
    Matcher matcher(rule, line);
    if (matcher.matches()) return matcher.mapped();
  }
  return std::nullopt;
}

std::vector<VisibleKind> visible_through(const Mapping& mapping) {
  std::vector<VisibleKind> visible = mapping.visible;
  for (const MappingRule& rule : mapping.rules) {
    if (!rule.ignore) visible.push_back({rule.kind, constant_part(rule.detail)});
  }
  return visible;
}

}  // namespace drydock::scenarios
