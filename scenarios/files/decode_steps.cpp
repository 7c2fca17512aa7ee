#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scenarios/files/decode_parts.hpp"
#include "scenarios/files/names.hpp"
#include "scenarios/files/request_patterns.hpp"

namespace drydock::scenarios {
namespace {

constexpr std::array<std::string_view, 2> kCallers{"user", "ops"};
constexpr std::uint32_t kMostRepetitions = 1'000'000;

std::string default_id(const Node& step) { return fmt::format("step-{}", step.index + 1); }

/// A key of a body that the platform prescribes; a body without it would only be answered 400.
const Node* required_text(DiagnosticSink& report, const Node& body, std::string_view key) {
  const Node* found = body.find(key);
  if (found == nullptr) {
    report.error(body, fmt::format("this request's body needs {}", in_quotes(key)));
  } else if (!found->json->is_string()) {
    report.wrong_type(*found, "a string");
    return nullptr;
  }
  return found;
}

void check_body_keys(DiagnosticSink& report, const Node& body, std::initializer_list<std::string_view> keys) {
  for (const Node& child : body.children) {
    const bool known = std::find(keys.begin(), keys.end(), *child.key) != keys.end();
    if (!known && !is_users_key(*child.key)) report.unknown_key(child, to_strings(keys));
  }
}

void check_body(DecodeContext& context, const Node& body, const RequestPattern& pattern) {
  using Body = RequestPattern::Body;
  DiagnosticSink& report = context.report;
  if (pattern.body == Body::free || !is_object(report, body)) return;
  switch (pattern.body) {
    case Body::free:
      break;
    case Body::create:
      check_body_keys(report, body, {"name", "parent", "runtime", "secrets"});
      (void)required_text(report, body, "name");
      if (const Node* parent = body.find("parent")) {
        const auto name = read_string(report, *parent);
        if (name && !is_alias_or_uuid(context, *name)) {
          report.unknown(*parent, "workspace", *name, context.aliases);
        }
      }
      if (const Node* runtime = body.find("runtime")) (void)read_line(report, *runtime);
      if (const Node* secrets = body.find("secrets")) (void)read_texts(report, *secrets);
      break;
    case Body::secret:
      check_body_keys(report, body, {"key", "value"});
      (void)required_text(report, body, "key");
      (void)required_text(report, body, "value");
      break;
    case Body::model:
      check_body_keys(report, body, {"model"});
      (void)required_text(report, body, "model");
      break;
    case Body::delegate:
      check_body_keys(report, body, {"to"});
      if (const Node* to = required_text(report, body, "to")) {
        const auto& name = to->json->get_ref<const std::string&>();
        if (!is_alias_or_uuid(context, name)) report.unknown(*to, "workspace", name, context.aliases);
      }
      break;
  }
}

std::optional<RequestSpec> decode_request(DecodeContext& context, const Node& node, const Node* body) {
  DiagnosticSink& report = context.report;
  const auto text = read_line(report, node);
  if (!text) return std::nullopt;
  auto parsed = parse_request(*text);
  if (!parsed.request) {
    report.error(node, parsed.error, parsed.hint);
    return std::nullopt;
  }
  const RequestPattern* pattern = find_pattern(*parsed.request);
  const auto at = workspace_segment(*pattern);
  if (at > 0 && !is_alias_or_uuid(context, parsed.request->path[at])) {
    report.unknown(node, "workspace", parsed.request->path[at], context.aliases);
  }
  if (body != nullptr) {
    check_body(context, *body, *pattern);
    parsed.request->body = *body->json;
  } else if (pattern->body != RequestPattern::Body::free) {
    report.error(node, fmt::format("this request needs a body {}", pattern->info.body));
  }
  return std::move(parsed.request);
}

/// Reads who asks: a user, operations, or a workspace's agent.
void decode_asking(DecodeContext& context, const Node& node, RequestSpec& request) {
  const auto name = read_line(context.report, node);
  if (!name) return;
  std::vector<std::string> callers = to_strings(kCallers);
  const bool known = std::find(callers.begin(), callers.end(), *name) != callers.end();
  if (!known && !is_alias_or_uuid(context, *name)) {
    callers.insert(callers.end(), context.aliases.begin(), context.aliases.end());
    context.report.unknown(node, "caller", *name, callers);
    return;
  }
  request.as = *name;
}

/// Reads the headers of a request; only DELETE of a workspace has one that the platform looks at.
void decode_headers(DiagnosticSink& report, const Node& node, RequestSpec& request) {
  static constexpr std::array<std::string_view, 1> kHeaders{"X-Confirm-Name"};
  if (request.method != "DELETE" || request.path.size() != 2 || request.path.front() != "workspaces") {
    report.error_at_key(node, "only DELETE /workspaces/{w} has headers here");
    return;
  }
  if (!is_object(report, node)) return;
  for (const Node& header : node.children) {
    if (*header.key != kHeaders.front() && !is_users_key(*header.key)) report.unknown_key(header, to_strings(kHeaders));
  }
  request.headers = read_texts(report, node);
}

void decode_repeat(DecodeContext& context, const Node& node, StepSpec& step) {
  const Fields fields(context.report, node, shape::repeat);
  step.times = fields.count32("times", 1, kMostRepetitions).value_or(1);
  step.every = fields.duration("every", Duration{1}).value_or(Duration{});
  if (step.times > 1 && step.every > Duration{} && step.at < context.horizon) {
    const auto fitting = (context.horizon - step.at - Duration{1}) / step.every + 1;
    if (fitting < step.times) {
      context.report.warning(node,
                             fmt::format("only {} of {} repetitions come before the horizon", fitting, step.times));
    }
  }
}

void decode_step_expect(DecodeContext& context, const Node& node, StepSpec& step) {
  const auto answer = [&](const Node& at) { return decode_answer(context, Fields(context.report, at, shape::answer)); };
  if (!node.json->is_array()) {
    step.expect.push_back(answer(node));
    return;
  }
  if (node.children.size() != step.times) {
    context.report.error(node, fmt::format("has {} answers for {} repetitions", node.children.size(), step.times),
                         "a list gives one per repetition");
  }
  for (const Node& child : node.children) step.expect.push_back(answer(child));
}

void decode_deploy(DecodeContext& context, const Fields& fields, StepSpec& step) {
  DiagnosticSink& report = context.report;
  for (const auto key : {"as", "headers", "body", "timeout", "alias", "repeat", "expect"}) {
    if (const Node* extra = fields.find(key)) {
      report.error_at_key(*extra, fmt::format("a deploy has no {}", in_quotes(key)));
    }
  }
  const Node& node = *fields.find("deploy");
  const auto name = read_line(report, node);
  if (!name) return;
  const model::Policy* policy = read_policy(context, node, *name);
  if (policy == nullptr) return;
  step.deploy = context.policies.full_name(*name);
  step.deploy_policy = *policy;
}

void check_alias(DecodeContext& context, const Node& alias, const StepSpec& step) {
  const bool creates = step.request && step.request->method == "POST" && step.request->path.size() == 1;
  if (!creates) {
    context.report.error_at_key(alias, "only POST /workspaces makes a workspace to be named");
  } else if (step.times > 1) {
    context.report.error_at_key(alias, "one name for several workspaces", "repeat without an alias");
  }
}

StepSpec decode_step(DecodeContext& context, const Node& node) {
  DiagnosticSink& report = context.report;
  StepSpec step;
  const Fields fields(report, node, shape::step);
  step.at = fields.duration("at").value_or(Duration{});
  if (step.at >= context.horizon && fields.has("at")) {
    report.error(*fields.find("at"),
                 fmt::format("is not before the horizon, {}", sim::format_duration(context.horizon)));
  }
  step.id = fields.has("id") ? fields.line("id").value_or("") : default_id(node);
  const Node* request = fields.find("request");
  const bool deploys = fields.has("deploy");
  if ((request != nullptr) == deploys) {
    if (node.json->is_object()) {
      report.error(node, deploys ? "both \"request\" and \"deploy\"" : "neither \"request\" nor \"deploy\"",
                   "a step has exactly one of them");
    }
    return step;
  }
  if (deploys) {
    decode_deploy(context, fields, step);
    return step;
  }
  step.request = decode_request(context, *request, fields.find("body"));
  if (const Node* as = fields.find("as"); as != nullptr && step.request) decode_asking(context, *as, *step.request);
  if (const Node* headers = fields.find("headers"); headers != nullptr && step.request)
    decode_headers(report, *headers, *step.request);
  step.timeout = fields.duration("timeout", Duration{1});
  if (const Node* repeat = fields.find("repeat")) decode_repeat(context, *repeat, step);
  if (const Node* expect = fields.find("expect")) decode_step_expect(context, *expect, step);
  if (const Node* alias = fields.find("alias")) {
    if (alias->json->is_string()) step.alias = alias->json->get<std::string>();
    if (step.request) check_alias(context, *alias, step);
  }
  return step;
}

/// Counts how often a step asks, as far as can be said before it is decoded.
std::uint32_t times_of(const Node& step) {
  const Node* repeat = step.find("repeat");
  const Node* times = repeat == nullptr ? nullptr : repeat->find("times");
  if (times == nullptr || !times->json->is_number_unsigned()) return 1;
  const auto written = times->json->get<std::uint64_t>();
  return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(written, 1, kMostRepetitions));
}

}  // namespace

