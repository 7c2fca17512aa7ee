#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "faults/scripted.hpp"
#include "faults/searched.hpp"
#include "model/agent/fleet.hpp"
#include "model/controlplane/control_plane.hpp"
#include "model/directory.hpp"
#include "model/keys.hpp"
#include "model/observation.hpp"
#include "model/platform/process.hpp"
#include "model/store/store.hpp"
#include "scenarios/outcome.hpp"
#include "scenarios/run_options.hpp"
#include "scenarios/scenario.hpp"
#include "sim/choices.hpp"
#include "sim/cloud/query/endpoint.hpp"
#include "sim/cloud/query/message.hpp"
#include "sim/cloud/sim_ec2.hpp"
#include "sim/record.hpp"
#include "sim/scheduler.hpp"

namespace drydock::scenarios {

/// Leaves the database as it was, however the run ends.
class BorrowedDatabase {
 public:
  explicit BorrowedDatabase(model::Database& database) : database_(database) { database_.begin_run(); }
  BorrowedDatabase(const BorrowedDatabase&) = delete;
  BorrowedDatabase& operator=(const BorrowedDatabase&) = delete;
  ~BorrowedDatabase() { database_.end_run(); }

 private:
  model::Database& database_;
};

/// One run's world: everything that exists in it, owned by nobody else, gone with it. It borrows the database for its
/// life. Worlds live side by side on threads.
class World final : public faults::Effects {
 public:
  World(const Scenario& scenario, const CaseSpec& played, const sim::Tape& tape, const RunOptions& options,
        model::Database& database);
  ~World() override;

  /// Adds an onlooker beside the invariants, before the world is played; it outlives the world.
  void watch(model::Observer& onlooker) { observation_.add_observer(onlooker); }
  void watch(cloud::InstanceWatcher& onlooker) { ec2_.watch(onlooker); }
  /// Plays trouble and calm, and judges the eventual promises. Gives the bound that stopped the run; empty when the run
  /// came to its end. Throws sim::InternalError, which says where in the run, where Drydock itself is broken.
  [[nodiscard]] std::string play();
  /// Do the same in parts: first `begin`, which starts everybody, then any number of calls of `play_steps`, which plays
  /// trouble up to the scheduler's step of this number (or to its end, where it has fewer), then `finish`.
  [[nodiscard]] std::string begin();
  [[nodiscard]] std::string play_steps(std::uint64_t steps);
  [[nodiscard]] std::string finish();

  // For a session that is under way (wire.cpp):
  /// Plays what comes before `until`, and sets the time to it. Gives the bound that was hit.
  [[nodiscard]] std::string play_until(sim::Instant until);
  /// Plays one step of what comes before `until`; false where there is none. Throws as `Scheduler::step` does.
  bool step(sim::Instant until) { return scheduler_.step(until); }
  /// Hears a request over the wire, now; its answer is sent when it is there.
  sim::OneShot<cloud::query::Answer> hear(cloud::query::Request request);

  /// Takes the answers to all further questions from this tape and this fill.
  void answer_from(const sim::Tape& tape, sim::Fill* fill) { choices_.answer_from(tape, fill); }

  [[nodiscard]] const sim::Record& record() const { return record_; }
  [[nodiscard]] const sim::Choices& choices() const { return choices_; }
  [[nodiscard]] const sim::Scheduler& scheduler() const { return scheduler_; }
  [[nodiscard]] const model::Directory& directory() const { return directory_; }
  [[nodiscard]] const model::Observation& observation() const { return observation_; }
  [[nodiscard]] const cloud::SimEc2& ec2() const { return ec2_; }
  [[nodiscard]] const faults::ScriptedPlan& faults() const { return faults_; }
  /// Null where the scenario is closed.
  [[nodiscard]] const faults::SearchedPlan* searched() const { return searched_.get(); }
  /// Lists the families of the requests that the search sent, in order.
  [[nodiscard]] const std::vector<std::uint32_t>& searched_requests() const { return searched_requests_; }
  [[nodiscard]] model::Database& database() const { return database_; }
  [[nodiscard]] const std::vector<ShownResponse>& responses() const { return responses_; }
  /// Gives the instant at which the run was found at rest; empty where it was played to the end of its calm.
  [[nodiscard]] std::optional<sim::Instant> rested_at() const { return rested_at_; }
  /// Gives a hash over all events and all decisions.
  [[nodiscard]] std::uint64_t trace_hash() const;

