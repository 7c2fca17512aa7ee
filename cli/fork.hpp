#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/compare.hpp"

namespace drydock::cli {

/// Says what `replay` changes of a tape's run. It keeps the rest: the other decisions and settings, and the faults.
struct Fork {
  std::vector<std::string> decisions;  // `site#n=value`
  std::vector<std::string> set;        // `knob=value`
  std::optional<std::string> policy;
  [[nodiscard]] bool empty() const { return decisions.empty() && set.empty() && !policy; }
};

/// Returns the tape's job with that changed. A policy takes the place of the tape's; the tape's own settings and
/// faults stay. Empty where `errors` got some.
[[nodiscard]] std::optional<Job> forked(const Job& job, const Fork& fork, std::vector<scenarios::Diagnostic>& errors);

/// Plays the tape and its fork and shows where they part. The exit code is that of the fork's run; where it is
/// `strict`, decisions that meet no question are 3.
int play_fork(const Job& job, const Fork& fork, const CompareView& view, bool strict, const JobPlayer& player,
              Console& console);

}  // namespace drydock::cli
