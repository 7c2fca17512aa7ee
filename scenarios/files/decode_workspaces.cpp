#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scenarios/files/decode_parts.hpp"
#include "scenarios/files/names.hpp"

namespace drydock::scenarios {
namespace {

constexpr std::array<std::string_view, 10> kStatuses{"provisioning", "online",        "offline", "degraded",
                                                     "failed",       "removed",       "paused",  "hibernated",
                                                     "hibernating",  "awaiting_agent"};
constexpr std::array<std::string_view, 2> kInstance{"running", "none"};
constexpr std::array<std::string_view, 2> kKinds{"workspace", "platform"};
constexpr std::array<std::string_view, 2> kProviders{"aws", "other"};
constexpr std::array<std::string_view, 3> kTrafficKinds{"a2a", "delegate", "probe"};

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

/// Whole minutes, as a duration or as a number of them.
std::optional<int> decode_idle(DiagnosticSink& report, const Node& node) {
  constexpr std::uint64_t most = std::chrono::duration_cast<std::chrono::minutes>(sim::kLongestDuration).count();
  if (node.json->is_number()) {
    const auto minutes = read_count(report, node, 1, most);
    return minutes ? std::optional{static_cast<int>(*minutes)} : std::nullopt;
  }
  const auto idle = read_duration(report, node, Duration{1});
  if (!idle) return std::nullopt;
  if (*idle % std::chrono::minutes{1} != Duration{}) {
    report.error(node, "must be whole minutes", "the platform keeps it in minutes");
    return std::nullopt;
  }
  return static_cast<int>(*idle / std::chrono::minutes{1});
}

std::string decode_uuid(DecodeContext& context, const Node& node, const std::string& alias) {
  const auto text = read_string(context.report, node);
  if (text && is_uuid(*text)) return lower(*text);
  if (text) {
    context.report.error(node, fmt::format("{} is not a UUID", in_quotes(*text)), uuid_of_alias(alias));
  }
  return uuid_of_alias(alias);
}

void decode_state(DecodeContext& context, const Fields& fields, WorkspaceSpec& spec) {
  spec.status = fields.word("status", kStatuses).value_or("online");
  spec.instance_running = spec.status == "online" || spec.status == "degraded";
  if (const auto instance = fields.word("instance", kInstance)) {
    spec.instance_running = *instance == "running";
  }
  if (const auto runtime = fields.line("runtime")) spec.runtime = *runtime;
  spec.kind = fields.word("kind", kKinds).value_or("workspace");
  spec.elsewhere = fields.word("provider", kProviders) == "other";
  spec.active_tasks = static_cast<int>(fields.count("active_tasks", 0, 1'000'000).value_or(0));
  if (const Node* idle = fields.find("hibernation_idle")) {
    spec.hibernation_idle_minutes = decode_idle(context.report, *idle);
  }
  if (const Node* secrets = fields.find("secrets")) spec.secrets = read_texts(context.report, *secrets);
}

WorkspaceSpec decode_workspace(DecodeContext& context, const Node& node) {
  WorkspaceSpec spec;
  const Fields fields(context.report, node, shape::workspace);
  const Node* id = fields.find("id");
  if (id != nullptr) spec.alias = declare_alias(context, *id).value_or("");
  const Node* uuid = fields.find("uuid");
  spec.uuid = uuid == nullptr ? uuid_of_alias(spec.alias) : decode_uuid(context, *uuid, spec.alias);
  if (!spec.alias.empty()) {
    const auto [place, is_new] = context.alias_by_uuid.try_emplace(spec.uuid, spec.alias);
    if (!is_new) {
      context.report.error(uuid == nullptr ? node : *uuid,
                           fmt::format("{} and {} have the same UUID", place->second, spec.alias));
    }
  }
  decode_state(context, fields, spec);
  return spec;
}

/// Follows the parents of each workspace once; a chain that meets itself is an error at the parent
/// that closes it.
void check_parents(DecodeContext& context, const Node& list, const Scenario& scenario) {
  enum class Mark : std::uint8_t { fresh, on_path, done };
  std::map<std::string, std::size_t, std::less<>> index;
  for (std::size_t i = 0; i < scenario.workspaces.size(); ++i) index.emplace(scenario.workspaces[i].alias, i);
  std::vector<Mark> marks(scenario.workspaces.size(), Mark::fresh);
  for (std::size_t start = 0; start < marks.size(); ++start) {
    std::vector<std::size_t> path;
    std::size_t at = start;
    while (marks[at] == Mark::fresh) {
      marks[at] = Mark::on_path;
      path.push_back(at);
      const auto& parent = scenario.workspaces[at].parent;
      const auto found = parent ? index.find(*parent) : index.end();
      if (found == index.end()) break;
      if (marks[found->second] == Mark::on_path) {
        const Node* node = list.children[at].find("parent");
        std::string loop;
        const auto first = std::find(path.begin(), path.end(), found->second);
        for (auto step = first; step != path.end() && step - first < 10; ++step) {
          loop += scenario.workspaces[*step].alias + " → ";
        }
        context.report.error(*node, "is its own ancestor: " + loop + *parent);
        break;
      }
      at = found->second;
    }
    for (const std::size_t done : path) marks[done] = Mark::done;
  }
}

TrafficSpec decode_caller(DecodeContext& context, const Node& node) {
  DiagnosticSink& report = context.report;
  TrafficSpec spec;
  const Fields fields(report, node, shape::traffic);
  const auto kind = fields.word("kind", kTrafficKinds).value_or("a2a");
  spec.kind = kind == "probe"      ? TrafficSpec::Kind::probe
              : kind == "delegate" ? TrafficSpec::Kind::delegate
                                   : TrafficSpec::Kind::a2a;
  spec.to = workspace_field(context, fields, "to").value_or("");
  spec.from = workspace_field(context, fields, "from");
  spec.every = fields.duration("every", Duration{1}).value_or(Duration{});
  spec.start = fields.duration("start").value_or(Duration{});
  spec.stop = fields.duration("stop");
  spec.takes = fields.duration("takes");
  spec.timeout = fields.duration("timeout", Duration{1});
  if (spec.stop && *spec.stop <= spec.start) {
    report.error(*fields.find("stop"), fmt::format("stops at {}, not after its start at {}",
                                                   sim::format_duration(*spec.stop), sim::format_duration(spec.start)));
  } else if (spec.start >= context.horizon && fields.has("start")) {
    report.warning(*fields.find("start"), "begins at or after the horizon: it never calls");
  }
  return spec;
}

}  // namespace

std::optional<std::string> declare_alias(DecodeContext& context, const Node& node) {
  DiagnosticSink& report = context.report;
  auto alias = read_string(report, node);
  if (!alias) return alias;
  if (is_uuid(*alias)) {
    report.error(node, "an alias must not look like a UUID", "give the UUID as \"uuid\"");
  } else if (!is_alias(*alias)) {
    report.error(node, fmt::format("{} cannot be an alias", in_quotes(*alias)),
                 "letters, digits, '_', '-' and '.', beginning with a letter or digit, at most 100");
  } else if (is_actor(*alias)) {
    report.error(node, fmt::format("{} names another actor of the simulation", in_quotes(*alias)),
                 "choose another alias");
  } else if (!context.alias_set.insert(*alias).second) {
    report.error(node, fmt::format("workspace {} is there already", in_quotes(*alias)));
  } else {
    context.aliases.push_back(*alias);
    return alias;
  }
  return std::nullopt;
}

std::optional<std::string> read_workspace(DecodeContext& context, const Node& node) {
  auto text = read_string(context.report, node);
  if (!text || context.alias_set.find(*text) != context.alias_set.end()) return text;
  const auto by_uuid = context.alias_by_uuid.find(lower(*text));
  if (by_uuid != context.alias_by_uuid.end()) return by_uuid->second;
  context.report.unknown(node, "workspace", *text, context.aliases);
  return std::nullopt;
}

std::optional<std::string> workspace_field(DecodeContext& context, const Fields& fields, std::string_view key) {
  const Node* node = fields.find(key);
  return node == nullptr ? std::nullopt : read_workspace(context, *node);
}

bool is_alias_or_uuid(const DecodeContext& context, std::string_view name) {
  return is_uuid(name) || context.alias_set.find(name) != context.alias_set.end();
}

std::span<const std::string_view> workspace_statuses() { return kStatuses; }

void decode_workspaces(DecodeContext& context, const Node& node, Scenario& scenario) {
  if (!is_list(context.report, node)) return;
  for (const Node& child : node.children) scenario.workspaces.push_back(decode_workspace(context, child));
  // Parents may be declared after their children, so they are read once all names are known.
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const Node* parent = node.children[i].find("parent");
    if (parent != nullptr) scenario.workspaces[i].parent = read_workspace(context, *parent);
  }
  check_parents(context, node, scenario);
}

void decode_traffic(DecodeContext& context, const Node& node, Scenario& scenario) {
  if (!is_list(context.report, node)) return;
  for (const Node& child : node.children) scenario.traffic.push_back(decode_caller(context, child));
}

}  // namespace drydock::scenarios
