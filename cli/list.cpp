#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/glob.hpp"
#include "cli/input.hpp"
#include "cli/options.hpp"
#include "cli/selection.hpp"
#include "faults/vocabulary.hpp"
#include "model/invariants/catalogue.hpp"
#include "model/kinds.hpp"
#include "model/policy.hpp"
#include "reports/layout.hpp"
#include "scenarios/files/decode.hpp"
#include "scenarios/files/decode_cloud.hpp"
#include "scenarios/files/embedded.hpp"
#include "scenarios/files/presets.hpp"
#include "scenarios/files/request_patterns.hpp"
#include "scenarios/metrics.hpp"
#include "scenarios/sites.hpp"

namespace drydock::cli {
namespace {

using Ordered = nlohmann::ordered_json;

constexpr Usage kListUsage{"drydock list WHAT [PATTERN] [options]",
                           "  drydock list knobs\n"
                           "  drydock list knobs 'cloud.*'\n"
                           "  drydock list faults cp.stop\n"
                           "  drydock list knobs --policy pre-1556\n"
                           "  drydock list invariants\n"
                           "  drydock list sites --format json\n",
                           "WHAT is one of policies, knobs, invariants, faults, events, metrics, sites,\n"
                           "scenarios, requests. PATTERN (* and ?) leaves only the names that match it or,\n"
                           "without * and ?, that have it in them.\n\n"
                           "Exit codes: 0 listed, 2 bad command line or input, 4 nothing matches PATTERN.\n"};

/// Holds one thing that is listed, as JSON, and as a head and a body of text.
struct Row {
  Ordered json;
  reports::Entry text;
};
using Rows = std::vector<Row>;

std::string text_of(std::string_view view) { return std::string{view}; }

/// Returns a file's prose, which stands there as a string or a list of strings.
std::string prose(const Ordered& value) {
  if (value.is_string()) return value.get<std::string>();
  std::string out;
  if (!value.is_array()) return out;
  for (const Ordered& line : value) {
    if (line.is_string()) out += (out.empty() ? "" : " ") + line.get<std::string>();
  }
  return out;
}

std::string preset_story(const std::string& name) {
  for (const auto& file : scenarios::embedded_files()) {
    if (file.path != "policies/" + name + ".json") continue;
    const Ordered parsed = Ordered::parse(file.text, nullptr, false, true);
    return parsed.is_object() && parsed.contains("story") ? prose(parsed["story"]) : "";
  }
  return {};
}

Rows policies(const model::Policy&) {
  Rows rows;
  for (const std::string& name : scenarios::preset_names()) {
    const std::string date = scenarios::preset_date(name);
    const std::string story = preset_story(name);
    const std::string head = date.empty() ? name : fmt::format("{}, {}", name, date);
    rows.push_back({{{"name", name}, {"date", date}, {"story", story}}, {head, story}});
  }
  return rows;
}

Row knob_row(const model::Knob& knob, const model::Policy& policy) {
  const std::string value = model::knob_text(policy, knob);
  const std::vector<std::string> values(knob.values().begin(), knob.values().end());
  std::string body = text_of(knob.meaning);
  if (!values.empty()) body += fmt::format(". One of: {}", fmt::join(values, ", "));
  if (!knob.source.empty()) body += fmt::format(" [{}]", knob.source);
  return {{{"name", knob.name},
           {"type", knob.type()},
           {"default", value},
           {"values", values},
           {"meaning", knob.meaning},
           {"issue", knob.source}},
          {fmt::format("{} = {}", knob.name, value), body}};
}

/// The cloud is a scenario's and not a policy's, but `--set` and `--vary` take it likewise.
Row cloud_row(const scenarios::CloudSetting& setting) {
  std::string body = setting.meaning;
  if (!setting.words.empty()) body += fmt::format(". One of: {}", fmt::join(setting.words, ", "));
  return {{{"name", setting.name},
           {"type", setting.type},
           {"default", setting.usual},
           {"values", setting.words},
           {"meaning", setting.meaning},
           {"issue", ""}},
          {fmt::format("{} = {}", setting.name, setting.usual), body}};
}

Rows knobs(const model::Policy& policy) {
  Rows rows;
  for (const model::Knob& knob : model::knobs()) rows.push_back(knob_row(knob, policy));
  for (const scenarios::CloudSetting& setting : scenarios::cloud_settings()) rows.push_back(cloud_row(setting));
  return rows;
}

Rows invariants(const model::Policy&) {
  Rows rows;
  for (const model::InvariantInfo& info : model::invariant_catalogue()) {
    rows.push_back({{{"name", info.name}, {"when", info.when}, {"promise", info.promise}, {"source", info.source}},
                    {text_of(info.name), fmt::format("({}) {} [{}]", info.when, info.promise, info.source)}});
  }
  return rows;
}

/// Adds the rows of a user's own invariants, after those that are built in.
void add_own_invariants(const std::vector<scenarios::SqlInvariant>& own, Rows& rows) {
  for (const scenarios::SqlInvariant& promise : own) {
    rows.push_back({{{"name", promise.name}, {"when", "end"}, {"promise", promise.promise}, {"source", "--invariant"}},
                    {promise.name, fmt::format("(end) {} [--invariant]", promise.promise)}});
  }
}

Rows fault_rows(const model::Policy&) {
  Rows rows;
  for (const faults::FaultInfo& fault : faults::vocabulary()) {
    const std::string name = fault.on + ":" + fault.error;
    const std::string applied = fault.applied_fits ? " (also with effect: applied)" : "";
    rows.push_back({{{"name", name},
                     {"on", fault.on},
                     {"error", fault.error},
                     {"applied", fault.applied_fits},
                     {"meaning", fault.meaning}},
                    {name, text_of(fault.meaning) + applied}});
  }
  return rows;
}

Rows events(const model::Policy&) {
  Rows rows;
  for (const sim::KindInfo& kind : model::kind_table()) {
    rows.push_back({{{"name", kind.name}, {"meaning", kind.meaning}}, {text_of(kind.name), text_of(kind.meaning)}});
  }
  return rows;
}

Rows metrics(const model::Policy&) {
  Rows rows;
  for (const scenarios::MetricInfo& metric : scenarios::metric_table()) {
    rows.push_back({{{"name", metric.name}, {"unit", metric.unit}, {"meaning", metric.meaning}},
                    {text_of(metric.name), fmt::format("({}) {}", metric.unit, metric.meaning)}});
  }
  return rows;
}

Rows sites(const model::Policy&) {
  Rows rows;
  for (const scenarios::SiteInfo& site : scenarios::site_catalogue()) {
    rows.push_back(
        {{{"name", site.pattern}, {"meaning", site.meaning}}, {text_of(site.pattern), text_of(site.meaning)}});
  }
  return rows;
}

Rows scenario_rows(const model::Policy&) {
  Rows rows;
  for (const std::string& name : built_in_names()) {
    const auto decoded = scenarios::decode_scenario(name, built_in_text(name).value_or(""));
    if (!decoded.value) continue;
    Ordered cases = Ordered::array();
    for (const auto& played : decoded.value->cases) cases.push_back(played.name);
    const std::string& title = decoded.value->title;
    rows.push_back({{{"name", name}, {"title", title}, {"cases", cases}}, {name, title}});
  }
  return rows;
}

Rows requests(const model::Policy&) {
  Rows rows;
  for (const scenarios::RequestInfo& request : scenarios::request_vocabulary()) {
    const std::string body = request.body.empty() ? "" : fmt::format(". Body: {}", request.body);
    rows.push_back({{{"name", request.pattern}, {"body", request.body}, {"meaning", request.meaning}},
                    {text_of(request.pattern), text_of(request.meaning) + body}});
  }
  return rows;
}

struct Topic {
  std::string_view name;
  Rows (*rows)(const model::Policy& policy);
};

constexpr auto kTopics = std::to_array<Topic>({{"policies", policies},
                                               {"knobs", knobs},
                                               {"invariants", invariants},
                                               {"faults", fault_rows},
                                               {"events", events},
                                               {"metrics", metrics},
                                               {"sites", sites},
                                               {"scenarios", scenario_rows},
                                               {"requests", requests}});

std::vector<std::string> topic_names() {
  std::vector<std::string> names;
  names.reserve(kTopics.size());
  for (const Topic& topic : kTopics) names.emplace_back(topic.name);
  return names;
}

const Topic& topic_named(const std::string& name) {
  return *std::find_if(kTopics.begin(), kTopics.end(), [&](const Topic& topic) { return topic.name == name; });
}

/// Leaves the rows whose name matches the pattern.
void keep_matching(const std::string& pattern, Rows& rows) {
  const bool whole = pattern.find_first_of("*?") != std::string::npos;
  std::erase_if(rows, [&](const Row& row) {
    const auto name = row.json["name"].get<std::string>();
    return whole ? !glob_matches(pattern, name) : name.find(pattern) == std::string::npos;
  });
}

int nothing_matches(const Topic& topic, const std::string& pattern, Console& console) {
  console.err << fmt::format("drydock list: none of the {} matches {}\n", topic.name, reports::printable(pattern));
  return kNothingSelected;
}

void print_json(const Topic& topic, const Rows& rows, std::ostream& out) {
  Ordered list = Ordered::array();
  for (const Row& row : rows) list.push_back(row.json);
  Ordered document = Ordered::object();
  document[std::string{topic.name}] = list;
  out << document.dump(2, ' ', false, Ordered::error_handler_t::replace) << "\n";
}

void print_text(const Rows& rows, std::ostream& out) {
  std::vector<reports::Entry> entries;
  for (const Row& row : rows) {
    entries.push_back({reports::printable(row.text.head), reports::printable(row.text.body)});
  }
  out << reports::listing(entries);
}

}  // namespace

int list_command(const Arguments& arguments, Console& console) {
  const auto options = described(
      {{"policy", "NAME|FILE", "whose values to show (knobs; default: latest)"}, invariant_option(), format_option()});
  const auto values = read_options(arguments, kListUsage, options, {"WHAT", 1, 2, topic_names()}, console);
  if (!values) return kHeld;
  const Format format = format_of(*values);
  const Topic& topic = topic_named(operands_of(*values).front());
  const auto wanted = one_of(*values, "policy");
  if (wanted && topic.name != "knobs") throw UsageError("--policy goes with list knobs", "");

  const auto files = all_of(*values, "invariant");
  if (!files.empty() && topic.name != "invariants") throw UsageError("--invariant goes with list invariants", "");
  const auto own = read_invariants(files);
  if (!own.value) return report_errors(own.errors, format, console);

  model::Policy policy;
  if (topic.name == "knobs") {
    const auto decoded = scenarios::load_policy(wanted.value_or("latest"));
    if (!decoded.value) return report_errors(decoded.errors, format, console);
    policy = *decoded.value;
  }
  Rows rows = topic.rows(policy);
  add_own_invariants(*own.value, rows);
  const auto words = operands_of(*values);
  if (words.size() > 1) keep_matching(words[1], rows);
  if (format == Format::json) {
    print_json(topic, rows, console.out);
  } else {
    print_text(rows, console.out);
  }
  return rows.empty() ? nothing_matches(topic, words.back(), console) : static_cast<int>(kHeld);
}

}  // namespace drydock::cli
