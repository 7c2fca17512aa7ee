#include "reports/style.hpp"

#include <fmt/format.h>

#include "reports/layout.hpp"

namespace drydock::reports {

std::string paint(std::string_view text, std::string_view colour, TextStyle style) {
  return style.colour ? fmt::format("{}{}\033[0m", colour, text) : std::string{text};
}

std::string heading(std::string_view text, TextStyle style) { return "  " + paint(text, kBold, style) + "\n"; }

std::string field(std::string_view name, std::string_view value) {
  return paragraph("    " + pad(std::string{name}, 9) + "  ", value);
}

}  // namespace drydock::reports
