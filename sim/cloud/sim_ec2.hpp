#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/choices.hpp"
#include "sim/cloud/actions.hpp"
#include "sim/cloud/ec2.hpp"
#include "sim/cloud/instance.hpp"
#include "sim/cloud/launch.hpp"
#include "sim/cloud/limiter.hpp"
#include "sim/cloud/profile.hpp"
#include "sim/cloud/storage.hpp"
#include "sim/cloud/throttle.hpp"
#include "sim/cloud/watcher.hpp"
#include "sim/hooks.hpp"
#include "sim/record.hpp"
#include "sim/scheduler.hpp"
#include "sim/task.hpp"
#include "sim/time.hpp"

namespace drydock::cloud {

/// A simulated EC2 region with one account and no other customers. Latencies come from the tape; errors come from the
/// region's own rules and from the adversary.
class SimEc2 final : public Ec2 {
 public:
  SimEc2(sim::Scheduler& scheduler, sim::Choices& choices, sim::Record& record, sim::Adversary& adversary,
         const Profile& profile);

  void watch(InstanceWatcher& watcher) { watchers_.push_back(&watcher); }

  void caller_dies(const sim::TaskGroup& caller) override;

  sim::Task<Result<InstanceDescription>> run_instances(sim::Context context, RunInstancesRequest request) override;
  sim::Task<Result<std::vector<StateChange>>> terminate_instances(sim::Context context,
                                                                  std::vector<std::string> ids) override;
  sim::Task<Result<std::vector<InstanceDescription>>> describe_instances(sim::Context context,
                                                                         InstanceFilter filter) override;
  sim::Task<Result<std::vector<VolumeDescription>>> describe_volumes(sim::Context context,
                                                                     std::string workspace) override;
  sim::Task<Result<SnapshotDescription>> create_snapshot(sim::Context context, CreateSnapshotRequest request) override;
  sim::Task<Result<std::vector<SnapshotDescription>>> describe_snapshots(sim::Context context,
                                                                         std::string workspace) override;

  sim::Task<Result<std::vector<StateChange>>> start_instances(sim::Context context,
                                                              std::vector<std::string> ids) override;
  sim::Task<Result<std::vector<StateChange>>> stop_instances(sim::Context context,
                                                             StopInstancesRequest request) override;
  sim::Task<Result<Done>> reboot_instances(sim::Context context, std::vector<std::string> ids) override;
  sim::Task<Result<std::vector<InstanceStatus>>> describe_instance_status(sim::Context context,
                                                                          StatusFilter filter) override;
  sim::Task<Result<VolumeDescription>> create_volume(sim::Context context, CreateVolumeRequest request) override;
  sim::Task<Result<Done>> delete_volume(sim::Context context, std::string id) override;
  sim::Task<Result<VolumeDescription>> attach_volume(sim::Context context, AttachVolumeRequest request) override;
  sim::Task<Result<VolumeDescription>> detach_volume(sim::Context context, DetachVolumeRequest request) override;
  sim::Task<Result<Done>> delete_snapshot(sim::Context context, std::string id) override;
  sim::Task<Result<Done>> create_tags(sim::Context context, CreateTagsRequest request) override;
  sim::Task<Result<Done>> delete_tags(sim::Context context, DeleteTagsRequest request) override;
  sim::Task<Result<std::vector<TagDescription>>> describe_tags(sim::Context context,
                                                               std::vector<std::string> ids) override;

  // What EC2 has beyond the port `Ec2`, for clients that are not the control plane of this world (docs/cloud.md §7):
  /// Launches instances with root volumes. All that the call makes is one `Launch`, which stays valid.
  sim::Task<Result<const Launch*>> launch_instances(sim::Context context, LaunchRequest request);
  sim::Task<Result<Done>> modify_instance(sim::Context context, ModifyInstanceRequest request);
  sim::Task<Result<SnapshotDescription>> copy_snapshot(sim::Context context, CopySnapshotRequest request);
  /// List volumes and snapshots of every lineage and of none, in the order of their creation.
  sim::Task<Result<std::vector<VolumeDescription>>> describe_all_volumes(sim::Context context, StorageFilter filter);
  sim::Task<Result<std::vector<SnapshotDescription>>> describe_all_snapshots(sim::Context context,
                                                                             StorageFilter filter);

