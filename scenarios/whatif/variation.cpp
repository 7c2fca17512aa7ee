#include "scenarios/whatif/variation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scenarios/files/decode.hpp"
#include "scenarios/files/decode_cloud.hpp"
#include "scenarios/files/fields.hpp"
#include "scenarios/files/json_source.hpp"

namespace drydock::scenarios {
namespace {

/// Gives the name by which a key calls the n-th element of a list, counted from 1; results use the same name.
using ElementName = std::string (*)(const Json& element, std::size_t n);

std::string fault_name(const Json& fault, std::size_t) {
  if (auto name = text_member(fault, "name"); !name.empty()) return name;
  const std::string what = text_member(fault, "on") + ":" + text_member(fault, "error");
  return text_member(fault, "effect") == "applied" ? what + ":applied" : what;
}
std::string step_name(const Json& step, std::size_t n) {
  const auto id = text_member(step, "id");
  return id.empty() ? fmt::format("step-{}", n) : id;
}
std::string traffic_name(const Json&, std::size_t n) { return std::to_string(n); }
std::string workspace_name(const Json& workspace, std::size_t) { return text_member(workspace, "id"); }

struct ListKey {
  std::string_view name;
  std::string_view one;
  ElementName name_of;
};
constexpr std::array<ListKey, 4> kLists{{{"faults", "fault", &fault_name},
                                         {"steps", "step", &step_name},
                                         {"traffic", "traffic", &traffic_name},
                                         {"workspaces", "workspace", &workspace_name}}};
constexpr std::array<std::string_view, 2> kPlain{"horizon", "calm"};

const ListKey* list_of(std::string_view key) {
  const auto word = key.substr(0, key.find('.'));
  const auto* found = std::find_if(kLists.begin(), kLists.end(), [&](const auto& list) { return list.name == word; });
  return found == kLists.end() ? nullptr : found;
}

bool is_plain(std::string_view key) { return std::find(kPlain.begin(), kPlain.end(), key) != kPlain.end(); }

/// A word that the file would write with a unit, a quote or a brace stays one; what was a text stays one.
Json value_of(const std::string& text, const Json* old) {
  if (old != nullptr && old->is_string()) return text;
  return read_json(text).value_or(Json(text));
}

/// The file's text with changes, and what is wrong with them.
class Document {
 public:
  Document(Json document, const CaseSpec& played) : document_(std::move(document)) {
    if (played.in_file) case_name_ = played.name;
  }

  /// Changes the document; gives what is wrong with the change, or nothing.
  std::optional<Diagnostic> change(const Change& change) {
    if (is_plain(change.key)) return set(document_, change.key, change);
    const ListKey& list = *list_of(change.key);
    std::vector<std::string> names;
    for (Json* from : lists(list)) {
      for (std::size_t i = 0; i < from->size(); ++i) {
        names.push_back(list.name_of((*from)[i], i + 1));
        const std::string prefix = fmt::format("{}.{}.", list.name, names.back());
        if ((*from)[i].is_object() && change.key.starts_with(prefix))
          return set((*from)[i], change.key.substr(prefix.size()), change);
      }
    }
    return unknown(list, change.key, names);
  }

  [[nodiscard]] std::string text() const { return document_.dump(-1, ' ', false, Json::error_handler_t::replace); }

 private:
  /// Finds the lists in which the element may stand: the case's own first, then the scenario's.
  std::vector<Json*> lists(const ListKey& list) {
    std::vector<Json*> found;
    const auto add = [&](Json& object) {
      const auto at = object.find(list.name);
      if (at != object.end() && at->is_array()) found.push_back(&*at);
    };
    if (list.name == "faults" && case_name_) {
      for (Json& one : document_["cases"]) {
        const std::string name = text_member(one, one.contains("name") ? "name" : "policy");
        if (name == *case_name_) add(one);
      }
    }
    add(document_);
    return found;
  }

  static std::optional<Diagnostic> set(Json& object, std::string_view path, const Change& change) {
    const auto dot = path.find('.');
    const std::string key{path.substr(0, dot)};
    if (key.empty()) return problem(change.key + " ends in no key");
    if (dot == std::string_view::npos) {
      const auto old = object.find(key);
      object[key] = value_of(change.value, old == object.end() ? nullptr : &*old);
      return std::nullopt;
    }
    Json& inner = object[key];
    if (inner.is_null()) inner = Json::object();
    if (!inner.is_object()) return problem(fmt::format("{}: {} has no parts", change.key, key));
    return set(inner, path.substr(dot + 1), change);
  }

  static Diagnostic unknown(const ListKey& list, std::string_view key, const std::vector<std::string>& names) {
    const auto dot = key.find('.');
    const std::string name{dot == std::string_view::npos ? std::string_view{} : key.substr(dot + 1)};
    const std::string word = name.substr(0, name.rfind('.'));
    if (std::find(names.begin(), names.end(), name) != names.end() || name.empty())
      return problem(fmt::format("{} says not which of its keys", key),
                     fmt::format("for instance {}.NAME.KEY", list.name));
    std::string hint = did_you_mean(word, names);
    if (hint.empty() && !names.empty()) hint = fmt::format("there is {}", names.front());
    return problem(fmt::format("{}: the scenario has no {} {}", key, list.one, in_quotes(word)), hint);
  }

  Json document_;
  std::optional<std::string> case_name_;
};

/// Takes over the faults and expectations of the changed file. The case's knobs and its cloud stay: they are changed by
/// `apply_setting`.
void take(const Scenario& scenario, CaseSpec& played) {
  const auto& cases = scenario.cases;
  const auto own = std::find_if(cases.begin(), cases.end(),
                                [&](const CaseSpec& one) { return played.in_file && one.name == played.name; });
  played.faults = own == cases.end() ? scenario.faults : own->faults;
  if (own != cases.end()) played.expect = own->expect;
}

void read_again(const std::string& file, const Document& document, Decoded<Varied>& varied, const std::string& keys) {
  auto decoded = decode_scenario(file, document.text());
  for (const Diagnostic& error : decoded.errors) {
    varied.errors.push_back(problem(fmt::format("{}: {}: {}", keys, error.pointer, error.message), error.hint));
  }
  if (!decoded.value) return;
  varied.value->scenario = std::make_shared<const Scenario>(*std::move(decoded.value));
  take(*varied.value->scenario, varied.value->played);
}

}  // namespace

Decoded<Varied> vary(const Varied& base, const std::string& file, std::span<const Change> changes) {
  Decoded<Varied> varied;
  varied.value = base;
  Document document(base.scenario->document, base.played);
  std::string keys;  // of those that change the file
  CaseSpec& played = varied.value->played;
  for (const Change& change : changes) {
    const bool in_file = is_plain(change.key) || list_of(change.key) != nullptr;
    std::optional<Diagnostic> wrong;
    if (in_file) {
      wrong = document.change(change);
      keys += fmt::format("{}{}={}", keys.empty() ? "" : " ", change.key, change.value);
    } else {
      wrong = apply_setting(played.policy, played.cloud, change.key, change.value);
      played.set.emplace_back(change.key, change.value);
    }
    if (wrong) varied.errors.push_back(*std::move(wrong));
  }
  if (varied.errors.empty() && !keys.empty()) read_again(file, document, varied, keys);
  if (!varied.errors.empty()) varied.value.reset();
  return varied;
}

}  // namespace drydock::scenarios
