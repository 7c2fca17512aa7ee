#pragma once

#include <span>
#include <string_view>

namespace drydock::reports {

/// A style sheet or script of reports/html/ that travels inside the binary. The path is relative to there: "page.css".
struct EmbeddedFile {
  std::string_view path;
  std::string_view text;
  std::string_view sha256;  // of the text, in hexadecimal digits
};

/// All of them, sorted by path.
std::span<const EmbeddedFile> embedded_files();

}  // namespace drydock::reports
