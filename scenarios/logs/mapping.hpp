#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/files/decoded.hpp"
#include "scenarios/logs/imported_log.hpp"
#include "scenarios/logs/template.hpp"

namespace re2 {
class RE2;
}

namespace drydock::scenarios {

/// One rule: which lines it is for, and what they mean.
struct MappingRule {
  std::map<std::string, std::vector<std::string>> labels;  // each has one of these values
  std::map<std::string, std::vector<Json>> fields;         // path → one of these values
  std::shared_ptr<const re2::RE2> line;                    // null: any
  bool ignore = false;
  std::string kind;
  Template workspace;
  Template instance;
  Json detail = Json::object();  // its texts are templates
  Duration within{};
};

/// The rules by which a log's lines become events (`drydock.mapping/1`). The first rule that matches a line decides.
struct Mapping {
  std::string time;  // the path of the field of a line's JSON that holds its time; empty: the usual names
  std::map<std::string, std::string> workspaces;  // what the log calls it → alias
  std::vector<MappingRule> rules;
  std::vector<VisibleKind> visible;  // beside what the rules yield
};

/// Reads one mapping file's text. A syntax error stops at the first; everything else is reported at once.
[[nodiscard]] Decoded<Mapping> decode_mapping(const std::string& file, std::string_view text);

/// The event that a rule made of a line.
struct MappedLine {
  bool ignored = false;
  LogEvent event;  // its workspace as the log calls it
};
/// Maps a line by the first rule that matches it; empty where no rule does.
[[nodiscard]] std::optional<MappedLine> apply(const Mapping& mapping, const LogLine& line);

/// Lists the kinds of events that a log shows when it is read by this mapping: those that the mapping names, and the
/// kind of each rule's event together with the details that the rule gives to every line.
[[nodiscard]] std::vector<VisibleKind> visible_through(const Mapping& mapping);

}  // namespace drydock::scenarios
