#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/controlplane/sdk.hpp"
#include "model/directory.hpp"
#include "model/policy.hpp"
#include "model/service.hpp"
#include "sim/choices.hpp"
#include "sim/cloud/ec2.hpp"
#include "sim/cloud/profile.hpp"
#include "sim/hooks.hpp"
#include "sim/literal.hpp"

namespace drydock::model {

/// An answer of the control plane's HTTP API (docs/platform.md §4.1); `http` is 0 where there was none. The comment at
/// a field names the calls that set it.
struct CpAnswer {
  int http = 0;
  std::string error;                // up to 512 bytes of the body, or the transport's error
  std::string instance_id;          // provision
  std::string state;                // provision, status
  std::string snapshot_id;          // backup; empty when there was nothing left to save
  sim::Instant snapshot_started{};  // its point in time
  /// backup, refused by a limiter: the wait until one is accepted, as far as the control plane knows the limiter.
  std::optional<sim::Duration> retry_after{};
  std::vector<cloud::InstanceDescription> instances{};  // list
  /// provision with a token of the tenant's: an earlier call with the token had launched the instance already; the
  /// instance that the token launched has ended, so the token can launch no other.
  bool was_launched = false;
  bool token_is_spent = false;
  [[nodiscard]] bool ok() const { return http >= 200 && http < 300; }
  /// Tells whether the same call may succeed a moment later: there was no answer, the server was in trouble or asked to
  /// come again, or an earlier call with the same key is still under way (docs/platform.md §17.3).
  [[nodiscard]] bool may_pass() const;

  [[nodiscard]] static CpAnswer of(int http, std::string error = {});
  [[nodiscard]] static CpAnswer refused_by_ec2(const cloud::Error& error);
};

/// Tells whether EC2's error is a limit of snapshots: it is a 400 that passes by itself, and the control plane answers
/// it 503 with Retry-After (docs/platform.md §4.1).
[[nodiscard]] bool is_snapshot_limit(std::string_view code);

/// What `CpAnswer::state` says of an image that was asked for: it is there, or nobody said where it should be.
inline constexpr std::string_view kImageReady = "ready";
inline constexpr std::string_view kImageNotApplicable = "not_applicable";

/// The answer to a stop whose snapshot ended in error: nothing was stopped.
inline constexpr int kSnapshotInError = 412;

/// The state that it gives for an instance that EC2 does not know.
inline constexpr std::string_view kUnknownState = "unknown";

/// The error of a provision whose idempotency key has a launch under way.
inline constexpr std::string_view kInProgress = "provision_in_progress";

struct StartRequest {
  WorkspaceKey workspace = WorkspaceKey::none;
  std::string user_data;
  /// EC2's ClientToken; empty: the control plane makes one of its own.
  std::string token{};
  Storage storage = Storage::stateless;
  /// The tenant's name for this start; a launch that was recorded under it is answered again and not made again. Empty:
  /// every call launches.
  std::string idempotency_key{};
  /// The workspace's other instances are terminated first.
  bool ends_predecessor = false;
  /// The launch waits until EC2 shows this snapshot; empty: it takes the newest that EC2 shows.
  std::string snapshot{};
  /// The interval at which a pending snapshot is looked at, and the time after which the bootstrap watcher looks at the
  /// launch.
  sim::Duration snapshot_poll{};
  sim::Duration bootstrap_watch{};
};

struct InstanceRequest {
  WorkspaceKey workspace = WorkspaceKey::none;
  std::string instance_id;
  /// stop, status: the call says which cloud the instance is in; one that does not goes to AWS.
  bool names_provider = true;
  /// stop: the snapshot on the strength of which the instance is ended; empty: whatever there is.
  std::string snapshot{};
  /// backup: the row names another instance by now, so nothing may ever be restored from this snapshot.
  bool divergent = false;
  /// backup: where the limit of pending snapshots is reached, snapshots in error are deleted.
  bool clears_failed = false;
};

/// The EC2 actions that the control plane calls. SimEc2 has others, for tests that drive a region by themselves.
[[nodiscard]] std::span<const std::string_view> called_actions();

/// The tenant as the control plane calls it.
class Tenant {
 public:
  Tenant() = default;
  Tenant(const Tenant&) = delete;
  Tenant& operator=(const Tenant&) = delete;
  virtual ~Tenant() = default;
  /// POST /workspaces/{id}/bootstrap-failed.
  virtual sim::Task<void> bootstrap_failed(WorkspaceKey workspace) = 0;
};

/// The console of an instance, which shows whether its agent has come up.
class InstanceConsole {
 public:
  InstanceConsole() = default;
  InstanceConsole(const InstanceConsole&) = delete;
  InstanceConsole& operator=(const InstanceConsole&) = delete;
  virtual ~InstanceConsole() = default;
  [[nodiscard]] virtual bool agent_booted(sim::Name instance) const = 0;
};

/// One call of the API; control_plane.cpp has a row for each.
struct CpApi;

/// The control plane, which talks to AWS for the tenant. Each public call is the tenant's HTTP call, with its latency
/// and its faults; its private `handle_` function does what the control plane does when the call arrives.
class ControlPlane {
 public:
  ControlPlane(sim::Scheduler& clock, sim::Choices& choices, sim::Record& record, sim::Adversary& adversary,
               cloud::Ec2& ec2, const cloud::Profile& profile, const Directory& directory);

