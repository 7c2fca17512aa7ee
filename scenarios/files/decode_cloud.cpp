#include "scenarios/files/decode_cloud.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <variant>

#include "faults/vocabulary.hpp"
#include "scenarios/files/json_source.hpp"

namespace drydock::scenarios {
namespace {

using cloud::Capacity;
using cloud::Profile;
using cloud::RangesByName;
using cloud::SnapshotLimit;
using sim::DurationRange;

/// One row per field of the profile; `set_cloud` and `cloud_paths` come from it.
struct ProfileField {
  using Access = std::variant<DurationRange Profile::*, RangesByName Profile::*, SnapshotLimit Profile::*,
                              std::uint32_t Profile::*, bool Profile::*, Capacity Profile::*, Duration Profile::*>;
  std::string_view name;
  Access access;
};

constexpr std::array<ProfileField, 13> kFields{{
    {"pending", &Profile::pending},
    {"boot", &Profile::boot},
    {"terminate", &Profile::terminate},
    {"api_latency", &Profile::api_latency},
    {"cp_latency", &Profile::cp_latency},
    {"image_pull", &Profile::image_pull},
    {"snapshot", &Profile::snapshot},
    {"snapshot_limit", &Profile::snapshot_limit},
    {"pending_snapshots", &Profile::pending_snapshots},
    {"throttle", &Profile::throttle},
    {"visibility_lag", &Profile::visibility_lag},
    {"capacity", &Profile::capacity},
    {"terminated_visible", &Profile::terminated_visible},
}};

const ProfileField* find_field(std::string_view name) {
  const auto found =
      std::find_if(kFields.begin(), kFields.end(), [&](const ProfileField& field) { return field.name == name; });
  return found == kFields.end() ? nullptr : &*found;
}

/// At most so many names have a range of their own, where one part of a file multiplies another.
constexpr std::size_t kMostNamedRanges = 100;

struct Text {
  std::string_view text;
  std::string& hint;
};

std::string set_field(DurationRange& field, Text from) {
  if (const auto range = sim::parse_duration_range(from.text)) {
    field = *range;
    return {};
  }
  const auto dots = from.text.find("..");
  if (dots != std::string_view::npos) {
    const auto lo = sim::parse_duration(from.text.substr(0, dots));
    const auto hi = sim::parse_duration(from.text.substr(dots + 2));
    if (lo && hi) return fmt::format("{} runs backwards", in_quotes(from.text));
  }
  from.hint = R"(for instance "20s..30s" or "25s")";
  return fmt::format("{} is not a range of durations", in_quotes(from.text));
}

/// One range for every name.
std::string set_field(RangesByName& field, Text from) {
  RangesByName all;
  auto wrong = set_field(all.fallback, from);
  if (wrong.empty()) field = std::move(all);
  return wrong;
}

std::string set_field(std::uint32_t& field, Text from) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(from.text.data(), from.text.data() + from.text.size(), value);
  const bool whole = error == std::errc{} && end == from.text.data() + from.text.size();
  if (!whole || value < 1 || value > 1000) {
    return fmt::format("expected a whole number from 1 to 1000, found {}", in_quotes(from.text));
  }
  field = value;
  return {};
}

std::string set_field(Duration& field, Text from) {
  const auto value = sim::parse_duration(from.text);
  if (!value) {
    from.hint = duration_hint(from.text);
    return fmt::format("{} is not a duration", in_quotes(from.text));
  }
  field = *value;
  return {};
}

template <typename T>
std::string set_word(T& field, Text from, std::span<const std::pair<std::string_view, T>> words) {
  std::vector<std::string_view> names;
  for (const auto& [word, value] : words) {
    if (word == from.text) {
      field = value;
      return {};
    }
    names.push_back(word);
  }
  from.hint = did_you_mean(std::string{from.text}, to_strings(names));
  return fmt::format("expected {}, found {}", quoted_list(names), in_quotes(from.text));
}

std::string set_field(bool& field, Text from) {
  static constexpr std::array<std::pair<std::string_view, bool>, 2> words{{{"on", true}, {"off", false}}};
  return set_word<bool>(field, from, words);
}

constexpr std::array<std::pair<std::string_view, Capacity>, 3> kCapacities{
    {{"none", Capacity::none}, {"sync", Capacity::sync}, {"async", Capacity::async}}};

std::string set_field(Capacity& field, Text from) { return set_word<Capacity>(field, from, kCapacities); }

std::optional<std::uint32_t> member_count(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_unsigned()) return std::nullopt;
  const auto value = found->get<std::uint64_t>();
  if (value < 1 || value > 1000) return std::nullopt;
  return static_cast<std::uint32_t>(value);
}

