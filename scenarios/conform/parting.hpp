#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "scenarios/conform/log_player.hpp"
#include "scenarios/conform/log_world.hpp"
#include "scenarios/outcome.hpp"

namespace drydock::scenarios {

/// An event of a run, near the place at which it and the log part.
struct NearEvent {
  ShownEvent event;
  Duration off{};      // how much too late it is for the line, or, below 0, too early
  bool fits = false;   // it is what the line says, whenever it happened
  bool taken = false;  // another line is this event
};

/// Where the best run and the log part.
struct Parting {
  std::size_t explained = 0;  // lines before it, the log's requests among them
  /// The first line that is not explained: an index of the log's events; empty: the end of the log.
  std::optional<std::size_t> line;
  /// What the run does that the log does not show, where that is what parts them.
  std::optional<ShownEvent> surplus;
  std::vector<NearEvent> nearest;  // what the line speaks of, in the best runs, the nearest first
  /// What the best run does there: what a log would show, or, where that is nothing, what else happens.
  std::vector<ShownEvent> instead;
  /// Set where the nearest event is off by less than one step of the delays' grid.
  std::optional<Duration> grid_step;
};

/// Where the best run and the log part, and what was possible there. The outcome is that run's, its record kept.
[[nodiscard]] Parting parting_of(const ImportedLog& log, const LogWorld& world, const LogRun& run,
                                 const Outcome& outcome);

}  // namespace drydock::scenarios
