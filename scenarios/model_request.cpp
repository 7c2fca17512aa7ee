#include "scenarios/model_request.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace drydock::scenarios {
namespace {

using model::Route;

struct Pattern {
  std::string_view method;
  std::string_view verb;  // the path's third part; of /admin/workspaces/{w}/restart: `admin-restart`
  bool has_tail{};
  Route route{};
};

constexpr std::array<Pattern, 15> kPatterns{{{"POST", "restart", false, Route::restart},
                                             {"POST", "pause", false, Route::pause},
                                             {"POST", "resume", false, Route::resume},
                                             {"POST", "hibernate", false, Route::hibernate},
                                             {"POST", "bootstrap-failed", false, Route::bootstrap_failed},
                                             {"POST", "secrets", false, Route::secret_put},
                                             {"PUT", "secrets", false, Route::secret_put},
                                             {"DELETE", "secrets", true, Route::secret_delete},
                                             {"PUT", "model", false, Route::model_put},
                                             {"PUT", "files", true, Route::file_put},
                                             {"POST", "a2a", false, Route::a2a},
                                             {"POST", "delegate", false, Route::delegate},
                                             {"POST", "ensure", false, Route::ensure},
                                             {"POST", "admin-restart", false, Route::admin_restart},
                                             {"GET", "status", false, Route::admin_status}}};

std::string join(const std::vector<std::string>& parts, std::size_t from) {
  std::string joined;
  for (std::size_t i = from; i < parts.size(); ++i) joined += (i == from ? "" : "/") + parts[i];
  return joined;
}

Route route_of(const RequestSpec& spec, const std::vector<std::string>& path) {
  if (path.size() == 1) return spec.method == "POST" ? Route::create : Route::unknown;
  if (path.size() == 2 && path[0] == "secrets")
    return spec.method == "PUT" ? Route::global_secret_put : Route::global_secret_delete;
  if (path.size() == 2) return spec.method == "DELETE" ? Route::remove : Route::unknown;
  const auto found = std::find_if(kPatterns.begin(), kPatterns.end(), [&](const Pattern& pattern) {
    return pattern.method == spec.method && pattern.verb == path[2] && pattern.has_tail == (path.size() > 3);
  });
  return found == kPatterns.end() ? Route::unknown : found->route;
}

std::string as_text(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

void add_body(const Json& body, const model::Directory& directory, model::Request& request) {
  request.body_is_valid = body.is_object();
  if (!request.body_is_valid) return;
  for (const auto& [key, value] : body.items()) request.body[key] = as_text(value);
  if (request.route != Route::create) return;
  const auto secrets = body.find("secrets");
  if (secrets != body.end() && secrets->is_object()) {
    for (const auto& [key, value] : secrets->items()) request.secrets[key] = as_text(value);
  }
  const auto parent = request.body.find("parent");
  if (parent != request.body.end()) request.parent = directory.find(parent->second);
}

}  // namespace

model::Request to_model_request(const RequestSpec& spec, const model::Directory& directory) {
  model::Request request;
  request.method = spec.method;
  request.query = spec.query;
  request.ops = spec.as == "ops";
  if (!request.ops && spec.as != "user") request.caller = directory.find(spec.as);
  request.path = spec.text.substr(spec.text.find(' ') + 1);
  std::vector<std::string> path = spec.path;
  if (!path.empty() && path.front() == "admin") {
    path.erase(path.begin());
    if (path.back() == "restart") path.back() = "admin-restart";
  }
  request.route = route_of(spec, path);
  if (model::is_global(request.route)) {
    request.tail = path[1];
  } else {
    if (path.size() >= 2) request.workspace = directory.find(path[1]);
    if (path.size() >= 3) request.tail = join(path, 3);
  }
  if (spec.headers) {
    const auto named = spec.headers->find("X-Confirm-Name");
    request.confirm_name = named == spec.headers->end() ? std::string{} : named->second;
  }
  if (spec.body) add_body(*spec.body, directory, request);
  return request;
}

}  // namespace drydock::scenarios
