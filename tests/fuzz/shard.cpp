// Whatever the bytes, a shard of a search is read or refused with a reason, and what was read can be merged and shown.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "reports/exploration_json.hpp"
#include "reports/exploration_merge.hpp"
#include "reports/exploration_text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace drydock::reports;
  const ReadExploration read = read_exploration({reinterpret_cast<const char*>(data), size});
  if (read.report.has_value() != read.error.empty()) std::abort();
  if (!read.report) return 0;
  const std::vector<ExplorationReport> shards{*read.report};
  const ExplorationReport merged = merge_shards(shards);
  (void)exploration_json(merged);
  (void)(exploration_head(merged, {}) + exploration_findings(merged, {}) + exploration_rest(merged, {}));
  return 0;
}