  /// Makes an instance that has been running since before time zero, and its data volume. Throws InternalError when the
  /// request names a data volume that cannot be.
  const Instance& seed_running(RunInstancesRequest request, sim::Instant launched);

  /// Lets the host of every live instance of this workspace (none: of any workspace) die: the instance is terminated at
  /// once, and no API call did it. Returns how many died.
  std::size_t kill(sim::Name workspace);
  /// Call TerminateInstances, StopInstances or RebootInstances on every instance of this workspace (none: of any) that
  /// permits it, as somebody does by hand, past the tenant. Return how many did. What was stopped is started again
  /// `back_after` later; in calm, at once.
  std::size_t terminate_by_hand(sim::Name workspace);
  std::size_t stop_by_hand(sim::Name workspace, std::optional<sim::Duration> back_after);
  std::size_t reboot_by_hand(sim::Name workspace);
  /// Takes the Spot capacity of every live instance of this workspace (none: of any) back: it shuts down, and no API
  /// call did it. Returns how many did.
  std::size_t interrupt(sim::Name workspace);
  /// Lets the pending snapshots of this lineage (none: of any) end in `error`. Returns how many did.
  std::size_t fail_pending_snapshots(sim::Name workspace);

  /// Notes that the guest of this instance wrote to its data volume. Does nothing when no volume is attached.
  void guest_wrote(sim::Name instance, sim::Instant at);

  // For whoever asks whether the world rests:
  /// Tells whether readers who are behind see every instance as it is now. A new change ends it.
  [[nodiscard]] bool is_settled() const;
  /// Tells whether DescribeInstances knows the instance from now to `until`; it forgets one some time after its end.
  [[nodiscard]] bool shows_until(std::string_view id, sim::Instant until) const;
  /// Tells whether so many DescribeInstances by id, filter or state would be admitted at once.
  [[nodiscard]] bool admits_describes(std::uint64_t calls) const;

  [[nodiscard]] const std::deque<Instance>& instances() const { return instances_; }
  [[nodiscard]] const std::deque<Volume>& volumes() const { return volumes_; }
  [[nodiscard]] const std::deque<Snapshot>& snapshots() const { return snapshots_; }
  [[nodiscard]] const Instance* find(std::string_view id) const;
  [[nodiscard]] const Volume* find_volume(std::string_view id) const;
  [[nodiscard]] const Snapshot* find_snapshot(std::string_view id) const;
  /// Calls `visit` with each tag of the resource, `workspace` and `divergent` first, then the others by their keys.
  void each_tag(std::string_view id, const std::function<void(std::string_view, std::string_view)>& visit) const;
  /// Returns the data volume that this instance had last, or null when it never had one. The volume may have ended, or
  /// another instance may have taken it (then `attached_to` is not this instance).
  [[nodiscard]] const Volume* data_volume(sim::Name instance) const;

 private:
  /// The effect of an action, once its request has arrived. It may set the subject to what the call turned out to be
  /// about.
  template <typename T, typename Request>
  using Effect = Result<T> (SimEc2::*)(const Request&, sim::Subject&);
  /// Says how long a request is still on its way.
  struct Transit {
    sim::Duration delay{};                 // the adversary's
    std::optional<sim::Duration> latency;  // drawn when the delay is over
  };
  /// A request that has left its caller and has not arrived. The object lives in the caller's coroutine; `on_the_way_`
  /// lists it until the request arrives or the caller is destroyed.
  class InTransit {
   public:
    explicit InTransit(SimEc2& region);
    InTransit(const InTransit&) = delete;
    InTransit& operator=(const InTransit&) = delete;
    virtual ~InTransit() { arrived(); }
    /// Returns a task that carries the request the rest of its way and serves it, without the caller.
    virtual sim::Task<void> go_on() = 0;
    void arrived();

