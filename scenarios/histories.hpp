#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "model/observation.hpp"
#include "scenarios/outcome.hpp"
#include "sim/cloud/sim_ec2.hpp"

namespace drydock::scenarios {

/// Writes down what reports show and the record does not hold: every state of every workspace's row and of every
/// volume. It judges nothing.
class Histories final : public model::Invariant, public cloud::InstanceWatcher {
 public:
  Histories(const sim::Record& record, std::vector<ShownRow>& rows, std::vector<ShownVolume>& volumes)
      : Invariant("histories"), record_(record), rows_(rows), volumes_(volumes) {}

  void row_written(model::Observation& seen, const model::RowChange& change) override;
  /// The run is over: the rows as they stood at time zero, by key, come before their changes.
  void finish(const model::Observation& seen);

  using Invariant::instance_entered;
  void instance_entered(const cloud::Instance& /*instance*/, std::optional<cloud::InstanceState> /*from*/,
                        std::uint32_t /*event*/) override {}
  void volume_entered(const cloud::Volume& volume, std::optional<cloud::VolumeState> from,
                      std::uint32_t event) override;

 private:
  const sim::Record& record_;
  std::vector<ShownRow>& rows_;
  std::vector<ShownVolume>& volumes_;
  std::map<model::WorkspaceKey, model::Row> at_zero_;
};

}  // namespace drydock::scenarios
