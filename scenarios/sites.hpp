#pragma once

#include <span>
#include <string_view>

namespace drydock::scenarios {

/// Where a tape decides: a pattern of site names, for `drydock list sites`.
struct SiteInfo {
  std::string_view pattern;  // `{workspace}/ec2.run.pending`
  /// What 0 and the other values stand for.
  std::string_view meaning;
};

/// Every kind of decision that a run can ask for. A site is asked only where there is a choice.
[[nodiscard]] std::span<const SiteInfo> site_catalogue();

}  // namespace drydock::scenarios
