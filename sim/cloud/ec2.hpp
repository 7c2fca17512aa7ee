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

/// An error answer as EC2 gives it: its code, HTTP status (0: a transport failure) and message (docs/cloud.md §1.3,
/// §5.1), and the Retry-After of whoever answers in its place (0: none).
struct Error {
  std::string code;
  int http = 400;
  std::string message;
  sim::Duration retry_after{};
};

template <typename T>
using Result = tl::expected<T, Error>;

struct Tag {
  std::string key;
  std::string value;
  friend bool operator==(const Tag&, const Tag&) = default;
};

/// What a volume is besides its data. Nothing in this world depends on it but what the API shows and one rule: a volume
/// is attached in its own zone.
struct VolumeDetails {
  /// Its size in GiB; 0 in a request: that of its snapshot, or `kDefaultSize` without one.
  std::uint32_t size_gib = 0;
  std::string type = "gp2";
  /// The letter of its availability zone.
  char zone = 'a';
  bool encrypted = false;
  /// The provisioned operations and MiB per second; 0: what the type and size give.
  std::uint32_t iops = 0;
  std::uint32_t throughput = 0;
  friend bool operator==(const VolumeDetails&, const VolumeDetails&) = default;
};

/// The size in GiB of a volume of which nobody said how large it is.
inline constexpr std::uint32_t kDefaultSize = 8;

/// Describes the data volume of a launch. When neither id is set, the volume is new and empty.
struct BlockDevice {
  /// The snapshot from which the volume is made; empty: none.
  std::string snapshot_id;
  /// The existing volume to attach, which is taken by force from an instance that still holds it; empty: none. EC2's
  /// block device mapping cannot name a volume: this stands for the boot script that attaches it (docs/cloud.md §2.2).
  std::string volume_id;
  bool delete_on_termination = false;
  friend bool operator==(const BlockDevice&, const BlockDevice&) = default;
};

struct RunInstancesRequest {
  /// The ClientToken, at most 64 ASCII characters. The same token with the same parameters launches nothing new. Empty:
  /// no token.
  std::string client_token;
  /// The `workspace` tag. The cloud does not interpret it; it is the actor of the launch's decisions.
  std::string workspace;
  /// Text that the cloud does not interpret and hands to whoever boots on the instance.
  std::string user_data;
  /// The data volume. Without one the instance has its root disk only, and what its guest writes is gone with it.
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

/// Selects instances for DescribeInstances: by id (any unknown id is an error) or, when there are no ids, by tag and
/// state.
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
  std::string description;
  std::vector<Tag> tags;  // besides `divergent`
};

struct StopInstancesRequest {
  std::vector<std::string> ids;
  /// Lets a stop that is already under way begin anew.
  bool force = false;
};

/// A request to make a volume. Its token works as that of a launch (docs/cloud.md §1.5).
struct CreateVolumeRequest {
  std::string client_token;
  std::string workspace;    // tag: its lineage
  std::string snapshot_id;  // without one it is empty
  VolumeDetails details;
  std::vector<Tag> tags;  // besides `workspace`
  friend bool operator==(const CreateVolumeRequest&, const CreateVolumeRequest&) = default;
};

struct AttachVolumeRequest {
  std::string volume_id;
  std::string instance_id;
  /// The name of a device at which the instance has nothing yet. Empty: the volume becomes the data volume of an
  /// instance that has none.
  std::string device;
};

struct DetachVolumeRequest {
  std::string volume_id;
  std::string instance_id;  // empty: whoever holds it
  /// The guest is not asked to flush its writes first. In this world nothing is lost by that: every write is on the
  /// disk at once.
  bool force = false;
};

struct CreateTagsRequest {
  std::vector<std::string> ids;  // instances, volumes, snapshots
  std::vector<Tag> tags;
};

/// Names a tag to delete. Without a value it is deleted whatever its value.
struct DeletedTag {
  std::string key;
  std::optional<std::string> value;
};

struct DeleteTagsRequest {
  std::vector<std::string> ids;  // instances, volumes, snapshots
  std::vector<DeletedTag> tags;  // empty: all but `workspace`
};

