#include "scenarios/explore/abstract_states.hpp"

#include <algorithm>

#include "sim/hash.hpp"

namespace drydock::scenarios {
namespace {

using model::Observation;
using model::WorkspaceKey;
using sim::mix;

/// The cause of a transition: two causes make two transitions of the same pair of states.
enum Because : std::uint64_t { kRow = 1, kInstance, kStop, kOperation, kAnswer };

std::uint64_t live_instances(const Observation& seen, const model::WorkspaceFacts& workspace) {
  const auto live = std::count_if(workspace.instances.begin(), workspace.instances.end(), [&](sim::Name name) {
    const model::InstanceFacts* instance = seen.instance(name);
    return instance != nullptr && cloud::is_live(instance->state);
  });
  return std::min<std::uint64_t>(static_cast<std::uint64_t>(live), 3);
}

/// A hash of the operations under way; it does not depend on the order in which they began.
std::uint64_t operations(const Observation& seen, WorkspaceKey key) {
  std::uint64_t sum = 0;
  for (const model::Operation& operation : seen.open_operations()) {
    if (operation.workspace == key) sum += sim::hash_text(operation.label);
  }
  return sum;
}

std::uint64_t state_of(const Observation& seen, WorkspaceKey key) {
  const model::WorkspaceFacts& workspace = seen.workspace(key);
  const model::InstanceFacts* named = seen.named_instance(workspace);
  std::uint64_t state = workspace.row.exists ? static_cast<std::uint64_t>(workspace.row.status) : 99;
  state = mix(state, workspace.row.url.empty() ? 0 : 1);
  state = mix(state, named == nullptr ? 99 : static_cast<std::uint64_t>(named->state));
  state = mix(state, live_instances(seen, workspace));
  state = mix(state, workspace.wished_run ? 1 + std::uint64_t{*workspace.wished_run} : 0);
  return mix(state, operations(seen, key));
}

std::vector<std::uint64_t> sorted_once(std::vector<std::uint64_t> values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

}  // namespace

void AbstractStates::look(const Observation& seen, WorkspaceKey key, std::uint64_t because) {
  const auto index = static_cast<std::size_t>(key);
  if (key == WorkspaceKey::none || index >= seen.workspaces().size()) return;
  if (current_.size() <= index) current_.resize(index + 1);
  const std::uint64_t state = state_of(seen, key);
  if (state == current_[index]) return;
  states_.push_back(state);
  transitions_.push_back(mix(mix(current_[index], state), because));
  current_[index] = state;
}

void AbstractStates::row_written(Observation& seen, const model::RowChange& change) {
  look(seen, change.workspace.key, kRow);
}
void AbstractStates::instance_entered(Observation& seen, const model::InstanceChange& change) {
  look(seen, change.instance.workspace, kInstance);
}
void AbstractStates::stop_returned(Observation& seen, const model::StopOutcome& stop) {
  look(seen, stop.workspace, mix(kStop, std::uint64_t{stop.stopped}));
}
void AbstractStates::operation_ended(Observation& seen, const model::Operation& operation) {
  look(seen, operation.workspace, kOperation);
}
void AbstractStates::answered(Observation& seen, const model::RequestFacts& request, const model::Response& response,
                              std::uint32_t /*event*/) {
  const auto route = static_cast<std::uint64_t>(request.route);
  transitions_.push_back(mix(mix(kAnswer, route), static_cast<std::uint64_t>(response.status)));
  look(seen, request.workspace, mix(kAnswer, route));
}

std::vector<std::uint64_t> AbstractStates::states() const { return sorted_once(states_); }
std::vector<std::uint64_t> AbstractStates::transitions() const { return sorted_once(transitions_); }

}  // namespace drydock::scenarios
