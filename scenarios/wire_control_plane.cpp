// The control plane's own API for a session's clients (docs/platform.md §4.1).

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "scenarios/world.hpp"
#include "sim/cloud/query/http.hpp"

namespace drydock::scenarios {
namespace {

using cloud::query::Answer;
using cloud::query::Ending;
using cloud::query::Request;
using model::CpAnswer;
using model::InstanceRequest;
using model::StartRequest;
using sim::Task;

/// The tenant's client gives up after so long (docs/platform.md §4.1).
constexpr sim::Duration kPatienceOfTenant = std::chrono::seconds{120};

/// A path in its parts, and the value of `instance_id` in its query.
struct CpTarget {
  std::vector<std::string> path;
  std::string instance;
};

CpTarget read_target(std::string_view target) {
  constexpr std::string_view kInstance = "instance_id=";
  CpTarget read;
  const std::size_t query = target.find('?');
  for (std::string_view rest = target.substr(0, query); !rest.empty();) {
    const std::size_t end = std::min(rest.find('/'), rest.size());
    if (end > 0) read.path.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (query == std::string_view::npos) return read;
  const std::size_t at = target.find(kInstance, query);
  if (at == std::string_view::npos) return read;
  const std::string_view value = target.substr(at + kInstance.size());
  read.instance = value.substr(0, value.find('&'));
  return read;
}

Answer cp_answer(const CpAnswer& told) {
  if (told.http == 0) return {.headers = {}, .body = {}, .ending = Ending::closed};
  Json body = Json::object();
  if (!told.instance_id.empty()) body["instance_id"] = told.instance_id;
  if (!told.state.empty()) body["state"] = told.state;
  if (!told.snapshot_id.empty()) body["snapshot_id"] = told.snapshot_id;
  if (!told.ok()) body["error"] = told.error;
  Answer answer = cloud::query::json_answer(told.http, body.dump());
  if (told.retry_after) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(*told.retry_after);
    answer.headers.emplace_back("Retry-After", fmt::format("{}", seconds.count()));
  }
  return answer;
}

std::string text_in(const Json& body, const char* key) {
  const auto found = body.is_object() ? body.find(key) : body.end();
  return body.is_object() && found != body.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

}  // namespace

Task<Answer> World::ask_control_plane(Request asked) {
  const CpTarget target = read_target(asked.target);
  const Json body = Json::parse(asked.body, nullptr, false);
  const bool provisions = asked.method == "POST" && target.path.size() == 3 && target.path[2] == "provision";
  const std::string named = provisions ? text_in(body, "workspace_id") : target.path.size() > 2 ? target.path[2] : "";
  InstanceRequest request;
  request.workspace = directory_.find(named);
  request.instance_id = target.instance;
  if (request.workspace == model::WorkspaceKey::none) co_return cp_answer(CpAnswer::of(404, "no such workspace"));
  const std::string verb = target.path.size() == 4 ? target.path[3] : "";
  Task<CpAnswer> call = provisions ? cp_launch(request.workspace, text_in(body, "idempotency_key"))
                                   : cp_call(asked.method, verb, std::move(request));
  const CpAnswer told = co_await std::move(call);
  co_return cp_answer(told);
}

Task<CpAnswer> World::cp_call(std::string method, std::string verb, InstanceRequest request) {
  const sim::Context context{scheduler_.now() + kPatienceOfTenant};
  if (method == "DELETE" && verb.empty()) co_return co_await control_plane_.stop(context, std::move(request));
  if (method == "GET" && verb == "status") co_return co_await control_plane_.status(context, std::move(request));
  if (method == "POST" && verb == "backup") co_return co_await control_plane_.backup(context, std::move(request));
  co_return CpAnswer::of(404, "no such call");
}

/// Asks for the launch that the platform would ask for, with no configuration in it.
Task<CpAnswer> World::cp_launch(model::WorkspaceKey workspace, std::string idempotency_key) {
  const sim::Context context{scheduler_.now() + kPatienceOfTenant};
  const model::Policy& policy = running_policy();
  StartRequest start;
  start.workspace = workspace;
  start.storage = policy.backup_storage;
  start.snapshot_poll = policy.time_snapshot_poll;
  start.bootstrap_watch = policy.bootstrap_watch(observation_.workspace(workspace).runtime);
  start.user_data = model::encode_user_data(scheduler_.now(), {});
  start.ends_predecessor = policy.provision_cp_ends_predecessor;
  start.idempotency_key = std::move(idempotency_key);
  co_return co_await control_plane_.start(context, std::move(start));
}

}  // namespace drydock::scenarios