struct TagDescription {
  std::string id;
  Tag tag;
  friend bool operator==(const TagDescription&, const TagDescription&) = default;
};

/// The answer of a call that says nothing but that it worked.
struct Done {};

/// Selects instances for DescribeInstanceStatus: by id or, when there are no ids, all.
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

/// The EC2 API as the control plane calls it. Every call ends with its context at the latest, by the error
/// `RequestTimeout`. What the API refuses is a value (`Error`); no call throws.
class Ec2 {
 public:
  Ec2() = default;
  Ec2(const Ec2&) = delete;
  Ec2& operator=(const Ec2&) = delete;
  virtual ~Ec2() = default;

  /// Says that the process whose tasks are in `caller` is about to die. The requests that it has sent are served all
  /// the same; their answers are lost (docs/cloud.md §5.3).
  virtual void caller_dies(const sim::TaskGroup& caller) = 0;

  virtual sim::Task<Result<InstanceDescription>> run_instances(sim::Context context, RunInstancesRequest request) = 0;
  /// Terminates all of the instances or none: one bad id fails the request.
  virtual sim::Task<Result<std::vector<StateChange>>> terminate_instances(sim::Context context,
                                                                          std::vector<std::string> ids) = 0;
  virtual sim::Task<Result<std::vector<InstanceDescription>>> describe_instances(sim::Context context,
                                                                                 InstanceFilter filter) = 0;
  /// Starts, stops or reboots all of the instances or none: one bad id fails the request. docs/cloud.md §1.2 says what
  /// each call does in each state.
  virtual sim::Task<Result<std::vector<StateChange>>> start_instances(sim::Context context,
                                                                      std::vector<std::string> ids) = 0;
  virtual sim::Task<Result<std::vector<StateChange>>> stop_instances(sim::Context context,
                                                                     StopInstancesRequest request) = 0;
  virtual sim::Task<Result<Done>> reboot_instances(sim::Context context, std::vector<std::string> ids) = 0;
  virtual sim::Task<Result<std::vector<InstanceStatus>>> describe_instance_status(sim::Context context,
                                                                                  StatusFilter filter) = 0;
  virtual sim::Task<Result<VolumeDescription>> create_volume(sim::Context context, CreateVolumeRequest request) = 0;
  virtual sim::Task<Result<Done>> delete_volume(sim::Context context, std::string id) = 0;
  /// Attaches the volume as the data volume of the instance, which has at most one.
  virtual sim::Task<Result<VolumeDescription>> attach_volume(sim::Context context, AttachVolumeRequest request) = 0;
  virtual sim::Task<Result<VolumeDescription>> detach_volume(sim::Context context, DetachVolumeRequest request) = 0;
  /// Lists the volumes of a lineage (a `workspace` tag), in the order of their creation.
  virtual sim::Task<Result<std::vector<VolumeDescription>>> describe_volumes(sim::Context context,
                                                                             std::string workspace) = 0;
  virtual sim::Task<Result<SnapshotDescription>> create_snapshot(sim::Context context,
                                                                 CreateSnapshotRequest request) = 0;
  /// Lists the snapshots of a lineage, oldest first.
  virtual sim::Task<Result<std::vector<SnapshotDescription>>> describe_snapshots(sim::Context context,
                                                                                 std::string workspace) = 0;
  virtual sim::Task<Result<Done>> delete_snapshot(sim::Context context, std::string id) = 0;
  virtual sim::Task<Result<Done>> create_tags(sim::Context context, CreateTagsRequest request) = 0;
  /// Deletes tags of all of the resources or of none. A tag that a resource does not have is no error.
  virtual sim::Task<Result<Done>> delete_tags(sim::Context context, DeleteTagsRequest request) = 0;
  /// Lists the tags of these resources or, when there are no ids, of all.
  virtual sim::Task<Result<std::vector<TagDescription>>> describe_tags(sim::Context context,
                                                                       std::vector<std::string> ids) = 0;
};

}  // namespace drydock::cloud
