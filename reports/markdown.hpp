#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "reports/case_report.hpp"
#include "reports/ending.hpp"

namespace drydock::reports {

/// No summary is longer than this: a comment of GitHub or Gitea may hold 65 536 characters.
inline constexpr std::size_t kMostMarkdown = 64'000;  // bytes

/// Writes a summary that a CI step can post: a table of verdicts, and for each case that did not pass what was
/// promised, what happened, how it came about and the command that plays it again. What does not fit is left out, and
/// the summary says so.
[[nodiscard]] std::string markdown(std::span<const CaseReport> reports, const Ending& ending);

}  // namespace drydock::reports
