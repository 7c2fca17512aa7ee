#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/agent/fleet.hpp"
#include "model/controlplane/control_plane.hpp"
#include "model/directory.hpp"
#include "model/keys.hpp"
#include "model/kinds.hpp"
#include "model/observation.hpp"
#include "model/platform/process.hpp"
#include "model/store/database.hpp"
#include "model/store/store.hpp"
#include "sim/choices.hpp"
#include "sim/cloud/sim_ec2.hpp"
#include "sim/hooks.hpp"
#include "sim/record.hpp"
#include "sim/scheduler.hpp"
#include "tests/support/play.hpp"

namespace drydock::test {

using namespace std::chrono_literals;
using model::Status;
using model::WorkspaceKey;
using sim::Duration;

/// An adversary that does as it is told, and counts the calls that it is asked about.
class ScriptedAdversary final : public sim::Adversary {
 public:
  static constexpr int kAlways = -1;

  /// The next `times` calls of this point meet the verdict; rules are used up in their order.
  void meet(std::string on, sim::Verdict verdict, int times = 1,
            sim::FaultPoint point = sim::FaultPoint::before_effect) {
    rules_.push_back({std::move(on), point, std::move(verdict), times});
  }
  void fail(std::string on, std::string error, int times = 1) {
    meet(std::move(on), {.what = sim::Verdict::What::fail, .error = std::move(error), .delay = {}}, times);
  }
  void lose(std::string on, int times = 1) {
    meet(std::move(on), {.what = sim::Verdict::What::lose, .error = "lost", .delay = {}}, times);
  }
  void slow(std::string on, Duration by, int times = 1) {
    meet(std::move(on), {.what = sim::Verdict::What::pass, .error = {}, .delay = by}, times);
  }
  void relent() { rules_.clear(); }

  [[nodiscard]] int calls(const std::string& on) const {
    const auto found = calls_.find(on);
    return found == calls_.end() ? 0 : found->second;
  }

  sim::Verdict decide(const sim::Call& call, sim::FaultPoint point) override;

 private:
  struct Rule {
    std::string on;
    sim::FaultPoint point;
    sim::Verdict verdict;
    int times;
  };
  std::vector<Rule> rules_;
  std::map<std::string, int> calls_;
};

/// A workspace as a rig begins with it; with an instance when it is online or degraded.
struct RigWorkspace {
  std::string id = "w";
  std::string parent;
  Status status = Status::online;
  std::string runtime = "claude-code";
  std::optional<bool> instance;
  double error_rate = 0;
  std::map<std::string, std::string> secrets;
  std::int64_t active_tasks = 0;
  std::optional<std::int64_t> hibernation_idle_minutes;
  std::optional<bool> volume;  // a data volume; unless told, as the policy's storage has it
};

/// Everything between the platform's functions and the simulated cloud, wired as a run's world
/// wires it, with every latency a point: pending 25 s, boot 10 s, terminate 5 s, a control plane
/// call 100 ms, an EC2 call 100 ms (RunInstances 1 s), a statement 1 ms, a snapshot 30 s. So
/// numbers can be told.
class Rig {
 public:
  explicit Rig(const std::string& preset, const Settings& set = {},
               const std::vector<RigWorkspace>& workspaces = {RigWorkspace{}});
  ~Rig();

  [[nodiscard]] model::Platform& platform() { return process_.platform(); }
  [[nodiscard]] model::PlatformProcess& process() { return process_; }
  [[nodiscard]] model::Store& store() { return store_; }
  [[nodiscard]] model::Keys& keys() { return keys_; }
  [[nodiscard]] model::Fleet& fleet() { return fleet_; }
  [[nodiscard]] model::Observation& observation() { return observation_; }
  [[nodiscard]] cloud::SimEc2& ec2() { return ec2_; }
  [[nodiscard]] model::ControlPlane& control_plane() { return control_plane_; }
  /// The cloud, before anything has asked it.
  [[nodiscard]] cloud::Profile& profile() { return profile_; }
  [[nodiscard]] sim::Scheduler& clock() { return scheduler_; }
  [[nodiscard]] ScriptedAdversary& adversary() { return adversary_; }
  [[nodiscard]] WorkspaceKey key(std::string_view alias = "w") const { return directory_.find(alias); }

