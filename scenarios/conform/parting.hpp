#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "scenarios/conform/log_player.hpp"
#include "scenarios/conform/log_world.hpp"
#include "scenarios/outcome.hpp"

namespace drydock::scenarios {

/// An event of a run, near the place at which the run and the log part.
struct NearEvent {
  ShownEvent event;
  Duration off{};      // the event is so much too late for the line, or, below 0, too early
  bool fits = false;   // the event is what the line says, whenever it happened
  bool taken = false;  // another line is this event
};

/// The place at which the best run and the log part.
struct Parting {
  std::size_t explained = 0;  // lines of the log before that place, its requests among them
  /// The first line that is not explained, as an index of the log's events; empty: they part after the last line.
  std::optional<std::size_t> line;
  /// The event of the run that the log would have shown and does not; empty where a line without an event parts them.
  std::optional<ShownEvent> surplus;
  std::vector<NearEvent> nearest;  // events of the line's kind in the best run: those that fit it, then others
  /// The events of the best run at that place: those that a log would show, or, where there are none, any others.
  std::vector<ShownEvent> instead;
  /// The step of the delays' grid, where the nearest event is off by less than one step; else empty.
  std::optional<Duration> grid_step;
};

/// Finds the place at which the best run and the log part, and what was possible there. The outcome is that run's, its
/// record kept.
[[nodiscard]] Parting parting_of(const ImportedLog& log, const LogWorld& world, const LogRun& run,
                                 const Outcome& outcome);

}  // namespace drydock::scenarios
