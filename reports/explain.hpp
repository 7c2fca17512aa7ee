#pragma once

#include <string>

#include "scenarios/bench.hpp"

namespace drydock::reports {

/// Says what came of a run, as `drydock run` prints it: a line where the run passed; otherwise the promises that were
/// broken, how that came about, what was expected and not met, and the command that plays the run again. It is made for
/// the message of a test's assertion: EXPECT_TRUE(played.outcome.passed) << explain(played).
[[nodiscard]] std::string explain(const scenarios::Played& played);

}  // namespace drydock::reports