  /// Starts it beside everything else.
  void spawn(sim::Task<void> task) { scheduler_.spawn(tasks_, "test", std::move(task)); }
  void run_for(Duration time) { scheduler_.run_until(scheduler_.now() + time); }
  [[nodiscard]] Duration elapsed() const { return scheduler_.now() - sim::kTimeZero; }

  /// Runs the world until the task has ended, and returns what it returned.
  template <typename T>
  T await(sim::Task<T> task) {
    std::optional<T> result;
    spawn(keep(std::move(task), &result));
    while (!result && scheduler_.step(scheduler_.now() + 2h)) {
    }
    DRYDOCK_CHECK(result, "what the test waits for does not end");
    return std::move(*result);
  }
  void await(sim::Task<void> task);

  /// A request as a scenario writes it, through the platform's front door.
  model::Response request(const std::string& line, std::map<std::string, std::string> body = {});
  /// The same without waiting for its answer.
  void send(const std::string& line, std::map<std::string, std::string> body = {});
  /// As it reaches a handler.
  [[nodiscard]] model::Request parse(const std::string& line, std::map<std::string, std::string> body = {}) const;

  /// Events of a kind since the beginning, of a workspace when one is named, with `detail` in their
  /// detail.
  [[nodiscard]] std::size_t count(std::string_view kind, std::string_view workspace = {},
                                  std::string_view detail = {}) const;
  /// When they happened.
  [[nodiscard]] std::vector<Duration> times(std::string_view kind, std::string_view workspace = {},
                                            std::string_view detail = {}) const;
  /// The kinds of all events from the first of kind `from` on that are among `kinds`.
  [[nodiscard]] std::vector<std::string> order_of(const std::vector<std::string>& kinds) const;

  /// The first column of the first row; empty text for NULL and for no row.
  std::string sql(const std::string& query) const;
  /// A column of a workspace's row.
  [[nodiscard]] std::string row(const std::string& column, std::string_view alias = "w") const;
  /// Writes a workspace's row as nobody in the model does: what is tested begins there.
  void put(const std::string& column, const std::string& value, std::string_view alias = "w");

  /// A workspace that a request will create: known by its name, without a row.
  WorkspaceKey name_workspace(const std::string& alias);
  /// Everything that the platform process kept in memory is gone; it starts again under the same
  /// policy `down` later.
  void restart_platform(Duration down = 5s);
  /// Answers of whoever sent with `send`, in their order.
  [[nodiscard]] const std::deque<model::Response>& answers() const { return answers_; }

  /// Its host dies; nobody is told.
  void kill_instance(std::string_view alias = "w");
  [[nodiscard]] std::string instance_state(std::string_view alias = "w") const;
  /// The state of an instance by its id.
  [[nodiscard]] std::string state_of(std::string_view instance) const;
  /// How many instances of a workspace live.
  [[nodiscard]] std::size_t live_instances(std::string_view alias = "w") const;

 private:
  template <typename T>
  static sim::Task<void> keep(sim::Task<T> task, std::optional<T>* result) {
    T value = co_await std::move(task);
    result->emplace(std::move(value));
  }
  static sim::Task<bool> finish(sim::Task<void> task);
  sim::Task<void> keep_answer(sim::Task<model::Response> answer);
  void add(const RigWorkspace& spec);

  model::Policy policy_;
  cloud::Profile profile_;
  model::Database database_;
  sim::Choices choices_;
  sim::Scheduler scheduler_;
  sim::Record record_;
  ScriptedAdversary adversary_;
  model::Directory directory_;
  model::Observation observation_;
  cloud::SimEc2 ec2_;
  model::Store store_;
  model::Keys keys_;
  model::ControlPlane control_plane_;
  model::Fleet fleet_;
  model::PlatformProcess process_;
  std::deque<model::Response> answers_;
  sim::TaskGroup tasks_;
};

/// A cycle of coalesce_restart that only counts itself and takes its time.
struct Cycles {
  int begun = 0;
  int ended = 0;
  [[nodiscard]] model::Platform::Cycle taking(sim::Scheduler& clock, Duration time);
};

}  // namespace drydock::test
