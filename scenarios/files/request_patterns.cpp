#include "scenarios/files/request_patterns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scenarios/files/fields.hpp"
#include "sim/hex.hpp"
#include "sim/utf8.hpp"

namespace drydock::scenarios {
namespace {

constexpr std::array<std::string_view, 1> kCascade{"cascade"};
constexpr std::array<std::string_view, 1> kForce{"force"};
constexpr std::array<std::string_view, 2> kDelete{"confirm", "purge"};
constexpr std::array<std::string_view, 2> kOptIn{"force_terminate", "accept_state_loss"};
constexpr std::span<const std::string_view> kNoQuery{};
constexpr std::array<std::string_view, 5> kMethods{"GET", "POST", "PUT", "DELETE", "PATCH"};

using Body = RequestPattern::Body;

constexpr std::array kPatterns{
    RequestPattern{{"POST /workspaces", "{name, parent?, runtime?, secrets?}", "create a workspace"},
                   "POST",
                   kNoQuery,
                   Body::create},
    RequestPattern{{"POST /workspaces/{w}/restart", "",
                    "restart; ?force_terminate=true&accept_state_loss=true as ops: without its backup"},
                   "POST",
                   kOptIn},
    RequestPattern{{"POST /workspaces/{w}/pause", "", "pause; ?cascade=true: its descendants too"}, "POST", kCascade},
    RequestPattern{{"POST /workspaces/{w}/resume", "", "resume; ?cascade=true: its descendants too"}, "POST", kCascade},
    RequestPattern{
        {"POST /workspaces/{w}/hibernate", "", "hibernate; ?force=true: even with active tasks"}, "POST", kForce},
    RequestPattern{
        {"DELETE /workspaces/{w}", "", "delete; ?confirm=true: with its descendants, ?purge=true: the rows too"},
        "DELETE",
        kDelete},
    RequestPattern{{"PUT /workspaces/{w}/secrets", "{key, value}", "set a secret, which restarts it"},
                   "PUT",
                   kNoQuery,
                   Body::secret},
    RequestPattern{{"POST /workspaces/{w}/secrets", "{key, value}", "the same"}, "POST", kNoQuery, Body::secret},
    RequestPattern{
        {"DELETE /workspaces/{w}/secrets/{key}", "", "delete a secret, which restarts it"}, "DELETE", kNoQuery},
    RequestPattern{
        {"PUT /secrets/{key}", "{value?}", "set a global secret, which restarts every workspace"}, "PUT", kNoQuery},
    RequestPattern{
        {"DELETE /secrets/{key}", "", "delete a global secret, which restarts every workspace"}, "DELETE", kNoQuery},
    RequestPattern{
        {"PUT /workspaces/{w}/model", "{model}", "set the model, which restarts it"}, "PUT", kNoQuery, Body::model},
    RequestPattern{{"PUT /workspaces/{w}/files/{path}", "", "write a file, which restarts it"}, "PUT", kNoQuery},
    RequestPattern{{"POST /workspaces/{w}/delegate", "{to}", "have it delegate a task to another one"},
                   "POST",
                   kNoQuery,
                   Body::delegate},
    RequestPattern{{"POST /workspaces/{w}/a2a", "", "call its agent through the proxy"}, "POST", kNoQuery},
    RequestPattern{{"POST /workspaces/{w}/bootstrap-failed", "", "report that its boot failed"}, "POST", kNoQuery},
    RequestPattern{
        {"POST /workspaces/{w}/ensure", "", "have it run: a programmatic restart, unless it is up"}, "POST", kNoQuery},
    RequestPattern{
        {"POST /admin/workspaces/{w}/restart", "", "a programmatic restart, which may be debounced"}, "POST", kNoQuery},
    RequestPattern{
        {"GET /admin/workspaces/{w}/status", "", "its status, and whether its instance runs"}, "GET", kNoQuery},
};

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::size_t from = 0;
  while (true) {
    const auto to = text.find(separator, from);
    parts.push_back(text.substr(from, to - from));
    if (to == std::string_view::npos) return parts;
    from = to + 1;
  }
}

/// Splits a pattern's path into its segments.
std::vector<std::string_view> segments(const RequestPattern& pattern) {
  return split(pattern.info.pattern.substr(pattern.method.size() + 2), '/');
}

bool is_placeholder(std::string_view segment) { return segment.starts_with('{'); }

bool matches(const RequestPattern& pattern, const std::vector<std::string>& path) {
  const auto wanted = segments(pattern);
  const bool open_ended = wanted.back() == "{path}";
  if (open_ended ? path.size() < wanted.size() : path.size() != wanted.size()) return false;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (!is_placeholder(wanted[i]) && wanted[i] != path[i]) return false;
  }
  return true;
}

/// Resolves %XX; empty when it is malformed or what results is not printable UTF-8.
std::optional<std::string> decode_percent(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      const int high = i + 2 < text.size() ? sim::hex_digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? sim::hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return std::nullopt;
    out.push_back(c);
  }
  if (sim::find_invalid_utf8(out) != std::string::npos) return std::nullopt;
  return out;
}