  void connect(Tenant& tenant, const InstanceConsole& console) {
    tenant_ = &tenant;
    console_ = &console;
  }
  /// Gives the control plane its client of EC2. It is a part of this process: a deploy of the platform changes nothing.
  void use(const Policy& policy) { sdk_ = &sdk_row(policy.controlplane_sdk); }
  /// Tells the control plane of a volume that the workspace has had since before time zero.
  void remember_volume(WorkspaceKey workspace, std::string volume) { volumes_[workspace] = std::move(volume); }

  /// Tells the control plane that the workspace's instances are in another cloud than AWS.
  void place_elsewhere(WorkspaceKey workspace) { elsewhere_.insert(workspace); }
  [[nodiscard]] bool is_elsewhere(WorkspaceKey workspace) const { return elsewhere_.contains(workspace); }

  /// POST /cp/workspaces/provision.
  sim::Task<CpAnswer> start(sim::Context context, StartRequest request);
  /// DELETE /cp/workspaces/{id}?instance_id=….
  sim::Task<CpAnswer> stop(sim::Context context, InstanceRequest request);
  /// GET /cp/workspaces/{id}/status?instance_id=….
  sim::Task<CpAnswer> status(sim::Context context, InstanceRequest request);

  /// POST /cp/workspaces/{id}/backup?instance_id=….
  sim::Task<CpAnswer> backup(sim::Context context, InstanceRequest request);
  /// GET /cp/workspaces/{id}/launches/{token} (`intents.durable`): finds the instance that was launched with the token;
  /// 404: EC2 shows none.
  sim::Task<CpAnswer> find_launch(sim::Context context, WorkspaceKey workspace, std::string token);
  /// POST /cp/images/ensure: pulls the image that a launch needs, unless it is there. A tenant that does not say for
  /// which provider it asks is answered 200 and nothing is pulled.
  sim::Task<CpAnswer> ensure_image(sim::Context context, WorkspaceKey workspace, bool names_provider);
  /// Lists every instance that carries a workspace's tag and is not terminated.
  sim::Task<CpAnswer> list(sim::Context context);

  void start_process() { service_.start(); }
  void crash();
  [[nodiscard]] bool up() const { return service_.up(); }

 private:
  /// Carries one HTTP call of the tenant to the control plane, has it served there, and carries the answer back.
  sim::Task<CpAnswer> call(sim::Context context, const CpApi* api, WorkspaceKey workspace, sim::Task<CpAnswer> handler);

  sim::Task<CpAnswer> handle_start(StartRequest request, sim::Instant until);
  sim::Task<CpAnswer> launch_instance(StartRequest request, sim::Instant until);
  sim::Task<cloud::Result<bool>> end_predecessors(WorkspaceKey workspace);
  sim::Task<CpAnswer> handle_stop(InstanceRequest request);
  sim::Task<CpAnswer> handle_status(InstanceRequest request);
  sim::Task<CpAnswer> handle_backup(InstanceRequest request);
  sim::Task<CpAnswer> handle_list();
  sim::Task<bool> ended_in_error(WorkspaceKey workspace, std::string snapshot);
  [[nodiscard]] std::string asked_for(InstanceRequest request) const;
  // image.cpp
  sim::Task<CpAnswer> handle_ensure_image(WorkspaceKey workspace, bool names_provider);
  sim::Task<CpAnswer> pull_image(WorkspaceKey workspace);
  [[nodiscard]] bool has_image() const;
  sim::Task<CpAnswer> handle_find(WorkspaceKey workspace, std::string token);

