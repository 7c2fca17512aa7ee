#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/choices.hpp"
#include "sim/cloud/ec2.hpp"
#include "sim/cloud/limiter.hpp"
#include "sim/cloud/profile.hpp"
#include "sim/cloud/storage.hpp"
#include "sim/cloud/throttle.hpp"
#include "sim/hooks.hpp"
#include "sim/record.hpp"

namespace drydock::cloud {

/// What a reader sees of an instance that changes.
struct InstanceView {
  InstanceState state = InstanceState::pending;
  std::string reason;
};

/// An instance as the cloud itself knows it: the truth behind the API.
struct Instance {
  std::string id;
  sim::Name name{};       // the id, interned
  sim::Name workspace{};  // its tag, interned
  RunInstancesRequest request;
  std::string private_ip;
  InstanceState state = InstanceState::pending;
  /// Another with every state that it enters: so a task knows whether what it waits for still goes
  /// on.
  std::uint32_t phase = 0;
  /// How often it was started after a stop. In its first pending it never has run.
  std::uint32_t starts = 0;
  sim::Instant launched{};
  /// From when on the API knows its id (docs/cloud.md §4).
  sim::Instant visible_from{};
  std::optional<sim::Instant> terminated;
  std::string reason;  // StateReason code, when it ended
  /// Its data volume, and still that one when it is no longer attached.
  Volume* data_volume = nullptr;
  History<InstanceView> history;
};

/// How long a ClientToken is known after what it made has ended, at least (docs/cloud.md §1.5).
inline constexpr sim::Duration kTokenKept = std::chrono::hours{24};
[[nodiscard]] bool well_formed_token(std::string_view token);

/// Told of every state that an instance, volume or snapshot enters, at that moment and with the
/// event that says so. (A volume's is the event that it follows from.) `from` is empty when the
/// thing appears; the event is 0 when that was before the record began.
class InstanceWatcher {
 public:
  InstanceWatcher() = default;
  InstanceWatcher(const InstanceWatcher&) = delete;
  InstanceWatcher& operator=(const InstanceWatcher&) = delete;
  virtual ~InstanceWatcher() = default;
  virtual void instance_entered(const Instance& instance, std::optional<InstanceState> from, std::uint32_t event) = 0;
  virtual void volume_entered(const Volume& /*volume*/, std::optional<VolumeState> /*from*/, std::uint32_t /*event*/) {}
  virtual void snapshot_entered(const Snapshot& /*snapshot*/, std::optional<SnapshotState> /*from*/,
                                std::uint32_t /*event*/) {}
};

/// A simulated EC2 region: one account, no other customer. Latencies come from the tape, errors from its own rules and
/// from the adversary.
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
  sim::Task<Result<std::vector<TagDescription>>> describe_tags(sim::Context context,
                                                               std::vector<std::string> ids) override;

  /// An instance that has been running since before time zero, and its data volume.
  const Instance& seed_running(RunInstancesRequest request, sim::Instant launched);

  /// The host of a running instance of this workspace (none: of any) dies under it: straight to
  /// terminated, and no API call did it. Returns how many died.
  std::size_t kill(sim::Name workspace);
  /// The pending snapshots of this lineage (none: of any) end in `error`. Returns how many did.
  std::size_t fail_pending_snapshots(sim::Name workspace);

  /// The guest of this instance wrote to its data volume; without one attached nothing happens.
  void guest_wrote(sim::Name instance, sim::Instant at);

  [[nodiscard]] const std::deque<Instance>& instances() const { return instances_; }
  [[nodiscard]] const std::deque<Volume>& volumes() const { return volumes_; }
  [[nodiscard]] const std::deque<Snapshot>& snapshots() const { return snapshots_; }
  [[nodiscard]] const Instance* find(std::string_view id) const;
  /// The volume that this instance has, or had: it may have ended, or another may have taken the
  /// volume from it (then `attached_to` is not this instance).
  [[nodiscard]] const Volume* data_volume(sim::Name instance) const;

 private:
  struct Api {
    std::string_view action;       // `RunInstances`
    std::string_view fault_point;  // `ec2.RunInstances`
    std::string_view latency;      // `ec2.RunInstances.latency`
    ActionLimits limits;
  };
  static const Api kRun;
  static const Api kTerminate;
  static const Api kDescribe;
  static const Api kDescribeAll;
  static const Api kDescribeVolumes;
  static const Api kCreateSnapshot;
  static const Api kDescribeSnapshots;
  static const Api kStart;
  static const Api kStop;
  static const Api kReboot;
  static const Api kDescribeStatus;
  static const Api kDescribeAllStatus;
  static const Api kCreateVolume;
  static const Api kDeleteVolume;
  static const Api kAttachVolume;
  static const Api kDetachVolume;
  static const Api kDeleteSnapshot;
  static const Api kCreateTags;
  static const Api kDescribeTags;

