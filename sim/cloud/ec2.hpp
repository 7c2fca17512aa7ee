#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "sim/cloud/states.hpp"
#include "sim/scheduler.hpp"
#include "sim/task.hpp"
#include "sim/time.hpp"

namespace drydock::cloud {

/// An error answer in EC2's terms: its code, HTTP status and message (docs/cloud.md §1.3, §5.1).
struct Error {
  std::string code;
  int http = 400;
  std::string message;
};

template <typename T>
using Result = tl::expected<T, Error>;

/// The data volume of a launch. With neither id it is new and empty.
struct BlockDevice {
  /// Created from this snapshot.
  std::string snapshot_id;
  /// This volume, taken by force from an instance that still holds it. EC2's mapping cannot name a volume; it stands
  /// for the boot script that attaches it (docs/cloud.md §2.2).
  std::string volume_id;
  bool delete_on_termination = false;
  friend bool operator==(const BlockDevice&, const BlockDevice&) = default;
};

struct RunInstancesRequest {
  /// At most 64 ASCII characters; the same token with the same parameters launches nothing new.
  std::string client_token;
  /// The `workspace` tag: opaque here, and the actor of the launch's decisions.
  std::string workspace;
  /// Opaque to the cloud; handed to whoever boots on the instance.
  std::string user_data;
  /// Without one the instance has its root disk only, and what its guest writes is gone with it.
  std::optional<BlockDevice> data_volume;
  friend bool operator==(const RunInstancesRequest&, const RunInstancesRequest&) = default;
};

struct InstanceDescription {
  std::string id;
  InstanceState state = InstanceState::pending;
  std::string workspace;
  std::string client_token;
  std::string private_ip;
  std::string volume_id;     // its data volume, empty when it has none
  std::string state_reason;  // `Client.UserInitiatedShutdown`, `Server.InternalError`, …
  sim::Instant launched{};
};

/// DescribeInstances: by id (any unknown one is an error), or, without ids, by what matches.
struct InstanceFilter {
  std::vector<std::string> ids;
  std::optional<std::string> workspace;  // tag
  std::vector<InstanceState> states;     // any of these; empty: all
};

struct VolumeDescription {
  std::string id;
  VolumeState state = VolumeState::creating;
  std::string workspace;    // tag: its lineage
  std::string instance_id;  // attached to, empty when it is not
  std::string snapshot_id;  // created from
  bool delete_on_termination = false;
};

struct SnapshotDescription {
  std::string id;
  std::string volume_id;
  SnapshotState state = SnapshotState::pending;
  std::string workspace;   // tag: its lineage
  bool divergent = false;  // tag: of an instance that its row no longer named; never restored from
  sim::Instant started{};  // its point in time
};

struct CreateSnapshotRequest {
  std::string volume_id;
  bool divergent = false;
};

struct StopInstancesRequest {
  std::vector<std::string> ids;
  /// Begins a stop anew that is under way already.
  bool force = false;
};

/// It has a token as a launch has one (docs/cloud.md §1.5).
struct CreateVolumeRequest {
  std::string client_token;
  std::string workspace;    // tag: its lineage
  std::string snapshot_id;  // without one it is empty
  friend bool operator==(const CreateVolumeRequest&, const CreateVolumeRequest&) = default;
};

struct AttachVolumeRequest {
  std::string volume_id;
  std::string instance_id;
};

struct DetachVolumeRequest {
  std::string volume_id;
  std::string instance_id;  // empty: whoever holds it
  /// The guest is not asked to flush. Here nothing is lost by it: every write is on the disk at
  /// once.
  bool force = false;
};

struct Tag {
  std::string key;
  std::string value;
  friend bool operator==(const Tag&, const Tag&) = default;
};

struct CreateTagsRequest {
  std::vector<std::string> ids;  // instances, volumes, snapshots
  std::vector<Tag> tags;
};

struct TagDescription {
  std::string id;
  Tag tag;
  friend bool operator==(const TagDescription&, const TagDescription&) = default;
};

/// What a call answers that has nothing to say but that it worked.
struct Done {};

/// DescribeInstanceStatus: by id, or, without ids, of all.
struct StatusFilter {
  std::vector<std::string> ids;
  bool include_all = false;  // not only of those that run
};

/// One row of DescribeInstanceStatus (docs/cloud.md §1.7).
struct InstanceStatus {
  enum class Summary : std::uint8_t { ok, impaired, initializing, not_applicable };
  std::string id;
  InstanceState state = InstanceState::pending;
  Summary system = Summary::initializing;
  Summary instance = Summary::initializing;
};

struct StateChange {
  std::string id;
  InstanceState previous = InstanceState::pending;
  InstanceState current = InstanceState::pending;
};

/// The EC2 API as the control plane calls it. Every call ends at the latest with its context: error `RequestTimeout`.
class Ec2 {
 public:
  Ec2() = default;
  Ec2(const Ec2&) = delete;
  Ec2& operator=(const Ec2&) = delete;
  virtual ~Ec2() = default;

