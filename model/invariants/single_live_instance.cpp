#include <deque>
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

  [[nodiscard]] bool wants_steps() const override { return true; }
  /// The overlaps wait in the order in which they began: a step looks at those that have just become too long.
  void stepped(Observation& seen) override {
    while (!waiting_.empty() && is_long(seen, waiting_.front())) {
      const Overlap begun = waiting_.front();
      waiting_.pop_front();
      Instances& instances = workspaces_[index(begun.key)];
      if (!instances.overlap || instances.overlap->event != begun.event) continue;  // it has ended
      instances.overlap_told = true;
      tell(seen, begun);
    }
  }
  void ended(Observation& seen) override { stepped(seen); }

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
                  overlap.event, overlap.key, overlap.second);
  }

  std::vector<Instances> workspaces_;  // by key
  std::deque<Overlap> waiting_;        // those that may become too long, the oldest first
};

}  // namespace

std::unique_ptr<Invariant> make_single_live_instance() { return std::make_unique<SingleLiveInstance>(); }

}  // namespace drydock::model
