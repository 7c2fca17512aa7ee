#include <algorithm>

#include "scenarios/scenario.hpp"

namespace drydock::scenarios {
namespace {

/// The runtime that a step's create asks for; the default one when it does not say.
std::string created_runtime(const RequestSpec& request) {
  if (request.body && request.body->is_object()) {
    const auto runtime = request.body->find("runtime");
    if (runtime != request.body->end() && runtime->is_string()) return runtime->get<std::string>();
  }
  return WorkspaceSpec{}.runtime;
}

}  // namespace

Duration calm_length(const Scenario& scenario, const model::Policy& policy) {
  using namespace std::chrono_literals;
  if (scenario.calm) return *scenario.calm;
  Duration longest{};
  for (const WorkspaceSpec& workspace : scenario.workspaces) {
    longest = std::max(longest, policy.provision_timeout(workspace.runtime));
  }
  for (const StepSpec& step : scenario.steps) {
    const bool creates =
        step.request && step.request->method == "POST" && step.request->path.size() == 1;
    if (creates)
      longest = std::max(longest, policy.provision_timeout(created_runtime(*step.request)));
  }
  return std::max<Duration>(15min, longest + 5min);
}

}  // namespace drydock::scenarios
