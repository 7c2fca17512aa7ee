#include "scenarios/histories.hpp"

namespace drydock::scenarios {

void Histories::row_written(model::Observation& seen, const model::RowChange& change) {
  const model::Row& row = change.workspace.row;
  if (row == change.before && change.event != 0) return;
  rows_.push_back({.event = change.event,
                   .at = seen.now(),
                   .workspace = seen.alias(change.workspace.key),
                   .exists = row.exists,
                   .status = row.exists ? std::string{model::to_text(row.status)} : "",
                   .url = row.url,
                   .instance_id = row.instance_id});
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
