#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/directory.hpp"
#include "sim/record.hpp"
#include "sim/scheduler.hpp"

namespace drydock::model {

/// The platform's routes (docs/platform.md §14).
enum class Route : std::uint8_t {
  create,
  restart,
  pause,
  resume,
  hibernate,
  remove,
  secret_put,
  secret_delete,
  global_secret_put,
  global_secret_delete,
  model_put,
  file_put,
  a2a,
  delegate,
  bootstrap_failed,
  admin_status,
  admin_restart,
  ensure,
  unknown,
};

/// Tells whether the route names every workspace.
[[nodiscard]] constexpr bool is_global(Route route) {
  return route == Route::global_secret_put || route == Route::global_secret_delete;
}

/// A request as the platform's HTTP server hands it to a handler.
struct Request {
  Route route = Route::unknown;
  WorkspaceKey workspace = WorkspaceKey::none;  // none: no row of that id; create: the one to be
  std::string method;
  std::string path;  // with aliases, as it is shown
  std::string tail;  // the secret's key, the file's path
  std::string step;  // of the scenario; empty for traffic
  std::map<std::string, std::string> query;
  std::map<std::string, std::string> body;  // top-level strings of the JSON body
  bool body_is_valid = true;
  /// DELETE: what X-Confirm-Name says; empty: the row's own name, which the platform's own clients send.
  std::optional<std::string> confirm_name{};
  std::map<std::string, std::string> secrets;  // create: the initial ones
  WorkspaceKey parent = WorkspaceKey::none;    // create
  bool ops = false;                            // an ops-tier caller
  WorkspaceKey caller = WorkspaceKey::none;    // the workspace that calls, for A2A
  std::optional<sim::Duration> takes;          // A2A: how long the target works on it
  sim::Context context;                        // ends when the caller hangs up
  std::uint32_t event = 0;                     // its http.request event

  /// Tells whether a query parameter is `true`.
  [[nodiscard]] bool asks(const std::string& parameter) const {
    const auto found = query.find(parameter);
    return found != query.end() && found->second == "true";
  }
};

/// Tells whether the request has the opt-in of #1990: both parameters, from an ops-tier caller.
[[nodiscard]] bool accepts_state_loss(const Request& request);

/// A JSON object written field by field, in that order.
class Body {
 public:
  Body& add(std::string_view key, std::string value) { return put(key, std::move(value)); }
  Body& add(std::string_view key, std::string_view value) { return put(key, std::string{value}); }
  Body& add(std::string_view key, const char* value) { return put(key, std::string{value}); }
  Body& add(std::string_view key, bool value) { return put(key, value); }
  Body& add(std::string_view key, std::int64_t value) { return put(key, value); }
  Body& add(std::string_view key, int value) { return put(key, std::int64_t{value}); }
  Body& add_json(std::string_view key, std::string text) { return put(key, sim::KeptJson{std::move(text)}); }

  [[nodiscard]] std::string text() const { return sim::to_json(fields_); }
  /// Returns the string under `key`; empty when there is none.
  [[nodiscard]] std::string_view string_at(std::string_view key) const;
  [[nodiscard]] std::optional<std::int64_t> number_at(std::string_view key) const;
  [[nodiscard]] bool flag_at(std::string_view key) const;

 private:
  Body& put(std::string_view key, sim::KeptField::Value value) {
    fields_.push_back({key, std::move(value)});
    return *this;
  }
  std::vector<sim::KeptField> fields_;
};

struct Response {
  int status = 200;  // 0: the connection failed before an answer
  std::vector<std::pair<std::string, std::string>> headers;
  Body body{};

  [[nodiscard]] bool accepted() const { return status >= 200 && status < 300; }
};

/// Writes the headers as a JSON object.
[[nodiscard]] std::string headers_text(const Response& response);

[[nodiscard]] Response respond(int status, Body body = {});
/// Answers with the body `{"error": text}`.
[[nodiscard]] Response respond_error(int status, std::string_view error);
/// Adds `Retry-After` in whole seconds, rounded up.
[[nodiscard]] Response with_retry_after(Response response, sim::Duration after);
/// Makes the response of a connection that never got an answer: its status is 0.
[[nodiscard]] Response no_answer(std::string_view error);

}  // namespace drydock::model
