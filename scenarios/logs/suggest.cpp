#include "scenarios/logs/suggest.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "scenarios/logs/decoder.hpp"

namespace drydock::scenarios {
namespace {

using RuleJson = nlohmann::ordered_json;

constexpr std::size_t kMostRules = 200;
constexpr std::size_t kShownOfALine = 90;

/// A kind of line: the rule that matches it, and how often it came.
struct KindOfLine {
  RuleJson rule;
  std::size_t count = 0;
  LogPlace first;
};

bool is_name(std::string_view text) {
  if (text.empty() || (text[0] >= '0' && text[0] <= '9')) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

bool has_digit(std::string_view text) { return text.find_first_of("0123456789") != std::string_view::npos; }

/// Finds the event whose name stands in a line, the longest; else the one all of whose words do. Empty: none.
std::string event_named_in(const std::string& line) {
  std::string low;
  for (const char c : line) low += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  std::string named;
  std::string spoken;
  for (const std::string& kind : event_kind_names()) {
    if (low.find(kind) != std::string::npos && kind.size() > named.size()) named = kind;
    std::string words = kind;
    std::replace_if(
        words.begin(), words.end(), [](char c) { return c == '.' || c == '_'; }, ' ');
    if (low.find(words) != std::string::npos && words.size() > spoken.size()) spoken = kind;
  }
  return named.empty() ? spoken : named;
}

/// Makes the expression of a line of text: what varies is a group, which has the name of its key where it has one.
class Expression {
 public:
  explicit Expression(std::string_view line) {
    while (!line.empty()) {
      const auto size = std::min(line.find(' '), line.size());
      add(line.substr(0, size));
      line.remove_prefix(size);
      const auto blanks = std::min(line.find_first_not_of(' '), line.size());
      if (blanks > 0) text_ += " +";
      line.remove_prefix(blanks);
    }
  }

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool has(const std::string& group) const { return groups_.contains(group); }

 private:
  void add(std::string_view word) {
    const auto equals = word.find('=');
    const std::string_view key = word.substr(0, equals);
    if (equals != std::string_view::npos && is_name(key)) {
      text_ += re2::RE2::QuoteMeta(std::string{word.substr(0, equals + 1)});
      // Which event a line is about tells lines apart.
      if (key == "msg" || key == "event") {
        literal(word.substr(equals + 1));
      } else {
        group(std::string{key});
      }
    } else if (word.starts_with("i-") && has_digit(word)) {
      group("instance_id");
    } else {
      literal(word);
    }
  }

  void literal(std::string_view word) {
    text_ +=
        has_digit(word) && event_named_in(std::string{word}).empty() ? "\\S+" : re2::RE2::QuoteMeta(std::string{word});
  }

  void group(const std::string& name) { text_ += groups_.insert(name).second ? "(?P<" + name + ">\\S+)" : "\\S+"; }

  std::string text_;
  std::set<std::string> groups_;
};

constexpr std::array kWorkspaceNames{"workspace_id", "workspaceId", "workspace", "ws"};
constexpr std::array kInstanceNames{"instance_id", "instanceId", "instance"};

template <typename Has>
void name_subjects(RuleJson& rule, std::string_view before, Has has) {
  const auto put = [&](const char* what, const auto& names) {
    for (const char* name : names) {
      if (!has(name)) continue;
      rule[what] = fmt::format("{{{}{}}}", before, name);
      return;
    }
  };
  put("workspace", kWorkspaceNames);
  put("instance", kInstanceNames);
}

void give_meaning(RuleJson& rule, const std::string& event) {
  if (event.empty()) {
    rule["ignore"] = true;
  } else {
    rule["event"] = event;
  }
}

/// The field of a line of JSON that says what it is about.
const char* telling_field(const Json& body) {
  for (const char* key : {"msg", "message", "event", "eventName", "kind", "type"}) {
    const auto found = body.find(key);
    if (found != body.end() && found->is_string()) return key;
  }
  return nullptr;
}

RuleJson rule_for(const std::string& line) {
  RuleJson rule;
  const Json body = body_of_line(line);
  const char* telling = body.is_object() ? telling_field(body) : nullptr;
  if (telling != nullptr) {
    rule["fields"][telling] = body[telling];
    give_meaning(rule, event_named_in(body[telling].get<std::string>()));
    if (rule.contains("event")) name_subjects(rule, "$.", [&](const char* name) { return body.contains(name); });
    return rule;
  }
  const Expression expression(line.substr(0, line.find('\n')));
  rule["line"] = "^" + expression.text();
  give_meaning(rule, event_named_in(line));
  if (rule.contains("event")) name_subjects(rule, "", [&](const char* name) { return expression.has(name); });
  return rule;
}

/// A comment ends with its line, whatever the log's line holds.
std::string comment_of(const KindOfLine& kind) {
  std::string shown;
  for (const char c : kind.first.text.substr(0, kShownOfALine)) {
    shown += static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e ? '?' : c;
  }
  std::string text = fmt::format("    // {} {}, first {}:{}: {}\n", kind.count, kind.count == 1 ? "line" : "lines",
                                 kind.first.file, kind.first.line, shown);
  if (kind.rule.contains("ignore"))
    text += "    // No event is named in it: say which (\"event\"), or leave it ignored.\n";
  return text;
}

}  // namespace

std::string suggest_mapping(const std::vector<LogPlace>& unmatched) {
  std::map<std::string, KindOfLine> kinds;
  for (const LogPlace& place : unmatched) {
    RuleJson rule = rule_for(place.text);
    KindOfLine& kind = kinds[rule.dump(-1, ' ', false, RuleJson::error_handler_t::replace)];
    if (kind.count++ == 0) {
      kind.rule = std::move(rule);
      kind.first = place;
    }
  }
  std::vector<const KindOfLine*> order;
  order.reserve(kinds.size());
  for (const auto& [text, kind] : kinds) order.push_back(&kind);
  std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) { return a->count > b->count; });
  if (order.size() > kMostRules) order.resize(kMostRules);
  std::string out =
      "{\n  // A first mapping, of lines that nothing matched. docs/conform.md tells what a rule may say.\n"
      "  \"format\": \"drydock.mapping/1\",\n  \"rules\": [";
  for (const KindOfLine* kind : order) {
    out += kind == order.front() ? "\n" : ",\n";
    out += comment_of(*kind) + "    " + kind->rule.dump(-1, ' ', false, RuleJson::error_handler_t::replace);
  }
  return out + (order.empty() ? "]\n}\n" : "\n  ]\n}\n");
}

}  // namespace drydock::scenarios
