#include "reports/log_report.hpp"

#include <fmt/format.h>

#include "reports/layout.hpp"
#include "reports/words.hpp"
#include "sim/time.hpp"

namespace drydock::reports {
namespace {

using scenarios::ImportedLog;
using scenarios::LogEvent;
using scenarios::LogPlace;
using scenarios::LogTime;
using scenarios::VisibleKind;

constexpr std::size_t kShownUnmatched = 5;

Ordered visible_json(const ImportedLog& log) {
  return array_of(log.visible, [](const VisibleKind& visible) {
    if (visible.where.empty()) return Ordered(visible.kind);
    return Ordered{{"kind", visible.kind}, {"where", Ordered(visible.where)}};
  });
}

Ordered time_json(const LogTime& at) {
  if (at.absolute) return sim::format_rfc3339(at.us);
  return seconds(sim::Duration{at.us});
}

void put_time(const LogTime& at, Ordered& json) { json[at.absolute ? "at" : "at_s"] = time_json(at); }

}  // namespace

std::string place_text(const LogPlace& place) { return fmt::format("{}:{}", place.file, place.line); }

std::string log_time(const LogTime& at) {
  if (at.absolute) return sim::format_rfc3339(at.us);
  return since_start(sim::kTimeZero + sim::Duration{at.us});
}

std::string log_event_words(const LogEvent& event) {
  std::string text = event.kind;
  if (!event.workspace.empty()) text += " of " + event.workspace;
  if (!event.detail.empty()) text += " " + compact_json(Ordered(event.detail));
  return text;
}

Ordered log_event_json(const LogEvent& event) {
  Ordered json = Ordered::object();
  put_time(event.at, json);
  if (event.within.count() != 0) json["within"] = sim::format_duration(event.within);
  json["kind"] = event.kind;
  if (!event.workspace.empty()) json["workspace"] = event.workspace;
  if (!event.instance.empty()) json["instance"] = event.instance;
  if (!event.detail.empty()) json["detail"] = Ordered(event.detail);
  json["source"] = place_text(event.place);
  return json;
}

std::string log_ndjson(const ImportedLog& log) {
  Ordered header{{"visible", visible_json(log)}};
  if (log.since) header["since"] = time_json(*log.since);
  if (log.until) header["until"] = time_json(*log.until);
  std::string out = compact_json(header) + "\n";
  for (const LogEvent& event : log.events) out += compact_json(log_event_json(event)) + "\n";
  return out;
}

Ordered unmatched_json(const ImportedLog& log) {
  return array_of(log.unmatched, [](const LogPlace& place) {
    return Ordered{{"file", place.file}, {"line", place.line}, {"text", place.text}};
  });
}

std::string log_json(const ImportedLog& log) {
  Ordered document{{"format", "drydock.log/1"}, {"visible", visible_json(log)}};
  if (log.since) document["since"] = time_json(*log.since);
  if (log.until) document["until"] = time_json(*log.until);
  document["events"] = array_of(log.events, log_event_json);
  document["ignored"] = log.ignored;
  document["unmatched"] = unmatched_json(log);
  return document_text(document);
}

std::string unmatched_text(const ImportedLog& log) {
  const std::size_t count = log.unmatched.size();
  if (count == 0) return {};
  std::string out = fmt::format("{} of the log {} no event, and no rule knows {}:\n", counted(count, "line"),
                                count == 1 ? "is" : "are", count == 1 ? "it" : "them");
  for (std::size_t i = 0; i < count && i < kShownUnmatched; ++i) {
    const std::string line = fmt::format("  {}: {}", place_text(log.unmatched[i]), log.unmatched[i].text);
    out += fit(printable(line), kWidth) + "\n";
  }
  if (count > kShownUnmatched) out += fmt::format("  … {} more (--format json lists all)\n", count - kShownUnmatched);
  return out;
}

}  // namespace drydock::reports