  using Instances = std::vector<cloud::InstanceDescription>;
  sim::Task<cloud::Result<Instances>> describe(WorkspaceKey workspace, std::string instance);

  using Volumes = std::vector<cloud::VolumeDescription>;
  using Snapshots = std::vector<cloud::SnapshotDescription>;
  sim::Task<cloud::Result<Volumes>> volumes_of(WorkspaceKey workspace);
  sim::Task<cloud::Result<Snapshots>> snapshots_of(WorkspaceKey workspace, bool is_poll = false);

  class BootstrapWatch;  // the turns of `watch_bootstrap`: there is one

  // launch.cpp, backup.cpp
  using Mapping = std::optional<cloud::BlockDevice>;
  sim::Task<cloud::Result<Mapping>> data_volume(StartRequest request, sim::Instant until);
  sim::Task<cloud::Result<Mapping>> persistent_volume(WorkspaceKey workspace);
  sim::Task<cloud::Result<Mapping>> restored_volume(StartRequest request, sim::Instant until);
  sim::Task<void> watch_bootstrap(WorkspaceKey workspace, std::string instance, sim::Duration after);
  sim::Task<cloud::Result<std::string>> volume_held_by(WorkspaceKey workspace, std::string instance);
  sim::Task<cloud::Result<cloud::SnapshotDescription>> snapshot(WorkspaceKey workspace,
                                                                cloud::CreateSnapshotRequest create);
  sim::Task<bool> clear_failed(WorkspaceKey workspace);
  sim::Task<std::optional<sim::Duration>> when_accepted(WorkspaceKey workspace, std::string code);

  /// Says what becomes of a call after an attempt that failed.
  struct SdkStep {
    bool again = false;
    bool hangs = false;
    std::optional<sim::Duration> pause{};  // before it is sent again, or before it is given up
  };

  /// Makes one EC2 call as the control plane's client makes it (`controlplane.sdk`; docs/platform.md §18).
  template <typename T>
  sim::Task<cloud::Result<T>> sdk(WorkspaceKey workspace, sim::Literal action,
                                  std::function<sim::Task<cloud::Result<T>>(sim::Context)> send, SdkCall call = {}) {
    while (true) {
      const sim::Context context{sdk_deadline()};
      sim::Task<cloud::Result<T>> one = send(context);
      cloud::Result<T> answer = co_await std::move(one);
      if (answer && call.spoiled) answer = tl::unexpected(unreadable());
      if (answer) {
        sdk_tokens_.succeeded(sdk_->quota, call);
        co_return answer;
      }
      const SdkStep step = after_failure(workspace, action, answer.error(), call);
      if (step.hangs) co_await clock_.pause_until(sim::kNever);
      if (step.pause) co_await clock_.pause(*step.pause);
      if (!step.again) co_return answer;
    }
  }
  [[nodiscard]] sim::Instant sdk_deadline() const;
  SdkStep after_failure(WorkspaceKey workspace, std::string_view action, cloud::Error& error, SdkCall& call);
  [[nodiscard]] std::optional<sim::Duration> before_next_poll(const StartRequest& request, int polls, bool failed,
                                                              sim::Instant until);
  [[nodiscard]] std::string_view actor_of(WorkspaceKey workspace) const;

  sim::Scheduler& clock_;
  sim::Choices& choices_;
  sim::Adversary& adversary_;
  cloud::Ec2& ec2_;
  const cloud::Profile& profile_;
  const Directory& directory_;
  sim::Record& record_;
  Tenant* tenant_ = nullptr;
  const InstanceConsole* console_ = nullptr;
  Service service_;
  const SdkRow* sdk_ = &sdk_row(Sdk::none);
  SdkTokens sdk_tokens_;  // in memory
  std::uint64_t launches_ = 0;
  std::map<WorkspaceKey, std::string> volumes_;  // in memory: gone with the process
  std::set<WorkspaceKey> elsewhere_;             // as its database has it
  std::set<std::string> launching_;              // idempotency keys, likewise
  std::map<std::string, CpAnswer> launched_;     // by idempotency key, in its database
  bool image_pulled_ = false;                    // on the host's disk
  bool image_pulling_ = false;                   // in memory
  sim::Signal image_settled_;
};

}  // namespace drydock::model
