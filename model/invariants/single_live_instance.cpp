#include <algorithm>

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
                  overlap.event, overlap.key, overlap.second);
  }

  std::vector<int> live_;
  std::vector<Overlap> overlaps_;
};

}  // namespace

std::unique_ptr<Invariant> make_single_live_instance() { return std::make_unique<SingleLiveInstance>(); }

}  // namespace drydock::model
