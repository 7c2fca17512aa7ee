#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "reports/case_report.hpp"
#include "scenarios/outcome.hpp"

namespace drydock::reports {

// The parts of the page that are text: they can be read and printed without any script.

/// Writes what a run came to, as one word in its colour.
[[nodiscard]] std::string verdict_tag(const scenarios::Outcome& outcome);

/// Writes the section of one run: verdict, story, the place of the timeline, and the tables below it. `tab` is the
/// number of the run among the tabs.
[[nodiscard]] std::string run_section(const CaseReport& report, std::size_t tab);

/// Holds two runs of one scenario, and the numbers of their own tabs.
struct Beside {
  const CaseReport& a;
  const CaseReport& b;
  std::size_t tab_a = 0;
  std::size_t tab_b = 0;
  std::size_t tab = 0;
};
/// Writes two runs side by side: where they part, the place of their common timeline, and which numbers differ.
[[nodiscard]] std::string pair_section(const Beside& pair);

/// Gives the text up to its first line break.
[[nodiscard]] std::string_view first_line(std::string_view text);

}  // namespace drydock::reports
