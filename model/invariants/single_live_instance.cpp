#include <algorithm>
#include <map>

#include "model/invariants/all.hpp"

namespace drydock::model {
namespace {

using namespace std::chrono_literals;

/// Two instances of one workspace may overlap for so long, while one takes over from the other.
constexpr sim::Duration kHandOver = 60s;

/// A workspace has at most one live instance.
class SingleLiveInstance final : public Invariant {
 public:
  SingleLiveInstance() : Invariant("single-live-instance") {}

  void instance_entered(Observation& seen, const InstanceChange& change) override {
    const WorkspaceKey key = change.instance.workspace;
    if (live_.size() < seen.workspaces().size()) live_.resize(seen.workspaces().size());
    live_[index(key)] += live_delta(change);
    const auto found = std::find_if(overlaps_.begin(), overlaps_.end(), [&](const Overlap& o) { return o.key == key; });
    if (live_[index(key)] > 1 && found == overlaps_.end()) {
      overlaps_.push_back({key, seen.now(), change.event, change.instance.name});
    } else if (live_[index(key)] <= 1 && found != overlaps_.end()) {
      judge(seen, *found);
      overlaps_.erase(found);
    }
  }

  void stop_returned(Observation& /*seen*/, const StopOutcome& stop) override {
    if (!stop.stopped) stops_failed_[stop.instance] = stop.event;
  }

  [[nodiscard]] bool wants_steps() const override { return true; }
  void stepped(Observation& seen) override {
    for (const Overlap& overlap : overlaps_) judge(seen, overlap);
  }
  void ended(Observation& seen) override { stepped(seen); }

 private:
  struct Overlap {
    WorkspaceKey key{};
    sim::Instant since{};
    std::uint32_t event{};
    sim::Name second{};
  };

  static int live_delta(const InstanceChange& change) {
    const int before = change.from && cloud::is_live(*change.from) ? 1 : 0;
    const int after = cloud::is_live(change.instance.state) ? 1 : 0;
    return after - before;
  }

  void judge(Observation& seen, const Overlap& overlap) {
    if (seen.now() - overlap.since <= kHandOver) return;
    seen.violated(*this,
                  fmt::format("{} has had more than one live instance for over {}", seen.alias(overlap.key),
                              sim::format_duration(kHandOver)),
                  overlap.event, overlap.key, overlap.second, why_it_lives(seen, overlap));
  }

  /// Gives the event since which the instance lives that the second one stands beside: where a stop of it failed, that
  /// failure, else what it was launched by; 0 where it has been there since time zero.
  [[nodiscard]] std::uint32_t why_it_lives(const Observation& seen, const Overlap& overlap) const {
    for (const sim::Name name : seen.workspace(overlap.key).instances) {
      const InstanceFacts* instance = seen.instance(name);
      if (name == overlap.second || !cloud::is_live(instance->state)) continue;
      const auto failed = stops_failed_.find(name);
      return failed != stops_failed_.end() ? failed->second : instance->entered;
    }
    return 0;
  }

  std::vector<int> live_;
  std::vector<Overlap> overlaps_;
  std::map<sim::Name, std::uint32_t> stops_failed_;  // instance → the event of the last stop of it that failed
};

}  // namespace

std::unique_ptr<Invariant> make_single_live_instance() { return std::make_unique<SingleLiveInstance>(); }

}  // namespace drydock::model