ParsedRequest parse_failure(std::string error, std::string hint = {}) {
  return {std::nullopt, std::move(error), std::move(hint)};
}

/// Guesses the request that the user may have meant, among the patterns with their placeholders filled from the
/// request.
std::string nearest_request(const RequestSpec& request, const std::string& path_text) {
  std::vector<std::string> candidates;
  for (const RequestPattern& pattern : kPatterns) {
    std::string candidate{pattern.method};
    candidate += ' ';
    const auto wanted = segments(pattern);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      candidate += '/';
      if (is_placeholder(wanted[i]) && i < request.path.size()) {
        candidate += request.path[i];
      } else {
        candidate += wanted[i];
      }
    }
    candidates.push_back(std::move(candidate));
  }
  return did_you_mean(request.method + " " + path_text, candidates);
}

std::string methods_of(const std::vector<std::string>& path) {
  std::string methods;
  for (const RequestPattern& pattern : kPatterns) {
    if (!matches(pattern, path)) continue;
    if (!methods.empty()) methods += " or ";
    methods += pattern.method;
  }
  return methods;
}

std::string parse_path(std::string_view text, RequestSpec& request) {
  if (!text.starts_with('/')) return "a path begins with /";
  for (const auto part : split(text.substr(1), '/')) {
    auto segment = decode_percent(part);
    if (!segment) return fmt::format("{} is not a path segment", in_quotes(part));
    if (segment->empty()) return "a path has no empty segments";
    request.path.push_back(std::move(*segment));
  }
  return {};
}

std::string parse_query(std::string_view text, const RequestPattern& pattern, RequestSpec& request, std::string& hint) {
  for (const auto part : split(text, '&')) {
    const auto equals = part.find('=');
    const auto key = decode_percent(part.substr(0, equals));
    const auto value = decode_percent(equals == std::string_view::npos ? std::string_view{} : part.substr(equals + 1));
    if (!key || !value || key->empty()) return fmt::format("{} is not a query parameter", in_quotes(part));
    if (std::find(pattern.query.begin(), pattern.query.end(), *key) == pattern.query.end()) {
      hint = did_you_mean(*key, to_strings(pattern.query));
      return fmt::format("{} takes no query parameter {}", pattern.info.pattern, in_quotes(*key));
    }
    if (!request.query.emplace(*key, *value).second) {
      return fmt::format("query parameter {} is given twice", in_quotes(*key));
    }
  }
  return {};
}

}  // namespace

const RequestPattern* find_pattern(const RequestSpec& request) {
  const auto found = std::find_if(kPatterns.begin(), kPatterns.end(), [&](const RequestPattern& pattern) {
    return pattern.method == request.method && matches(pattern, request.path);
  });
  return found == kPatterns.end() ? nullptr : &*found;
}

std::size_t workspace_segment(const RequestPattern& pattern) {
  const auto wanted = segments(pattern);
  const auto found = std::find(wanted.begin(), wanted.end(), "{w}");
  return found == wanted.end() ? 0 : static_cast<std::size_t>(found - wanted.begin());
}

ParsedRequest parse_request(std::string_view text) {
  constexpr std::size_t longest = 4096;
  if (text.size() > longest) return parse_failure(fmt::format("a request line has at most {} bytes", longest));
  RequestSpec request;
  request.text = text;
  const auto space = text.find(' ');
  request.method = text.substr(0, space);
  if (std::find(kMethods.begin(), kMethods.end(), request.method) == kMethods.end()) {
    return parse_failure(fmt::format("{} does not begin with an HTTP method", in_quotes(text)),
                         "for instance POST /workspaces/pm/restart");
  }
  const auto target = space == std::string_view::npos ? std::string_view{} : text.substr(space + 1);
  if (target.find(' ') != std::string_view::npos) return parse_failure("a request is a method, a space and a path");
  const auto question = target.find('?');
  const auto path = target.substr(0, question);
  if (auto wrong = parse_path(path, request); !wrong.empty()) return parse_failure(std::move(wrong));
  const RequestPattern* pattern = find_pattern(request);
  if (pattern == nullptr) {
    const auto methods = methods_of(request.path);
    if (!methods.empty()) {
      return parse_failure(fmt::format("{} is not taken by {}", request.method, in_quotes(path)),
                           "it takes " + methods);
    }
    return parse_failure(fmt::format("unknown request {}", in_quotes(fmt::format("{} {}", request.method, path))),
                         nearest_request(request, std::string{path}));
  }
  if (question != std::string_view::npos) {
    std::string hint;
    auto wrong = parse_query(target.substr(question + 1), *pattern, request, hint);
    if (!wrong.empty()) return parse_failure(std::move(wrong), std::move(hint));
  }
  return {std::move(request), {}, {}};
}

std::vector<RequestInfo> request_vocabulary() {
  std::vector<RequestInfo> all;
  all.reserve(kPatterns.size());
  for (const RequestPattern& pattern : kPatterns) all.push_back(pattern.info);
  return all;
}

}  // namespace drydock::scenarios
