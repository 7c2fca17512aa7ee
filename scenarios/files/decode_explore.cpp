#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "faults/physics.hpp"
#include "faults/vocabulary.hpp"
#include "model/controlplane/control_plane.hpp"
#include "scenarios/files/decode_cloud.hpp"
#include "scenarios/files/decode_parts.hpp"
#include "scenarios/files/request_patterns.hpp"

namespace drydock::scenarios {
namespace {

constexpr Duration kShortestTick = std::chrono::milliseconds{10};
constexpr std::array<std::string_view, 2> kArrivals{"ticks", "effects"};
constexpr std::array<std::string_view, 2> kHangUp{"never", "sometimes"};

/// `cp.stop:http-503`, `cp.start:timeout:applied`.
void check_phrase(DiagnosticSink& report, const Node& node, const std::string& text) {
  const auto phrase = faults::parse_phrase(text);
  if (!phrase) {
    report.error(node, fmt::format("{} is not a fault", in_quotes(text)), "on:error or on:error:applied");
    return;
  }
  if (!faults::find_point(phrase->on)) return report.unknown(node, "fault point", phrase->on, point_names());
  warn_if_never_called(report, node, phrase->on);
  const auto fault = faults::find_fault(phrase->on, phrase->error);
  if (!fault) {
    report.error(node, fmt::format("{} does not fit {}", in_quotes(phrase->error), phrase->on),
                 did_you_mean(phrase->error, faults::errors_at(phrase->on)));
  } else if (faults::shifts_clock(phrase->error)) {
    report.error(node, fmt::format("{} is not searched", in_quotes(text)), "a scenario can script it");
  } else if (phrase->applied && !fault->applied_fits) {
    report.error(node, fmt::format("{} at {} cannot be applied", phrase->error, phrase->on));
  }
}

/// The cloud's paths that hold ranges.
std::vector<std::string> range_paths() {
  std::vector<std::string> ranges;
  for (auto& path : cloud_paths()) {
    const auto name = path.substr(6, path.find('.', 6) - 6);
    const auto& keys = shape::cloud.keys;
    const bool is_range = std::any_of(
        keys.begin(), keys.end(), [&](const Key& key) { return key.name == name && key.type.starts_with("range"); });
    if (is_range) ranges.push_back(std::move(path));
  }
  return ranges;
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

/// The request as it is sent: placeholders filled, and a body where the platform wants one.
RequestSpec concrete(const std::string& text, std::string_view workspace, const DecodeContext& context) {
  std::string filled = replaced(text, "{w}", workspace);
  filled = replaced(replaced(std::move(filled), "{key}", "SEARCHED"), "{path}", "searched.md");
  RequestSpec request = *parse_request(filled).request;
  if (request.query.contains("force_terminate") || request.query.contains("accept_state_loss")) request.as = "ops";
  switch (find_pattern(request)->body) {
    case RequestPattern::Body::create:
      request.body = Json{{"name", "searched"}};
      break;
    case RequestPattern::Body::secret:
      request.body = Json{{"key", "SEARCHED"}, {"value", "searched"}};
      break;
    case RequestPattern::Body::model:
      request.body = Json{{"model", "searched"}};
      break;
    case RequestPattern::Body::delegate: {
      const auto other = std::find_if(context.aliases.begin(), context.aliases.end(),
                                      [&](const std::string& alias) { return alias != workspace; });
      request.body = Json{{"to", other == context.aliases.end() ? workspace : *other}};
      break;
    }
    case RequestPattern::Body::free:
      break;
  }
  return request;
}

SearchedRequests& requests_of(ExploreSpec& spec, std::string_view actor) {
  const auto found =
      std::find_if(spec.open.begin(), spec.open.end(), [&](const auto& one) { return one.actor == actor; });
  if (found != spec.open.end()) return *found;
  return spec.open.emplace_back(SearchedRequests{std::string{actor}, {}, {}});
}

void add_request(ExploreSpec& spec, std::string_view actor, std::size_t line, const DecodeContext& context) {
  SearchedRequests& requests = requests_of(spec, actor);
  requests.requests.push_back(concrete(spec.requests[line], actor, context));
  requests.families.push_back(static_cast<std::uint32_t>(spec.space->families().size() + line));
}

/// Prepares what runs use of the section: the faults and, for each workspace, the requests. Every line is known to be
/// right.
void prepare(ExploreSpec& spec, const DecodeContext& context) {
  spec.space = std::make_shared<const faults::SearchSpace>(spec.faults, model::called_actions());
  for (std::size_t line = 0; line < spec.requests.size(); ++line) {
    const RequestSpec request = *parse_request(spec.requests[line]).request;
    const auto segment = workspace_segment(*find_pattern(request));
    if (segment == 0) {
      add_request(spec, "world", line, context);
    } else if (request.path[segment] != "{w}") {
      const auto uuid = context.alias_by_uuid.find(request.path[segment]);
      const bool named = uuid == context.alias_by_uuid.end();
      add_request(spec, named ? request.path[segment] : uuid->second, line, context);
    } else {
      for (const std::string& alias : context.aliases) add_request(spec, alias, line, context);
    }
  }
  if (!spec.after_effects) return;
  spec.any.actor = "world";
  for (const SearchedRequests& each : spec.open) {
    spec.any.requests.insert(spec.any.requests.end(), each.requests.begin(), each.requests.end());
    spec.any.families.insert(spec.any.families.end(), each.families.begin(), each.families.end());
  }
}

}  // namespace

std::vector<std::string> point_names() {
  std::vector<std::string> names;
  for (const auto& point : faults::fault_points()) names.emplace_back(point.on);
  return names;
}

ExploreSpec decode_explore(DecodeContext& context, const Node& node) {
  DiagnosticSink& report = context.report;
  ExploreSpec spec;
  const Fields fields(report, node, shape::explore);
  const auto each_line = [&](std::string_view key, auto&& use) {
    const Node* list = fields.find(key);
    if (list == nullptr || !is_list(report, *list, 10'000)) return;
    for (const Node& child : list->children) {
      if (const auto text = read_line(report, child)) use(child, *text);
    }
  };
  const Node* list = fields.find("faults");
  if (list != nullptr && list->json->is_string()) {
    if (list->json->get_ref<const std::string&>() != "*") {
      report.error(*list, "expected a list, or \"*\" for every fault");
    }
    spec.faults = {"*"};
  } else {
    each_line("faults", [&](const Node& at, const std::string& text) {
      check_phrase(report, at, text);
      spec.faults.push_back(text);
    });
  }
  spec.max_faults = fields.count32("max_faults", 0, 1000).value_or(spec.max_faults);
  each_line("requests", [&](const Node& at, const std::string& text) {
    const auto parsed = parse_request(text);
    if (!parsed.request) return report.error(at, parsed.error, parsed.hint);
    const auto segment = workspace_segment(*find_pattern(*parsed.request));
    const auto& name = parsed.request->path[segment];
    if (segment > 0 && name != "{w}" && !is_alias_or_uuid(context, name)) {
      report.unknown(at, "workspace", name, context.aliases);
    }
    spec.requests.push_back(text);
  });
  spec.max_requests = fields.count32("max_requests", 0, 1000).value_or(spec.max_requests);
  each_line("ranges", [&](const Node& at, const std::string& text) {
    const auto ranges = range_paths();
    const bool by_runtime = text.starts_with("cloud.boot.") && text.size() > 11;
    if (!by_runtime && std::find(ranges.begin(), ranges.end(), text) == ranges.end()) {
      report.unknown(at, "range", text, ranges);
    }
    spec.ranges.push_back(text);
  });
  spec.every = fields.duration("every", kShortestTick).value_or(spec.every);
  spec.after_effects = fields.word("arrivals", kArrivals) == "effects";
  spec.hang_up = fields.word("hang_up", kHangUp) == "sometimes";
  if (report.count() == 0) prepare(spec, context);
  return spec;
}

}  // namespace drydock::scenarios
