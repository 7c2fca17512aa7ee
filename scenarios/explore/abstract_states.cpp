#include "scenarios/explore/abstract_states.hpp"

#include <algorithm>
#include <utility>

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
  // `mix` joins its two by xor: unmixed, `provisioning` without a url were `online` with one.
  std::uint64_t state = mix(0, workspace.row.exists ? static_cast<std::uint64_t>(workspace.row.status) : 99);
  state = mix(state, workspace.row.url.empty() ? 0 : 1);
  state = mix(state, named == nullptr ? 99 : static_cast<std::uint64_t>(named->state));
  state = mix(state, live_instances(seen, workspace));
  state = mix(state, workspace.wished_run ? 1 + std::uint64_t{*workspace.wished_run} : 0);
  return mix(state, operations(seen, key));
}

std::vector<std::string> operation_labels(const Observation& seen, WorkspaceKey key) {
  std::vector<std::string> labels;
  for (const model::Operation& operation : seen.open_operations()) {
    if (operation.workspace == key) labels.emplace_back(operation.label);
  }
  std::sort(labels.begin(), labels.end());
  return labels;
}

AbstractState in_words(const Observation& seen, WorkspaceKey key) {
  const model::WorkspaceFacts& workspace = seen.workspace(key);
  const model::InstanceFacts* named = seen.named_instance(workspace);
  AbstractState state;
  state.status = workspace.row.exists ? to_text(workspace.row.status) : "none";
  state.has_url = !workspace.row.url.empty();
  state.instance = named == nullptr ? "none" : to_text(named->state);
  state.live = static_cast<std::uint32_t>(live_instances(seen, workspace));
  state.wished = !workspace.wished_run ? "nothing" : *workspace.wished_run ? "run" : "rest";
  state.operations = operation_labels(seen, key);
  return state;
}

std::vector<std::string> parts_of(std::string_view text, std::string_view between) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto end = std::min(text.find(between), text.size());
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + between.size(), text.size()));
  }
  return parts;
}

constexpr std::string_view kBetweenParts = " | ";
constexpr std::string_view kBetweenOperations = ", ";
constexpr std::string_view kUrl = " url";
constexpr std::string_view kLive = "live ";

}  // namespace

std::string AbstractState::text() const {
  std::string out = status + (has_url ? std::string{kUrl} : "");
  for (const std::string& part : {instance, std::string{kLive} + std::to_string(live), wished})
    out += std::string{kBetweenParts} + part;
  for (const std::string& operation : operations)
    out += std::string{&operation == operations.data() ? kBetweenParts : kBetweenOperations} + operation;
  return out;
}

AbstractState AbstractState::parse(std::string_view text) {
  AbstractState state;
  std::vector<std::string> parts = parts_of(text, kBetweenParts);
  if (parts.size() < 4) return state;
  state.has_url = parts[0].ends_with(kUrl);
  state.status = parts[0].substr(0, parts[0].size() - (state.has_url ? kUrl.size() : 0));
  state.instance = parts[1];
  state.live = parts[2].starts_with(kLive) ? static_cast<std::uint32_t>(parts[2].back() - '0') : 0;
  state.wished = parts[3];
  if (parts.size() > 4) state.operations = parts_of(parts[4], kBetweenOperations);
  return state;
}

void AbstractStates::look(const Observation& seen, WorkspaceKey key, std::uint64_t because, std::string_view words) {
  const auto index = static_cast<std::size_t>(key);
  if (key == WorkspaceKey::none || index >= seen.workspaces().size()) return;
  if (current_.size() <= index) current_.resize(index + 1);
  const std::uint64_t state = state_of(seen, key);
  if (state == current_[index]) return;
  if (!states_.contains(state)) states_.emplace(state, in_words(seen, key));
  // Mixed first: a step from one state to another is not the step back.
  const std::uint64_t transition = mix(mix(mix(0, current_[index]), state), because);
  taken_.push_back({transition, current_[index], state, words});
  current_[index] = state;
}

void AbstractStates::row_written(Observation& seen, const model::RowChange& change) {
  look(seen, change.workspace.key, kRow, "row");
}
void AbstractStates::instance_entered(Observation& seen, const model::InstanceChange& change) {
  look(seen, change.instance.workspace, kInstance, "instance");
}
void AbstractStates::stop_returned(Observation& seen, const model::StopOutcome& stop) {
  look(seen, stop.workspace, mix(kStop, std::uint64_t{stop.stopped}), stop.stopped ? "stop" : "stop failed");
}
void AbstractStates::operation_ended(Observation& seen, const model::Operation& operation) {
  look(seen, operation.workspace, kOperation, "operation");
}
void AbstractStates::answered(Observation& seen, const model::RequestFacts& request, const model::Response& response,
                              std::uint32_t /*event*/) {
  const auto route = static_cast<std::uint64_t>(request.route);
  taken_.push_back({mix(mix(kAnswer, route), static_cast<std::uint64_t>(response.status)), 0, 0, "answer"});
  look(seen, request.workspace, mix(kAnswer, route), "answer");
}

std::vector<AbstractStates::Taken> AbstractStates::taken_once() const {
  std::vector<Taken> taken = taken_;
  std::sort(taken.begin(), taken.end(), [](const Taken& a, const Taken& b) { return a.transition < b.transition; });
  const auto is_same = [](const Taken& a, const Taken& b) { return a.transition == b.transition; };
  taken.erase(std::unique(taken.begin(), taken.end(), is_same), taken.end());
  return taken;
}

std::vector<std::uint64_t> AbstractStates::states() const {
  std::vector<std::uint64_t> states;
  for (const auto& [state, words] : states_) states.push_back(state);
  return states;
}

std::vector<std::string> AbstractStates::state_names() const {
  std::vector<std::string> names;
  for (const auto& [state, words] : states_) names.push_back(words.text());
  return names;
}

std::vector<std::uint64_t> AbstractStates::transitions() const {
  std::vector<std::uint64_t> transitions;
  for (const Taken& taken : taken_once()) transitions.push_back(taken.transition);
  return transitions;
}

std::vector<sim::search::StateStep> AbstractStates::steps() const {
  std::vector<sim::search::StateStep> steps;
  for (const Taken& taken : taken_once()) steps.push_back({taken.from, taken.to, std::string{taken.because}});
  return steps;
}

}  // namespace drydock::scenarios
