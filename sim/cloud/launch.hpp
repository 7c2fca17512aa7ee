#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/cloud/ec2.hpp"

// Launches as EC2's own clients ask for them: several instances at once, each with a root volume (docs/cloud.md §7).
// The control plane of this world asks for less, by `Ec2::run_instances`.

namespace drydock::cloud {

struct Instance;

/// What an instance is besides its state. Of this, only the zone and the protection from termination mean anything to
/// the simulated cloud; all of it is shown by the API.
struct InstanceDetails {
  std::string image_id;
  std::string instance_type;
  std::string key_name;  // empty: none
  /// The letter of its availability zone.
  char zone = 'a';
  std::vector<std::string> groups;  // ids of security groups
  std::string root_device;
  std::string shutdown_behavior = "stop";
  std::string profile;  // the ARN of its instance profile; empty: none
  std::string tenancy = "default";
  std::string http_tokens = "optional";  // of the metadata service
  bool monitored = false;
  bool ebs_optimized = false;
  bool source_dest_check = true;
  /// True when TerminateInstances is refused.
  bool termination_protected = false;
  friend bool operator==(const InstanceDetails&, const InstanceDetails&) = default;
};

/// A volume that a launch makes.
struct MappedVolume {
  std::string device;
  std::string snapshot_id;  // empty: it is new and empty
  VolumeDetails details;
  bool delete_on_termination = false;
  friend bool operator==(const MappedVolume&, const MappedVolume&) = default;
};

/// Asks for `max_count` equal instances, or for as many as there is room for, but not for fewer than `min_count`.
struct LaunchRequest {
  /// As that of a RunInstancesRequest; it stands for all of the instances.
  std::string client_token;
  /// The `workspace` tag of the instances; empty: they have none.
  std::string workspace;
  std::string user_data;
  /// The private address of the one instance that is asked for; empty: the region chooses.
  std::string private_ip;
  std::uint32_t min_count = 1;
  std::uint32_t max_count = 1;
  InstanceDetails details;
  /// The root volume comes first. The second one is what SimEc2 calls the data volume.
  std::vector<MappedVolume> volumes;
  std::vector<Tag> tags;         // of the instances, besides `workspace`
  std::vector<Tag> volume_tags;  // of all of the volumes
  friend bool operator==(const LaunchRequest&, const LaunchRequest&) = default;
};

/// The instances that one call launched: a reservation.
struct Launch {
  std::string reservation_id;
  LaunchRequest request;
  std::vector<const Instance*> instances;
};

/// Asks to change details of an instance; what is empty stays as it is.
struct ModifyInstanceRequest {
  std::string id;
  std::optional<std::string> instance_type;  // of a stopped instance only, like the user data
  std::optional<std::string> user_data;
  std::optional<std::string> shutdown_behavior;
  std::optional<bool> termination_protected;
  std::optional<bool> source_dest_check;
  std::optional<bool> ebs_optimized;
  std::vector<std::string> groups;
  /// Devices of attached volumes, and whether each is deleted with the instance.
  std::vector<std::pair<std::string, bool>> delete_on_termination;
};

struct CopySnapshotRequest {
  std::string snapshot_id;
  std::string description;
  bool encrypted = false;  // true: the copy is, whatever its source
  std::vector<Tag> tags;
};

/// Selects volumes or snapshots of the account: by id (any unknown id is an error) or, without ids, all.
struct StorageFilter {
  std::vector<std::string> ids;
  /// True when the client filters or pages what it gets. Then another bucket of requests pays (docs/cloud.md §3).
  bool narrowed = false;
};

}  // namespace drydock::cloud
