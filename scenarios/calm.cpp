#include <algorithm>
#include <string>
#include <vector>

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
  std::vector<const model::Policy*> policies{&policy};
  std::vector<std::string> runtimes;
  for (const WorkspaceSpec& workspace : scenario.workspaces) runtimes.push_back(workspace.runtime);
  for (const StepSpec& step : scenario.steps) {
    if (step.deploy_policy) policies.push_back(&*step.deploy_policy);
    const bool creates = step.request && step.request->method == "POST" && step.request->path.size() == 1;
    if (creates) runtimes.push_back(created_runtime(*step.request));
  }
  Duration longest{};
  for (const model::Policy* running : policies) {
    for (const std::string& runtime : runtimes) {
      longest = std::max(longest, running->provision_timeout(runtime));
    }
  }
  return std::max<Duration>(15min, longest + 5min);
}

}  // namespace drydock::scenarios
