#pragma once

#include <cstddef>

#include "sim/choices.hpp"
#include "sim/scheduler.hpp"

namespace drydock::scenarios {

/// Says what one run keeps, and which bounds stop it.
struct RunOptions {
  /// Keep events and their details. Expectations that look at details need it; the hash does not change by it.
  bool keep_record = true;
  /// Keep the run as a trace database (`Outcome::trace`); needs the record.
  bool keep_trace = false;
  /// Its `stop` also ends SQL that is asked of the run, from time to time and on the run's thread: no outcome comes of
  /// either, but RunStopped.
  sim::SchedulerLimits limits;
  std::size_t event_limit = 20'000'000;
  /// Play the calm to its end. Without it the run ends, with the same verdict, once the world rests
  /// (docs/architecture.md, *Rest*); events, statements and steps of what is left of the calm are then missing. A run
  /// that keeps its record plays all of it.
  bool full_calm = true;
  /// Answers what the tape does not; null: its seed, or nothing. Serves this one run.
  sim::Fill* fill = nullptr;
};

}  // namespace drydock::scenarios
