#include "scenarios/logs/log_time.hpp"

#include <algorithm>
#include <charconv>
#include <string>

#include "sim/time.hpp"

namespace drydock::scenarios {
namespace {

constexpr std::size_t kMicrosecondDigits = 6;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool all_digits(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_digit); }

std::optional<std::int64_t> number(std::string_view digits) {
  std::int64_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [last, error] = std::from_chars(digits.data(), end, value);
  if (error != std::errc{} || last != end) return std::nullopt;
  return value;
}

/// `+hh:mm`, `+hhmm` or `+hh` in microseconds.
std::optional<std::int64_t> parse_offset(std::string_view text) {
  std::string digits{text.substr(1)};
  if (digits.size() == 5 && digits[2] == ':') digits.erase(2, 1);
  if (digits.size() == 2) digits += "00";
  if (digits.size() != 4 || !all_digits(digits)) return std::nullopt;
  const std::string_view hours = std::string_view{digits}.substr(0, 2);
  const std::string_view minutes = std::string_view{digits}.substr(2);
  if (hours > "23" || minutes > "59") return std::nullopt;
  const std::int64_t us = (*number(hours) * 60 + *number(minutes)) * 60 * 1'000'000;
  return text[0] == '-' ? -us : us;
}

/// The decimals after a point, as microseconds.
std::optional<std::int64_t> parse_decimals(std::string_view digits) {
  if (!all_digits(digits)) return std::nullopt;
  std::string six{digits.substr(0, kMicrosecondDigits)};
  six.resize(kMicrosecondDigits, '0');
  return number(six);
}

}  // namespace

std::optional<LogTime> parse_log_instant(std::string_view text) {
  std::int64_t offset = 0;
  const auto zone = text.find_last_of("Zz+-");
  if (zone == std::string_view::npos) return std::nullopt;
  if (text[zone] == '+' || text[zone] == '-') {
    const auto parsed = parse_offset(text.substr(zone));
    if (!parsed) return std::nullopt;
    offset = *parsed;
  } else if (zone + 1 != text.size()) {
    return std::nullopt;
  }
  std::string local{text.substr(0, zone)};
  const auto point = local.find_first_of(".,");
  if (point != std::string::npos) {
    local[point] = '.';
    if (!all_digits(std::string_view{local}.substr(point + 1))) return std::nullopt;
    local.resize(std::min(local.size(), point + 1 + kMicrosecondDigits));
  }
  if (local.size() > 10 && (local[10] == 't' || local[10] == ' ')) local[10] = 'T';
  const auto unix_us = sim::parse_rfc3339(local + "Z");
  if (!unix_us) return std::nullopt;
  return LogTime{*unix_us - offset, true};
}

std::optional<LogTime> parse_utc_instant(std::string_view text) {
  if (const auto instant = parse_log_instant(text)) return instant;
  constexpr std::string_view kUtc = " UTC";
  if (text.ends_with(kUtc)) text.remove_suffix(kUtc.size());
  return parse_log_instant(std::string{text} + "Z");
}

std::optional<LogTime> parse_log_number(std::string_view text) {
  const auto point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  constexpr std::size_t kMillisecondDigits = 13;
  if (whole.size() < kMillisecondDigits || whole.size() > 19 || !all_digits(whole)) return parse_log_seconds(text);
  if (point != std::string_view::npos && !all_digits(text.substr(point + 1))) return std::nullopt;
  const auto value = number(whole);
  if (!value) return std::nullopt;
  if (whole.size() >= 19) return LogTime{*value / 1000, true};
  if (whole.size() >= 16) return LogTime{*value, true};
  if (whole.size() > kMillisecondDigits) return std::nullopt;
  const auto decimals = point == std::string_view::npos ? "" : text.substr(point + 1, 3);
  std::string three{decimals};
  three.resize(3, '0');
  return LogTime{*value * 1000 + *number(three), true};
}

std::optional<LogTime> parse_log_seconds(std::string_view text) {
  constexpr std::size_t kMostDigits = 11;  // seconds of any year that a date can write
  const auto point = text.find('.');
  const auto whole = text.substr(0, point);
  if (!all_digits(whole) || whole.size() > kMostDigits) return std::nullopt;
  std::int64_t us = *number(whole) * 1'000'000;
  if (point != std::string_view::npos) {
    const auto decimals = parse_decimals(text.substr(point + 1));
    if (!decimals) return std::nullopt;
    us += *decimals;
  }
  return LogTime{us, us > sim::kLongestDuration.count()};
}

std::optional<LogTime> parse_log_nanoseconds(std::string_view text) {
  if (!all_digits(text)) return std::nullopt;
  const auto value = number(text);
  if (!value) return std::nullopt;
  return LogTime{*value / 1000, true};
}

std::optional<LogTime> parse_log_time(std::string_view text) {
  if (const auto instant = parse_log_instant(text)) return instant;
  if (const auto duration = sim::parse_duration(text)) return LogTime{duration->count(), false};
  constexpr std::size_t kEpochDigits = 10;
  if (text.size() < kEpochDigits) return std::nullopt;
  return parse_log_number(text);
}

std::optional<LogTime> time_of_value(const Json& value) {
  if (value.is_string()) return parse_log_time(value.get_ref<const std::string&>());
  return value.is_number() ? parse_log_number(value.dump()) : std::nullopt;
}

}  // namespace drydock::scenarios
