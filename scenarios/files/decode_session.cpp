#include <fmt/format.h>

#include "scenarios/files/decode_parts.hpp"
#include "scenarios/session/log.hpp"

namespace drydock::scenarios {
namespace {

/// A session may have so many requests: the reader keeps all of them in memory.
constexpr std::size_t kMostWireRequests = 2'000'000;

WireRequest decode_wire_request(DecodeContext& context, const Node& node, Duration after) {
  DiagnosticSink& report = context.report;
  const Fields fields(report, node, shape::wire_request);
  WireRequest request;
  request.at = fields.duration("at").value_or(after + Duration{1});
  if (request.at <= after) {
    report.error(*fields.find("at"),
                 fmt::format("is not after {}, when the request before it is heard", sim::format_duration(after)));
  }
  request.request.method = fields.line("method").value_or("");
  request.request.target = fields.string("target").value_or("");
  if (const Node* headers = fields.find("headers")) {
    for (const auto& header : read_texts(report, *headers)) request.request.headers.emplace_back(header);
  }
  if (fields.has("body") && fields.has("bytes")) {
    report.error_at_key(*fields.find("bytes"), "a request has one body: \"body\" or \"bytes\"");
  }
  request.request.body = fields.string("body").value_or("");
  if (const auto text = fields.string("bytes")) {
    const auto bytes = bytes_of(*text);
    if (!bytes) report.error(*fields.find("bytes"), "has a character beyond U+00FF");
    request.request.body = bytes.value_or("");
  }
  return request;
}

}  // namespace

void decode_session(DecodeContext& context, const Node& node, Scenario& scenario) {
  if (!is_list(context.report, node, kMostWireRequests)) return;
  Duration last{-1};
  for (const Node& child : node.children) {
    scenario.session.push_back(decode_wire_request(context, child, last));
    last = std::max(last, scenario.session.back().at);
  }
}

}  // namespace drydock::scenarios
