#pragma once

#include <string>

#include "scenarios/bench.hpp"

namespace drydock::reports {

/// What came of a run, as `drydock run` prints it: a line where it passed; otherwise the promises that were broken, how
/// that came about, what was expected and not met, and the command that plays the run again. Made for the message of a
/// test's assertion: EXPECT_TRUE(played.outcome.passed) << explain(played).
[[nodiscard]] std::string explain(const scenarios::Played& played);

}  // namespace drydock::reports