  /// What an action does when its time has come. It may tell more exactly whom the call was about.
  template <typename T, typename Request>
  using Effect = Result<T> (SimEc2::*)(const Request&, sim::Subject&);
  /// How long a request is still on its way.
  struct Transit {
    sim::Duration delay{};                 // the adversary's
    std::optional<sim::Duration> latency;  // drawn when the delay is over
  };
  /// A request that has left its caller, in whose frame this lives, and has not arrived. It is in
  /// `on_the_way_` from its making until it has arrived, or until its caller is gone.
  class InTransit {
   public:
    explicit InTransit(SimEc2& region);
    InTransit(const InTransit&) = delete;
    InTransit& operator=(const InTransit&) = delete;
    virtual ~InTransit() { arrived(); }
    /// The rest of its way and its effect, without the caller.
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
  sim::Task<Result<T>> call(sim::Context context, const Api* api, sim::Subject subject, Request request,
                            Effect<T, Request> effect);
  template <typename T, typename Request>
  sim::Task<Result<T>> serve(sim::Context context, const Api* api, sim::Subject subject, Request request,
                             Effect<T, Request> effect);
  template <typename T, typename Request>
  sim::Task<void> serve_late(sim::Context context, const Api* api, sim::Subject subject, Request request,
                             Effect<T, Request> effect, Transit way, sim::OneShot<Result<T>> answer);
  /// Whose decisions those about this subject are.
  [[nodiscard]] const std::string& decider(sim::Subject subject) const;
  sim::Duration draw_latency(const Api& api, sim::Subject subject);
  [[nodiscard]] std::optional<Error> throttled(const Api& api, std::uint64_t instances);
  Error refuse(const Api& api, sim::Subject subject, Error error);

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
  sim::Task<void> finish_termination(Instance* instance);
  StateChange begin_termination(Instance& instance);
  [[nodiscard]] Result<std::vector<Instance*>> resolve(const std::vector<std::string>& ids, sim::Instant heard);
  void enter(Instance& instance, InstanceState state, std::string_view reason);
  std::uint32_t tell(const Instance& instance, std::optional<InstanceState> from, std::string_view reason);
  [[nodiscard]] InstanceDescription describe(const Instance& instance, sim::Instant heard) const;
  [[nodiscard]] sim::Subject subject_of(const std::vector<std::string>& ids);

  // --- states (start_stop_reboot.cpp) ---
  /// Why an instance, as it is, forbids a call.
  using Rule = std::optional<Error> (*)(const Instance&);
  Result<std::vector<StateChange>> start(const std::vector<std::string>& ids, sim::Subject& subject);
  Result<std::vector<StateChange>> stop(const StopInstancesRequest& request, sim::Subject& subject);
  Result<Done> reboot(const std::vector<std::string>& ids, sim::Subject& subject);
  Result<std::vector<InstanceStatus>> list_status(const StatusFilter& filter, sim::Subject& subject);
  Result<std::vector<Instance*>> permitted(const Api& api, const std::vector<std::string>& ids, sim::Subject subject,
                                           Rule rule);
  StateChange begin_start(Instance& instance);
  StateChange begin_stop(Instance& instance, bool force);
  sim::Task<void> finish_stop(Instance* instance, std::uint32_t phase);
  [[nodiscard]] InstanceStatus status_of(const Instance& instance, sim::Instant heard) const;

  // --- what readers see (replicas.cpp) ---
  sim::Instant heard(const Api& api, sim::Subject subject);
  sim::Duration visibility_lag(const Instance& instance);
  [[nodiscard]] bool visible(const Instance& instance, sim::Instant heard) const;
  [[nodiscard]] bool gone(const Instance& instance, sim::Instant heard) const;

  // --- volumes (volumes.cpp) ---
  /// Where the data volume of a launch comes from.
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
  void release_volume(const Instance& instance, std::uint32_t event);
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
  [[nodiscard]] sim::Subject subject_of_volume(const std::string& id) const;

  // --- tags (tags.cpp) ---
  Result<Done> tag(const CreateTagsRequest& request, sim::Subject& subject);
  Result<std::vector<TagDescription>> list_tags(const std::vector<std::string>& ids, sim::Subject& subject);
  void set_tag(const std::string& id, const Tag& tag);
  [[nodiscard]] sim::Subject subject_of_any(const std::vector<std::string>& ids);
  [[nodiscard]] std::optional<Error> taggable(const std::string& id, sim::Instant heard);

  // --- snapshots (snapshots.cpp) ---
  Result<SnapshotDescription> take_snapshot(const CreateSnapshotRequest& request, sim::Subject& subject);
  Result<std::vector<SnapshotDescription>> list_snapshots(const std::string& workspace, sim::Subject& subject);
  Result<Done> remove_snapshot(const std::string& id, sim::Subject& subject);
  [[nodiscard]] Result<Volume*> resolve_volume(const std::string& id);
  [[nodiscard]] Result<Snapshot*> resolve_snapshot(const std::string& id);
  [[nodiscard]] std::optional<Error> over_snapshot_limit(sim::Name workspace);
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
  /// What CreateTags added, by resource; the tags that things are made with are their own fields.
  std::map<std::string, std::map<std::string, std::string>, std::less<>> tags_;
  std::map<sim::Name, SnapshotLimiter> snapshot_limiters_;  // by lineage
  Throttle throttle_;
  std::vector<InTransit*> on_the_way_;  // in the order of their leaving
  sim::TaskGroup tasks_;
};

}  // namespace drydock::cloud
