#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/cloud/ec2.hpp"
#include "sim/cloud/query/parameters.hpp"

// The filters of Describe calls: a resource passes when, for each filter, one of the values that the resource has for
// the filter's name matches one of the filter's patterns.

namespace drydock::cloud::query {

/// Tells whether a text matches a pattern, in which `*` stands for any text, `?` for any character, and `\` takes the
/// meaning off the character that follows. Case matters.
[[nodiscard]] bool matches_pattern(std::string_view pattern, std::string_view text);

/// A filter of a request.
struct NamedFilter {
  std::string name;
  std::vector<std::string> patterns;
};

/// Takes the values that a resource has for a filter, and notes whether one of them matches.
class FilterMatch {
 public:
  explicit FilterMatch(const NamedFilter& filter) : filter_(filter) {}
  void value(std::string_view text);
  void flag(bool is) { value(is ? "true" : "false"); }
  void number(std::uint64_t number);
  [[nodiscard]] bool found() const { return found_; }

 private:
  const NamedFilter& filter_;
  bool found_ = false;
};

/// A name by which a kind of resource may be filtered, and where its values come from.
template <typename Row>
struct FilterRule {
  std::string_view name;
  void (*values)(const Row&, FilterMatch&);
};

/// A resource with tags can be filtered by them: `tag:KEY`, `tag-key`, `tag-value`.
template <typename Row>
concept Tagged = requires(const Row& row) {
  row.each_tag([](std::string_view, std::string_view) {});
};

[[nodiscard]] Error invalid_filter(std::string_view name);
/// Reads the filters of a request, whatever their names. A filter has at least one value.
[[nodiscard]] Result<std::vector<NamedFilter>> read_filters(const ParameterTree& parameters);
[[nodiscard]] bool is_tag_filter(std::string_view name);
/// Hands a tag to a filter by tags.
void match_tag(const NamedFilter& filter, FilterMatch& match, std::string_view key, std::string_view value);

template <typename Row>
[[nodiscard]] const FilterRule<Row>* rule_of(std::span<const FilterRule<Row>> rules, std::string_view name) {
  for (const FilterRule<Row>& rule : rules) {
    if (rule.name == name) return &rule;
  }
  return nullptr;
}

/// Reads the filters of a request for resources of one kind; a name that the kind does not have is an error.
template <typename Row>
[[nodiscard]] Result<std::vector<NamedFilter>> read_filters(const ParameterTree& parameters,
                                                            std::span<const FilterRule<Row>> rules) {
  Result<std::vector<NamedFilter>> filters = read_filters(parameters);
  if (!filters) return filters;
  for (const NamedFilter& filter : *filters) {
    const bool by_tag = Tagged<Row> && is_tag_filter(filter.name);
    if (!by_tag && rule_of(rules, filter.name) == nullptr) return tl::unexpected(invalid_filter(filter.name));
  }
  return filters;
}

template <typename Row>
[[nodiscard]] bool passes(const NamedFilter& filter, const Row& row, std::span<const FilterRule<Row>> rules) {
  FilterMatch match(filter);
  if (const FilterRule<Row>* rule = rule_of(rules, filter.name)) {
    rule->values(row, match);
  } else if constexpr (Tagged<Row>) {
    row.each_tag([&](std::string_view key, std::string_view value) { match_tag(filter, match, key, value); });
  }
  return match.found();
}

template <typename Row>
[[nodiscard]] bool passes_all(std::span<const NamedFilter> filters, const Row& row,
                              std::span<const FilterRule<Row>> rules) {
  for (const NamedFilter& filter : filters) {
    if (!passes(filter, row, rules)) return false;
  }
  return true;
}

}  // namespace drydock::cloud::query
