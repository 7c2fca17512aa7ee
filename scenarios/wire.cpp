// What a session's clients meet inside its world: EC2's API, and the platform's own.

#include <fmt/format.h>

#include <algorithm>

#include "model/kinds.hpp"
#include "scenarios/files/decode.hpp"
#include "scenarios/files/request_patterns.hpp"
#include "scenarios/model_request.hpp"
#include "scenarios/world.hpp"
#include "sim/cloud/query/http.hpp"

namespace drydock::scenarios {
namespace {

using cloud::query::Answer;
using cloud::query::Ending;
using cloud::query::json_answer;
using cloud::query::Request;
using sim::Instant;
using sim::kTimeZero;
using sim::OneShot;
using sim::Task;

/// The time for which a client's request is served before nobody waits for its answer any more: the read timeout of
/// botocore (docs/cloud.md §6.3), and shorter than that of the others.
constexpr sim::Duration kPatienceOfClients = std::chrono::seconds{60};

constexpr std::string_view kConfirmName = "x-confirm-name";

/// Of what `drydock serve` answers beside the run, this alone changes the world, and so is heard in it.
constexpr std::string_view kFaults = "/_drydock/faults";

/// Tells whether the target's path is `folder` or lies below it.
bool is_under(std::string_view target, std::string_view folder) {
  const std::string_view path = target.substr(0, target.find('?'));
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

/// Tells whether the request is one for the platform; what is neither that nor the control plane's is EC2's, whatever
/// its path.
bool is_platforms(std::string_view target) {
  return is_under(target, "/workspaces") || is_under(target, "/admin") || is_under(target, "/secrets");
}

/// Returns the action that EC2 is asked for, as the request's parameters have it; empty where it has none.
std::string_view action_of(const Request& request) {
  constexpr std::string_view kAction = "Action=";
  for (const std::string_view text : {std::string_view(request.body), std::string_view(request.target)}) {
    const std::size_t at = text.find(kAction);
    if (at == std::string_view::npos) continue;
    const std::string_view rest = text.substr(at + kAction.size());
    return rest.substr(0, rest.find('&'));
  }
  return {};
}

std::string_view to_text(Ending ending) {
  constexpr std::array<std::string_view, 5> kNames{"whole", "closed", "reset", "cut", "silent"};
  return kNames[static_cast<std::size_t>(ending)];
}

}  // namespace

// --- when -----------------------------------------------------------------------------------------------------------

/// Plays one step of trouble; false where none is left before the horizon. A request of the session is heard once all
/// that comes before its instant is done, as it was when the session was recorded.
bool World::step_trouble() {
  const Instant horizon = kTimeZero + scenario_.horizon;
  while (true) {
    const bool more = heard_ < scenario_.session.size();
    const Instant until = more ? std::min(kTimeZero + scenario_.session[heard_].at, horizon) : horizon;
    if (scheduler_.step(until)) return true;
    if (until == horizon) return false;
    scheduler_.run_until(until);
    hear(scenario_.session[heard_++].request);
  }
}

// --- what -----------------------------------------------------------------------------------------------------------

OneShot<Answer> World::hear(Request request) {
  OneShot<Answer> answer;
  scheduler_.spawn(clients_, "wire", serve_wire(std::move(request), answer));
  return answer;
}

Task<void> World::serve_wire(Request request, OneShot<Answer> answer) {
  const sim::Name client = record_.name("client");
  const std::uint32_t asked = record_.emit(
      model::kind::wire_request, client, {},
      {{"method", request.method}, {"target", request.target}, {"action", action_of(request)}, {"body", request.body}});
  record_.follow(asked);
  observation_.client_asks(asked, action_of(request), request.target + "\n" + request.body);
  Task<Answer> work = answer_to(std::move(request));
  Answer served = co_await std::move(work);
  record_.emit(model::kind::wire_answer, client, {}, {{"status", served.status}, {"ending", to_text(served.ending)}});
  if (served.ending == Ending::whole) {
    observation_.client_was_told(served.body);
    if (served.status / 100 == 2) observation_.client_succeeded(asked);
  }
  answer.send(std::move(served));
}

Task<Answer> World::answer_to(Request request) {
  if (request.target == kFaults) co_return arm_faults(request.body);
  if (is_under(request.target, "/cp")) co_return co_await ask_control_plane(std::move(request));
  if (is_platforms(request.target)) co_return co_await ask_platform(std::move(request));
  const sim::Context context{scheduler_.now() + kPatienceOfClients};
  co_return co_await endpoint_.serve(context, std::move(request));
}

Answer World::arm_faults(const std::string& list) {
  Decoded<std::vector<faults::FaultSpec>> decoded = decode_armed_faults(scenario_, list);
  Json told = Json::array();
  if (!decoded.value) {
    for (const Diagnostic& error : decoded.errors) told.push_back(to_text(error));
    return json_answer(400, Json({{"errors", std::move(told)}}).dump());
  }
  for (faults::FaultSpec& fault : *decoded.value) {
    told.push_back(fault.name);
    faults_.arm(std::move(fault));
  }
  return json_answer(200, Json({{"armed", std::move(told)}}).dump());
}

/// Asks the platform what a step of a scenario would ask, with the headers that this client sends.
Task<Answer> World::ask_platform(Request asked) {
  ParsedRequest parsed = parse_request(fmt::format("{} {}", asked.method, asked.target));
  if (!parsed.request) co_return json_answer(404, Json({{"error", parsed.error}}).dump());
  RequestSpec& spec = *parsed.request;
  spec.headers.emplace();
  if (const std::string* name = cloud::query::find_header(asked, kConfirmName))
    spec.headers->emplace("X-Confirm-Name", *name);
  if (!asked.body.empty()) spec.body = Json::parse(asked.body, nullptr, false);
  model::Request request = to_model_request(spec, directory_);
  if (request.route == model::Route::create) request.workspace = created_workspace(std::nullopt);
  const model::Response answer = co_await platform_.request(std::move(request), spec.as);
  if (answer.status == 0) co_return Answer{.headers = {}, .body = {}, .ending = Ending::closed};
  Answer told = json_answer(answer.status, answer.body.text());
  for (const auto& header : answer.headers) told.headers.push_back(header);
  co_return told;
}

}  // namespace drydock::scenarios
