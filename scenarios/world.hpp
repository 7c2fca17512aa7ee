#pragma once

#include <memory>
#include <vector>

#include "faults/scripted.hpp"
#include "model/agent/fleet.hpp"
#include "model/controlplane/control_plane.hpp"
#include "model/directory.hpp"
#include "model/keys.hpp"
#include "model/observation.hpp"
#include "model/platform/process.hpp"
#include "model/store/store.hpp"
#include "scenarios/outcome.hpp"
#include "scenarios/run.hpp"
#include "scenarios/scenario.hpp"
#include "sim/choices.hpp"
#include "sim/cloud/sim_ec2.hpp"
#include "sim/record.hpp"
#include "sim/scheduler.hpp"

namespace drydock::scenarios {

/// One run's world: everything that exists in it, owned by nobody else, gone with it. Worlds live side by side on
/// threads.
class World final : public faults::Effects {
 public:
  World(const Scenario& scenario, const CaseSpec& played, const sim::Tape& tape,
        const RunOptions& options, model::Database& database);
  ~World() override;

  /// Trouble, calm, and the eventual promises. Throws BoundReached or InternalError.
  void play();

  [[nodiscard]] const sim::Record& record() const { return record_; }
  [[nodiscard]] const sim::Choices& choices() const { return choices_; }
  [[nodiscard]] const sim::Scheduler& scheduler() const { return scheduler_; }
  [[nodiscard]] const model::Directory& directory() const { return directory_; }
  [[nodiscard]] const model::Observation& observation() const { return observation_; }
  [[nodiscard]] const cloud::SimEc2& ec2() const { return ec2_; }
  [[nodiscard]] const faults::ScriptedPlan& faults() const { return faults_; }
  [[nodiscard]] model::Database& database() const { return database_; }
  [[nodiscard]] const std::vector<ShownResponse>& responses() const { return responses_; }
  /// A hash over all events and all decisions.
  [[nodiscard]] std::uint64_t trace_hash() const;

  // faults::Effects
  bool crash_platform(sim::Duration down) override;
  bool crash_control_plane(sim::Duration down) override;
  std::size_t kill_instance(sim::Name workspace) override;

 private:
  void seed();
  void seed_workspace(const WorkspaceSpec& spec);
  model::WorkspaceKey name_workspace(const std::string& alias);
  model::WorkspaceKey created_workspace(const StepSpec& step);
  void start_steps();
  void start_traffic();
  void begin_calm();
  sim::Task<void> play_step(const StepSpec* step, std::uint32_t nth, sim::Instant at,
                            std::uint32_t rank);
  sim::Task<void> play_traffic(const TrafficSpec* traffic, std::uint32_t rank);
  sim::Task<void> call(const TrafficSpec* traffic);
  sim::Task<void> come_back(sim::Duration down, bool platform);
  [[nodiscard]] const model::Policy& running_policy() const;
  void deploy(const StepSpec& step);
  void start_platform();
  void tell_process(sim::Kind kind, std::string_view process, std::string_view why);

  const Scenario& scenario_;
  const CaseSpec& played_;
  const model::Policy* deployed_ = nullptr;
  model::Database& database_;

  sim::Choices choices_;
  sim::Scheduler scheduler_;
  sim::Record record_;
  faults::ScriptedPlan faults_;
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
  sim::TaskGroup clients_;
};

}  // namespace drydock::scenarios
