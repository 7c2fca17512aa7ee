#include "scenarios/meters.hpp"

#include <chrono>
#include <utility>

namespace drydock::scenarios {
namespace {

double hours(sim::Duration duration) { return std::chrono::duration<double, std::ratio<3600>>(duration).count(); }
double seconds(sim::Duration duration) { return std::chrono::duration<double>(duration).count(); }

bool is_available(const model::Observation& seen, const model::WorkspaceFacts& workspace) {
  const model::Row& row = workspace.row;
  if (!row.exists || (row.status != model::Status::online && row.status != model::Status::degraded)) return false;
  const model::InstanceFacts* instance = seen.named_instance(workspace);
  return workspace.external() || (instance != nullptr && instance->state == cloud::InstanceState::running);
}

}  // namespace

void Meters::row_written(model::Observation& seen, const model::RowChange& change) {
  if (begun_) take(seen, change.workspace);
}

void Meters::instance_entered(model::Observation& seen, const model::InstanceChange& change) {
  if (begun_) take(seen, seen.workspace(change.instance.workspace));
}

void Meters::process_started(model::Observation& seen) {
  if (std::exchange(begun_, true)) return;
  for (const model::WorkspaceFacts& workspace : seen.workspaces())
    if (workspace.key != model::WorkspaceKey::none) take(seen, workspace);
}

void Meters::accrue(const model::Observation& seen, Since& standing) {
  const sim::Duration lasted = seen.now() - std::exchange(standing.since, seen.now());
  live_ += lasted * standing.live;
  orphaned_ += lasted * standing.orphans;
  if (standing.unavailable) unavailable_ += lasted;
}

void Meters::take(const model::Observation& seen, const model::WorkspaceFacts& workspace) {
  const auto at = static_cast<std::size_t>(workspace.key);
  if (at >= standings_.size()) standings_.resize(at + 1);
  Since& standing = standings_[at];
  accrue(seen, standing);
  standing.live = 0;
  standing.orphans = 0;
  for (const sim::Name name : workspace.instances) {
    if (!cloud::is_live(seen.instance(name)->state)) continue;
    ++standing.live;
    if (!seen.is_wanted(workspace, name)) ++standing.orphans;
  }
  standing.unavailable = workspace.wished_run.value_or(false) && workspace.row.exists && !is_available(seen, workspace);
}

void Meters::read(const model::Observation& seen, std::map<std::string, double>& metrics) {
  for (Since& standing : standings_) accrue(seen, standing);
  metrics["instance_hours"] = hours(live_);
  metrics["orphan_instance_hours"] = hours(orphaned_);
  metrics["unavailable_s"] = seconds(unavailable_);
  metrics["lost_writes"] = static_cast<double>(seen.lost_writes());
}

}  // namespace drydock::scenarios
