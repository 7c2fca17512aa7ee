#include "scenarios/routes.hpp"

#include <array>
#include <string_view>

namespace drydock::scenarios {
namespace {

using model::Route;

struct Pattern {
  std::string_view method;
  std::string_view verb;  // the path's third part; `admin` for /admin/workspaces/{w}/status
  bool has_tail{};
  Route route{};
};

constexpr std::array<Pattern, 9> kPatterns{{{"POST", "restart", false, Route::restart},
                                            {"POST", "secrets", false, Route::secret_put},
                                            {"PUT", "secrets", false, Route::secret_put},
                                            {"DELETE", "secrets", true, Route::secret_delete},
                                            {"PUT", "model", false, Route::model_put},
                                            {"PUT", "files", true, Route::file_put},
                                            {"POST", "a2a", false, Route::a2a},
                                            {"POST", "delegate", false, Route::delegate},
                                            {"GET", "status", false, Route::admin_status}}};

std::string join(const std::vector<std::string>& parts, std::size_t from) {
  std::string joined;
  for (std::size_t i = from; i < parts.size(); ++i) joined += (i == from ? "" : "/") + parts[i];
  return joined;
}

}  // namespace

model::Request to_model_request(const RequestSpec& spec, const model::Directory& directory) {
  model::Request request;
  request.method = spec.method;
  request.query = spec.query;
  request.ops = spec.as == "ops";
  request.path = spec.text.substr(spec.text.find(' ') + 1);
  std::vector<std::string> path = spec.path;
  if (!path.empty() && path.front() == "admin") path.erase(path.begin());
  if (path.size() >= 2) request.workspace = directory.find(path[1]);
  if (path.size() >= 3) request.tail = join(path, 3);
  for (const Pattern& pattern : kPatterns) {
    const bool matches = path.size() >= 3 && pattern.method == spec.method &&
                         pattern.verb == path[2] && pattern.has_tail == (path.size() > 3);
    if (matches) request.route = pattern.route;
  }
  if (!spec.body) return request;
  request.body_is_valid = spec.body->is_object();
  if (!request.body_is_valid) return request;
  for (const auto& [key, value] : spec.body->items()) {
    request.body[key] = value.is_string() ? value.get<std::string>() : value.dump();
  }
  return request;
}

}  // namespace drydock::scenarios
