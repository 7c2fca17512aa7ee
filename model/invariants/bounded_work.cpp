#include <algorithm>

#include "model/invariants/all.hpp"

namespace drydock::model {
namespace {

/// A call may outlast the deadline of the operation that makes it by so much: the control plane's client timeout
/// (docs/platform.md §13).
constexpr sim::Duration kOneCall = std::chrono::seconds{120};
/// Each removed row gets its turn within so many consecutive cycles of the control plane's orphan sweeper.
constexpr std::uint32_t kSweeps = 3;

/// Operations keep their deadlines, and the sweeper reaches every row.
class BoundedWork final : public Invariant {
 public:
  BoundedWork() : Invariant("bounded-work") {}

  void operation_ended(Observation& seen, const Operation& operation) override { judge(seen, operation); }

  void ended(Observation& seen) override {
    for (const Operation& open : seen.open_operations()) judge(seen, open);
  }

  void orphan_sweep_began(Observation& seen, std::uint32_t event) override {
    waited_.resize(seen.workspaces().size());
    for (const WorkspaceFacts& workspace : seen.workspaces()) {
      std::uint32_t& waited = waited_[index(workspace.key)];
      waited = waits(workspace) ? waited + 1 : 0;
      if (waited <= kSweeps) continue;
      seen.violated(*this,
                    fmt::format("{} is removed and names an instance, and {} sweeps did not try to stop it",
                                seen.alias(workspace.key), kSweeps),
                    event, workspace.key);
    }
  }

  void stop_returned(Observation& /*seen*/, const StopOutcome& stop) override {
    const bool known = index(stop.workspace) < waited_.size();
    if (stop.attempted && known) waited_[index(stop.workspace)] = 0;
  }

  void process_started(Observation& /*seen*/) override { waited_.clear(); }

  /// Each sweep counts the rows that wait for it.
  [[nodiscard]] bool rests(const Observation& seen) const override {
    const auto& workspaces = seen.workspaces();
    return waited_.empty() || std::none_of(workspaces.begin(), workspaces.end(), waits);
  }

 private:
  static bool waits(const WorkspaceFacts& workspace) {
    const Row& row = workspace.row;
    return row.exists && row.status == Status::removed && !row.instance_id.empty();
  }

  void judge(Observation& seen, const Operation& operation) {
    if (operation.until == sim::kNever || seen.now() <= operation.until + kOneCall) return;
    seen.violated(*this,
                  fmt::format("a {} was at work {} s after its deadline", operation.label,
                              sim::format_seconds(seen.now() - operation.until)),
                  0, operation.workspace);
  }

  std::vector<std::uint32_t> waited_;  // sweeps since the row's last attempt, by workspace
};

}  // namespace

std::unique_ptr<Invariant> make_bounded_work() { return std::make_unique<BoundedWork>(); }

}  // namespace drydock::model