  /// The process that runs in `caller` is about to die. Of what it has sent the answers are lost;
  /// the requests are served (docs/cloud.md §5.3).
  virtual void caller_dies(const sim::TaskGroup& caller) = 0;

  virtual sim::Task<Result<InstanceDescription>> run_instances(sim::Context context, RunInstancesRequest request) = 0;
  /// All or nothing: one bad id fails the request and no instance is terminated.
  virtual sim::Task<Result<std::vector<StateChange>>> terminate_instances(sim::Context context,
                                                                          std::vector<std::string> ids) = 0;
  virtual sim::Task<Result<std::vector<InstanceDescription>>> describe_instances(sim::Context context,
                                                                                 InstanceFilter filter) = 0;
  /// As with TerminateInstances, one bad id fails the request. What each does in each state:
  /// docs/cloud.md §1.2.
  virtual sim::Task<Result<std::vector<StateChange>>> start_instances(sim::Context context,
                                                                      std::vector<std::string> ids) = 0;
  virtual sim::Task<Result<std::vector<StateChange>>> stop_instances(sim::Context context,
                                                                     StopInstancesRequest request) = 0;
  virtual sim::Task<Result<Done>> reboot_instances(sim::Context context, std::vector<std::string> ids) = 0;
  virtual sim::Task<Result<std::vector<InstanceStatus>>> describe_instance_status(sim::Context context,
                                                                                  StatusFilter filter) = 0;
  virtual sim::Task<Result<VolumeDescription>> create_volume(sim::Context context, CreateVolumeRequest request) = 0;
  virtual sim::Task<Result<Done>> delete_volume(sim::Context context, std::string id) = 0;
  /// As the instance's data volume: it has at most one.
  virtual sim::Task<Result<VolumeDescription>> attach_volume(sim::Context context, AttachVolumeRequest request) = 0;
  virtual sim::Task<Result<VolumeDescription>> detach_volume(sim::Context context, DetachVolumeRequest request) = 0;
  /// The volumes of a lineage (a `workspace` tag), in the order of their creation.
  virtual sim::Task<Result<std::vector<VolumeDescription>>> describe_volumes(sim::Context context,
                                                                             std::string workspace) = 0;
  virtual sim::Task<Result<SnapshotDescription>> create_snapshot(sim::Context context,
                                                                 CreateSnapshotRequest request) = 0;
  /// The snapshots of a lineage, oldest first.
  virtual sim::Task<Result<std::vector<SnapshotDescription>>> describe_snapshots(sim::Context context,
                                                                                 std::string workspace) = 0;
  virtual sim::Task<Result<Done>> delete_snapshot(sim::Context context, std::string id) = 0;
  virtual sim::Task<Result<Done>> create_tags(sim::Context context, CreateTagsRequest request) = 0;
  /// The tags of these resources, or, without ids, of all.
  virtual sim::Task<Result<std::vector<TagDescription>>> describe_tags(sim::Context context,
                                                                       std::vector<std::string> ids) = 0;
};

}  // namespace drydock::cloud
