#include "model/http.hpp"

#include <fmt/format.h>

namespace drydock::model {
namespace {

template <typename T>
const T* find(const std::vector<sim::KeptField>& fields, std::string_view key) {
  for (const sim::KeptField& field : fields) {
    if (field.key == key) return std::get_if<T>(&field.value);
  }
  return nullptr;
}

}  // namespace

bool accepts_state_loss(const Request& request) {
  return request.ops && request.asks("force_terminate") && request.asks("accept_state_loss");
}

std::string_view Body::string_at(std::string_view key) const {
  const auto* text = find<std::string>(fields_, key);
  return text != nullptr ? std::string_view{*text} : std::string_view{};
}

std::optional<std::int64_t> Body::number_at(std::string_view key) const {
  const auto* number = find<std::int64_t>(fields_, key);
  return number != nullptr ? std::optional{*number} : std::nullopt;
}

bool Body::flag_at(std::string_view key) const {
  const auto* flag = find<bool>(fields_, key);
  return flag != nullptr && *flag;
}

std::string headers_text(const Response& response) {
  Body headers;
  for (const auto& [name, value] : response.headers) headers.add(name, value);
  return headers.text();
}

Response respond(int status, Body body) { return {.status = status, .headers = {}, .body = std::move(body)}; }

Response respond_error(int status, std::string_view error) {
  Body body;
  body.add("error", error);
  return respond(status, std::move(body));
}

Response with_retry_after(Response response, sim::Duration after) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(after).count();
  response.headers.emplace_back("Retry-After", fmt::format("{}", seconds));
  return response;
}

Response no_answer(std::string_view error) { return respond_error(0, error); }

}  // namespace drydock::model
