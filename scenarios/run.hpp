#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

#include "scenarios/outcome.hpp"
#include "scenarios/run_options.hpp"
#include "scenarios/scenario.hpp"
#include "sim/choices.hpp"

namespace drydock::model {
class Database;
}

namespace drydock::scenarios {

/// A prepared database that runs borrow one after another: schema and statements are made once, and each run is rolled
/// back whole. One per thread.
class Workbench {
 public:
  Workbench();
  ~Workbench();
  Workbench(const Workbench&) = delete;
  Workbench& operator=(const Workbench&) = delete;

  /// Returns the database, which is made when it is first asked for.
  [[nodiscard]] model::Database& database();

  /// Runs at this workbench ask `stop` now and then, on their thread, and end by sim::RunStopped where it says so;
  /// empty: nobody stops them. `SchedulerLimits::stop` of a run's own options comes first.
  void stop_runs_when(std::function<bool()> stop) { stop_ = std::move(stop); }
  [[nodiscard]] const std::function<bool()>& stop() const { return stop_; }

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
  std::function<bool()> stop_;
};

/// Plays one case: a pure function of its arguments (the workbench only saves time). Throws sim::InternalError where
/// Drydock itself is broken, and sim::RunStopped where somebody stops it; a bound that was hit is an outcome
/// (`stopped_by`).
[[nodiscard]] Outcome run(const Scenario& scenario, const CaseSpec& played, const sim::Tape& tape,
                          const RunOptions& options, Workbench& workbench);

}  // namespace drydock::scenarios
