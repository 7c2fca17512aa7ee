#include "sim/cloud/query/exchange.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>

namespace drydock::cloud::query {
namespace {

// The limits of EC2's tags ([BC] CreateTags).
constexpr std::size_t kTagsAtMost = 50;
constexpr std::size_t kKeyAtMost = 128;
constexpr std::size_t kValueAtMost = 256;

/// Counts the characters of a UTF-8 text.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

void write_digits(std::string& text, std::size_t at, std::size_t count, std::int64_t number) {
  for (std::size_t place = at + count; place > at; number /= 10) text[--place] = static_cast<char>('0' + number % 10);
}

Failure bad_tag(const Tag& tag) {
  if (tag.key.empty() || characters(tag.key) > kKeyAtMost)
    return Error{"InvalidParameterValue", 400, "Tag keys must be 1 to 128 characters long."};
  if (characters(tag.value) > kValueAtMost)
    return Error{"InvalidParameterValue", 400, "Tag values must be at most 256 characters long."};
  if (tag.key.starts_with("aws:"))
    return Error{"InvalidParameterValue", 400, "Tag keys starting with 'aws:' are reserved for internal use"};
  return std::nullopt;
}

}  // namespace

std::optional<char> Exchange::zone_letter(std::string_view name) const {
  const bool ours = name.size() == region.size() + 1 && name.starts_with(region);
  if (!ours || kZones.find(name.back()) == std::string_view::npos) return std::nullopt;
  return name.back();
}

/// Writes the digits by hand: an answer about a thousand instances has four thousand times.
std::string Exchange::time(sim::Instant at) const {
  using namespace std::chrono;
  const sys_time<microseconds> instant{microseconds{start_unix_us} + at.time_since_epoch()};
  const auto day = floor<days>(instant);
  const year_month_day date{day};
  const hh_mm_ss clock{floor<milliseconds>(instant - day)};
  std::string text = "0000-00-00T00:00:00.000Z";
  write_digits(text, 0, 4, static_cast<int>(date.year()));
  write_digits(text, 5, 2, static_cast<unsigned>(date.month()));
  write_digits(text, 8, 2, static_cast<unsigned>(date.day()));
  write_digits(text, 11, 2, clock.hours().count());
  write_digits(text, 14, 2, clock.minutes().count());
  write_digits(text, 17, 2, clock.seconds().count());
  write_digits(text, 20, 3, clock.subseconds().count());
  return text;
}

void write_tags(Element parent, const Exchange& exchange, std::string_view id) {
  Element set = parent.child("tagSet");
  exchange.ec2.each_tag(id, [&](std::string_view key, std::string_view value) {
    Element item = set.child("item");
    item.text("key", key);
    item.text("value", value);
  });
}

Result<std::vector<Tag>> read_tags(const ParameterTree& node) {
  std::vector<Tag> tags;
  std::set<std::string> keys;
  for (const ParameterTree* item : node.items("Tag")) {
    Tag tag{item->text("Key"), item->text("Value")};
    Failure bad = bad_tag(tag);
    if (bad) return tl::unexpected(std::move(*bad));
    if (!keys.insert(tag.key).second) {
      return tl::unexpected(
          Error{"InvalidParameterValue", 400, fmt::format("Duplicate tag key '{}' specified.", tag.key)});
    }
    tags.push_back(std::move(tag));
  }
  if (tags.size() > kTagsAtMost) {
    return tl::unexpected(
        Error{"TagLimitExceeded", 400, "The maximum number of Tags for a resource has been reached."});
  }
  return tags;
}

Result<std::vector<Tag>> tags_for(const ParameterTree& parameters, std::string_view type,
                                  std::span<const std::string_view> types) {
  std::vector<Tag> tags;
  for (const ParameterTree* item : parameters.items("TagSpecification")) {
    const std::string& named = item->text("ResourceType");
    if (std::find(types.begin(), types.end(), named) == types.end()) {
      return tl::unexpected(Error{"InvalidParameterValue", 400,
                                  fmt::format("'{}' is not a valid taggable resource type for this operation.",
                                              named.empty() ? "null" : named)});
    }
    Result<std::vector<Tag>> read = read_tags(*item);
    if (!read) return read;
    if (named == type) tags.insert(tags.end(), read->begin(), read->end());
  }
  return tags;
}

std::string take_workspace(std::vector<Tag>& tags) {
  const auto found = std::find_if(tags.begin(), tags.end(), [](const Tag& tag) { return tag.key == "workspace"; });
  if (found == tags.end()) return {};
  std::string workspace = std::move(found->value);
  tags.erase(found);
  return workspace;
}

}  // namespace drydock::cloud::query
