#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/files/diagnostic.hpp"
#include "scenarios/scenario.hpp"

namespace drydock::scenarios {

/// The time at which something was logged: microseconds since the Unix epoch, or since virtual time zero.
struct LogTime {
  std::int64_t us = 0;
  bool absolute = false;

  friend bool operator==(const LogTime&, const LogTime&) = default;
};

/// Keeps the earlier, or the later, of two ends of the time that a log covers; an empty one says nothing.
void keep_earlier(std::optional<LogTime>& kept, const std::optional<LogTime>& other);
void keep_later(std::optional<LogTime>& kept, const std::optional<LogTime>& other);

/// A place in a log, and what stands there.
struct LogPlace {
  std::string file;
  std::size_t line = 0;  // from 1
  std::size_t column = 0;
  std::string text;

  friend bool operator==(const LogPlace&, const LogPlace&) = default;
};

/// Makes a diagnostic of a place in a log.
[[nodiscard]] Diagnostic problem_at(const LogPlace& place, std::string message, std::string hint = {});

/// Says what a line is where no rule says what it means.
enum class LogContent : std::uint8_t {
  line,
  record,        // of CloudTrail: `body` is one
  state_change,  // of an instance, as EventBridge tells it: `body` is the event
};

/// One line (or record) of a log, before any rule has looked at it.
struct LogLine {
  LogPlace place;
  LogTime at;
  std::map<std::string, std::string> labels;
  Json body = nullptr;  // the line's own JSON; null where it is none
  LogContent content = LogContent::line;
};

/// An event that a line speaks of, in Drydock's words. It happened between `at` and `at + within`.
struct LogEvent {
  LogPlace place;
  LogTime at;
  Duration within{};
  std::string kind;
  std::string workspace;  // empty: the line does not say
  std::string instance;
  Json detail = Json::object();
};

/// Gives one of an event's details as text (`plain_text`); empty where the event has no such detail.
[[nodiscard]] std::string detail_text(const LogEvent& event, const char* key);

/// Tells whether a detail holds everything that is wanted: an object is a subset, anything else compares as text.
[[nodiscard]] bool holds_detail(const Json& wanted, const Json& actual);

/// Events that a log would show if they happened: those of a kind whose detail holds `where`.
struct VisibleKind {
  std::string kind;
  Json where = Json::object();

  friend bool operator==(const VisibleKind&, const VisibleKind&) = default;
};

/// Logs as events. A line is one of the events, ignored by a rule, or unmatched: none is dropped.
struct ImportedLog {
  std::vector<LogEvent> events;      // by time; at one time in an order that no file's order changes
  std::vector<VisibleKind> visible;  // by name
  std::vector<LogPlace> unmatched;   // in the order of files and lines
  std::uint64_t ignored = 0;
  /// The time that the log covers, where it says so; empty: from its first event to its last.
  std::optional<LogTime> since;
  std::optional<LogTime> until;
  bool absolute = false;  // whether the times are since the Unix epoch
};

}  // namespace drydock::scenarios
