#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "model/directory.hpp"
#include "model/http.hpp"
#include "model/owned.hpp"
#include "model/setbacks.hpp"
#include "model/status.hpp"
#include "sim/cloud/profile.hpp"
#include "sim/cloud/states.hpp"
#include "sim/cloud/watcher.hpp"
#include "sim/record.hpp"
#include "sim/scheduler.hpp"
#include "sim/time.hpp"

namespace drydock::cloud {
class SimEc2;
}

namespace drydock::model {

/// A workspace's row as the last committed write left it.
struct Row {
  bool exists = false;
  Status status = Status::provisioning;
  std::string url;
  std::string instance_id;
  friend bool operator==(const Row&, const Row&) = default;
};

/// Counts committed configuration writes: `own` those of one workspace, `global` those that are for all.
struct ConfigurationVersion {
  std::uint64_t own = 0;
  std::uint64_t global = 0;
};

struct InstanceFacts {
  sim::Name name{};
  WorkspaceKey workspace = WorkspaceKey::none;
  cloud::InstanceState state = cloud::InstanceState::pending;
  std::uint32_t entered = 0;  // the event that brought it into its state; 0: time zero
  sim::Instant launched{};
  /// The instant at which the provision that launched it read its configuration, and the version that it read.
  sim::Instant configuration_read{};
  ConfigurationVersion secrets;
  std::optional<sim::Instant> last_heartbeat;  // sent
  int last_heartbeat_status = 0;               // as answered
  bool wedged = false;                         // its agent beats and does nothing
};

/// An instance or a snapshot that a client made over the wire, and that belongs to no workspace.
struct ClientsOwn {
  sim::Name name{};
  std::string_view what;   // `instance`, `snapshot`
  std::uint32_t made = 0;  // the event
  bool costs = true;       // it is live; pending or completed
  bool is_known = false;   // an answer that its client had whole names it
};

/// A unit of work of the platform, from its first act to its last. An operation that a crash cuts off never ends.
struct Operation {
  std::uint64_t id = 0;
  std::string_view label;
  WorkspaceKey workspace = WorkspaceKey::none;
  sim::Instant until = sim::kNever;  // its deadline
  /// True for one turn of a sweeper or worker: another turn follows, so nothing that fails in this one is given up.
  bool recurs = false;
  const sim::Root* root = nullptr;
};

/// The result of one stop, as the platform sees it.
struct StopOutcome {
  WorkspaceKey workspace = WorkspaceKey::none;
  sim::Name instance{};  // none: the row named none, so there was nothing to stop
  bool stopped = false;
  bool attempted = false;  // the control plane was asked
  bool answered = false;   // it said something about the instance, rather than nothing or that it is in trouble
  std::uint32_t event{};
  const Operation* operation = nullptr;  // that the stop belongs to; null: none
};

struct WorkspaceFacts {
  WorkspaceKey key = WorkspaceKey::none;
  WorkspaceKey parent = WorkspaceKey::none;
  std::string runtime;
  Row row;
  bool touched = false;            // its row was written since time zero
  std::uint32_t status_event = 0;  // the event that last made or removed the row, or changed its status; 0: none has
  std::uint32_t naming_event = 0;  // the same, of which instance the row names
  sim::Instant named_at{};         // when that was
  std::uint32_t called_event = 0;  // the last request that calls it or delegates to it; 0: there was none
  std::optional<bool> wished_run;  // the last accepted client wish
  std::uint32_t wish_event = 0;    // the event that the wish took effect with; 0: time zero
  bool failure_explained = false;  // a durable event says why its row is failed
  bool launch_failed_in_calm = false;
  std::uint64_t secrets_committed = 0;
  std::uint64_t secrets_promised = 0;         // the newest version that a 2xx was given for
  std::uint64_t global_secrets_promised = 0;  // the same, of the global secrets that reach it
  std::optional<sim::Instant> configuration_changed;
  std::uint32_t configuration_event = 0;  // the event of that change
  std::vector<sim::Name> instances;       // all ever, oldest first

