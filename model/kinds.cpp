#include "model/kinds.hpp"

#include <array>
#include <vector>

namespace drydock::model {

std::span<const sim::Kind> idle_kinds() {
  static constexpr std::array kKinds{kind::agent_heartbeat, kind::agent_rejected, kind::sweep_tick,
                                     kind::report_not_running};
  return kKinds;
}

std::span<const sim::KindInfo> kind_table() {
  static const std::vector<sim::KindInfo> table = [] {
    const std::span<const sim::KindInfo> world = sim::world_kinds();
    std::vector<sim::KindInfo> all(world.begin(), world.end());
    all.insert(all.end(), kind::kRows.begin(), kind::kRows.end());
    return all;
  }();
  return table;
}

}  // namespace drydock::model
