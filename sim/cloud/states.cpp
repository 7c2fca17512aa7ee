#include "sim/cloud/states.hpp"

namespace drydock::cloud {

std::string_view to_text(InstanceState state) {
  switch (state) {
    case InstanceState::pending:
      return "pending";
    case InstanceState::running:
      return "running";
    case InstanceState::shutting_down:
      return "shutting-down";
    case InstanceState::terminated:
      return "terminated";
    case InstanceState::stopping:
      return "stopping";
    case InstanceState::stopped:
      return "stopped";
  }
  return "unknown";
}

std::string_view to_text(VolumeState state) {
  switch (state) {
    case VolumeState::creating:
      return "creating";
    case VolumeState::available:
      return "available";
    case VolumeState::in_use:
      return "in-use";
    case VolumeState::deleting:
      return "deleting";
    case VolumeState::deleted:
      return "deleted";
    case VolumeState::error:
      return "error";
  }
  return "unknown";
}

std::string_view to_text(SnapshotState state) {
  switch (state) {
    case SnapshotState::pending:
      return "pending";
    case SnapshotState::completed:
      return "completed";
    case SnapshotState::error:
      return "error";
  }
  return "unknown";
}

}  // namespace drydock::cloud