    const sim::TaskGroup* caller = nullptr;
    std::uint32_t cause = 0;  // the caller's

   protected:
    SimEc2& region_;
  };
  template <typename T, typename Request>
  class RequestInTransit;

  // --- calls (serve.hpp) ---
  template <typename T, typename Request>
  sim::Task<Result<T>> call(sim::Context context, const Ec2Action* action, sim::Subject subject, Request request,
                            Effect<T, Request> effect);
  template <typename T, typename Request>
  sim::Task<Result<T>> serve(sim::Context context, const Ec2Action* action, sim::Subject subject, Request request,
                             Effect<T, Request> effect);
  template <typename T, typename Request>
  sim::Task<void> serve_late(sim::Context context, const Ec2Action* action, sim::Subject subject, Request request,
                             Effect<T, Request> effect, Transit way, sim::OneShot<Result<T>> answer);
  /// Returns the actor to whom the decisions about this subject belong: its workspace, or the cloud.
  [[nodiscard]] const std::string& decider(sim::Subject subject) const;
  sim::Duration draw_latency(const Ec2Action& action, sim::Subject subject);
  [[nodiscard]] std::optional<Error> throttled(const Ec2Action& action, std::uint64_t instances);
  Error refuse(const Ec2Action& action, sim::Subject subject, Error error);

  // --- instances ---
  Result<InstanceDescription> run(const RunInstancesRequest& request, sim::Subject& subject);
  Result<std::vector<StateChange>> terminate(const std::vector<std::string>& ids, sim::Subject& subject);
  Result<std::vector<InstanceDescription>> list(const InstanceFilter& filter, sim::Subject& subject);
  Result<Instance*> launch(const RunInstancesRequest& request);
  Result<Instance*> launched_before(const RunInstancesRequest& request);
  [[nodiscard]] std::optional<Error> over_quota(std::uint64_t more) const;
  [[nodiscard]] static Error no_capacity();
  Instance& create(RunInstancesRequest request, sim::Instant launched);
  sim::Task<void> finish_launch(Instance* instance, std::uint32_t phase);
  [[nodiscard]] std::string launch_failure(const Instance& instance);
  [[nodiscard]] bool lost_its_snapshot(const Instance& instance) const;
  sim::Task<void> finish_termination(Instance* instance);
  StateChange begin_termination(Instance& instance);
  [[nodiscard]] Result<std::vector<Instance*>> resolve(const std::vector<std::string>& ids, sim::Instant heard);
  void enter(Instance& instance, InstanceState state, std::string_view reason);
  std::uint32_t tell(const Instance& instance, std::optional<InstanceState> from, std::string_view reason);
  [[nodiscard]] InstanceDescription describe(const Instance& instance, sim::Instant heard) const;
  [[nodiscard]] sim::Subject subject_of(const std::vector<std::string>& ids);

  // --- launches of several instances, with root volumes (launches.cpp) ---
  Result<const Launch*> launch_all(const LaunchRequest& request, sim::Subject& subject);
  Result<const Launch*> launched_together_before(const LaunchRequest& request);
  [[nodiscard]] std::optional<Error> why_not_addressed(const LaunchRequest& request) const;
  [[nodiscard]] std::optional<Error> why_not_mapped(const LaunchRequest& request) const;
  [[nodiscard]] Result<std::uint32_t> room_for(const LaunchRequest& request) const;
  Instance& create_one_of(Launch& launch);
  void begin_one_of(Instance& instance);
  void provide_mapped(Instance& instance, const MappedVolume& mapped);
  Result<Done> modify(const ModifyInstanceRequest& request, sim::Subject& subject);
  [[nodiscard]] std::optional<Error> why_not_modified(const ModifyInstanceRequest& request,
                                                      const Instance& instance) const;

