#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/common.hpp"
#include "cli/play.hpp"
#include "reports/comparison.hpp"
#include "reports/style.hpp"

namespace drydock::cli {

/// Says how `compare` and `replay --fork` play and show the runs that they compare.
struct CompareView {
  PlayOptions play;
  std::vector<ReportFile> report_files;
  Format format = Format::text;
  reports::TextStyle style;
  bool quiet = false;
};

/// Holds what came of playing the variants: everything to show, or, where `compared` is empty, the exit code of what
/// went wrong.
struct ComparedOrCode {
  std::optional<reports::ComparedRuns> compared;
  int code = 0;
};

/// Plays the jobs, the baseline first, and compares each other one with it. Prints internal errors to stderr. Where
/// `bare` is set, a promise that a case lists as broken fails the run all the same.
[[nodiscard]] ComparedOrCode play_compared(std::span<const Job> jobs, const std::vector<std::string>& names, bool bare,
                                           const CompareView& view, const JobPlayer& player, Console& console);

/// Prints the comparison and writes its reports. Throws CannotWrite.
void say_compared(const reports::ComparedRuns& compared, const CompareView& view, Console& console);

/// Is `drydock compare`, with something else in the place of the simulation where a test wants it.
int compare_with(const Arguments& arguments, Console& console, const JobPlayer& player);

}  // namespace drydock::cli
