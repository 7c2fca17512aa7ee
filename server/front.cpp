#include "server/front.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <exception>
#include <optional>
#include <string>
#include <utility>

#include "reports/case_report.hpp"
#include "reports/formats.hpp"
#include "sim/cloud/query/http.hpp"
#include "sim/cloud/query/parameters.hpp"

namespace drydock::server {
namespace {

using cloud::query::Answer;
using cloud::query::error_document;
using cloud::query::find_header;
using cloud::query::kNoRequestId;
using cloud::query::region_of_authorization;
using cloud::query::Request;
using scenarios::Json;

constexpr std::string_view kDoor = "/_drydock/";

/// EC2 accepts a signature for so long before and after its time (docs/cloud.md §5.1, RequestExpired).
constexpr std::int64_t kSignatureHolds = std::chrono::microseconds{std::chrono::minutes{15}}.count();

/// Parameters that sign a request (signature version 2, and version 4 in a query), or say when it was signed.
constexpr std::array<std::string_view, 13> kSigning{
    "AWSAccessKeyId", "Signature",           "SignatureMethod", "SignatureVersion", "Timestamp",
    "Expires",        "SecurityToken",       "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date",
    "X-Amz-Expires",  "X-Amz-SignedHeaders", "X-Amz-Signature"};

std::string without_signature(std::string_view parameters) {
  std::string kept;
  while (!parameters.empty()) {
    const std::size_t end = std::min(parameters.find('&'), parameters.size());
    const std::string_view parameter = parameters.substr(0, end);
    const std::string_view key = parameter.substr(0, parameter.find('='));
    if (std::find(kSigning.begin(), kSigning.end(), key) == kSigning.end()) {
      if (!kept.empty()) kept += '&';
      kept += parameter;
    }
    parameters.remove_prefix(std::min(end + 1, parameters.size()));
  }
  return kept;
}

/// Returns the region that a request is signed for, in its header or in its parameters; empty where nothing says so.
std::string signed_region(const Request& request) {
  constexpr std::string_view kCredential = "X-Amz-Credential";
  const std::string* authorization = find_header(request, "authorization");
  if (authorization != nullptr) return std::string{region_of_authorization(*authorization)};
  const bool is_presigned =
      request.target.find(kCredential) != std::string::npos || request.body.find(kCredential) != std::string::npos;
  if (!is_presigned) return {};
  for (const auto& [name, value] : cloud::query::parameters_of(request)) {
    if (name == kCredential) return std::string{cloud::query::region_of_scope(value)};
  }
  return {};
}

/// `20261130T183000Z` as microseconds since the Unix epoch; nothing for any other text.
std::optional<std::int64_t> amazon_date(std::string_view text) {
  constexpr std::size_t kLength = 16;
  if (text.size() != kLength) return std::nullopt;
  const auto part = [&](std::size_t from, std::size_t size) { return text.substr(from, size); };
  return sim::parse_rfc3339(
      fmt::format("{}-{}-{}T{}:{}:{}Z", part(0, 4), part(4, 2), part(6, 2), part(9, 2), part(11, 2), part(13, 2)));
}

Answer in_json(int status, const Json& body) { return cloud::query::json_answer(status, body.dump() + "\n"); }

Answer wrong(int status, std::string_view error) { return in_json(status, {{"error", error}}); }

}  // namespace

Request as_heard(const Request& request) {
  const std::size_t query = std::min(request.target.find('?'), request.target.size());
  Request heard{request.method, request.target.substr(0, query), {}, request.body};
  if (query < request.target.size()) {
    const std::string kept = without_signature(std::string_view(request.target).substr(query + 1));
    if (!kept.empty()) heard.target += "?" + kept;
  }
  const std::string* type = find_header(request, "content-type");
  const bool is_form = type != nullptr && type->find("x-www-form-urlencoded") != std::string::npos;
  if (is_form) heard.body = without_signature(request.body);
  if (const std::string region = signed_region(request); !region.empty())
    heard.headers.emplace_back("authorization",
                               fmt::format("AWS4-HMAC-SHA256 Credential=-/-/{}/ec2/aws4_request", region));
  if (type != nullptr) heard.headers.emplace_back("content-type", *type);
  if (const std::string* name = find_header(request, "x-confirm-name"))
    heard.headers.emplace_back("x-confirm-name", *name);
  return heard;
}

bool Front::waits(const Request& request) const {
  return request.target.starts_with(kDoor) || session_.waits_by_the_wall();
}

Answer Front::answer(Request request) {
  try {
    return answer_to(std::move(request));
  } catch (const std::exception& error) {
    return wrong(500, error.what());
  }
}

Answer Front::answer_to(Request request) {
  if (request.target.starts_with(kDoor)) return tell(request);
  if (check_clock_ && is_signed_at_another_time(request))
    return error_document({"RequestExpired", 400, "Request has expired.", {}}, "", kNoRequestId);
  return session_.ask(as_heard(request));
}

bool Front::is_signed_at_another_time(const Request& request) {
  const std::string* told = find_header(request, "x-amz-date");
  if (told == nullptr) return false;
  const auto signed_at = amazon_date(*told);
  const std::int64_t now = session_.unix_us(session_.now());
  return !signed_at || *signed_at < now - kSignatureHolds || *signed_at > now + kSignatureHolds;
}

// --- what is told beside the run ------------------------------------------------------------------------------------

Answer Front::tell(const Request& request) {
  const std::string_view rest = std::string_view(request.target).substr(kDoor.size());
  const std::string_view what = rest.substr(0, rest.find('?'));
  if (what == "faults") {
    if (request.method != "POST") return wrong(405, "faults is a POST");
    return session_.ask({"POST", fmt::format("{}faults", kDoor), {}, request.body});
  }
  if (what == "advance") return request.method == "POST" ? advance(request) : wrong(405, "advance is a POST");
  if (request.method != "GET") return wrong(405, "only GET");
  if (what == "status") return status();
  if (what == "violations") return violations();
  if (what == "events") return report("ndjson", "text/plain;charset=UTF-8");
  if (what == "trace") return report("trace", "application/vnd.sqlite3");
  if (what == "report") return report("html", "text/html;charset=UTF-8");
  return wrong(404, "there is status, events, violations, report, trace, advance and faults");
}

Answer Front::status() {
  const sim::Instant now = session_.now();
  return in_json(200, {{"now", sim::format_duration(now.time_since_epoch())},
                       {"time", sim::format_rfc3339(session_.unix_us(now))},
                       {"events", session_.event_count()}});
}

Answer Front::advance(const Request& request) {
  const Json body = Json::parse(request.body, nullptr, false);
  const bool told = body.is_object() && body.contains("by") && body["by"].is_string();
  const auto by = told ? sim::parse_duration(body["by"].get<std::string>()) : std::nullopt;
  if (!by) return wrong(400, R"(the body is {"by": "5m"})");
  const sim::Instant now = session_.advance(*by);
  return in_json(200, {{"now", sim::format_duration(now.time_since_epoch())}});
}

Answer Front::violations() {
  Json list = Json::array();
  for (const scenarios::ShownViolation& broken : session_.play_so_far().outcome.violations)
    list.push_back({{"invariant", broken.invariant},
                    {"at", sim::format_duration(broken.at.time_since_epoch())},
                    {"workspace", broken.workspace},
                    {"instance", broken.instance},
                    {"message", broken.message}});
  return in_json(200, {{"violations", std::move(list)}});
}

Answer Front::report(std::string_view kind, const char* type) {
  const PlayedSession played = session_.play_so_far();
  const reports::CaseReport shown{played.outcome, {}, reports::about(played.file.scenario)};
  return {.status = 200,
          .headers = {{"Content-Type", type}},
          .body = reports::render_report(reports::report_kind(kind), {&shown, 1}, {}),
          .ending = cloud::query::Ending::whole};
}

}  // namespace drydock::server
