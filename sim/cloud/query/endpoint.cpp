#include "sim/cloud/query/endpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "sim/cloud/query/actions.hpp"
#include "sim/cloud/query/exchange.hpp"
#include "sim/cloud/query/http.hpp"
#include "sim/hash.hpp"

namespace drydock::cloud::query {
namespace {

constexpr std::string_view kVersion = "2016-11-15";
constexpr std::string_view kRegion = "us-east-1";

/// Returns the id of the n-th request, which looks like a random UUID.
std::string request_id(std::uint64_t number) {
  const std::uint64_t high = sim::mix(sim::hash_text("ec2 request"), number);
  const std::uint64_t low = sim::mix(high, number);
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", high >> 32U, high >> 16U & 0xFFFFU, high & 0xFFFU,
                     (low >> 48U & 0x3FFFU) | 0x8000U, low & 0xFFFFFFFFFFFFU);
}

/// A version is a date, whichever.
bool is_version(std::string_view text) {
  constexpr std::string_view form = "dddd-dd-dd";
  return std::equal(text.begin(), text.end(), form.begin(), form.end(),
                    [](char c, char f) { return f == 'd' ? c >= '0' && c <= '9' : c == f; });
}

/// Tells whether a text can be a region's name: `eu-west-1`, `us-gov-east-1`.
bool is_region(std::string_view text) {
  const auto may_stand = [](char c) { return (c >= 'a' && c <= 'z') || c == '-' || (c >= '0' && c <= '9'); };
  const bool ends_well =
      text.size() >= 6 && text.size() <= 32 && text[2] == '-' && text.back() >= '1' && text.back() <= '9';
  return ends_well && std::all_of(text.begin(), text.end(), may_stand) && text[text.size() - 2] == '-';
}

/// A client that derives the scope from the name of its host may sign for anything (docs/cloud.md §7.1).
std::string region_of(const Request& request, const ParameterTree& parameters) {
  std::string_view region = region_of_scope(parameters.text("X-Amz-Credential"));
  const std::string* authorization = find_header(request, "authorization");
  if (!is_region(region) && authorization != nullptr) region = region_of_authorization(*authorization);
  return std::string{is_region(region) ? region : kRegion};
}

struct LossRule {
  std::string_view code;
  Ending ending{};
};

/// How a reply is lost, by the error's code. `timeout` and what the region says when its caller stops waiting are a
/// silence.
constexpr std::array<LossRule, 3> kLosses{{{"reset", Ending::reset}, {"closed", Ending::closed}, {"cut", Ending::cut}}};

Ending ending_of(std::string_view code) {
  const auto* found =
      std::find_if(kLosses.begin(), kLosses.end(), [&](const LossRule& rule) { return rule.code == code; });
  return found == kLosses.end() ? Ending::silent : found->ending;
}

/// Makes the answer of an action that failed.
Answer failure_answer(const Error& error, std::string_view action, const std::string& id, Document& begun) {
  if (error.http == 0) {
    Answer lost;
    lost.ending = ending_of(error.code);
    // What the region would have said is gone with the reply, so the beginning of it is all that there is to cut.
    if (lost.ending == Ending::cut) {
      lost = xml_answer(200, begun, id);
      lost.ending = Ending::cut;
    }
    return lost;
  }
  if (error.code.starts_with("http-")) {
    Answer bare;
    bare.status = error.http >= 100 && error.http <= 599 ? error.http : 500;
    return bare;
  }
  return error_document(error, action, id);
}

Answer failed(const Error& error, std::string_view action, const std::string& id, Document& begun) {
  Answer answer = failure_answer(error, action, id, begun);
  if (error.retry_after > sim::Duration{}) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(error.retry_after);
    answer.headers.emplace_back("Retry-After", fmt::format("{}", seconds.count()));
  }
  return answer;
}

/// Says why a request is refused before any action looks at it.
Failure why_refused(const QueryAction* action, const FlatParameters& given, const ParameterTree& parameters) {
  const std::string& name = parameters.text("Action");
  if (name.empty()) return Error{"MissingAction", 400, "The request is missing an action or a required parameter."};
  if (action == nullptr) {
    return Error{"InvalidAction", 400, fmt::format("The action {} is not valid for this web service.", name)};
  }
  const std::optional<std::string> version = parameters.given("Version");
  if (version && !is_version(*version)) {
    return Error{"NoSuchVersion", 400,
                 fmt::format("The requested version ({}) of service AmazonEC2 does not exist", *version)};
  }
  Failure broken = broken_rule(action->rules, given);
  if (broken) return broken;
  if (parameters.flag("DryRun").value_or(false)) {
    return Error{"DryRunOperation", 412, "Request would have succeeded, but DryRun flag is set."};
  }
  return std::nullopt;
}

/// Makes the tree of the parameters. Returns the error of a name that cannot be in it.
Failure grow(ParameterTree& tree, const FlatParameters& given) {
  for (const auto& [name, value] : given) {
    if (tree.add(name, value)) continue;
    return Error{"UnknownParameter", 400, fmt::format("The parameter {} is not recognized", name.substr(0, 64))};
  }
  return std::nullopt;
}

/// Begins the document of a success.
Element begin_response(Document& document, const ParameterTree& parameters, const std::string& id) {
  // Only known actions get here, so the name is one that an element may have.
  const std::string name = parameters.text("Action") + "Response";
  const std::string version = parameters.given("Version").value_or(std::string{kVersion});
  Element response = document.root(name);
  response.attribute("xmlns", fmt::format("http://ec2.amazonaws.com/doc/{}/", version));
  response.text("requestId", id);
  return response;
}

}  // namespace

Endpoint::Endpoint(SimEc2& ec2, sim::Scheduler& scheduler, std::int64_t start_unix_us)
    : ec2_(ec2), scheduler_(scheduler), start_unix_us_(start_unix_us) {}

sim::Task<Answer> Endpoint::serve(sim::Context context, Request request) {
  const std::string id = request_id(++requests_);
  const FlatParameters given = parameters_of(request);
  Document document;
  Exchange exchange{ec2_, scheduler_, context, start_unix_us_, {}, {}, {}};
  Failure failure = grow(exchange.parameters, given);
  const std::string name = exchange.parameters.text("Action");
  const QueryAction* action = find_action(name);
  if (!failure) failure = why_refused(action, given, exchange.parameters);
  if (failure) co_return error_document(*failure, name, id);
  exchange.region = region_of(request, exchange.parameters);
  exchange.answer = begin_response(document, exchange.parameters, id);
  if (action->tell != nullptr) {
    failure = action->tell(exchange);
  } else {
    failure = co_await action->serve(&exchange);
  }
  if (failure) co_return failed(*failure, name, id, document);
  co_return xml_answer(200, document, id);
}

}  // namespace drydock::cloud::query