  [[nodiscard]] bool external() const { return runtime == "external" || runtime == "mock"; }
};

struct RequestFacts {
  std::uint32_t event = 0;
  Route route = Route::unknown;
  WorkspaceKey workspace = WorkspaceKey::none;
  WorkspaceKey other = WorkspaceKey::none;  // an A2A call's caller, a delegation's target
  std::optional<int> status;                // answered
  std::vector<WorkspaceKey> spent;          // workspaces for which it has justified a termination
  std::uint64_t secrets_committed = 0;      // the version its write made
  std::string_view changed;                 // what it changed before it was answered, if anything
  bool cascade = false;                     // cascade=true; a delete: confirm=true
  bool accepts_state_loss = false;          // #1990's opt-in
  std::vector<WorkspaceKey> paused;         // rows it wrote as paused
  std::vector<WorkspaceKey> removed;        // rows it wrote as removed
  std::vector<WorkspaceKey> reached;        // workspaces that the global secret which it wrote reaches
  std::vector<WorkspaceKey> stops_failed;   // workspaces whose last stop returned an error
};

struct RowChange {
  const WorkspaceFacts& workspace;
  const Row& before;
  std::uint32_t event{};
};

struct InstanceChange {
  const InstanceFacts& instance;
  std::optional<cloud::InstanceState> from;
  std::string_view reason;
  std::uint32_t event{};

  /// Tells whether a terminate call took effect on the instance.
  [[nodiscard]] bool is_terminate() const {
    return from && instance.state == cloud::InstanceState::shutting_down && reason == "Client.UserInitiatedShutdown";
  }
  /// Tells whether a terminate call took effect on the instance while it was live.
  [[nodiscard]] bool is_kill() const {
    return from && cloud::is_live(*from) && instance.state == cloud::InstanceState::shutting_down &&
           reason == "Client.UserInitiatedShutdown";
  }
  /// Tells whether the instance stopped being live although no terminate call took effect on it.
  [[nodiscard]] bool is_death() const {
    return from && cloud::is_live(*from) && !cloud::is_live(instance.state) && !is_kill();
  }
};

/// One promise that was broken, and how.
struct Violation {
  std::string_view invariant;
  std::string message;
  sim::Instant at{};
  std::uint32_t event = 0;  // the event that broke it; 0: it was judged at the end
  sim::Name workspace{};
  sim::Name instance{};
  /// The events beside `event` that decided it, each the head of a chain of causes: of a promise about two things the
  /// other one's, of a promise that is judged at the end what its subject's last state came from.
  std::vector<std::uint32_t> decided_by;
};

class Observation;

/// An onlooker: it is told of each thing that happens, at that moment. It reads facts and history and touches nothing;
/// product code never sees it.
class Observer {
 public:
  Observer() = default;
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;
  virtual ~Observer() = default;

