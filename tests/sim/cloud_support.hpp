#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/cloud/sim_ec2.hpp"
#include "tests/sim/support.hpp"

namespace drydock::cloud {

using namespace std::chrono_literals;
using sim::Log;

/// What a call answered, and when.
template <typename T>
struct Answer {
  std::optional<Result<T>> result;
  sim::Duration at{};

  [[nodiscard]] bool came() const { return result.has_value(); }
  [[nodiscard]] bool ok() const { return came() && result->has_value(); }
  [[nodiscard]] const T& value() const { return result->value(); }
  /// The error's code; `none` for a success, `nothing` without an answer.
  [[nodiscard]] std::string code() const {
    if (!came()) return "nothing";
    return ok() ? "none" : result->error().code;
  }
};

using RunAnswer = Answer<InstanceDescription>;
using TerminateAnswer = Answer<std::vector<StateChange>>;
using DescribeAnswer = Answer<std::vector<InstanceDescription>>;
using VolumesAnswer = Answer<std::vector<VolumeDescription>>;
using SnapshotAnswer = Answer<SnapshotDescription>;
using SnapshotsAnswer = Answer<std::vector<SnapshotDescription>>;

/// An adversary that does as it is told, once for each instruction, and notes what it was asked.
class Puppet final : public sim::Adversary {
 public:
  void next(std::string on, sim::FaultPoint point, sim::Verdict verdict) {
    told_.emplace(std::pair{std::move(on), point}, std::move(verdict));
  }
  sim::Verdict decide(const sim::Call& call, sim::FaultPoint point) override {
    calls.push_back({std::string{call.on}, point, call.workspace, call.instance});
    const auto found = told_.find(std::pair{std::string{call.on}, point});
    if (found == told_.end()) return {};
    sim::Verdict verdict = std::move(found->second);
    told_.erase(found);
    return verdict;
  }

  struct Asked {
    std::string on;
    sim::FaultPoint point;
    sim::Name workspace;
    sim::Name instance;
  };
  std::vector<Asked> calls;

 private:
  std::multimap<std::pair<std::string, sim::FaultPoint>, sim::Verdict> told_;
};

template <typename T>
sim::Task<void> hear(sim::Scheduler& scheduler, sim::Task<Result<T>> call, Answer<T>* answer) {
  Result<T> result = co_await call;
  answer->result.emplace(std::move(result));
  answer->at = scheduler.now() - sim::kTimeZero;
}

/// A profile in which every API call takes 1 s, a launch 10 s, a termination 5 s, a volume's
/// deletion 4 s and a snapshot 20 s, and nothing is a decision.
inline Profile fixed_profile() {
  Profile profile;
  profile.api_latency = {{1s, 1s}, {}};
  profile.pending = {10s, 10s};
  profile.terminate = {5s, 5s};
  profile.volume_deletion = {4s, 4s};
  profile.snapshot = {20s, 20s};
  return profile;
}

/// A region with nobody else in it. Calls are started at once and answered once the region has run.
struct Region {
  explicit Region(const Profile& its_profile = fixed_profile(), sim::Tape tape = {})
      : profile(its_profile),
        rig(std::move(tape)),
        record(rig.scheduler, sim::world_kinds(), true, 100'000),
        ec2(rig.scheduler, rig.choices, record, puppet, profile) {}

  const RunAnswer& run(RunInstancesRequest request, sim::Context context = {}) {
    return start(runs, ec2.run_instances(context, std::move(request)));
  }
  const TerminateAnswer& terminate(std::vector<std::string> ids, sim::Context context = {}) {
    return start(terminates, ec2.terminate_instances(context, std::move(ids)));
  }
  const DescribeAnswer& describe(std::vector<std::string> ids, sim::Context context = {}) {
    InstanceFilter filter;
    filter.ids = std::move(ids);
    return list(std::move(filter), context);
  }
  const DescribeAnswer& list(InstanceFilter filter, sim::Context context = {}) {
    return start(describes, ec2.describe_instances(context, std::move(filter)));
  }
  const VolumesAnswer& list_volumes(std::string workspace, sim::Context context = {}) {
    return start(volume_lists, ec2.describe_volumes(context, std::move(workspace)));
  }
  const SnapshotAnswer& snapshot(std::string volume, bool divergent = false, sim::Context context = {}) {
    CreateSnapshotRequest request{std::move(volume), divergent};
    return start(snapshots, ec2.create_snapshot(context, std::move(request)));
  }
  const SnapshotsAnswer& list_snapshots(std::string workspace, sim::Context context = {}) {
    return start(snapshot_lists, ec2.describe_snapshots(context, std::move(workspace)));
  }
  /// An instance that has long been running.
  std::string running(std::string workspace, std::string token = "") {
    RunInstancesRequest request;
    request.client_token = std::move(token);
    request.workspace = std::move(workspace);
    return ec2.seed_running(std::move(request), sim::kTimeZero - 10min).id;
  }
  [[nodiscard]] InstanceState state(const std::string& id) const { return ec2.find(id)->state; }
  /// `from>to` of every state event so far.
  [[nodiscard]] Log states(sim::Kind kind = sim::Kind::ec2_state) const;
  /// The codes of all errors so far.
  [[nodiscard]] Log errors() const;

  Profile profile;
  Puppet puppet;
  std::deque<RunAnswer> runs;
  std::deque<TerminateAnswer> terminates;
  std::deque<DescribeAnswer> describes;
  std::deque<VolumesAnswer> volume_lists;
  std::deque<SnapshotAnswer> snapshots;
  std::deque<SnapshotsAnswer> snapshot_lists;
  sim::Rig rig;
  sim::Record record;
  SimEc2 ec2;

 protected:
  template <typename T>
  const Answer<T>& start(std::deque<Answer<T>>& answers, sim::Task<Result<T>> call) {
    Answer<T>& answer = answers.emplace_back();
    rig.spawn(hear<T>(rig.scheduler, std::move(call), &answer));
    return answer;
  }
};

inline Log Region::errors() const {
  Log log;
  for (const sim::Event& event : record.events()) {
    if (event.kind == sim::Kind::ec2_error) log.push_back(std::get<std::string>(record.details(event)[1].value));
  }
  return log;
}

inline Log Region::states(sim::Kind kind) const {
  Log log;
  for (const sim::Event& event : record.events()) {
    if (event.kind != kind) continue;
    const auto detail = record.details(event);
    log.push_back(std::get<std::string>(detail[0].value) + ">" + std::get<std::string>(detail[1].value) + " at " +
                  sim::format_seconds(event.at - sim::kTimeZero));
  }
  return log;
}

inline RunInstancesRequest launch_of(std::string workspace, std::string token = "") {
  RunInstancesRequest request;
  request.workspace = std::move(workspace);
  request.client_token = std::move(token);
  return request;
}

}  // namespace drydock::cloud
