#pragma once

#include <cstdint>
#include <vector>

#include "model/observation.hpp"

namespace drydock::scenarios {

/// What a search counts as having been somewhere: per workspace, its row's status, whether it has a url, what its row's
/// instance is, how many instances live, what its client wishes, and which operations are under way; and every step
/// from one such state to another. It promises nothing.
class AbstractStates final : public model::Invariant {
 public:
  AbstractStates() : Invariant("abstract states") {}

  void row_written(model::Observation& seen, const model::RowChange& change) override;
  void instance_entered(model::Observation& seen, const model::InstanceChange& change) override;
  void stop_returned(model::Observation& seen, const model::StopOutcome& stop) override;
  void operation_ended(model::Observation& seen, const model::Operation& operation) override;
  void answered(model::Observation& seen, const model::RequestFacts& request, const model::Response& response,
                std::uint32_t event) override;

  /// Sorted, each once.
  [[nodiscard]] std::vector<std::uint64_t> states() const;
  [[nodiscard]] std::vector<std::uint64_t> transitions() const;

 private:
  void look(const model::Observation& seen, model::WorkspaceKey key, std::uint64_t because);

  std::vector<std::uint64_t> current_;  // by workspace
  std::vector<std::uint64_t> states_;
  std::vector<std::uint64_t> transitions_;
};

}  // namespace drydock::scenarios
