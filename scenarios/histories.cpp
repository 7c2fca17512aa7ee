#include "scenarios/histories.hpp"

#include "sim/cloud/storage.hpp"

namespace drydock::scenarios {
namespace {

ShownRow shown(const model::Observation& seen, model::WorkspaceKey key, const model::Row& row) {
  return {.workspace = seen.alias(key),
          .exists = row.exists,
          .status = row.exists ? std::string{model::to_text(row.status)} : "",
          .url = row.url,
          .instance_id = row.instance_id};
}

}  // namespace

void Histories::row_written(model::Observation& seen, const model::RowChange& change) {
  const model::WorkspaceKey key = change.workspace.key;
  at_zero_.try_emplace(key, change.before);
  const model::Row& row = change.workspace.row;
  if (row == change.before) return;
  rows_.push_back(shown(seen, key, row));
  rows_.back().event = change.event;
  rows_.back().at = seen.now();
}

void Histories::finish(const model::Observation& seen) {
  for (const model::WorkspaceFacts& workspace : seen.workspaces())
    at_zero_.try_emplace(workspace.key, workspace.row);  // nothing ever changed it
  std::vector<ShownRow> first;
  for (const auto& [key, row] : at_zero_) {
    if (key != model::WorkspaceKey::none && row.exists) first.push_back(shown(seen, key, row));
  }
  rows_.insert(rows_.begin(), first.begin(), first.end());
}

void Histories::volume_entered(const cloud::Volume& volume, std::optional<cloud::VolumeState> /*from*/,
                               std::uint32_t event) {
  volumes_.push_back({.event = event,
                      .at = record_.scheduler().now(),
                      .volume = volume.id,
                      .workspace = record_.text(volume.workspace),
                      .instance_id = record_.text(volume.attached_to),
                      .state = std::string{cloud::to_text(volume.state)}});
}

}  // namespace drydock::scenarios
