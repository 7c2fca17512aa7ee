#include "sim/time.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace drydock::sim {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

struct Unit {
  std::string_view suffix;
  Duration size{};
};

// Largest first: the order in which a duration is written. `ms` stands before `m` and `s` when reading.
constexpr std::array<Unit, 6> kUnits{{{"d", days{1}},
                                      {"h", hours{1}},
                                      {"m", minutes{1}},
                                      {"s", seconds{1}},
                                      {"ms", milliseconds{1}},
                                      {"us", microseconds{1}}}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Takes the leading digits off `text` and returns their number. Returns nothing when there are no digits or the number
/// is beyond any legal duration.
std::optional<std::int64_t> take_number(std::string_view& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || text.empty() || !is_digit(text.front())) return std::nullopt;
  if (value > kLongestDuration.count()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

/// Adds `count` units to `total`. Returns false when the sum passes the longest legal duration.
bool add(Duration& total, std::int64_t count, Duration unit) {
  if (count > kLongestDuration / unit) return false;
  total += count * unit;
  return total <= kLongestDuration;
}

std::optional<Duration> take_unit(std::string_view& text) {
  const Unit* best = nullptr;
  for (const Unit& unit : kUnits) {
    if (text.starts_with(unit.suffix) && (best == nullptr || unit.suffix.size() > best->suffix.size())) {
      best = &unit;
    }
  }
  if (best == nullptr) return std::nullopt;
  text.remove_prefix(best->suffix.size());
  return best->size;
}

std::optional<Duration> iso_unit(char letter, bool in_time) {
  if (!in_time) return letter == 'D' ? std::optional<Duration>{days{1}} : std::nullopt;
  switch (letter) {
    case 'H':
      return hours{1};
    case 'M':
      return minutes{1};
    case 'S':
      return seconds{1};
    default:
      return std::nullopt;
  }
}

/// Reads the part of ISO-8601 that has no years, months or fractions: `PT12M`, `P1DT2H`.
std::optional<Duration> parse_iso_duration(std::string_view text) {
  text.remove_prefix(1);
  Duration total{};
  bool in_time = false;
  bool any = false;
  while (!text.empty()) {
    if (text.front() == 'T' && !in_time) {
      in_time = true;
      text.remove_prefix(1);
      if (text.empty()) return std::nullopt;
    }
    const auto count = take_number(text);
    if (!count || text.empty()) return std::nullopt;
    const auto unit = iso_unit(text.front(), in_time);
    text.remove_prefix(1);
    if (!unit || !add(total, *count, *unit)) return std::nullopt;
    any = true;
  }
  return any ? std::optional{total} : std::nullopt;
}

bool all_digits(std::string_view text) {
  for (const char c : text) {
    if (!is_digit(c)) return false;
  }
  return !text.empty();
}

int two_digits(std::string_view text, std::size_t at) { return (text[at] - '0') * 10 + (text[at + 1] - '0'); }

/// Reads the fraction of a second: `.5` is 500 000 µs. What follows the sixth digit must be digits too, and is dropped.
std::optional<std::int64_t> parse_fraction(std::string_view text) {
  if (text.empty()) return 0;
  if (text.front() != '.' || !all_digits(text.substr(1))) return std::nullopt;
  std::int64_t value = 0;
  for (std::size_t i = 1; i <= 6; ++i) value = value * 10 + (i < text.size() ? text[i] - '0' : 0);
  return value;
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  if (text.starts_with('P')) return parse_iso_duration(text);
  if (text.empty()) return std::nullopt;
  Duration total{};
  while (!text.empty()) {
    const auto count = take_number(text);
    if (!count) return std::nullopt;
    const auto unit = take_unit(text);
    if (!unit || !add(total, *count, *unit)) return std::nullopt;
  }
  return total;
}

std::optional<DurationRange> parse_duration_range(std::string_view text) {
  const auto dots = text.find("..");
  if (dots == std::string_view::npos) {
    const auto point = parse_duration(text);
    if (!point) return std::nullopt;
    return DurationRange{*point, *point};
  }
  const auto lo = parse_duration(text.substr(0, dots));
  const auto hi = parse_duration(text.substr(dots + 2));
  if (!lo || !hi || *lo > *hi) return std::nullopt;
  return DurationRange{*lo, *hi};
}

std::string format_duration(Duration duration) {
  if (duration == Duration{}) return "0s";
  std::string text;
  if (duration < Duration{}) {
    text = "-";
    duration = -duration;
  }
  for (const Unit& unit : kUnits) {
    const auto count = duration / unit.size;
    if (count == 0) continue;
    text += fmt::format("{}{}", count, unit.suffix);
    duration -= count * unit.size;
  }
  return text;
}

std::string format_duration_range(const DurationRange& range) {
  if (range.is_point()) return format_duration(range.lo);
  return format_duration(range.lo) + ".." + format_duration(range.hi);
}

std::optional<std::int64_t> parse_rfc3339(std::string_view text) {
  constexpr std::string_view shape = "dddd-dd-ddTdd:dd:dd";
  if (text.size() <= shape.size() || text.back() != 'Z') return std::nullopt;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 'd' ? !is_digit(text[i]) : text[i] != shape[i]) return std::nullopt;
  }
  const auto fraction = parse_fraction(text.substr(shape.size(), text.size() - shape.size() - 1));
  if (!fraction) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{two_digits(text, 0) * 100 + two_digits(text, 2)},
                                         std::chrono::month(static_cast<unsigned>(two_digits(text, 5))),
                                         std::chrono::day(static_cast<unsigned>(two_digits(text, 8)))};
  const int hour = two_digits(text, 11);
  const int minute = two_digits(text, 14);
  const int second = two_digits(text, 17);
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  const auto day = std::chrono::sys_days{date}.time_since_epoch();
  const Duration since_epoch = day + hours{hour} + minutes{minute} + seconds{second};
  return since_epoch.count() + *fraction;
}

std::string format_rfc3339(std::int64_t unix_us) {
  const std::chrono::sys_time<Duration> at{Duration{unix_us}};
  const auto day = std::chrono::floor<days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss<Duration> time{at - day};
  std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                                 static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                                 time.hours().count(), time.minutes().count(), time.seconds().count());
  const auto fraction = time.subseconds().count();
  if (fraction % 1000 != 0) {
    text += fmt::format(".{:06}", fraction);
  } else if (fraction != 0) {
    text += fmt::format(".{:03}", fraction / 1000);
  }
  return text + "Z";
}

std::string format_seconds(Duration duration) {
  const bool negative = duration < Duration{};
  const auto us = negative ? -duration.count() : duration.count();
  std::string text = fmt::format("{}{}.{:06}", negative ? "-" : "", us / 1'000'000, us % 1'000'000);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace drydock::sim
