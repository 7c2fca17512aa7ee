#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "reports/case_report.hpp"
#include "reports/ending.hpp"

namespace drydock::reports {

/// More than a comment of GitHub or Gitea may hold (65 536 characters) is never written.
inline constexpr std::size_t kMostMarkdown = 64'000;  // bytes

/// A summary that a CI step can post: a table of verdicts, and of each case that did not pass what was promised, what
/// happened, how it came about and the line that plays it again. What does not fit is left out, and that is said.
[[nodiscard]] std::string markdown(std::span<const CaseReport> reports, const Ending& ending);

}  // namespace drydock::reports
