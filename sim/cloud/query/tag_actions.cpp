#include <array>

#include "sim/cloud/query/actions.hpp"

// CreateTags, DeleteTags, DescribeTags.

namespace drydock::cloud::query {
namespace {

std::string_view resource_type(std::string_view id) {
  if (id.starts_with("i-")) return "instance";
  return id.starts_with("vol-") ? "volume" : "snapshot";
}

/// A tag of one resource.
struct TagRow {
  std::uint64_t number = 0;
  TagDescription tag;
};

/// Returns the number of a resource among all: instances come first, then volumes, then snapshots.
std::uint64_t resource_number(const SimEc2& ec2, std::string_view id) {
  constexpr std::uint64_t kinds_apart = std::uint64_t{1} << 40U;
  if (const Instance* instance = ec2.find(id)) return instance->number;
  if (const Volume* volume = ec2.find_volume(id)) return kinds_apart + volume->number;
  const Snapshot* snapshot = ec2.find_snapshot(id);
  return 2 * kinds_apart + (snapshot == nullptr ? 0 : snapshot->number);
}

/// Numbers tags by their resource and their place among its tags, so that what happens to other resources between two
/// pages moves none of them.
std::vector<TagRow> numbered(const SimEc2& ec2, std::vector<TagDescription> tags) {
  constexpr std::uint64_t places = 256;
  std::vector<TagRow> rows;
  for (TagDescription& tag : tags) {
    const bool another = rows.empty() || rows.back().tag.id != tag.id;
    const std::uint64_t number = another ? resource_number(ec2, tag.id) * places : rows.back().number + 1;
    rows.push_back({number, std::move(tag)});
  }
  return rows;
}

constexpr std::array<FilterRule<TagRow>, 4> kTagFilters{{
    {"key", [](const TagRow& row, FilterMatch& m) { m.value(row.tag.tag.key); }},
    {"resource-id", [](const TagRow& row, FilterMatch& m) { m.value(row.tag.id); }},
    {"resource-type", [](const TagRow& row, FilterMatch& m) { m.value(resource_type(row.tag.id)); }},
    {"value", [](const TagRow& row, FilterMatch& m) { m.value(row.tag.tag.value); }},
}};

constexpr std::array<ParameterRule, 4> kDescribeTagsRules{{kFilterName, kFilterValue, kMaxResults, kNextToken}};
constexpr std::array<ParameterRule, 3> kTagRules{
    {{"ResourceId.N", RuleKind::text, true}, {"Tag.N.Key"}, {"Tag.N.Value"}}};

/// `tag:KEY` is a filter here too, though a tag has no tags: it stands for the key and the value together.
Result<std::vector<NamedFilter>> read_tag_filters(const ParameterTree& parameters) {
  Result<std::vector<NamedFilter>> filters = read_filters(parameters);
  if (!filters) return filters;
  std::vector<NamedFilter> plain;
  for (NamedFilter& filter : *filters) {
    if (filter.name.starts_with("tag:")) {
      plain.push_back({"key", {filter.name.substr(4)}});
      filter.name = "value";
    } else if (rule_of<TagRow>(kTagFilters, filter.name) == nullptr) {
      return tl::unexpected(invalid_filter(filter.name));
    }
    plain.push_back(std::move(filter));
  }
  return plain;
}

Served describe_tags(Exchange* exchange) {
  Result<std::vector<NamedFilter>> filters = read_tag_filters(exchange->parameters);
  if (!filters) co_return filters.error();
  const Result<Page> page = read_page(exchange->parameters, "", "");
  if (!page) co_return page.error();
  std::vector<std::string> all;
  Result<std::vector<TagDescription>> seen = co_await exchange->ec2.describe_tags(exchange->context, std::move(all));
  if (!seen) co_return seen.error();
  std::vector<TagRow> rows = numbered(exchange->ec2, std::move(*seen));
  const std::string next = select<TagRow>(rows, *filters, kTagFilters, *page, "DescribeTags");
  Element set = exchange->answer.child("tagSet");
  for (const TagRow& row : rows) {
    Element item = set.child("item");
    item.text("resourceId", row.tag.id);
    item.text("resourceType", resource_type(row.tag.id));
    item.text("key", row.tag.tag.key);
    item.text("value", row.tag.tag.value);
  }
  write_token(exchange->answer, next);
  co_return std::nullopt;
}

Served create_tags(Exchange* exchange) {
  Result<std::vector<Tag>> tags = read_tags(exchange->parameters);
  if (!tags) co_return tags.error();
  if (tags->empty()) co_return missing_parameter("Tag");
  CreateTagsRequest request;
  request.ids = exchange->parameters.list("ResourceId");
  request.tags = std::move(*tags);
  Result<Done> done = co_await exchange->ec2.create_tags(exchange->context, std::move(request));
  if (!done) co_return done.error();
  write_done(exchange->answer);
  co_return std::nullopt;
}

/// A tag with `Value`, even an empty one, is deleted only with that value (docs/cloud.md §1.4).
Served delete_tags(Exchange* exchange) {
  DeleteTagsRequest request;
  request.ids = exchange->parameters.list("ResourceId");
  for (const ParameterTree* item : exchange->parameters.items("Tag")) {
    DeletedTag tag{item->text("Key"), std::nullopt};
    if (tag.key.empty()) co_return missing_parameter("Key");
    if (!item->at("Value").empty()) tag.value = item->text("Value");
    request.tags.push_back(std::move(tag));
  }
  Result<Done> done = co_await exchange->ec2.delete_tags(exchange->context, std::move(request));
  if (!done) co_return done.error();
  write_done(exchange->answer);
  co_return std::nullopt;
}

constexpr std::array<QueryAction, 3> kTagActions{{
    {"CreateTags", kTagRules, create_tags},
    {"DeleteTags", kTagRules, delete_tags},
    {"DescribeTags", kDescribeTagsRules, describe_tags},
}};

}  // namespace

std::span<const QueryAction> tag_actions() { return kTagActions; }

}  // namespace drydock::cloud::query