  // --- what the tenant did not ask for (by_hand.cpp) ---
  template <typename Permits, typename Act>
  std::size_t each_of(sim::Name workspace, Permits permits, Act act);
  sim::Task<void> start_later(Instance* instance, sim::Duration after);

  // --- states (start_stop_reboot.cpp) ---
  /// Returns the error with which an instance's state forbids a call, or nothing when it permits the call.
  using Rule = std::optional<Error> (*)(const Instance&);
  Result<std::vector<StateChange>> start(const std::vector<std::string>& ids, sim::Subject& subject);
  Result<std::vector<StateChange>> stop(const StopInstancesRequest& request, sim::Subject& subject);
  Result<Done> reboot(const std::vector<std::string>& ids, sim::Subject& subject);
  Result<std::vector<InstanceStatus>> list_status(const StatusFilter& filter, sim::Subject& subject);
  Result<std::vector<Instance*>> permitted(const Ec2Action& action, const std::vector<std::string>& ids,
                                           sim::Subject subject, Rule rule);
  StateChange begin_start(Instance& instance);
  StateChange begin_stop(Instance& instance, bool force);
  void begin_reboot(const Instance& instance);
  sim::Task<void> finish_stop(Instance* instance, std::uint32_t phase);
  [[nodiscard]] InstanceStatus status_of(const Instance& instance, sim::Instant heard) const;

  // --- what readers see (replicas.cpp) ---
  sim::Instant heard(const Ec2Action& action, sim::Subject subject);
  sim::Duration visibility_lag(const Instance& instance);
  [[nodiscard]] bool visible(const Instance& instance, sim::Instant heard) const;
  [[nodiscard]] bool gone(const Instance& instance, sim::Instant heard) const;

  // --- volumes (volumes.cpp) ---
  /// Says where the data volume of a launch comes from; neither: the volume is new and empty.
  struct VolumeSource {
    const Snapshot* snapshot = nullptr;
    Volume* existing = nullptr;
  };
  Result<std::vector<VolumeDescription>> list_volumes(const std::string& workspace, sim::Subject& subject);
  [[nodiscard]] Result<VolumeSource> resolve_source(const std::optional<BlockDevice>& device);
  [[nodiscard]] Result<VolumeSource> resolve_origin(const std::string& snapshot) const;
  [[nodiscard]] Result<VolumeSource> resolve_existing(const std::string& id);
  std::optional<VolumeState> provide_volume(Instance& instance, VolumeSource source, std::uint32_t event);
  Volume& create(std::string_view workspace, std::string_view snapshot, sim::Instant created);
  void detach(Volume& volume, std::uint32_t event);
  void release_volumes(const Instance& instance, std::uint32_t event);
  void release(Volume& volume, const Instance& instance, std::uint32_t event);
  void enter(Volume& volume, VolumeState state, std::uint32_t event);
  void tell(const Volume& volume, std::optional<VolumeState> from, std::uint32_t event);
  sim::Task<void> finish_deletion(Volume* volume, std::uint32_t event);
  void note(Volume& volume, sim::Instant since);
  [[nodiscard]] VolumeDescription describe(const Volume& volume, const VolumeView& seen) const;

  // --- volumes without an instance (volume_calls.cpp) ---
  Result<VolumeDescription> make_volume(const CreateVolumeRequest& request, sim::Subject& subject);
  Result<Volume*> made_before(const CreateVolumeRequest& request);
  Result<Done> remove_volume(const std::string& id, sim::Subject& subject);
  Result<VolumeDescription> attach(const AttachVolumeRequest& request, sim::Subject& subject);
  Result<VolumeDescription> detach(const DetachVolumeRequest& request, sim::Subject& subject);
  sim::Task<void> finish_creation(Volume* volume, std::uint32_t event);
  [[nodiscard]] std::optional<Error> why_too_small(const std::string& snapshot, std::uint32_t size_gib) const;
  void set_details(Volume& volume, const VolumeDetails& details) const;
  [[nodiscard]] sim::Subject subject_of_volume(const std::string& id) const;

