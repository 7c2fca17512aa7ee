#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/observation.hpp"
#include "scenarios/outcome.hpp"

namespace drydock::scenarios {

/// Measures what a run costs and withholds, as it goes on: the metrics that no count of events gives. It judges nothing.
class Meters final : public model::Invariant {
 public:
  Meters() : Invariant("meters") {}

  void row_written(model::Observation& seen, const model::RowChange& change) override;
  void instance_entered(model::Observation& seen, const model::InstanceChange& change) override;
  void process_started(model::Observation& seen) override;

  /// Sets what was measured until now.
  void read(const model::Observation& seen, std::map<std::string, double>& metrics);

 private:
  /// What is true of a workspace from `since` on.
  struct Since {
    sim::Instant since{};
    std::int64_t live = 0;
    std::int64_t orphans = 0;
    bool unavailable = false;
  };

  void take(const model::Observation& seen, const model::WorkspaceFacts& workspace);
  void accrue(const model::Observation& seen, Since& standing);

  /// Time zero is put there piece by piece, an instance before the row that names it: nothing is looked at before the
  /// platform starts.
  bool begun_ = false;
  std::vector<Since> standings_;  // by workspace key
  sim::Duration live_{};
  sim::Duration orphaned_{};
  sim::Duration unavailable_{};
};

}  // namespace drydock::scenarios
