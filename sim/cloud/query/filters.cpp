#include "sim/cloud/query/filters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace drydock::cloud::query {
namespace {

constexpr std::string_view kTagPrefix = "tag:";

/// Matches one character of a pattern, which may be two bytes long. Returns how many bytes of the pattern it is, or 0
/// when the character is another one.
std::size_t matched_bytes(std::string_view pattern, char c) {
  if (pattern.front() == '\\' && pattern.size() > 1) return pattern[1] == c ? 2 : 0;
  return pattern.front() == '?' || pattern.front() == c ? 1 : 0;
}

}  // namespace

/// Goes back to the last `*` only, so the time is at most the product of the two lengths.
bool matches_pattern(std::string_view pattern, std::string_view text) {
  std::size_t at = 0;
  std::size_t read = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (read < text.size()) {
    const std::string_view rest = pattern.substr(at);
    if (!rest.empty() && rest.front() == '*') {
      star = at++;
      resume = read;
      continue;
    }
    const std::size_t bytes = rest.empty() ? 0 : matched_bytes(rest, text[read]);
    if (bytes > 0) {
      at += bytes;
      ++read;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      read = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

void FilterMatch::value(std::string_view text) {
  if (found_) return;
  const auto& patterns = filter_.patterns;
  found_ = std::any_of(patterns.begin(), patterns.end(),
                       [&](const std::string& pattern) { return matches_pattern(pattern, text); });
}

void FilterMatch::number(std::uint64_t number) {
  const fmt::format_int digits(number);
  value({digits.data(), digits.size()});
}

Error invalid_filter(std::string_view name) {
  return {"InvalidParameterValue", 400, fmt::format("The filter '{}' is invalid", name)};
}

Result<std::vector<NamedFilter>> read_filters(const ParameterTree& parameters) {
  std::vector<NamedFilter> filters;
  for (const ParameterTree* item : parameters.items("Filter")) {
    NamedFilter filter{item->text("Name"), item->list("Value")};
    if (filter.name.empty()) return tl::unexpected(invalid_filter("null"));
    if (filter.patterns.empty()) {
      return tl::unexpected(
          Error{"InvalidParameterValue", 400, fmt::format("The filter '{}' has no values", filter.name)});
    }
    filters.push_back(std::move(filter));
  }
  return filters;
}

bool is_tag_filter(std::string_view name) {
  return name.starts_with(kTagPrefix) || name == "tag-key" || name == "tag-value";
}

void match_tag(const NamedFilter& filter, FilterMatch& match, std::string_view key, std::string_view value) {
  const bool is_key = filter.name == "tag-key";
  const bool is_of_key = filter.name == "tag-value" || std::string_view{filter.name}.substr(kTagPrefix.size()) == key;
  if (is_key) {
    match.value(key);
  } else if (is_of_key) {
    match.value(value);
  }
}

}  // namespace drydock::cloud::query