std::optional<Duration> member_duration(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  const auto value = sim::parse_duration(found->get_ref<const std::string&>());
  return value && *value > Duration{} ? value : std::nullopt;
}

/// `{"capacity":5,"refill":"720s"}`, `{"count":5,"window":"1h"}` or `{"spacing":"15s"}`.
std::optional<SnapshotLimit> limit_of(const Json& object) {
  std::size_t users = 0;
  for (const auto& [key, value] : object.items()) users += is_users_key(key) ? 1 : 0;
  const std::size_t own = object.size() - users;
  const auto count = member_count(object, "count");
  const auto window = member_duration(object, "window");
  const auto capacity = member_count(object, "capacity");
  const auto refill = member_duration(object, "refill");
  const auto spacing = member_duration(object, "spacing");
  using Kind = SnapshotLimit::Kind;
  if (own == 2 && capacity && refill) return SnapshotLimit{Kind::bucket, *capacity, *refill};
  if (own == 2 && count && window) return SnapshotLimit{Kind::window, *count, *window};
  if (own == 1 && spacing) return SnapshotLimit{Kind::spacing, 1, *spacing};
  return std::nullopt;
}

constexpr std::array<std::pair<std::string_view, SnapshotLimit>, 4> kSnapshotLimits{{
    {"seed_bucket", {SnapshotLimit::Kind::bucket, 5, std::chrono::seconds{720}}},
    {"seed_window", {SnapshotLimit::Kind::window, 5, std::chrono::hours{1}}},
    {"aws_spacing", {SnapshotLimit::Kind::spacing, 1, std::chrono::seconds{15}}},
    {"none", {SnapshotLimit::Kind::none, 0, std::chrono::seconds{0}}},
}};

std::string set_field(SnapshotLimit& field, Text from) {
  if (!from.text.starts_with('{')) return set_word<SnapshotLimit>(field, from, kSnapshotLimits);
  const auto object = read_json(from.text);
  const auto limit = object && object->is_object() ? limit_of(*object) : std::nullopt;
  if (!limit) {
    from.hint = R"({"capacity":5,"refill":"720s"}, {"count":5,"window":"1h"} or {"spacing":"15s"})";
    return "is not a snapshot limiter";
  }
  field = *limit;
  return {};
}

/// `boot.hermes`, `api_latency.RunInstances`, and `….default`.
std::string set_named(Profile& profile, const ProfileField& field, std::string_view name, Text from) {
  const auto* member = std::get_if<RangesByName Profile::*>(&field.access);
  if (member == nullptr || name.empty()) return fmt::format("{} has no parts", in_quotes(field.name));
  RangesByName& ranges = profile.**member;
  if (name == "default") return set_field(ranges.fallback, from);
  if (field.name == "api_latency") {
    const auto actions = faults::ec2_actions();
    if (std::find(actions.begin(), actions.end(), name) == actions.end()) {
      from.hint = did_you_mean(std::string{name}, to_strings(actions));
      return fmt::format("unknown API action {}", in_quotes(name));
    }
  }
  DurationRange range;
  auto wrong = set_field(range, from);
  if (!wrong.empty()) return wrong;
  if (ranges.named.size() >= kMostNamedRanges && ranges.named.find(name) == ranges.named.end()) {
    return fmt::format("at most {} names have a range of their own", kMostNamedRanges);
  }
  ranges.named[std::string{name}] = range;
  return {};
}

// ---- the default of a field, as `set_cloud` takes it ----

template <typename T>
std::string word_for(const T& field, std::span<const std::pair<std::string_view, T>> words) {
  const auto found = std::find_if(words.begin(), words.end(), [&](const auto& word) { return word.second == field; });
  return found == words.end() ? std::string{} : std::string{found->first};
}

std::string usual_text(const DurationRange& field) { return sim::format_duration_range(field); }
std::string usual_text(const RangesByName& field) { return usual_text(field.fallback); }
std::string usual_text(std::uint32_t field) { return std::to_string(field); }
std::string usual_text(const Duration& field) { return sim::format_duration(field); }
std::string usual_text(bool field) { return field ? "on" : "off"; }
std::string usual_text(Capacity field) { return word_for<Capacity>(field, kCapacities); }
std::string usual_text(const SnapshotLimit& field) { return word_for<SnapshotLimit>(field, kSnapshotLimits); }

