#include "scenarios/histories.hpp"

#include <algorithm>
#include <utility>

namespace drydock::scenarios {

void Histories::push(const model::Observation& seen, model::WorkspaceKey key, const model::Row& row,
                     std::uint32_t event, sim::Instant at) {
  rows_.push_back({.event = event,
                   .at = at,
                   .workspace = seen.alias(key),
                   .exists = row.exists,
                   .status = row.exists ? std::string{model::to_text(row.status)} : "",
                   .url = row.url,
                   .instance_id = row.instance_id});
}

void Histories::begin(const model::Observation& seen, model::WorkspaceKey key,
                      const model::Row& row) {
  const auto index = static_cast<std::size_t>(key);
  if (index >= begun_.size()) begun_.resize(index + 1);
  if (begun_[index]) return;
  begun_[index] = true;
  if (row.exists) push(seen, key, row, 0, sim::kTimeZero);
}

void Histories::row_written(model::Observation& seen, const model::RowChange& change) {
  begin(seen, change.workspace.key, change.before);
  const model::Row& row = change.workspace.row;
  if (row != change.before) push(seen, change.workspace.key, row, change.event, seen.now());
}

void Histories::finish(const model::Observation& seen) {
  for (const model::WorkspaceFacts& workspace : seen.workspaces()) {
    if (workspace.key != model::WorkspaceKey::none) begin(seen, workspace.key, workspace.row);
  }
  std::stable_sort(rows_.begin(), rows_.end(), [](const ShownRow& a, const ShownRow& b) {
    return std::pair(a.at, a.event != 0) < std::pair(b.at, b.event != 0);
  });
}

void Histories::volume_entered(const cloud::Volume& volume,
                               std::optional<cloud::VolumeState> /*from*/, std::uint32_t event) {
  volumes_.push_back({.event = event,
                      .at = record_.scheduler().now(),
                      .volume = volume.id,
                      .workspace = record_.text(volume.workspace),
                      .instance_id = record_.text(volume.attached_to),
                      .state = std::string{cloud::to_text(volume.state)}});
}

}  // namespace drydock::scenarios
