#include <fmt/format.h>

#include <algorithm>

#include "faults/vocabulary.hpp"
#include "scenarios/decode_parts.hpp"

namespace drydock::scenarios {
namespace {

/// `cp.stop:http-503`, `cp.start:timeout:applied`.
void check_phrase(Report& report, const Node& node, const std::string& text) {
  const auto phrase = faults::parse_phrase(text);
  if (!phrase) {
    report.error(node, fmt::format("{} is not a fault", in_quotes(text)),
                 "on:error or on:error:applied");
    return;
  }
  if (!faults::find_point(phrase->on))
    return report.unknown(node, "fault point", phrase->on, point_names());
  warn_if_never_called(report, node, phrase->on);
  const auto fault = faults::find_fault(phrase->on, phrase->error);
  if (!fault) {
    report.error(node, fmt::format("{} does not fit {}", in_quotes(phrase->error), phrase->on),
                 did_you_mean(phrase->error, faults::errors_at(phrase->on)));
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
    const bool is_range = std::any_of(keys.begin(), keys.end(), [&](const Key& key) {
      return key.name == name && key.type.starts_with("range");
    });
    if (is_range) ranges.push_back(std::move(path));
  }
  return ranges;
}

}  // namespace

std::vector<std::string> point_names() {
  std::vector<std::string> names;
  for (const auto& point : faults::fault_points()) names.emplace_back(point.on);
  return names;
}

ExploreSpec decode_explore(Context& context, const Node& node) {
  Report& report = context.report;
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
  return spec;
}

}  // namespace drydock::scenarios
