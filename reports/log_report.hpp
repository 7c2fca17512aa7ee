#pragma once

#include <string>

#include "reports/json_parts.hpp"
#include "scenarios/logs/imported_log.hpp"

namespace drydock::reports {

// What is shown of a log of the real platform, by `import` and by `conform`.

/// Writes the log as plain NDJSON: a line that says what the log shows, then a line for each event, by time. `import`
/// reads it back.
[[nodiscard]] std::string log_ndjson(const scenarios::ImportedLog& log);

/// Writes the log as `drydock.log/1`: its events, the unmatched lines, and the number of ignored lines.
[[nodiscard]] std::string log_json(const scenarios::ImportedLog& log);

/// Says how many lines no rule knows, and shows the first few of them; empty where there are none.
[[nodiscard]] std::string unmatched_text(const scenarios::ImportedLog& log);
[[nodiscard]] Ordered unmatched_json(const scenarios::ImportedLog& log);

/// Writes a time as the log writes it: a date, or `+12.5s`.
[[nodiscard]] std::string log_time(const scenarios::LogTime& at);

/// Says what an event of the log is, as people read it: `provision.ec2_started of pm {"state":"pending"}`.
[[nodiscard]] std::string log_event_words(const scenarios::LogEvent& event);

/// Writes a place as `file:line`.
[[nodiscard]] std::string place_text(const scenarios::LogPlace& place);

[[nodiscard]] Ordered log_event_json(const scenarios::LogEvent& event);

}  // namespace drydock::reports
