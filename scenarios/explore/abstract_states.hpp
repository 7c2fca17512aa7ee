#pragma once

#include <cstdint>
#include <vector>

#include "model/observation.hpp"

namespace drydock::scenarios {

/// Counts what a run has reached, for the coverage of a search. The abstract state of a workspace is made of: the
/// status of its row, whether the row has a url, the state of the instance that the row names, how many of its
/// instances live (up to 3), whether its client wishes it to run, and which operations are under way. A transition is a
/// step from one such state to another, together with what caused the step. Each is kept as a hash. It judges nothing.
class AbstractStates final : public model::Observer {
 public:
  void row_written(model::Observation& seen, const model::RowChange& change) override;
  void instance_entered(model::Observation& seen, const model::InstanceChange& change) override;
  void stop_returned(model::Observation& seen, const model::StopOutcome& stop) override;
  void operation_ended(model::Observation& seen, const model::Operation& operation) override;
  void answered(model::Observation& seen, const model::RequestFacts& request, const model::Response& response,
                std::uint32_t event) override;
  [[nodiscard]] bool rests(const model::Observation& /*seen*/) const override { return true; }

  /// Return hashes in ascending order, each once.
  [[nodiscard]] std::vector<std::uint64_t> states() const;
  [[nodiscard]] std::vector<std::uint64_t> transitions() const;

 private:
  void look(const model::Observation& seen, model::WorkspaceKey key, std::uint64_t because);

  std::vector<std::uint64_t> current_;  // state, by workspace key
  std::vector<std::uint64_t> states_;
  std::vector<std::uint64_t> transitions_;
};

}  // namespace drydock::scenarios