  // --- tags (tags.cpp) ---
  Result<Done> tag(const CreateTagsRequest& request, sim::Subject& subject);
  Result<Done> untag(const DeleteTagsRequest& request, sim::Subject& subject);
  Result<std::vector<TagDescription>> list_tags(const std::vector<std::string>& ids, sim::Subject& subject);
  void set_tag(const std::string& id, const Tag& tag);
  [[nodiscard]] sim::Subject subject_of_any(const std::vector<std::string>& ids);
  [[nodiscard]] std::optional<Error> why_not_taggable(const std::vector<std::string>& ids, sim::Instant heard);
  [[nodiscard]] std::optional<Error> taggable(const std::string& id, sim::Instant heard);

  // --- storage whatever its lineage (all_storage.cpp) ---
  Result<std::vector<VolumeDescription>> list_all_volumes(const StorageFilter& filter, sim::Subject& subject);
  Result<std::vector<SnapshotDescription>> list_all_snapshots(const StorageFilter& filter, sim::Subject& subject);
  Result<SnapshotDescription> copy(const CopySnapshotRequest& request, sim::Subject& subject);

  // --- snapshots (snapshots.cpp) ---
  Result<SnapshotDescription> take_snapshot(const CreateSnapshotRequest& request, sim::Subject& subject);
  Result<std::vector<SnapshotDescription>> list_snapshots(const std::string& workspace, sim::Subject& subject);
  Result<Done> remove_snapshot(const std::string& id, sim::Subject& subject);
  [[nodiscard]] Result<Volume*> resolve_volume(const std::string& id);
  [[nodiscard]] Result<Snapshot*> resolve_snapshot(const std::string& id);
  [[nodiscard]] std::optional<Error> over_snapshot_limit(const Volume& volume);
  Snapshot& create(const CreateSnapshotRequest& request, const Volume& volume);
  void enter(Snapshot& snapshot, SnapshotState state);
  void tell(const Snapshot& snapshot, std::optional<SnapshotState> from);
  sim::Task<void> finish_snapshot(Snapshot* snapshot);
  [[nodiscard]] std::size_t saved_writes(const Volume& volume) const;
  [[nodiscard]] SnapshotDescription describe(const Snapshot& snapshot, SnapshotState seen) const;

  sim::Scheduler& scheduler_;
  sim::Choices& choices_;
  sim::Record& record_;
  sim::Adversary& adversary_;
  const Profile& profile_;
  sim::Name actor_;
  std::vector<InstanceWatcher*> watchers_;
  // Deques for their stable addresses: tasks and each other point into them.
  std::deque<Instance> instances_;
  std::deque<Volume> volumes_;
  std::deque<Snapshot> snapshots_;
  std::map<std::string, Instance*, std::less<>> by_id_;
  std::map<std::string, Instance*, std::less<>> by_token_;
  std::map<std::string, Volume*, std::less<>> volumes_by_id_;
  std::map<std::string, Snapshot*, std::less<>> snapshots_by_id_;
  std::map<std::string, Volume*, std::less<>> volumes_by_token_;
  /// The tags that CreateTags added and DeleteTags left, by resource. The tags with which a resource is made are fields
  /// of the resource.
  std::map<std::string, std::map<std::string, std::string>, std::less<>> tags_;
  std::map<sim::Name, SnapshotLimiter> snapshot_limiters_;  // by lineage, or by volume where it belongs to none
  std::deque<Launch> launches_;
  std::map<std::string, Launch*, std::less<>> launches_by_token_;
  Throttle throttle_;
  std::vector<InTransit*> on_the_way_;  // in the order of their leaving
  sim::TaskGroup tasks_;
};

}  // namespace drydock::cloud