std::vector<std::string> words_for(std::string_view name) {
  std::vector<std::string> words;
  if (name == "throttle") words = {"on", "off"};
  if (name == "capacity") {
    for (const auto& [word, value] : kCapacities) words.emplace_back(word);
  }
  if (name == "snapshot_limit") {
    for (const auto& [word, value] : kSnapshotLimits) words.emplace_back(word);
  }
  return words;
}

/// The text of a leaf as `set_cloud` takes it.
std::optional<std::string> leaf_text(DiagnosticSink& report, const Node& node) {
  const Json& json = *node.json;
  if (json.is_string()) return json.get<std::string>();
  if (json.is_boolean()) return json.get<bool>() ? "on" : "off";
  if (json.is_number()) return std::string{report.source().number_text(node)};
  if (json.is_object()) return json.dump();
  report.wrong_type(node, "a string");
  return std::nullopt;
}

bool takes_time(std::string_view path) {
  const ProfileField* field = find_field(path.substr(0, path.find('.')));
  if (field == nullptr) return false;
  return std::holds_alternative<DurationRange Profile::*>(field->access) ||
         std::holds_alternative<RangesByName Profile::*>(field->access) ||
         std::holds_alternative<Duration Profile::*>(field->access);
}

void decode_leaf(DiagnosticSink& report, const Node& node, cloud::Profile& profile, const std::string& path) {
  if (node.json->is_number() && takes_time(path)) {
    report.error(node, "a duration needs a unit", duration_hint(report.source().number_text(node)));
    return;
  }
  const auto text = leaf_text(report, node);
  if (!text || report.full()) return;
  std::string hint;
  const auto wrong = set_cloud(profile, path, *text, hint);
  if (!wrong.empty()) report.error(node, wrong, hint);
}

/// `cloud.pending` without its first word; empty when it is a knob.
std::string_view cloud_path(std::string_view key) {
  constexpr std::string_view prefix = "cloud.";
  return key.starts_with(prefix) ? key.substr(prefix.size()) : std::string_view{};
}

std::vector<std::string> setting_names() {
  std::vector<std::string> names;
  for (const model::Knob& knob : model::knobs()) names.emplace_back(knob.name);
  for (auto& path : cloud_paths()) names.push_back(std::move(path));
  return names;
}

void unknown_knob(DiagnosticSink& report, const Node& node) {
  if (report.full()) return report.error(node, {});
  report.error_at_key(node, fmt::format("unknown knob {}", in_quotes(*node.key)),
                      did_you_mean(*node.key, setting_names()));
}

/// Sets one knob from its JSON value; gives the value's text.
std::optional<std::string> decode_knob(DiagnosticSink& report, const Node& node, const model::Knob& knob,
                                       model::Policy& policy) {
  if (node.json->is_number() && knob.type() == "duration") {
    report.error(node, "a duration needs a unit", duration_hint(report.source().number_text(node)));
    return std::nullopt;
  }
  auto text = leaf_text(report, node);
  if (!text) return std::nullopt;
  const auto wrong = model::set_knob(policy, knob, *text);
  if (wrong.empty()) return text;
  report.error(node, fmt::format("{}, found {}", wrong, in_quotes(*text)),
               did_you_mean(*text, to_strings(knob.values())));
  return std::nullopt;
}

}  // namespace

std::string set_cloud(cloud::Profile& profile, std::string_view path, std::string_view text, std::string& hint) {
  const auto dot = path.find('.');
  const ProfileField* field = find_field(path.substr(0, dot));
  const Text from{.text = text, .hint = hint};
  if (field == nullptr) {
    hint = did_you_mean("cloud." + std::string{path}, cloud_paths());
    return fmt::format("unknown setting {}", in_quotes("cloud." + std::string{path}));
  }
  if (dot != std::string_view::npos) return set_named(profile, *field, path.substr(dot + 1), from);
  return std::visit([&](auto member) { return set_field(profile.*member, from); }, field->access);
}

std::vector<std::string> cloud_paths() {
  std::vector<std::string> paths;
  for (const ProfileField& field : kFields) {
    const std::string path = "cloud." + std::string{field.name};
    paths.push_back(path);
    if (!std::holds_alternative<RangesByName Profile::*>(field.access)) continue;
    paths.push_back(path + ".default");
    if (field.name == "boot") {
      paths.push_back(path + ".claude-code");
      paths.push_back(path + ".hermes");
      continue;
    }
    for (const auto action : faults::ec2_actions()) paths.push_back(path + "." + std::string{action});
  }
  return paths;
}