  virtual void row_written(Observation& /*seen*/, const RowChange& /*change*/) {}
  virtual void instance_entered(Observation& /*seen*/, const InstanceChange& /*change*/) {}
  /// A client's instance that has an owner was launched, or has entered another state.
  virtual void owned_entered(Observation& /*seen*/, const OwnedChange& /*change*/) {}
  virtual void start_accepted(Observation& /*seen*/, const InstanceFacts& /*instance*/, std::uint32_t /*event*/) {}
  virtual void configuration_changed(Observation& /*seen*/, WorkspaceKey /*workspace*/, std::uint32_t /*event*/) {}
  virtual void start_failed(Observation& /*seen*/, WorkspaceKey /*workspace*/) {}
  /// The instance's agent, which worked before, does nothing any more.
  virtual void wedged(Observation& /*seen*/, const InstanceFacts& /*instance*/) {}
  /// A stop returned to its caller (a retry core calls it several times).
  virtual void stop_returned(Observation& /*seen*/, const StopOutcome& /*stop*/) {}
  /// A durable row was written that says that a terminate is owed: of this instance, or, where `instance` is none, of
  /// the instance that the workspace's row names.
  virtual void terminate_recorded(Observation& /*seen*/, WorkspaceKey /*workspace*/, sim::Name /*instance*/) {}
  /// The agent of the instance has received a call, and works on it.
  virtual void delivered(Observation& /*seen*/, const InstanceFacts& /*instance*/, sim::Instant /*sent_at*/,
                         std::uint32_t /*event*/) {}
  virtual void operation_ended(Observation& /*seen*/, const Operation& /*operation*/) {}
  /// A cycle of the control plane's orphan sweeper has received its list of instances.
  virtual void orphan_sweep_began(Observation& /*seen*/, std::uint32_t /*event*/) {}
  /// The platform's process started, at first or again.
  virtual void process_started(Observation& /*seen*/) {}
  virtual void answered(Observation& /*seen*/, const RequestFacts& /*request*/, const Response& /*response*/,
                        std::uint32_t /*event*/) {}
  /// The scheduler made a step; called only where `wants_steps` is true.
  virtual void stepped(Observation& /*seen*/) {}
  [[nodiscard]] virtual bool wants_steps() const { return false; }
  /// The calm phase, and with it the run, is over.
  virtual void ended(Observation& /*seen*/) {}
  /// Tells whether the observer would do nothing more before `ended`, and there the same now as later, if nothing
  /// changed any more. Heartbeats, statements that change nothing, and turns of sweepers that find nothing may come.
  [[nodiscard]] virtual bool rests(const Observation& /*seen*/) const { return false; }
};

/// An observer that judges a promise of the platform, and reports to Observation::violated when it is broken.
class Invariant : public Observer {
 public:
  explicit Invariant(std::string_view name) : name_(name) {}

  /// The id of the promise.
  [[nodiscard]] std::string_view name() const { return name_; }

 private:
  std::string_view name_;
};

/// Holds what the world lets an observer see: the rows, the instances, the requests and their history, kept up to date
/// by the edges (store, cloud, HTTP front, agents), and the observers that are told of each change.
class Observation final : public cloud::InstanceWatcher {
 public:
  Observation(sim::Scheduler& scheduler, sim::Record& record, const Directory& directory,
              const cloud::Profile& profile);

  /// Tells `observer`, which outlives the run, of everything from now on; after those that were added before it.
  void add_observer(Observer& observer);

  // --- told by the edges ---
  void seed_workspace(WorkspaceKey key, WorkspaceKey parent, std::string runtime, Row row);
  void row_written(WorkspaceKey key, Row after, std::uint32_t event);
  void instance_entered(const cloud::Instance& instance, std::optional<cloud::InstanceState> from,
                        std::uint32_t event) override;
  void snapshot_entered(const cloud::Snapshot& snapshot, std::optional<cloud::SnapshotState> from,
                        std::uint32_t event) override;
  /// A client of EC2 has had this answer whole.
  void client_was_told(std::string_view answer);
  /// Lists what clients have made for themselves, in order.
  [[nodiscard]] const std::vector<ClientsOwn>& clients_own() const { return clients_own_; }
  /// Sets the key of the tag by which clients tell whose an instance is; empty: they do not.
  void owners_are_told_by(std::string tag) { owner_tag_ = std::move(tag); }
  /// A client asks EC2; `request` is the event. Then it has had a good answer, whole.
  void client_asks(std::uint32_t request, std::string_view action, std::string parameters);
  void client_succeeded(std::uint32_t request);
  /// Lists the instances that have owners, in the order of their launches.
  [[nodiscard]] const std::deque<OwnedInstance>& owned() const { return owned_; }
  [[nodiscard]] bool is_owned(sim::Name instance) const { return owned_places_.contains(instance); }
  /// Returns what was launched for the same owner before, last; null where nothing was.
  [[nodiscard]] const OwnedInstance* owned_before(const OwnedInstance& instance) const;
  /// Returns the request for a snapshot that this event is; null where it is none.
  [[nodiscard]] const SnapshotCall* snapshot_call(std::uint32_t request) const;
  void request_arrived(const Request& request);
  void answered(std::uint32_t request, const Response& response, std::uint32_t event);
  /// A secret of the workspace was committed.
  void secret_committed(WorkspaceKey key, std::uint32_t event);
  /// A file of the workspace's configuration was committed.
  void file_committed(WorkspaceKey key, std::uint32_t event);
  void start_accepted(std::string_view instance_id, std::uint32_t event);
  void start_failed(WorkspaceKey key);
  /// A stop returned. `instance` is the one that the control plane was asked to stop. It is none where the control
  /// plane was not asked: with `stopped`, because the row names no instance; without, because the stop of the instance
  /// that the row names failed earlier (its backup was refused, the row could not be read). `answered`: the control
  /// plane said something about the instance (2xx, 4xx).
  void stop_returned(WorkspaceKey key, sim::Name instance, bool stopped, std::uint32_t event, bool answered = true);
  void terminate_recorded(WorkspaceKey key, sim::Name instance);
  [[nodiscard]] std::uint64_t operation_began(Operation operation);
  void operation_ended(std::uint64_t id);
  void orphan_sweep_began(std::uint32_t event);
  void process_started();
  /// A global secret was committed; `reached` are the workspaces that read it.
  void global_secret_committed(const std::vector<WorkspaceKey>& reached, std::uint32_t event);
  /// Sets the cloud, which knows the truth about volumes and snapshots.
  void look_at(const cloud::SimEc2& ec2) { ec2_ = &ec2; }
  void structure_event(WorkspaceKey key, std::string_view type, std::uint32_t event);
  void heartbeat_sent(sim::Name instance);
  void heartbeat_answered(sim::Name instance, int status);
  void agent_worked(sim::Name instance, bool works);
  void delivered(sim::Name instance, sim::Instant sent_at);
  void calm_began() { calm_ = true; }
  void stepped();
  void ended();
  /// Tells whether all observers rest.
  [[nodiscard]] bool rests() const;

