#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "reports/case_report.hpp"
#include "scenarios/outcome.hpp"

namespace drydock::reports {

// The parts of the page that are text: they can be read and printed without any script.

/// What a run came to, as one word in its colour.
[[nodiscard]] std::string verdict_tag(const scenarios::Outcome& outcome);

/// One run: verdict, story, the place of the timeline, and the tables below it. `tab` is its number among the tabs.
[[nodiscard]] std::string run_section(const CaseReport& report, std::size_t tab);

/// Two runs of one scenario, and the numbers of their own tabs.
struct Beside {
  const CaseReport& a;
  const CaseReport& b;
  std::size_t tab_a = 0;
  std::size_t tab_b = 0;
  std::size_t tab = 0;
};
/// Two runs side by side: where they part, the place of their common timeline, and what they count differently.
[[nodiscard]] std::string pair_section(const Beside& pair);

/// A text up to its first line break.
[[nodiscard]] std::string_view first_line(std::string_view text);

}  // namespace drydock::reports