std::vector<CloudSetting> cloud_settings(const Profile& profile) {
  std::vector<CloudSetting> settings;
  for (const ProfileField& field : kFields) {
    const auto key = std::find_if(shape::cloud.keys.begin(), shape::cloud.keys.end(),
                                  [&](const Key& one) { return one.name == field.name; });
    settings.push_back({.name = "cloud." + std::string{field.name},
                        .type = std::string{key->type.substr(0, key->type.find('='))},
                        .usual = std::visit([&](auto member) { return usual_text(profile.*member); }, field.access),
                        .words = words_for(field.name),
                        .meaning = std::string{key->meaning}});
    if (settings.back().type.empty()) settings.back().type = "word";
  }
  return settings;
}

void decode_knobs(DiagnosticSink& report, const Node& node, model::Policy& policy) {
  if (!is_object(report, node)) return;
  for (const Node& child : node.children) {
    if (is_users_key(*child.key)) continue;
    const model::Knob* knob = model::find_knob(*child.key);
    if (knob != nullptr) {
      (void)decode_knob(report, child, *knob, policy);
    } else if (!cloud_path(*child.key).empty()) {
      report.error_at_key(child, "a policy holds knobs only", "the cloud is a scenario's");
    } else {
      unknown_knob(report, child);
    }
  }
}

std::vector<std::pair<std::string, std::string>> decode_settings(DiagnosticSink& report, const Node& node,
                                                                 model::Policy& policy, cloud::Profile& profile) {
  std::vector<std::pair<std::string, std::string>> set;
  if (!is_object(report, node)) return set;
  for (const Node& child : node.children) {
    if (is_users_key(*child.key)) continue;
    const std::string path{cloud_path(*child.key)};
    if (!path.empty()) {
      decode_leaf(report, child, profile, path);
      if (const auto text = leaf_text(report, child)) set.emplace_back(*child.key, *text);
      continue;
    }
    const model::Knob* knob = model::find_knob(*child.key);
    if (knob == nullptr) {
      unknown_knob(report, child);
    } else if (auto text = decode_knob(report, child, *knob, policy)) {
      set.emplace_back(*child.key, std::move(*text));
    }
  }
  return set;
}

std::optional<std::pair<std::string, std::string>> split_setting(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  return std::pair{std::string{text.substr(0, equals)}, std::string{text.substr(equals + 1)}};
}

std::optional<Diagnostic> apply_setting(model::Policy& policy, cloud::Profile& profile, const std::string& key,
                                        const std::string& value) {
  if (const auto path = cloud_path(key); !path.empty()) {
    std::string hint;
    auto wrong = set_cloud(profile, path, value, hint);
    if (wrong.empty()) return std::nullopt;
    const bool is_known = find_field(path.substr(0, path.find('.'))) != nullptr;
    return problem(is_known ? fmt::format("{}: {}", key, wrong) : std::move(wrong), hint);
  }
  const model::Knob* knob = model::find_knob(key);
  if (knob == nullptr) {
    return problem(fmt::format("unknown knob {}", in_quotes(key)), did_you_mean(key, setting_names()));
  }
  const auto wrong = model::set_knob(policy, *knob, value);
  if (wrong.empty()) return std::nullopt;
  return problem(fmt::format("{}: {}, found {}", key, wrong, in_quotes(value)),
                 did_you_mean(value, to_strings(knob->values())));
}

void decode_cloud(DiagnosticSink& report, const Node& node, cloud::Profile& profile) {
  const Fields fields(report, node, shape::cloud);
  for (const Key& key : shape::cloud.keys) {
    const Node* value = fields.find(key.name);
    if (value == nullptr) continue;
    const std::string path{key.name};
    const bool by_name = key.type == "ranges" && value->json->is_object();
    if (!by_name) {
      decode_leaf(report, *value, profile, path);
      continue;
    }
    for (const Node& part : value->children) {
      if (is_users_key(*part.key)) continue;
      if (part.key->empty()) {
        report.error_at_key(part, "the empty name");
      } else {
        decode_leaf(report, part, profile, path + "." + *part.key);
      }
    }
  }
}

}  // namespace drydock::scenarios
