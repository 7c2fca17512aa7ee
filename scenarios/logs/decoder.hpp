#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/files/diagnostic.hpp"
#include "scenarios/files/fields.hpp"
#include "scenarios/logs/imported_log.hpp"

namespace drydock::scenarios {

/// The kinds of log that are read (docs/conform.md, *Logs*).
enum class LogKind : std::uint8_t { loki, logcli, cloudtrail, cloudwatch, eventbridge, ndjson, text };

/// Lists the kinds in the order of the enumeration: `loki`, `logcli`, `cloudtrail`, `cloudwatch`, ….
[[nodiscard]] std::vector<std::string> log_kind_names();
[[nodiscard]] std::optional<LogKind> parse_log_kind(std::string_view name);

/// After so many errors of a file no more are looked for.
inline constexpr std::size_t kMostLogErrors = 10'000;

/// The contents of one log file.
struct DecodedLog {
  LogKind kind{};
  /// The path of the field of a line's JSON that holds its time, as the mapping names it; empty: the usual names.
  std::string time_field;
  std::vector<LogLine> lines;  // in the order of the file
  /// The events that the log would show if they happened, as a header line of NDJSON says.
  std::vector<VisibleKind> visible;
  /// The time that the log covers, as that header says; empty where it does not.
  std::optional<LogTime> since;
  std::optional<LogTime> until;
  std::vector<Diagnostic> errors;
};

/// Reads the bytes of a log of a kind; without one, of the kind that its content looks like. `time_field` is the path
/// of the field that holds the time of a line of JSON; empty: the usual names. Every error is reported, one that many
/// lines have once, with their number.
[[nodiscard]] DecodedLog decode_log(const std::string& file, std::string_view bytes, std::optional<LogKind> kind,
                                    const std::string& time_field = {});

/// Reads a list of kinds of events, each a name or `{kind, where}`.
[[nodiscard]] std::vector<VisibleKind> read_visible(DiagnosticSink& report, const Node& node);

/// Lists the names of all kinds of events, as `drydock list events` prints them.
[[nodiscard]] std::vector<std::string> event_kind_names();

// The decoders behind `decode_log`, and what tells their kinds of JSON apart.
[[nodiscard]] bool is_loki(const Json& value);
[[nodiscard]] bool is_logcli(const Json& value);
[[nodiscard]] bool is_cloudtrail(const Json& value);
[[nodiscard]] bool is_cloudwatch(const Json& value);
[[nodiscard]] bool is_eventbridge(const Json& value);
void decode_loki(DiagnosticSink& report, const Node& root, DecodedLog& log);
void decode_logcli_line(DiagnosticSink& report, const Node& root, DecodedLog& log);
void decode_cloudtrail(DiagnosticSink& report, const Node& root, DecodedLog& log);
void decode_cloudwatch(DiagnosticSink& report, const Node& root, DecodedLog& log);
void decode_eventbridge(DiagnosticSink& report, const Node& root, DecodedLog& log);
void decode_ndjson_line(DiagnosticSink& report, const Node& root, DecodedLog& log);
void decode_text_log(const std::string& file, std::string_view text, DecodedLog& log);

/// Tells what the rows of a CSV file are by its first row: records, or lines; empty where they are neither.
[[nodiscard]] std::optional<LogKind> kind_of_csv(std::string_view text);
void decode_csv(const std::string& file, std::string_view text, DecodedLog& log);
/// Read a record, or an event of EventBridge, that stands in something else: a row of a table, the message of a line.
/// They give what is wrong, in words, or nothing.
[[nodiscard]] std::string decode_cloudtrail_row(const Json& row, LogPlace place, DecodedLog& log);
[[nodiscard]] std::string decode_bridged_event(const Json& event, LogPlace place, DecodedLog& log);

/// Finds the time of a line of JSON under one of the usual names.
[[nodiscard]] std::optional<LogTime> time_in_body(const Json& body);

/// Gives the place of a node, with the text that reports show for it.
[[nodiscard]] LogPlace place_of(const DiagnosticSink& report, const Node& node, std::string text);

/// Reads labels: an object of texts; reports what is no text.
void read_labels(DiagnosticSink& report, const Node& node, std::map<std::string, std::string>& labels);

/// Reads the JSON that a line is; null where it is none.
[[nodiscard]] Json body_of_line(std::string_view line);

}  // namespace drydock::scenarios
