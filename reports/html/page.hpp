#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace drydock::reports {

/// An `HtmlPage` is one file and asks no network for anything: its content security policy lets in only its own styles,
/// scripts and data. The page comes in light and dark, and prints.
struct HtmlPage {
  std::string title;  // any text
  std::string body;   // HTML: whatever comes from a run has gone through `html_text`
  std::string data;   // JSON, for `drydock.data()` in a script; may be empty
  /// Names files of reports/html/, in the order in which they are to be read; page.js and page.css come before them.
  std::vector<std::string_view> scripts = {};
  std::vector<std::string_view> styles = {};
};

/// Writes the whole document. Bytes of title, body or data that are no UTF-8 are written as U+FFFD.
[[nodiscard]] std::string html_page(const HtmlPage& page);

/// Escapes any text so that it may stand between tags and in a quoted attribute. Characters that reorder or hide text
/// are written as escapes (`printable`), so that a name cannot change how the sentence around it reads.
[[nodiscard]] std::string html_text(std::string_view text);

}  // namespace drydock::reports
