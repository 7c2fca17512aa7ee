#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "scenarios/logs/imported_log.hpp"

namespace drydock::scenarios {

/// Reads RFC 3339 with any offset (`…Z`, `…+02:00`, `…+0200`, `…+02`) and any number of decimals; what is below a
/// microsecond is cut. A space may stand for the `T`, and a comma for the point.
[[nodiscard]] std::optional<LogTime> parse_log_instant(std::string_view text);

/// Reads the same without an offset, or with ` UTC`: a time of a log that is known to be in UTC.
[[nodiscard]] std::optional<LogTime> parse_utc_instant(std::string_view text);

/// Reads a number: seconds (see below), or, by its digits, milliseconds (13), microseconds (16) or nanoseconds (19)
/// since the Unix epoch.
[[nodiscard]] std::optional<LogTime> parse_log_number(std::string_view text);

/// Reads decimal seconds exactly. Below ten years they count from virtual time zero, above from the Unix epoch.
[[nodiscard]] std::optional<LogTime> parse_log_seconds(std::string_view text);

/// Reads whole nanoseconds since the Unix epoch; what is below a microsecond is cut.
[[nodiscard]] std::optional<LogTime> parse_log_nanoseconds(std::string_view text);

/// Reads what a log may say about time as text: RFC 3339, a duration since virtual time zero, or a number of at least
/// ten digits, which counts from the Unix epoch.
[[nodiscard]] std::optional<LogTime> parse_log_time(std::string_view text);

/// Reads a time from a value of JSON, a number or a text; empty where it is none.
[[nodiscard]] std::optional<LogTime> time_of_value(const Json& value);

}  // namespace drydock::scenarios
