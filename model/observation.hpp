#pragma once

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/directory.hpp"
#include "model/http.hpp"
#include "model/status.hpp"
#include "sim/cloud/profile.hpp"
#include "sim/cloud/sim_ec2.hpp"
#include "sim/record.hpp"

namespace drydock::model {

/// A workspace's row as the last committed write left it.
struct Row {
  bool exists = false;
  Status status = Status::provisioning;
  std::string url;
  std::string instance_id;
  friend bool operator==(const Row&, const Row&) = default;
};

/// A counter per workspace and one for all: how many configuration writes were committed.
struct ConfigurationVersion {
  std::uint64_t own = 0;
  std::uint64_t global = 0;
};

struct InstanceFacts {
  sim::Name name{};
  WorkspaceKey workspace = WorkspaceKey::none;
  cloud::InstanceState state = cloud::InstanceState::pending;
  sim::Instant launched{};
  /// When the provision that launched it read its configuration, and which it read.
  sim::Instant configuration_read{};
  ConfigurationVersion secrets;
  std::optional<sim::Instant> last_heartbeat;  // sent
  int last_heartbeat_status = 0;               // as answered
};

struct WorkspaceFacts {
  WorkspaceKey key = WorkspaceKey::none;
  WorkspaceKey parent = WorkspaceKey::none;
  std::string runtime;
  Row row;
  bool touched = false;            // by any write of its row since time zero
  std::optional<bool> wished_run;  // the last accepted client wish
  bool failure_explained = false;  // a durable event says why it is failed
  bool launch_failed_in_calm = false;
  std::uint64_t secrets_committed = 0;
  std::uint64_t secrets_promised = 0;  // the newest that a 2xx was given for
  std::optional<sim::Instant> configuration_changed;
  std::vector<sim::Name> instances;  // all ever, oldest first

  [[nodiscard]] bool external() const { return runtime == "external"; }
};

struct RequestFacts {
  std::uint32_t event = 0;
  Route route = Route::unknown;
  WorkspaceKey workspace = WorkspaceKey::none;
  WorkspaceKey other = WorkspaceKey::none;  // an A2A call's caller, a delegation's target
  std::optional<int> status;                // answered
  std::vector<WorkspaceKey> spent;          // for which workspaces it has justified a termination
  std::uint64_t secrets_committed = 0;      // the version its write made
  std::string_view changed;                 // what it changed before it was answered, if anything

  [[nodiscard]] bool names(WorkspaceKey key) const { return key == workspace || key == other; }
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

  /// A terminate call took effect on it while it was live.
  [[nodiscard]] bool is_kill() const {
    return from && cloud::is_live(*from) && instance.state == cloud::InstanceState::shutting_down &&
           reason == "Client.UserInitiatedShutdown";
  }
  /// It stopped being live and no terminate call of ours did it.
  [[nodiscard]] bool is_death() const {
    return from && cloud::is_live(*from) && !cloud::is_live(instance.state) && !is_kill();
  }
};

/// One thing promised and broken.
struct Violation {
  std::string_view invariant;
  std::string message;
  sim::Instant at{};
  std::uint32_t event = 0;
  sim::Name workspace{};
  sim::Name instance{};
};

class Observation;

/// A promise, judged as the world goes on. It reads facts and history and touches nothing; product code never sees it.
class Invariant {
 public:
  explicit Invariant(std::string_view name) : name_(name) {}
  Invariant(const Invariant&) = delete;
  Invariant& operator=(const Invariant&) = delete;
  virtual ~Invariant() = default;

  virtual void row_written(Observation& /*seen*/, const RowChange& /*change*/) {}
  virtual void instance_entered(Observation& /*seen*/, const InstanceChange& /*change*/) {}
  virtual void start_accepted(Observation& /*seen*/, const InstanceFacts& /*instance*/,
                              std::uint32_t /*event*/) {}
  virtual void configuration_changed(Observation& /*seen*/, WorkspaceKey /*workspace*/,
                                     std::uint32_t /*event*/) {}
  virtual void answered(Observation& /*seen*/, const RequestFacts& /*request*/,
                        const Response& /*response*/, std::uint32_t /*event*/) {}
  /// After every step of the scheduler, when `wants_steps`.
  virtual void stepped(Observation& /*seen*/) {}
  [[nodiscard]] virtual bool wants_steps() const { return false; }
  /// At the end of the calm phase.
  virtual void ended(Observation& /*seen*/) {}

  [[nodiscard]] std::string_view name() const { return name_; }

