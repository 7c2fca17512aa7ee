#pragma once

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
enum class LogKind : std::uint8_t { loki, logcli, cloudtrail, ndjson };

/// Lists the kinds in the order of the enumeration: `loki`, `logcli`, `cloudtrail`, `ndjson`.
[[nodiscard]] std::vector<std::string> log_kind_names();
[[nodiscard]] std::optional<LogKind> parse_log_kind(std::string_view name);

/// The contents of one log file.
struct DecodedLog {
  LogKind kind{};
  std::vector<LogLine> lines;  // in the order of the file
  /// The events that the log would show if they happened, as a header line of NDJSON says.
  std::vector<VisibleKind> visible;
  /// The time that the log covers, as that header says; empty where it does not.
  std::optional<LogTime> since;
  std::optional<LogTime> until;
  std::vector<Diagnostic> errors;
};

/// Reads a log of a kind; without one, of the kind that its content looks like. Every error is reported, a syntax error
/// of a file that is one document stops at the first.
[[nodiscard]] DecodedLog decode_log(const std::string& file, std::string_view text, std::optional<LogKind> kind);

/// Reads a list of kinds of events, each a name or `{kind, where}`.
[[nodiscard]] std::vector<VisibleKind> read_visible(DiagnosticSink& report, const Node& node);

/// Lists the names of all kinds of events, as `drydock list events` prints them.
[[nodiscard]] std::vector<std::string> event_kind_names();

// The decoders behind `decode_log`, one a file.
void decode_loki(DiagnosticSink& report, const Node& root, DecodedLog& log);
void decode_logcli_line(DiagnosticSink& report, const Node& root, DecodedLog& log);
void decode_cloudtrail(DiagnosticSink& report, const Node& root, DecodedLog& log);
void decode_ndjson_line(DiagnosticSink& report, const Node& root, DecodedLog& log);

/// Gives the place of a node, with the text that reports show for it.
[[nodiscard]] LogPlace place_of(const DiagnosticSink& report, const Node& node, std::string text);

/// Reads labels: an object of texts; reports what is no text.
void read_labels(DiagnosticSink& report, const Node& node, std::map<std::string, std::string>& labels);

/// Reads the JSON that a line is; null where it is none.
[[nodiscard]] Json body_of_line(std::string_view line);

}  // namespace drydock::scenarios
