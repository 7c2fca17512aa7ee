#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <vector>

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
    if (workspaces_.size() < seen.workspaces().size()) workspaces_.resize(seen.workspaces().size());
    Instances& instances = workspaces_[index(key)];
    instances.live += live_delta(change);
    if (instances.live > 1 && !instances.overlap) {
      instances.overlap = Overlap{key, seen.now(), change.event, change.instance.name};
      waiting_.push_back(*instances.overlap);
    } else if (instances.live <= 1 && instances.overlap) {
      if (!instances.overlap_told && is_long(seen, *instances.overlap)) tell(seen, *instances.overlap);
      instances.overlap.reset();
      instances.overlap_told = false;
    }
  }

  void stop_returned(Observation& /*seen*/, const StopOutcome& stop) override {
    if (!stop.stopped) stops_failed_[stop.instance] = stop.event;
  }

  [[nodiscard]] bool wants_steps() const override { return true; }
  /// The overlaps wait in the order in which they began: a step looks at those that have just become too long.
  void stepped(Observation& seen) override {
    while (!waiting_.empty() && is_long(seen, waiting_.front())) {
      const Overlap begun = waiting_.front();
      waiting_.pop_front();
      if (!stands(begun)) continue;  // it has ended
      workspaces_[index(begun.key)].overlap_told = true;
      tell(seen, begun);
    }
  }
  void ended(Observation& seen) override {
    stepped(seen);
    for (const auto& [owner, overlap] : owners_) judge_owned(seen, overlap);
  }

  /// Owners of clients' instances hand over as workspaces do.
  void owned_entered(Observation& seen, const OwnedChange& change) override {
    const OwnedInstance& instance = change.instance;
    const auto known = owners_.find(instance.owner);
    if (known != owners_.end()) {
      judge_owned(seen, known->second);
      if (!stands_owned(known->second)) owners_.erase(known);
    }
    if (change.from || owners_.contains(instance.owner)) return;
    for (const OwnedInstance& other : seen.owned()) {
      const OwnedOverlap overlap{&other, &instance, seen.now()};
      const bool is_other = &other != &instance && other.owner == instance.owner;
      if (is_other && stands_owned(overlap)) owners_.insert_or_assign(instance.owner, overlap);
    }
  }

  /// An overlap that stands grows too long by itself.
  [[nodiscard]] bool rests(const Observation& /*seen*/) const override {
    return std::none_of(waiting_.begin(), waiting_.end(), [this](const Overlap& begun) { return stands(begun); });
  }

 private:
  struct Overlap {
    WorkspaceKey key{};
    sim::Instant since{};
    std::uint32_t event{};
    sim::Name second{};
  };
  struct Instances {
    int live = 0;
    std::optional<Overlap> overlap;  // while more than one is live
    bool overlap_told = false;
  };

  /// Two live instances of one owner of clients' instances.
  struct OwnedOverlap {
    const OwnedInstance* first = nullptr;
    const OwnedInstance* second = nullptr;
    sim::Instant since{};
  };

  static bool stands_owned(const OwnedOverlap& overlap) {
    return cloud::is_live(overlap.first->state) && cloud::is_live(overlap.second->state);
  }

  /// Judges an overlap that has stood until now.
  void judge_owned(Observation& seen, const OwnedOverlap& overlap) {
    if (seen.now() - overlap.since <= kHandOver) return;
    seen.violated(*this,
                  fmt::format("{} has had more than one live instance for over {}", seen.text(overlap.second->owner),
                              sim::format_duration(kHandOver)),
                  overlap.second->launched, WorkspaceKey::none, overlap.second->name, overlap.first->launched);
  }

  [[nodiscard]] bool stands(const Overlap& begun) const {
    const Instances& instances = workspaces_[index(begun.key)];
    return instances.overlap && instances.overlap->event == begun.event;
  }

  static int live_delta(const InstanceChange& change) {
    const int before = change.from && cloud::is_live(*change.from) ? 1 : 0;
    const int after = cloud::is_live(change.instance.state) ? 1 : 0;
    return after - before;
  }

  static bool is_long(Observation& seen, const Overlap& overlap) { return seen.now() - overlap.since > kHandOver; }

  void tell(Observation& seen, const Overlap& overlap) {
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

  std::vector<Instances> workspaces_;                // by key
  std::map<sim::Name, OwnedOverlap> owners_;         // whose overlap stands
  std::deque<Overlap> waiting_;                      // those that may become too long, the oldest first
  std::map<sim::Name, std::uint32_t> stops_failed_;  // instance → the event of the last stop of it that failed
};

}  // namespace

std::unique_ptr<Invariant> make_single_live_instance() { return std::make_unique<SingleLiveInstance>(); }

}  // namespace drydock::model
