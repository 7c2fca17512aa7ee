#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/play.hpp"

namespace drydock::test {

/// What is observed of a world under one setting of the knob, in words.
struct KnobTest {
  std::string knob;
  std::function<std::string(const Settings& set)> observe;
  std::vector<std::pair<std::string, std::string>> expected;  // value of the knob → observation
};

/// The knobs of storage and backups, pause, delete, sweepers and workers.
[[nodiscard]] std::vector<KnobTest> lifecycle_knob_rows();
/// Those of June to August 2026: docs/platform.md §17.
[[nodiscard]] std::vector<KnobTest> era_knob_rows();
/// Those of them that are about images, agents that do nothing, ensures and queued calls: docs/platform.md
/// §17.7–§17.10.
[[nodiscard]] std::vector<KnobTest> agent_knob_rows();
/// Those that no era has: docs/platform.md §16 and §18.
[[nodiscard]] std::vector<KnobTest> intent_knob_rows();

}  // namespace drydock::test
