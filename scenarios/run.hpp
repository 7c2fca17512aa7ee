#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "scenarios/outcome.hpp"
#include "scenarios/scenario.hpp"
#include "sim/choices.hpp"
#include "sim/scheduler.hpp"

namespace drydock::model {
class Database;
}

namespace drydock::scenarios {

struct RunOptions {
  /// Keep events and their details. Expectations that look at details need it; the hash does not change by it.
  bool keep_record = true;
  /// Keep the run as a trace database (`Outcome::trace`); needs the record.
  bool keep_trace = false;
  sim::SchedulerLimits limits;
  std::size_t event_limit = 20'000'000;
  /// Answers what the tape does not; null: its seed, or nothing. Serves this one run.
  sim::Fill* fill = nullptr;
};

/// A prepared database that runs borrow one after another: schema and statements are made once, and each run is rolled
/// back whole. One per thread.
class Workbench {
 public:
  Workbench();
  ~Workbench();
  Workbench(const Workbench&) = delete;
  Workbench& operator=(const Workbench&) = delete;

  [[nodiscard]] model::Database& database();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// Plays one case: a pure function of its arguments (the workbench only saves time). Throws sim::InternalError where
/// Drydock itself is broken; a bound that was hit is an outcome (`stopped_by`).
[[nodiscard]] Outcome run(const Scenario& scenario, const CaseSpec& played, const sim::Tape& tape,
                          const RunOptions& options, Workbench& workbench);

}  // namespace drydock::scenarios
