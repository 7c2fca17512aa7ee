#pragma once

#include <string>

#include "reports/json_parts.hpp"
#include "scenarios/logs/imported_log.hpp"

namespace drydock::reports {

// What is shown of a log of the real platform, by `import` and by `conform`.

/// Plain NDJSON: a line that says what the log shows, then one for each event, by time. `import` reads it back.
[[nodiscard]] std::string log_ndjson(const scenarios::ImportedLog& log);

/// `drydock.log/1`: events, unmatched lines, ignored ones counted.
[[nodiscard]] std::string log_json(const scenarios::ImportedLog& log);

/// How many lines no rule knows, and the first few of them; empty where there are none.
[[nodiscard]] std::string unmatched_text(const scenarios::ImportedLog& log);
[[nodiscard]] Ordered unmatched_json(const scenarios::ImportedLog& log);

/// A time of the log as it is written there: a date, or `+12.5s`.
[[nodiscard]] std::string log_time(const scenarios::LogTime& at);

/// What a line says, as people read it: `provision.ec2_started of pm {"state":"pending"}`.
[[nodiscard]] std::string log_event_words(const scenarios::LogEvent& event);

/// `file:line`.
[[nodiscard]] std::string place_text(const scenarios::LogPlace& place);

[[nodiscard]] Ordered log_event_json(const scenarios::LogEvent& event);

}  // namespace drydock::reports
