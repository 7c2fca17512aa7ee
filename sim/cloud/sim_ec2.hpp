#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/choices.hpp"
#include "sim/cloud/ec2.hpp"
#include "sim/cloud/profile.hpp"
#include "sim/hooks.hpp"
#include "sim/record.hpp"

namespace drydock::cloud {

/// An instance as the cloud itself knows it: the truth behind the API.
struct Instance {
  std::string id;
  sim::Name name{};       // the id, interned
  sim::Name workspace{};  // its tag, interned
  RunInstancesRequest request;
  std::string private_ip;
  InstanceState state = InstanceState::pending;
  sim::Instant launched{};
  /// From when on the API knows its id (docs/cloud.md §4).
  sim::Instant visible_from{};
  std::optional<sim::Instant> terminated;
  std::string reason;  // StateReason code, when it ended
};

/// Told of every state an instance enters, at that moment and with the event that says so.
class InstanceWatcher {
 public:
  InstanceWatcher() = default;
  InstanceWatcher(const InstanceWatcher&) = delete;
  InstanceWatcher& operator=(const InstanceWatcher&) = delete;
  virtual ~InstanceWatcher() = default;
  /// `from` is empty when the instance appears.
  virtual void instance_entered(const Instance& instance, std::optional<InstanceState> from,
                                std::uint32_t event) = 0;
};

/// A simulated EC2 region: one account, no other customer. Latencies come from the tape, errors from its own rules and
/// from the adversary.
class SimEc2 final : public Ec2 {
 public:
  SimEc2(sim::Scheduler& scheduler, sim::Choices& choices, sim::Record& record,
         sim::Adversary& adversary, const Profile& profile);

  void watch(InstanceWatcher& watcher) { watchers_.push_back(&watcher); }

  sim::Task<Result<InstanceDescription>> run_instances(sim::Context context,
                                                       RunInstancesRequest request) override;
  sim::Task<Result<std::vector<StateChange>>> terminate_instances(
      sim::Context context, std::vector<std::string> ids) override;
  sim::Task<Result<std::vector<InstanceDescription>>> describe_instances(
      sim::Context context, std::vector<std::string> ids) override;

  /// An instance that has been running since before time zero.
  const Instance& seed_running(RunInstancesRequest request, sim::Instant launched);

  /// The host of a running instance of this workspace (none: of any) dies under it: straight to terminated, and no
  /// API call did it. Returns how many died.
  std::size_t kill(sim::Name workspace);

  [[nodiscard]] const std::deque<Instance>& instances() const { return instances_; }
  [[nodiscard]] const Instance* find(std::string_view id) const;

 private:
  struct Api {
    std::string_view action;       // `RunInstances`
    std::string_view fault_point;  // `ec2.RunInstances`
    std::string_view latency;      // `ec2.RunInstances.latency`
  };
  static const Api kRun;
  static const Api kTerminate;
  static const Api kDescribe;

  /// What every call goes through before its effect: the adversary, then its latency.
  sim::Task<std::optional<Error>> arrive(sim::Context context, const Api* api, sim::Name workspace,
                                         sim::Name instance);
  /// And after it: the reply may still be lost.
  sim::Task<std::optional<Error>> reply(sim::Context context, const Api* api, sim::Name workspace,
                                        sim::Name instance);
  sim::Task<std::optional<Error>> obey(sim::Context context, sim::Verdict verdict);
  sim::Task<void> finish_launch(Instance* instance);
  sim::Task<void> finish_termination(Instance* instance);

  Result<Instance*> launch(const RunInstancesRequest& request);
  sim::Duration visibility_lag(const Instance& instance);
  Instance& create(RunInstancesRequest request, sim::Instant launched);
  [[nodiscard]] Instance* visible(std::string_view id);
  [[nodiscard]] Result<std::vector<Instance*>> resolve(const std::vector<std::string>& ids);
  StateChange begin_termination(Instance& instance);
  void enter(Instance& instance, InstanceState state, std::string_view reason);
  std::uint32_t tell(const Instance& instance, std::optional<InstanceState> from,
                     std::string_view reason);
  Error refuse(const Api& api, sim::Name workspace, sim::Name instance, Error error);
  [[nodiscard]] sim::Name workspace_of(const std::vector<std::string>& ids);

  sim::Scheduler& scheduler_;
  sim::Choices& choices_;
  sim::Record& record_;
  sim::Adversary& adversary_;
  const Profile& profile_;
  sim::Name actor_;
  std::vector<InstanceWatcher*> watchers_;
  std::deque<Instance> instances_;  // stable addresses: tasks point into it
  std::map<std::string, Instance*, std::less<>> by_id_;
  std::map<std::string, Instance*, std::less<>> by_token_;
  sim::TaskGroup tasks_;
};

}  // namespace drydock::cloud