  // faults::Effects
  bool crash_platform(sim::Duration down, std::uint32_t cause) override;
  bool crash_control_plane(sim::Duration down, std::uint32_t cause) override;
  void shift_clock(sim::Duration ahead) override { store_.shift_clock(ahead); }
  [[nodiscard]] bool has_instance(sim::Name workspace) const override;
  std::size_t strike_instance(sim::Name workspace, const faults::FaultSpec& fault) override;
  void platform_acted() override;

 private:
  template <typename Part>
  [[nodiscard]] std::string bounded(const Part& part);
  [[nodiscard]] std::string current_place() const;
  void seed();
  void seed_workspace(const WorkspaceSpec& spec);
  model::WorkspaceKey name_workspace(const std::string& alias);
  model::WorkspaceKey created_workspace(const std::optional<std::string>& named);
  void start_steps();
  void start_traffic();
  void start_open_world();
  void begin_calm();
  // rest.cpp
  void play_calm(sim::Instant until);
  [[nodiscard]] bool is_at_rest(sim::Instant until);
  [[nodiscard]] std::uint64_t changes() const;
  sim::Task<void> play_step(const StepSpec* step, std::uint32_t nth, sim::Instant at, std::uint32_t rank);
  sim::Task<void> send(model::Request request, const RequestSpec* spec, std::uint32_t nth);
  sim::Task<void> play_open_world(const ExploreSpec* explore);
  [[nodiscard]] sim::Probability request_odds(const ExploreSpec& explore) const;
  void ask_request(const ExploreSpec& explore, const SearchedRequests& asked, std::string_view point,
                   sim::Probability odds);
  void ask_patience(const ExploreSpec& explore, std::string_view actor, model::Request& request);
  std::unique_ptr<faults::SearchedPlan> open_world(const Scenario& scenario);
  // wire.cpp
  bool step_trouble();
  sim::Task<void> serve_wire(cloud::query::Request request, sim::OneShot<cloud::query::Answer> answer);
  sim::Task<cloud::query::Answer> ask_platform(cloud::query::Request request);
  sim::Task<cloud::query::Answer> answer_to(cloud::query::Request request);
  sim::Task<cloud::query::Answer> ask_control_plane(cloud::query::Request request);
  sim::Task<model::CpAnswer> cp_call(std::string method, std::string verb, model::InstanceRequest request);
  sim::Task<model::CpAnswer> cp_launch(model::WorkspaceKey workspace, std::string idempotency_key);
  cloud::query::Answer arm_faults(const std::string& list);
  sim::Task<void> play_traffic(const TrafficSpec* traffic, std::uint32_t rank);
  sim::Task<void> call(const TrafficSpec* traffic);
  sim::Task<void> come_back(sim::Duration down, bool platform);
  [[nodiscard]] const model::Policy& running_policy() const;
  void deploy(const StepSpec& step);
  void start_platform();
  void tell_process(sim::Kind kind, std::string_view process, std::string_view why, std::uint32_t cause);

  const Scenario& scenario_;
  const CaseSpec& played_;
  const model::Policy* deployed_ = nullptr;
  model::Database& database_;
  BorrowedDatabase borrowed_;

  sim::Choices choices_;
  sim::Scheduler scheduler_;
  sim::Record record_;
  faults::ScriptedPlan faults_;
  std::unique_ptr<faults::SearchedPlan> searched_;  // null where the scenario is closed
  sim::Adversary& adversary_;
  model::Directory directory_;
  model::Observation observation_;
  cloud::SimEc2 ec2_;
  model::Store store_;
  model::Keys keys_;
  model::ControlPlane control_plane_;
  model::Fleet fleet_;
  model::PlatformProcess platform_;
  std::vector<std::unique_ptr<model::Invariant>> invariants_;
  std::vector<ShownResponse> responses_;
  std::uint32_t unnamed_ = 0;
  std::vector<std::uint32_t> searched_requests_;  // families of those that were sent
  std::uint64_t arrival_asked_ = 0;               // at which step of the scheduler, last
  cloud::query::Endpoint endpoint_;
  std::size_t heard_ = 0;  // requests of the scenario's session
  sim::TaskGroup clients_;

  /// A moment at which every task was between two turns, and what had changed by then.
  struct Quiet {
    sim::Instant since{};
    std::uint64_t changes = 0;
  };
  const bool full_calm_;
  std::optional<Quiet> quiet_;  // empty where something has changed since, or nobody has looked yet
  std::optional<sim::Instant> rested_at_;
};

}  // namespace drydock::scenarios
