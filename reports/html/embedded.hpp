#pragma once

#include <span>
#include <string_view>

namespace drydock::reports {

/// An `PageFile` is a style sheet or script of reports/html/ that travels inside the binary. The path is relative
/// to that folder: "page.css".
struct PageFile {
  std::string_view path;
  std::string_view text;
  std::string_view sha256;  // of the text, in hexadecimal digits
};

/// Gives all embedded files, sorted by path.
std::span<const PageFile> embedded_files();

}  // namespace drydock::reports
