#include "reports/html/page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/archive/iterators/base64_from_binary.hpp>
#include <boost/archive/iterators/transform_width.hpp>
#include <charconv>
#include <cstddef>

#include "reports/html/embedded.hpp"
#include "reports/layout.hpp"
#include "scenarios/tool.hpp"
#include "sim/check.hpp"
#include "sim/utf8.hpp"

namespace drydock::reports {
namespace {

const PageFile& embedded(std::string_view path) {
  const auto files = embedded_files();
  const auto found = std::find_if(files.begin(), files.end(), [&](const PageFile& file) { return file.path == path; });
  DRYDOCK_CHECK(found != files.end(), "reports/html has no {}", path);
  return *found;
}

/// Writes the file's digest as a content security policy has it: `'sha256-…'`.
std::string policy_source(const PageFile& file) {
  using boost::archive::iterators::base64_from_binary;
  using boost::archive::iterators::transform_width;
  std::string bytes;
  for (std::size_t i = 0; i + 1 < file.sha256.size(); i += 2) {
    unsigned byte = 0;
    std::from_chars(&file.sha256[i], &file.sha256[i] + 2, byte, 16);
    bytes += static_cast<char>(byte);
  }
  // 32 bytes are 43 digits and one to pad: the 33rd byte stands in for it.
  bytes += '\0';
  using Digits = base64_from_binary<transform_width<std::string::const_iterator, 6, 8>>;
  std::string digits(Digits(bytes.cbegin()), Digits(bytes.cend()));
  digits.back() = '=';
  return "'sha256-" + digits + "'";
}

std::vector<PageFile> files_of(std::string_view first, const std::vector<std::string_view>& rest) {
  std::vector<PageFile> files = {embedded(first)};
  for (const std::string_view path : rest) files.push_back(embedded(path));
  return files;
}

std::string sources(const std::vector<PageFile>& files) {
  std::string out;
  for (const PageFile& file : files) out += " " + policy_source(file);
  return out;
}

std::string elements(std::string_view tag, const std::vector<PageFile>& files) {
  std::string out;
  for (const PageFile& file : files) out += fmt::format("<{0}>{1}</{0}>\n", tag, file.text);
  return out;
}

/// Escapes JSON so that no HTML parser takes it for anything else. Outside of strings these characters do not occur in
/// JSON.
std::string inert(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  for (const char c : json) {
    switch (c) {
      case '<':
        out += "\\u003c";
        break;
      case '>':
        out += "\\u003e";
        break;
      case '&':
        out += "\\u0026";
        break;
      default:
        out += c;
    }
  }
  return out;
}

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; base-uri 'none'; form-action 'none'; style-src{styles}; script-src{scripts}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="{tool}">
<title>{title}</title>
{css}</head>
<body>
<header class="page-bar"><h1>{title}</h1><span class="tool">{tool}</span>
<button type="button" id="theme" hidden></button></header>
)";

constexpr std::string_view kTail = R"(
<script type="application/json" id="data">{data}</script>
{js}</body>
</html>
)";

}  // namespace

std::string html_page(const HtmlPage& page) {
  const auto styles = files_of("page.css", page.styles);
  const auto scripts = files_of("page.js", page.scripts);
  std::string out = fmt::format(kHead, fmt::arg("styles", sources(styles)), fmt::arg("scripts", sources(scripts)),
                                fmt::arg("tool", html_text(scenarios::tool_name())),
                                fmt::arg("title", html_text(page.title)), fmt::arg("css", elements("style", styles)));
  out += sim::valid_utf8(page.body);
  out += fmt::format(kTail, fmt::arg("data", inert(sim::valid_utf8(page.data))),
                     fmt::arg("js", elements("script", scripts)));
  return out;
}

std::string html_text(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace drydock::reports