  // --- read by the observers ---
  [[nodiscard]] sim::Instant now() const { return scheduler_.now(); }
  [[nodiscard]] const cloud::Profile& profile() const { return profile_; }
  [[nodiscard]] const Directory& directory() const { return directory_; }
  [[nodiscard]] const sim::Record& record() const { return record_; }
  [[nodiscard]] const WorkspaceFacts& workspace(WorkspaceKey key) const { return workspaces_[index(key)]; }
  /// All workspaces, by key. The first entry, of WorkspaceKey::none, is no workspace.
  [[nodiscard]] const std::deque<WorkspaceFacts>& workspaces() const { return workspaces_; }
  [[nodiscard]] const InstanceFacts* instance(sim::Name name) const;
  /// The instance that the workspace's row names; null when it names none that the cloud ever had.
  [[nodiscard]] const InstanceFacts* named_instance(const WorkspaceFacts& workspace) const;
  /// Gives the event that brought the newest instance of the workspace into its state; 0 where it has none, or has it
  /// since time zero.
  [[nodiscard]] std::uint32_t newest_instance_event(const WorkspaceFacts& workspace) const;
  /// Tells whether the workspace's row names this instance and its status is neither removed nor dormant.
  [[nodiscard]] bool is_wanted(const WorkspaceFacts& workspace, sim::Name instance) const;
  /// Tells whether the instance is still within its runtime's longest pending + boot time.
  [[nodiscard]] bool is_booting(const InstanceFacts& instance) const;
  [[nodiscard]] const std::string& alias(WorkspaceKey key) const { return directory_.alias(key); }
  [[nodiscard]] const std::string& text(sim::Name name) const { return record_.text(name); }
  [[nodiscard]] ConfigurationVersion committed(WorkspaceKey key) const;

  struct Nearest {
    RequestFacts* request = nullptr;
    bool direct = false;  // no programmatic restart lies between
  };
  /// Returns the nearest client request among an event's causes; a null request when there is none.
  [[nodiscard]] Nearest nearest_request(std::uint32_t event);
  /// Returns the nearest event of a kind among an event and its causes, up to the nearest client request; 0 when there
  /// is none.
  [[nodiscard]] std::uint32_t nearest_cause(std::uint32_t event, sim::Kind kind) const;
  [[nodiscard]] bool is_descendant(WorkspaceKey key, WorkspaceKey ancestor) const;
  /// Tells whether the request names the workspace: the workspace itself, as the caller or the target of a call, or as
  /// a descendant where the request asked for the cascade. A global request names every workspace.
  [[nodiscard]] bool names(const RequestFacts& request, WorkspaceKey key) const;
  [[nodiscard]] const cloud::SimEc2& ec2() const { return *ec2_; }
  [[nodiscard]] const std::vector<Operation>& open_operations() const { return operations_; }