const model::Policy* read_policy(DecodeContext& context, const Node& node, const std::string& name) {
  const auto& loaded = context.policies.load(name);
  if (loaded.value) return &*loaded.value;
  const Diagnostic& first = loaded.errors.front();
  if (loaded.errors.size() == 1 && first.line == 0) {
    context.report.error(node, first.message, first.hint);
  } else {
    context.report.error(node, fmt::format("policy {} has errors, the first: {}", in_quotes(name), to_text(first)));
  }
  return nullptr;
}

ResponseExpectation decode_answer(DecodeContext& context, const Fields& fields) {
  ResponseExpectation answer;
  if (const auto status = fields.count("status", 100, 599)) answer.status = static_cast<int>(*status);
  if (const Node* headers = fields.find("headers")) answer.headers = read_texts(context.report, *headers);
  if (const Node* body = fields.find("body")) answer.body = *body->json;
  return answer;
}

void declare_steps(DecodeContext& context, const Node& node) {
  if (!node.json->is_array()) return;
  for (const Node& step : node.children) {
    const Node* id = step.find("id");
    const std::string name = id != nullptr && id->json->is_string() ? id->json->get<std::string>() : default_id(step);
    const DecodeContext::StepFacts facts{times_of(step), step.find("request") != nullptr};
    if (!context.steps.emplace(name, facts).second) {
      context.report.error(id != nullptr ? *id : step, fmt::format("step {} is there already", in_quotes(name)));
    } else {
      context.step_ids.push_back(name);
    }
    const Node* alias = step.find("alias");
    if (alias == nullptr) continue;
    if (const auto created = declare_alias(context, *alias)) {
      const auto [place, is_new] = context.alias_by_uuid.try_emplace(uuid_of_alias(*created), *created);
      if (!is_new) {
        context.report.error(*alias, fmt::format("{} and {} have the same UUID", place->second, *created));
      }
    }
  }
}

void decode_steps(DecodeContext& context, const Node& node, Scenario& scenario) {
  if (!is_list(context.report, node)) return;
  for (const Node& child : node.children) scenario.steps.push_back(decode_step(context, child));
}

}  // namespace drydock::scenarios
