#pragma once

#include <functional>
#include <optional>
#include <string>

#include "cli/commands.hpp"
#include "cli/play.hpp"
#include "scenarios/explore/explorer.hpp"

namespace drydock::cli {

/// Holds what `drydock shrink` calls; a test may put something else in its place.
struct Shrinker {
  JobPlayer play = play_job;
  std::function<std::optional<scenarios::Finding>(
      const scenarios::Scenario&, const scenarios::CaseSpec&, const sim::Tape&, const std::string& invariant,
      const std::string& signature, const scenarios::ShrinkOptions& options)>
      shrink = scenarios::shrink_tape;
};

int shrink_with(const Arguments& arguments, Console& console, const Shrinker& shrinker);

}  // namespace drydock::cli