  /// Counts the guest writes that were lost with their volume: no snapshot holds them, and nobody had deleted the
  /// workspace.
  [[nodiscard]] std::int64_t lost_writes() const { return lost_writes_; }

  /// Reports a broken promise; at most one per invariant, workspace and instance is kept. `beside` is the event that
  /// decided the other one of two things that the promise is about; 0: it is about one.
  void violated(const Invariant& invariant, std::string message, std::uint32_t event,
                WorkspaceKey workspace = WorkspaceKey::none, sim::Name instance = sim::Name::none,
                std::uint32_t beside = 0);
  /// Reports a promise that is judged at the end and was not kept. `decided_by` are the events that decided the last
  /// state of its subject; 0 stands for time zero. What went wrong for the workspace meanwhile is added to them.
  void not_kept(const Invariant& invariant, std::string message, std::vector<std::uint32_t> decided_by,
                WorkspaceKey workspace, sim::Name instance = sim::Name::none);
  [[nodiscard]] const std::vector<Violation>& violations() const { return violations_; }

 private:
  void note_clients_own(sim::Name name, std::string_view what, bool costs, std::uint32_t event);
  void note_owned(const cloud::Instance& instance, std::optional<cloud::InstanceState> from, std::uint32_t event);
  WorkspaceFacts& facts(WorkspaceKey key);
  void note_promise(const RequestFacts& request);
  void note_call(const RequestFacts& request);
  void mark_changed(std::uint32_t event, std::string_view what);
  void count_lost_writes(const InstanceChange& change);
  void note_request(WorkspaceFacts& workspace, const Row& before, std::uint32_t event);
  void note_wish(WorkspaceFacts& workspace, const Row& before, Route route, std::uint32_t event);
  /// Notes that the promise is broken for these two, and tells whether it was not before.
  [[nodiscard]] bool is_first_violation(const Invariant& invariant, sim::Name workspace, sim::Name instance);
  void keep_violation(Violation violation);
  [[nodiscard]] const Operation* current_operation() const;

  sim::Scheduler& scheduler_;
  sim::Record& record_;
  const Directory& directory_;
  const cloud::Profile& profile_;
  std::vector<Observer*> observers_;
  std::vector<Observer*> steppers_;  // those of them that want steps
  std::deque<WorkspaceFacts> workspaces_;
  std::map<sim::Name, InstanceFacts> instances_;
  std::vector<ClientsOwn> clients_own_;
  std::map<sim::Name, std::size_t> clients_own_places_;
  std::set<std::size_t> unknown_to_clients_;  // places in `clients_own_`
  std::string owner_tag_;
  std::deque<OwnedInstance> owned_;
  std::map<sim::Name, std::size_t> owned_places_;
  std::map<std::uint32_t, SnapshotCall> snapshot_calls_;
  std::map<std::uint32_t, RequestFacts> requests_;
  std::uint64_t global_secrets_committed_ = 0;
  std::vector<Violation> violations_;
  Setbacks setbacks_;
  std::set<std::tuple<std::string_view, sim::Name, sim::Name>> violated_;  // promise, workspace, instance
  std::vector<Operation> operations_;                                      // open, oldest first
  std::uint64_t operations_begun_ = 0;
  const cloud::SimEc2* ec2_ = nullptr;
  std::int64_t lost_writes_ = 0;
  bool calm_ = false;
};

/// Writes, as the user data of an instance, when the launch read its configuration and which version it read.
[[nodiscard]] std::string encode_user_data(sim::Instant read_at, const ConfigurationVersion& secrets);

/// Makes all invariants, ready to judge one run.
[[nodiscard]] std::vector<std::unique_ptr<Invariant>> make_invariants();

}  // namespace drydock::model
