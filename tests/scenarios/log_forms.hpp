#pragma once

#include <string>
#include <vector>

#include "scenarios/scenario.hpp"

namespace drydock::test {

/// A form in which people have a log: files of it, made of the same records or lines.
struct LogForm {
  std::string name;
  /// Writes records, or lines, as one file of this form.
  std::string (*write)(const std::vector<scenarios::Json>& all);
};

/// Lists the forms of CloudTrail: what is written are records as its log files have them.
[[nodiscard]] std::vector<LogForm> trail_forms();

/// Lists the forms of a line of a log: what is written are objects `{ns, labels, line}`, `ns` a whole second.
[[nodiscard]] std::vector<LogForm> line_forms();

/// Compresses as gzip does.
[[nodiscard]] std::string gzipped(const std::string& text);

}  // namespace drydock::test
