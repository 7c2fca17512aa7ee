#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "model/invariants/catalogue.hpp"
#include "model/kinds.hpp"
#include "scenarios/files/decode_parts.hpp"
#include "scenarios/trace/sql_reading.hpp"
#include "scenarios/trace/trace_database.hpp"
#include "sim/utf8.hpp"

namespace drydock::scenarios {
namespace {

constexpr std::uint64_t kMostEvents = 1'000'000'000'000;
constexpr std::array<std::string_view, 5> kInstanceStates{"running", "pending", "stopping", "stopped", "none"};

/// A value in a sentence: strings bare, the rest as JSON; long ones shortened.
std::string shown(const Json& value) {
  std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  constexpr std::size_t longest = 120;
  if (text.size() <= longest) return text;
  std::size_t end = longest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "…";
}

/// Replaces line breaks and control characters by blanks.
std::string on_one_line(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return text;
}

Bounds decode_bounds(DecodeContext& context, const Fields& fields, std::string_view exactly) {
  Bounds bounds;
  bounds.is = fields.count(exactly, 0, kMostEvents);
  bounds.at_least = fields.count("at_least", 0, kMostEvents);
  bounds.at_most = fields.count("at_most", 0, kMostEvents);
  const bool range = fields.has("at_least") || fields.has("at_most");
  if (!fields.has(exactly) && !range) {
    context.report.error(fields.node(), "says no number", fmt::format("{}, at_least or at_most", exactly));
  } else if (fields.has(exactly) && range) {
    context.report.error(fields.node(), fmt::format("has {} and a range besides", in_quotes(exactly)));
  } else if (bounds.at_least && bounds.at_most && *bounds.at_least > *bounds.at_most) {
    context.report.error(fields.node(),
                         fmt::format("at least {} and at most {} cannot both be", *bounds.at_least, *bounds.at_most));
  }
  return bounds;
}

std::string text_of(const Bounds& bounds) {
  if (bounds.is) return std::to_string(*bounds.is);
  if (bounds.at_least && bounds.at_most) return fmt::format("between {} and {}", *bounds.at_least, *bounds.at_most);
  if (bounds.at_least) return fmt::format("at least {}", *bounds.at_least);
  return fmt::format("at most {}", bounds.at_most.value_or(0));
}

std::string text_of(const std::map<std::string, Json>& where) {
  std::string text;
  for (const auto& [key, value] : where)
    text += fmt::format("{}{} {}", text.empty() ? " where " : " and ", key, shown(value));
  return text;
}

std::optional<std::pair<Duration, Duration>> decode_between(DecodeContext& context, const Node& node) {
  DiagnosticSink& report = context.report;
  if (!is_list(report, node)) return std::nullopt;
  if (node.children.size() != 2) {
    report.error(node, "expected two times", R"(for instance ["5s", "4m"])");
    return std::nullopt;
  }
  const auto lo = read_duration(report, node.children[0]);
  const auto hi = read_duration(report, node.children[1]);
  if (!lo || !hi) return std::nullopt;
  if (*lo >= *hi) report.error(node, "ends before it begins");
  return std::pair{*lo, *hi};
}

Expectation decode_count(DecodeContext& context, const Fields& fields) {
  CountExpectation count;
  count.kind = read_event_kind(context.report, *fields.find("count")).value_or("");
  count.workspace = workspace_field(context, fields, "workspace");
  count.bounds = decode_bounds(context, fields, "is");
  if (const Node* between = fields.find("between")) count.between = decode_between(context, *between);
  if (const Node* where = fields.find("where")) count.where = read_values(context.report, *where);
  std::string text = "count of " + count.kind;
  if (count.workspace) text += " for " + *count.workspace;
  if (count.between) {
    text += fmt::format(" from {} to {}", sim::format_duration(count.between->first),
                        sim::format_duration(count.between->second));
  }
  text += text_of(count.where) + " is " + text_of(count.bounds);
  return {std::move(count), std::move(text)};
}

/// Reports a step that does not exist, that asks nothing, or that asks fewer than `nth` times; sets `times` for one
/// that exists.
void check_step(DecodeContext& context, const Fields& fields, const StepResponseExpectation& expected,
                std::uint32_t& times) {
  DiagnosticSink& report = context.report;
  const Node& node = *fields.find("response");
  const auto step = context.steps.find(expected.step);
  if (step == context.steps.end()) return report.unknown(node, "step", expected.step, context.step_ids);
  times = step->second.times;
  if (!step->second.is_request) {
    report.error(node, fmt::format("step {} asks nothing", in_quotes(expected.step)));
  } else if (const Node* nth = fields.find("nth"); nth != nullptr && expected.nth > times) {
    report.error(*nth, times == 1 ? fmt::format("step {} asks once", in_quotes(expected.step))
                                  : fmt::format("step {} asks {} times", in_quotes(expected.step), times));
  }
}

Expectation decode_response(DecodeContext& context, const Fields& fields) {
  DiagnosticSink& report = context.report;
  StepResponseExpectation expected;
  expected.step = fields.line("response").value_or("");
  expected.nth = fields.count32("nth", 1).value_or(1);
  std::uint32_t times = 1;
  if (!expected.step.empty()) check_step(context, fields, expected, times);
  expected.response = decode_answer(context, fields);
  if (!fields.has("status") && !fields.has("headers") && !fields.has("body")) {
    report.error(fields.node(), "says nothing about the response", "status, headers or body");
  }
  std::string text = "response ";
  if (times > 1) text += std::to_string(expected.nth) + " ";
  text += "of " + expected.step;
  const char* joint = " has ";
  const auto add = [&](const std::string& part) {
    text += joint + part;
    joint = " and ";
  };
  if (expected.response.status) add(fmt::format("status {}", *expected.response.status));
  for (const auto& [name, value] : expected.response.headers) add(fmt::format("header {}: {}", name, shown(value)));
  if (expected.response.body) add("body " + shown(*expected.response.body));
  return {std::move(expected), std::move(text)};
}

/// The columns of a workspace's row, and `instance`.
constexpr std::array<std::string_view, 29> kColumns{"id",
                                                    "instance",
                                                    "name",
                                                    "role",
                                                    "tier",
                                                    "status",
                                                    "url",
                                                    "parent_id",
                                                    "forwarded_to",
                                                    "runtime",
                                                    "template",
                                                    "model",
                                                    "instance_id",
                                                    "last_heartbeat_at",
                                                    "last_error_rate",
                                                    "last_sample_error",
                                                    "uptime_seconds",
                                                    "current_task",
                                                    "active_tasks",
                                                    "max_concurrent_tasks",
                                                    "last_outbound_at",
                                                    "hibernation_idle_minutes",
                                                    "platform_inbound_secret",
                                                    "delivery_mode",
                                                    "budget_limit",
                                                    "monthly_spend",
                                                    "created_at",
                                                    "updated_at",
                                                    "alias"};

void decode_column(DecodeContext& context, const Node& node, FinalExpectation& expected) {
  DiagnosticSink& report = context.report;
  if (*node.key == "workspace" || is_users_key(*node.key)) return;
  if (std::find(kColumns.begin(), kColumns.end(), *node.key) == kColumns.end()) {
    report.unknown_key(node, to_strings(kColumns));
  } else if (*node.key == "instance") {
    (void)read_word(report, node, kInstanceStates);
  } else if (*node.key == "status") {
    (void)read_word(report, node, workspace_statuses());
  } else if (node.json->is_structured()) {
    report.wrong_type(node, "a string, number, boolean or null");
  }
  expected.columns[*node.key] = *node.json;
}

Expectation decode_final(DecodeContext& context, const Fields& fields) {
  FinalExpectation expected;
  const Node& row = *fields.find("final");
  if (is_object(context.report, row)) {
    const Node* workspace = row.find("workspace");
    if (workspace == nullptr) {
      context.report.error(row, "missing key \"workspace\"");
    } else {
      expected.workspace = read_workspace(context, *workspace).value_or("");
    }
    for (const Node& child : row.children) decode_column(context, child, expected);
    if (expected.columns.empty()) context.report.error(row, "says nothing about the row", "for instance \"status\"");
  }
  std::string text = expected.workspace;
  const char* joint = " ends with ";
  for (const auto& [name, value] : expected.columns) {
    text += joint + fmt::format("{} {}", name, shown(value));
    joint = " and ";
  }
  return {std::move(expected), std::move(text)};
}

std::string decode_invariant(DecodeContext& context, const Node& node) {
  const auto name = read_line(context.report, node);
  if (!name) return {};
  std::vector<std::string> known;
  for (const auto& invariant : model::invariant_catalogue()) known.emplace_back(invariant.name);
  if (std::find(known.begin(), known.end(), *name) == known.end()) {
    context.report.unknown(node, "invariant", *name, known);
  }
  return *name;
}

Expectation decode_holds(DecodeContext& context, const Fields& fields) {
  HoldsExpectation expected{decode_invariant(context, *fields.find("holds"))};
  std::string text = expected.invariant + " holds";
  return {std::move(expected), std::move(text)};
}

Expectation decode_violates(DecodeContext& context, const Fields& fields) {
  ViolatesExpectation expected;
  expected.invariant = decode_invariant(context, *fields.find("violates"));
  expected.workspace = workspace_field(context, fields, "workspace");
  std::string text = expected.invariant + " is violated";
  if (expected.workspace) text += " for " + *expected.workspace;
  return {std::move(expected), std::move(text)};
}

Expectation decode_sometimes(DecodeContext& context, const Fields& fields) {
  SometimesExpectation expected;
  expected.kind = read_event_kind(context.report, *fields.find("sometimes")).value_or("");
  if (const Node* where = fields.find("where")) expected.where = read_values(context.report, *where);
  std::string text = expected.kind + " happens" + text_of(expected.where);
  return {std::move(expected), std::move(text)};
}

/// Reports what is wrong with a statement, at its place, before anything is run: it is asked of a trace without a run.
void check_statement(DecodeContext& context, const Node& node, const std::string& sql) {
  if (context.report.full()) return;
  if (context.empty_trace == nullptr) context.empty_trace = std::make_shared<const TraceDatabase>();
  const auto error = find_problem(context.empty_trace->handle(), sql);
  if (!error) return;
  if (error->offset) return context.report.error_within(node, *error->offset, error->message, error->hint);
  context.report.error(node, error->message, error->hint);
}

Expectation decode_sql(DecodeContext& context, const Fields& fields) {
  SqlExpectation expected;
  const Node& node = *fields.find("sql");
  expected.sql = read_string(context.report, node).value_or("");
  if (node.json->is_string()) check_statement(context, node, expected.sql);
  expected.bounds = decode_bounds(context, fields, "rows");
  std::string text = on_one_line(shown(expected.sql)) + " returns " + text_of(expected.bounds) +
                     (expected.bounds.is == 1 ? " row" : " rows");
  return {std::move(expected), std::move(text)};
}

struct Decoder {
  const Shape& shape;
  Expectation (*decode)(DecodeContext&, const Fields&);
};

const std::array<Decoder, 7> kDecoders{{
    {shape::expect_count, decode_count},
    {shape::expect_response, decode_response},
    {shape::expect_final, decode_final},
    {shape::expect_holds, decode_holds},
    {shape::expect_violates, decode_violates},
    {shape::expect_sometimes, decode_sometimes},
    {shape::expect_sql, decode_sql},
}};

/// The key that says which kind of expectation this is.
std::string_view kind_key(const Decoder& decoder) { return decoder.shape.keys.front().name; }

std::optional<Expectation> decode_one(DecodeContext& context, const Node& node) {
  DiagnosticSink& report = context.report;
  if (!is_object(report, node)) return std::nullopt;
  const Decoder* chosen = nullptr;
  std::string kinds;
  for (const Decoder& decoder : kDecoders) {
    kinds += (kinds.empty() ? "" : ", ") + std::string{kind_key(decoder)};
    if (node.find(kind_key(decoder)) == nullptr) continue;
    if (chosen != nullptr) {
      report.error(node, fmt::format("has both {} and {}", in_quotes(kind_key(*chosen)), in_quotes(kind_key(decoder))),
                   "an expectation has one kind");
      return std::nullopt;
    }
    chosen = &decoder;
  }
  if (chosen == nullptr) {
    report.error(node, "says nothing that is expected", "one of " + kinds);
    return std::nullopt;
  }
  auto expectation = chosen->decode(context, Fields(report, node, chosen->shape));
  expectation.text = on_one_line(std::move(expectation.text));
  return expectation;
}

/// A promise cannot be expected both to hold and to be violated.
void check_promises(DecodeContext& context, const Node& node) {
  std::set<std::string> holds;
  const auto name = [](const Node& at, std::string_view key) -> const std::string* {
    const Node* found = at.find(key);
    return found != nullptr && found->json->is_string() ? &found->json->get_ref<const std::string&>() : nullptr;
  };
  for (const Node& child : node.children) {
    if (const auto* held = name(child, "holds")) holds.insert(*held);
  }
  for (const Node& child : node.children) {
    const auto* violated = name(child, "violates");
    const bool alone = child.find("holds") == nullptr;  // one object with both is an error of its own
    if (alone && violated != nullptr && holds.find(*violated) != holds.end()) {
      context.report.error(child, fmt::format("{} is expected both to hold and to be violated", *violated));
    }
  }
}

}  // namespace

std::optional<std::string> read_event_kind(DiagnosticSink& report, const Node& node) {
  auto name = read_line(report, node);
  if (!name) return name;
  const auto kinds = model::kind_table();
  const bool known = std::any_of(kinds.begin(), kinds.end(), [&](const auto& kind) { return kind.name == *name; });
  if (known) return name;
  std::vector<std::string> names;
  for (const auto& kind : kinds) names.emplace_back(kind.name);
  report.unknown(node, "event", *name, names);
  return std::nullopt;
}

std::vector<Expectation> decode_expectations(DecodeContext& context, const Node& node) {
  std::vector<Expectation> all;
  if (!is_list(context.report, node)) return all;
  for (const Node& child : node.children) {
    if (auto expectation = decode_one(context, child)) all.push_back(std::move(*expectation));
  }
  check_promises(context, node);
  return all;
}

}  // namespace drydock::scenarios
