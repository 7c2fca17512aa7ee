// Exports as CSV: of Athena and CloudTrail Lake, records; of Grafana, lines.

#include <algorithm>
#include <array>

#include "scenarios/logs/csv.hpp"
#include "scenarios/logs/decoder.hpp"
#include "scenarios/logs/log_time.hpp"
#include "scenarios/logs/trail_record.hpp"

namespace drydock::scenarios {
namespace {

/// Finds the first of these columns; empty where the row has none of them.
std::string cell_of(const Json& row, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (const auto found = row.find(name); found != row.end() && !found->get_ref<const std::string&>().empty())
      return *found;
  }
  return {};
}

Json row_object(const CsvRow& head, const CsvRow& row) {
  Json object = Json::object();
  for (std::size_t i = 0; i < std::min(head.cells.size(), row.cells.size()); ++i) object[head.cells[i]] = row.cells[i];
  return object;
}

/// Gives what is wrong with a row of Grafana's, in words, or nothing.
std::string add_line(const Json& row, LogPlace place, DecodedLog& log) {
  const std::string time = cell_of(row, {"tsNs", "timestamp", "Date", "Time"});
  const auto at = parse_log_time(time);
  if (!at) return "expected an instant as tsNs, timestamp, Date or Time, found " + in_quotes(time);
  place.text = cell_of(row, {"Line", "line", "body"});
  LogLine line{place, *at, {}, body_of_line(place.text)};
  const std::string labels = cell_of(row, {"labels", "Labels"});
  const JsonSource source(labels);
  if (!source.error() && source.root().json->is_object()) {
    for (const auto& [key, value] : source.root().json->items()) {
      if (value.is_string()) line.labels[key] = value;
    }
  }
  log.lines.push_back(std::move(line));
  return {};
}

bool has_any(const CsvRow& head, std::initializer_list<std::string_view> names) {
  return std::any_of(head.cells.begin(), head.cells.end(), [&](const std::string& cell) {
    return std::find(names.begin(), names.end(), cell) != names.end();
  });
}

}  // namespace

std::optional<LogKind> kind_of_csv(std::string_view text) {
  const std::vector<CsvRow> head = read_csv(text.substr(0, text.find('\n')));
  if (head.empty() || head.front().cells.size() > 1'000) return std::nullopt;
  const Json names = row_object(head.front(), head.front());
  if (is_record(names) || whole_record_in(names) != nullptr) return LogKind::cloudtrail;
  if (has_any(head.front(), {"Line", "line", "body"}) && has_any(head.front(), {"tsNs", "timestamp", "Date", "Time"}))
    return LogKind::logcli;
  return std::nullopt;
}

void decode_csv(const std::string& file, std::string_view text, DecodedLog& log) {
  const std::vector<CsvRow> rows = read_csv(text);
  for (std::size_t i = 1; i < rows.size() && log.errors.size() < kMostLogErrors; ++i) {
    const LogPlace place{file, rows[i].line, 1, {}};
    const Json row = row_object(rows.front(), rows[i]);
    std::string wrong =
        log.kind == LogKind::cloudtrail ? decode_cloudtrail_row(row, place, log) : add_line(row, place, log);
    if (!wrong.empty()) log.errors.push_back(problem_at(place, std::move(wrong)));
  }
}

}  // namespace drydock::scenarios
