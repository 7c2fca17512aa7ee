#include "scenarios/logs/import.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "scenarios/logs/cloudtrail_events.hpp"

namespace drydock::scenarios {
namespace {

std::string dumped(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

class Importer {
 public:
  explicit Importer(const ImportOptions& options) : options_(options) {}

  Decoded<ImportedLog> import(const std::vector<LogInput>& inputs) {
    decode(inputs);
    learn_records();
    for (const DecodedLog& log : decoded_) {
      for (const LogLine& line : log.lines) read_line(line, log.kind);
    }
    for (const VisibleKind& kind : options_.visible) show(kind);
    if (options_.mapping != nullptr) {
      for (const VisibleKind& kind : visible_through(*options_.mapping)) show(kind);
    }
    check_times();
    put_in_order();
    Decoded<ImportedLog> decoded;
    decoded.errors = std::move(errors_);
    if (decoded.errors.empty()) decoded.value = std::move(log_);
    return decoded;
  }

 private:
  void decode(const std::vector<LogInput>& inputs) {
    for (const LogInput& input : inputs) {
      const std::string time_field = options_.mapping == nullptr ? "" : options_.mapping->time;
      DecodedLog decoded = decode_log(input.file, input.text, options_.kind, time_field);
      std::move(decoded.errors.begin(), decoded.errors.end(), std::back_inserter(errors_));
      for (const VisibleKind& kind : decoded.visible) show(kind);
      // Several files are one log: it covers what any of them does.
      keep_earlier(log_.since, decoded.since);
      keep_later(log_.until, decoded.until);
      decoded_.push_back(std::move(decoded));
    }
    said_ = log_.visible;
  }

  /// All records come before the first event: CloudTrail promises no order of records or of files.
  void learn_records() {
    DecodedLog records;
    records.kind = LogKind::cloudtrail;
    for (DecodedLog& log : decoded_) {
      if (log.kind == LogKind::cloudtrail) show_calls();
      const auto first = std::stable_partition(log.lines.begin(), log.lines.end(),
                                               [](const LogLine& line) { return line.content == LogContent::line; });
      std::move(first, log.lines.end(), std::back_inserter(records.lines));
      log.lines.erase(first, log.lines.end());
    }
    log_.ignored += drop_repeated(records.lines);
    for (const LogLine& line : records.lines) {
      if (line.content == LogContent::state_change) {
        show({"ec2.state", Json::object()});
      } else {
        show_calls();
        owners_.learn(line);
      }
    }
    owners_.spread();
    decoded_.push_back(std::move(records));
  }

  void show_calls() {
    if (std::exchange(shows_calls_, true)) return;
    for (const VisibleKind& kind : CloudTrailEvents::visible()) show(kind);
  }

  /// Sorts by time. At one time no order of lines or files counts: requests come first, and then what the platform says
  /// (`provision.…`, `http.response`) before what EC2 did (`ec2.…`), which is an order of the names, from z to a.
  void put_in_order() {
    const auto content = [](const LogEvent& event) {
      return std::tuple(event.kind == "http.request", event.kind, dumped(event.detail), event.workspace, event.instance,
                        event.within);
    };
    const auto place = [](const LogEvent& event) {
      return std::tie(event.place.file, event.place.line, event.place.column);
    };
    std::sort(log_.events.begin(), log_.events.end(), [&](const LogEvent& a, const LogEvent& b) {
      if (a.at.us != b.at.us) return a.at.us < b.at.us;
      const auto a_content = content(a);
      const auto b_content = content(b);
      return a_content != b_content ? a_content > b_content : place(a) < place(b);
    });
    std::sort(log_.visible.begin(), log_.visible.end(), [](const VisibleKind& a, const VisibleKind& b) {
      return std::tuple(a.kind, dumped(a.where)) < std::tuple(b.kind, dumped(b.where));
    });
  }

  void read_line(const LogLine& line, LogKind kind) {
    if (options_.mapping != nullptr) {
      if (auto mapped = apply(*options_.mapping, line)) {
        if (mapped->ignored) {
          ++log_.ignored;
        } else {
          add(std::move(mapped->event));
        }
        return;
      }
    }
    if (!read_content(line, kind)) log_.unmatched.push_back(line.place);
  }

  bool read_content(const LogLine& line, LogKind kind) {
    switch (line.content) {
      case LogContent::record:
        return read_record(line);
      case LogContent::state_change:
        add(state_event_of(line, owners_));
        return true;
      case LogContent::line:
        break;
    }
    return kind == LogKind::ndjson && read_event(line);
  }

  bool read_record(const LogLine& line) {
    auto events = CloudTrailEvents(owners_).of(line);
    if (!events) return false;
    if (events->empty()) ++log_.ignored;
    for (LogEvent& event : *events) add(std::move(event));
    return true;
  }

  /// A line of plain NDJSON that says itself what it means.
  bool read_event(const LogLine& line) {
    const auto kind = line.body.find("kind");
    if (kind == line.body.end() || !kind->is_string()) return false;
    if (!is_kind(kind->get_ref<const std::string&>())) return false;
    LogEvent event;
    event.place = line.place;
    event.at = line.at;
    event.kind = *kind;
    event.workspace = text_in(line, "workspace");
    event.instance = text_in(line, "instance");
    event.within = duration_in(line, "within");
    if (const auto detail = line.body.find("detail"); detail != line.body.end()) {
      if (!detail->is_object()) {
        error_at(line.place, "detail is an object, not " + std::string{type_in_words(*detail)});
      } else {
        event.detail = *detail;
      }
    }
    if (!is_said(event)) show({event.kind, Json::object()});
    add(std::move(event));
    return true;
  }

  std::string text_in(const LogLine& line, const char* key) {
    const auto found = line.body.find(key);
    if (found == line.body.end() || found->is_null()) return {};
    if (found->is_string()) return *found;
    error_at(line.place, std::string{key} + " is a string, not " + std::string{type_in_words(*found)});
    return {};
  }

  Duration duration_in(const LogLine& line, const char* key) {
    const std::string text = text_in(line, key);
    if (text.empty()) return {};
    if (const auto duration = sim::parse_duration(text)) return *duration;
    error_at(line.place, std::string{key} + " is a duration such as 30s, not " + in_quotes(text));
    return {};
  }

  void add(LogEvent event) {
    if (options_.mapping != nullptr) {
      const auto& aliases = options_.mapping->workspaces;
      auto found = aliases.find(event.workspace);
      if (event.workspace.empty()) found = aliases.find(event.instance);
      if (found != aliases.end()) event.workspace = found->second;
      if (event.kind == "http.request") rename_in_path(event);
    }
    log_.events.push_back(std::move(event));
  }

  /// The parts of a request's path that the log calls otherwise.
  void rename_in_path(LogEvent& event) const {
    const auto path = event.detail.find("path");
    if (path == event.detail.end() || !path->is_string()) return;
    const auto& text = path->get_ref<const std::string&>();
    std::string renamed;
    std::size_t from = 0;
    while (from < text.size()) {
      const auto end = std::min(text.find_first_of("/?", from), text.size());
      const std::string part = text.substr(from, end - from);
      const auto found = options_.mapping->workspaces.find(part);
      renamed += found == options_.mapping->workspaces.end() ? part : found->second;
      if (end < text.size()) renamed += text[end];
      from = end + 1;
    }
    *path = renamed;
  }

  /// Tells whether a header already says how much of such events the log shows: then the event says no more.
  [[nodiscard]] bool is_said(const LogEvent& event) const {
    return std::any_of(said_.begin(), said_.end(), [&](const VisibleKind& visible) {
      return visible.kind == event.kind && holds_detail(visible.where, event.detail);
    });
  }

  void show(const VisibleKind& kind) {
    auto& all = log_.visible;
    if (std::find(all.begin(), all.end(), kind) == all.end()) all.push_back(kind);
  }

  bool is_kind(const std::string& name) const { return std::find(kinds_.begin(), kinds_.end(), name) != kinds_.end(); }

  void error_at(const LogPlace& place, std::string message, std::string hint = {}) {
    if (errors_.size() >= DiagnosticSink::kMostErrors) return;
    errors_.push_back(problem_at(place, std::move(message), std::move(hint)));
  }

  /// Seconds since zero and dates cannot be compared.
  void check_times() {
    if (log_.events.empty()) return;
    log_.absolute = log_.events.front().at.absolute;
    for (const auto& bound : {log_.since, log_.until}) {
      if (bound && bound->absolute != log_.absolute)
        error_at(log_.events.front().place, "\"since\" and \"until\" are of another clock");
    }
    const auto other = std::find_if(log_.events.begin(), log_.events.end(),
                                    [this](const LogEvent& event) { return event.at.absolute != log_.absolute; });
    if (other == log_.events.end()) return;
    error_at(other->place, other->at.absolute ? "this line has a date, the first one counts from time zero"
                                              : "this line counts from time zero, the first one has a date");
  }

  const ImportOptions& options_;
  const std::vector<std::string> kinds_ = event_kind_names();
  std::vector<DecodedLog> decoded_;
  std::vector<VisibleKind> said_;  // by headers
  TrailOwners owners_;
  bool shows_calls_ = false;  // the calls of EC2 are visible
  ImportedLog log_;
  std::vector<Diagnostic> errors_;
};

}  // namespace

Decoded<ImportedLog> import_logs(const std::vector<LogInput>& inputs, const ImportOptions& options) {
  return Importer(options).import(inputs);
}

ParsedVisible parse_visible(const std::string& text) {
  const auto brace = text.find(":{");
  const std::string kind = text.substr(0, brace);
  const auto names = event_kind_names();
  if (std::find(names.begin(), names.end(), kind) == names.end())
    return {std::nullopt, "unknown event " + in_quotes(kind), did_you_mean(kind, names)};
  if (brace == std::string::npos) return {VisibleKind{kind, Json::object()}, "", ""};
  const std::string where = text.substr(brace + 1);
  const JsonSource source(where);
  if (source.error()) return {std::nullopt, "not JSON: " + source.error()->message, ""};
  return {VisibleKind{kind, *source.root().json}, "", ""};
}

}  // namespace drydock::scenarios
