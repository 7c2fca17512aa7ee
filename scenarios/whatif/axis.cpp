#include "scenarios/whatif/axis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "scenarios/files/decode_cloud.hpp"
#include "sim/check.hpp"
#include "sim/time.hpp"

namespace drydock::scenarios {
namespace {

using Scale = Axis::Scale;

constexpr std::int64_t kOne = 1'000'000;  // a number's 1
constexpr std::int64_t kMillisecond = 1000;
constexpr std::int64_t kMostNumber = 1'000'000'000;

std::optional<std::int64_t> digits(std::string_view text, std::int64_t most) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, value);
  const bool whole = error == std::errc{} && last == end && !text.starts_with('-');
  return whole && value <= most ? std::optional{value} : std::nullopt;
}

/// Reads a number with up to six decimals, as millionths.
std::optional<std::int64_t> parse_number(std::string_view text) {
  constexpr std::size_t kDecimals = 6;
  const auto point = text.find('.');
  const auto whole = digits(text.substr(0, point), kMostNumber);
  if (!whole || point == std::string_view::npos) return whole ? std::optional{*whole * kOne} : std::nullopt;
  std::string decimals{text.substr(point + 1)};
  if (decimals.empty() || decimals.size() > kDecimals) return std::nullopt;
  decimals.resize(kDecimals, '0');
  const auto fraction = digits(decimals, kOne - 1);
  return fraction ? std::optional{*whole * kOne + *fraction} : std::nullopt;
}

std::string format_number(std::int64_t position) {
  if (position % kOne == 0) return std::to_string(position / kOne);
  std::string text = fmt::format("{}.{:06}", position / kOne, position % kOne);
  text.erase(text.find_last_not_of('0') + 1);
  return text;
}

ParsedAxis wrong(std::string message, std::string hint = {}) {
  return {std::nullopt, std::move(message), std::move(hint)};
}

constexpr std::string_view kExample = "restart.debounce_window=0s..120s:10s, or restart.debounce_mode=drop,trailing";

struct RangeText {
  std::string_view lo;
  std::string_view hi;
  std::string_view step;
};

/// LO..HI:STEP, as far as its punctuation goes.
std::optional<RangeText> range_text(std::string_view text) {
  const auto dots = text.find("..");
  const auto colon = text.rfind(':');
  if (dots == std::string_view::npos || colon == std::string_view::npos || colon < dots) return std::nullopt;
  return RangeText{text.substr(0, dots), text.substr(dots + 2, colon - dots - 2), text.substr(colon + 1)};
}

struct Positions {
  std::int64_t lo = 0;
  std::int64_t hi = 0;
  std::int64_t step = 0;
};

std::optional<Positions> positions_of(Scale scale, const RangeText& range) {
  const auto lo = parse_position(scale, range.lo);
  const auto hi = parse_position(scale, range.hi);
  const auto step = parse_position(scale, range.step);
  if (!lo || !hi || !step) return std::nullopt;
  return Positions{*lo, *hi, *step};
}

ParsedAxis stepped(Axis axis, std::string_view text, const RangeText& range) {
  auto positions = positions_of(Scale::durations, range);
  axis.scale = positions ? Scale::durations : Scale::numbers;
  if (!positions) positions = positions_of(Scale::numbers, range);
  if (!positions) {
    return wrong(fmt::format("'{}' is not LO..HI:STEP of three durations, or of three numbers", text),
                 "a duration has a unit, also 0s: 0s..120s:10s");
  }
  if (positions->lo > positions->hi) return wrong(fmt::format("'{}' runs backwards", text));
  if (positions->step == 0) return wrong(fmt::format("'{}' has a step of nothing", text));
  const auto count = (positions->hi - positions->lo) / positions->step + 1;
  if (count > static_cast<std::int64_t>(kMostAxisValues))
    return wrong(fmt::format("'{}' has {} values; at most {} are played", text, count, kMostAxisValues));
  for (std::int64_t at = positions->lo; at <= positions->hi; at += positions->step) {
    axis.positions.push_back(at);
    axis.values.push_back(axis.text_at(at));
  }
  return {std::move(axis), {}, {}};
}

/// Split at the commas that are within no brace and no bracket.
std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts(1);
  int depth = 0;
  for (const char c : text) {
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (c == ',' && depth == 0) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

/// The positions of values that all lie on the scale and ascend; none otherwise.
std::vector<std::int64_t> ascending(Scale scale, const std::vector<std::string>& values) {
  std::vector<std::int64_t> positions;
  for (const std::string& value : values) {
    const auto position = parse_position(scale, value);
    if (!position || (!positions.empty() && *position <= positions.back())) return {};
    positions.push_back(*position);
  }
  return positions;
}

ParsedAxis listed(Axis axis, std::string_view text) {
  axis.values = split(text);
  if (axis.values.size() > kMostAxisValues)
    return wrong(fmt::format("{} values are listed; at most {} are played", axis.values.size(), kMostAxisValues));
  std::set<std::string_view> seen;
  for (const std::string& value : axis.values) {
    if (value.empty()) return wrong(fmt::format("'{}' lists an empty value", text));
    if (!seen.insert(value).second) return wrong(fmt::format("'{}' lists {} twice", text, value));
  }
  for (const Scale scale : {Scale::durations, Scale::numbers}) {
    axis.positions = ascending(scale, axis.values);
    if (axis.positions.empty()) continue;
    axis.scale = scale;
    break;
  }
  return {std::move(axis), {}, {}};
}

}  // namespace

std::string Axis::text_at(std::int64_t position) const {
  DRYDOCK_CHECK(scale != Scale::words, "words have no positions");
  return scale == Scale::durations ? sim::format_duration(sim::Duration{position}) : format_number(position);
}

std::int64_t Axis::resolution_between(std::size_t left, std::size_t right) const {
  const std::int64_t hundredth = (positions[right] - positions[left]) / 100;
  const bool whole_numbers = scale == Scale::numbers && positions[left] % kOne == 0 && positions[right] % kOne == 0;
  std::int64_t power = whole_numbers ? kOne : scale == Scale::durations ? kMillisecond : 1;
  for (;; power *= 10) {
    for (const std::int64_t factor : std::array<std::int64_t, 3>{1, 2, 5})
      if (factor * power >= hundredth) return factor * power;
  }
}

std::optional<std::int64_t> parse_position(Scale scale, std::string_view text) {
  if (scale == Scale::numbers) return parse_number(text);
  if (scale == Scale::words) return std::nullopt;
  const auto duration = sim::parse_duration(text);
  return duration ? std::optional{duration->count()} : std::nullopt;
}

ParsedAxis parse_axis(std::string_view text) {
  auto parts = split_setting(text);
  if (!parts || parts->first.empty())
    return wrong(fmt::format("takes KEY=VALUES, not '{}'", text), fmt::format("{}", kExample));
  Axis axis;
  axis.key = std::move(parts->first);
  const std::string_view values = parts->second;
  if (const auto range = range_text(values)) return stepped(std::move(axis), values, *range);
  if (values.find("..") != std::string_view::npos && values.find(',') == std::string_view::npos) {
    return wrong(fmt::format("'{}' has no step", values), fmt::format("LO..HI:STEP, for instance {}:10s", values));
  }
  return listed(std::move(axis), values);
}

}  // namespace drydock::scenarios
