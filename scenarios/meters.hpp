#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/observation.hpp"
#include "scenarios/outcome.hpp"

namespace drydock::scenarios {

/// Measures, while a run goes on, what no count of its events gives: how long instances lived, were orphans, or were
/// missing. It judges nothing.
class Meters final : public model::Observer {
 public:
  void row_written(model::Observation& seen, const model::RowChange& change) override;
  void instance_entered(model::Observation& seen, const model::InstanceChange& change) override;
  void process_started(model::Observation& seen) override;
  [[nodiscard]] bool rests(const model::Observation& /*seen*/) const override { return true; }

  /// Sets the metrics that were measured until now.
  void read(const model::Observation& seen, std::map<std::string, double>& metrics);

 private:
  /// A workspace as it has been from `since` on.
  struct Since {
    sim::Instant since{};
    std::int64_t live = 0;
    std::int64_t orphans = 0;
    bool unavailable = false;
  };

  void take(const model::Observation& seen, const model::WorkspaceFacts& workspace);
  void accrue(const model::Observation& seen, Since& standing);

  /// True from the platform's first start on. Nothing is measured before it, because time zero is put together piece by
  /// piece, an instance before the row that names it.
  bool begun_ = false;
  std::vector<Since> standings_;  // by workspace key
  sim::Duration live_{};
  sim::Duration orphaned_{};
  sim::Duration unavailable_{};
};

}  // namespace drydock::scenarios
