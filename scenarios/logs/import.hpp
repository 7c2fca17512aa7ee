#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/files/decoded.hpp"
#include "scenarios/logs/decoder.hpp"
#include "scenarios/logs/imported_log.hpp"
#include "scenarios/logs/mapping.hpp"

namespace drydock::scenarios {

/// A log as the user gave it.
struct LogInput {
  std::string file;
  std::string text;
};

struct ImportOptions {
  std::optional<LogKind> kind;       // of all logs; absent: each is recognised by its content
  const Mapping* mapping = nullptr;  // its rules go first; outlives the import; null: none
  std::vector<VisibleKind> visible;  // beside what the logs themselves say
};

/// Turns logs into events (docs/conform.md, *Logs*). All times count from the same zero, or it is an error.
[[nodiscard]] Decoded<ImportedLog> import_logs(const std::vector<LogInput>& inputs, const ImportOptions& options);

/// A kind of event as `--visible` writes it, `KIND` or `KIND:{detail}`; or why the text is neither.
struct ParsedVisible {
  std::optional<VisibleKind> value;
  std::string error;
  std::string hint;
};
[[nodiscard]] ParsedVisible parse_visible(const std::string& text);

}  // namespace drydock::scenarios