 private:
  std::string_view name_;
};

/// What the world lets an onlooker see: the rows, the instances, the requests and their history, kept up to date by the
/// edges (store, cloud, HTTP front, agents), and the invariants that look at it.
class Observation final : public cloud::InstanceWatcher {
 public:
  Observation(sim::Scheduler& scheduler, sim::Record& record, const Directory& directory,
              const cloud::Profile& profile);

  void judge_by(Invariant& invariant);

  // --- told by the edges ---
  void seed_workspace(WorkspaceKey key, WorkspaceKey parent, std::string runtime, Row row);
  void row_written(WorkspaceKey key, Row after, std::uint32_t event);
  void instance_entered(const cloud::Instance& instance, std::optional<cloud::InstanceState> from,
                        std::uint32_t event) override;
  void request_arrived(const Request& request);
  void answered(std::uint32_t request, const Response& response, std::uint32_t event);
  /// A secret (own: of `key`, or global: none), committed.
  void secret_committed(WorkspaceKey key, std::uint32_t event);
  /// A configuration that is no secret (a file).
  void file_committed(WorkspaceKey key, std::uint32_t event);
  void start_accepted(std::string_view instance_id, std::uint32_t event);
  void start_failed(WorkspaceKey key);
  void structure_event(WorkspaceKey key, std::string_view type, std::uint32_t event);
  void heartbeat_sent(sim::Name instance);
  void heartbeat_answered(sim::Name instance, int status);
  void calm_began() { calm_ = true; }
  void stepped();
  void ended();

  // --- read by the invariants ---
  [[nodiscard]] sim::Instant now() const { return scheduler_.now(); }
  [[nodiscard]] const cloud::Profile& profile() const { return profile_; }
  [[nodiscard]] const Directory& directory() const { return directory_; }
  [[nodiscard]] const sim::Record& record() const { return record_; }
  [[nodiscard]] const WorkspaceFacts& workspace(WorkspaceKey key) const {
    return workspaces_[index(key)];
  }
  /// All workspaces, by key; the first entry is nobody.
  [[nodiscard]] const std::deque<WorkspaceFacts>& workspaces() const { return workspaces_; }
  [[nodiscard]] const InstanceFacts* instance(sim::Name name) const;
  /// The instance that the workspace's row names; null when it names none that the cloud ever had.
  [[nodiscard]] const InstanceFacts* named_instance(const WorkspaceFacts& workspace) const;
  [[nodiscard]] const std::string& alias(WorkspaceKey key) const { return directory_.alias(key); }
  [[nodiscard]] const std::string& text(sim::Name name) const { return record_.text(name); }
  [[nodiscard]] std::uint64_t global_secrets_promised() const { return global_secrets_promised_; }
  [[nodiscard]] ConfigurationVersion committed(WorkspaceKey key) const;

  struct Nearest {
    RequestFacts* request = nullptr;
    bool direct = false;  // no programmatic restart lies between
  };
  /// The nearest client request among an event's causes.
  [[nodiscard]] Nearest nearest_request(std::uint32_t event);

  /// Reports a broken promise; at most one per invariant, workspace and instance is kept.
  void violated(const Invariant& invariant, std::string message, std::uint32_t event,
                WorkspaceKey workspace = WorkspaceKey::none, sim::Name instance = sim::Name::none);
  [[nodiscard]] const std::vector<Violation>& violations() const { return violations_; }

 private:
  WorkspaceFacts& facts(WorkspaceKey key);
  void mark_changed(std::uint32_t event, std::string_view what);
  void note_wish(const RequestFacts& request, const Response& response);

  sim::Scheduler& scheduler_;
  sim::Record& record_;
  const Directory& directory_;
  const cloud::Profile& profile_;
  std::vector<Invariant*> invariants_;
  std::vector<Invariant*> steppers_;
  std::deque<WorkspaceFacts> workspaces_;
  std::map<sim::Name, InstanceFacts> instances_;
  std::map<std::uint32_t, RequestFacts> requests_;
  std::uint64_t global_secrets_committed_ = 0;
  std::uint64_t global_secrets_promised_ = 0;
  std::vector<Violation> violations_;
  bool calm_ = false;
};

/// What a launch tells the cloud about the configuration it carries, as the instance's user data.
[[nodiscard]] std::string encode_user_data(sim::Instant read_at,
                                           const ConfigurationVersion& secrets);

/// All invariants, ready to judge one run.
[[nodiscard]] std::vector<std::unique_ptr<Invariant>> make_invariants();

}  // namespace drydock::model
