#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace drydock::reports {

/// A page that is one file and asks no network for anything: its own styles, scripts and data are all that its content
/// security policy lets in. It comes in light and dark, and prints.
struct HtmlPage {
  std::string title;  // any text
  std::string body;   // HTML: whatever comes from a run has gone through `html_text`
  std::string data;   // JSON, for `drydock.data()` in a script; may be empty
  /// Files of reports/html/, by name, in the order in which they are to be read; page.js and page.css come before them.
  std::vector<std::string_view> scripts = {};
  std::vector<std::string_view> styles = {};
};

/// The whole document. What of title, body or data is no UTF-8 is written as U+FFFD.
[[nodiscard]] std::string html_page(const HtmlPage& page);

/// Any text as it may stand between tags and in a quoted attribute. Characters that reorder or hide text are written as
/// escapes (`printable`), so that a name cannot change how the sentence around it reads.
[[nodiscard]] std::string html_text(std::string_view text);

}  // namespace drydock::reports
