#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "scenarios/logs/imported_log.hpp"

namespace drydock::scenarios {

/// Reads RFC 3339 with any offset (`…Z`, `…+02:00`) and any number of decimals; what is below a microsecond is cut.
[[nodiscard]] std::optional<LogTime> parse_log_instant(std::string_view text);

/// Reads decimal seconds exactly. Below ten years they count from virtual time zero, above from the Unix epoch.
[[nodiscard]] std::optional<LogTime> parse_log_seconds(std::string_view text);

/// Reads whole nanoseconds since the Unix epoch; what is below a microsecond is cut.
[[nodiscard]] std::optional<LogTime> parse_log_nanoseconds(std::string_view text);

/// Reads what a log may say about time as text: RFC 3339, or a duration since virtual time zero.
[[nodiscard]] std::optional<LogTime> parse_log_time(std::string_view text);

}  // namespace drydock::scenarios
