#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/scenario.hpp"

namespace drydock::scenarios {

/// Holds the request that a text is, or why the text is none.
struct ParsedRequest {
  std::optional<RequestSpec> request;
  std::string error;  // empty where there is a request
  std::string hint;
};
/// Reads `METHOD /path?query` as a step writes it.
[[nodiscard]] ParsedRequest parse_request(std::string_view text);

/// One kind of request that the platform takes, as `drydock list requests` prints it.
struct RequestInfo {
  std::string_view pattern;  // `POST /workspaces/{w}/restart`
  std::string_view body;     // `{key, value}`
  std::string_view meaning;
};
/// Gives every kind of request that the platform takes.
[[nodiscard]] std::vector<RequestInfo> request_vocabulary();

/// Tells what a request takes; `body` names its keys where the platform prescribes them.
struct RequestPattern {
  enum class Body : std::uint8_t { free, create, secret, model, delegate };
  RequestInfo info;
  std::string_view method;
  std::span<const std::string_view> query;
  Body body = Body::free;
};
/// Finds the pattern that a request fits; null where the platform takes no such request.
[[nodiscard]] const RequestPattern* find_pattern(const RequestSpec& request);
/// Gives the index of the path's segment that names a workspace, 0 when no segment does.
[[nodiscard]] std::size_t workspace_segment(const RequestPattern& pattern);

}  // namespace drydock::scenarios
