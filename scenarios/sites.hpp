#pragma once

#include <span>
#include <string_view>

namespace drydock::scenarios {

/// A kind of place at which a tape decides, as a pattern of site names, for `drydock list sites`.
struct SiteInfo {
  std::string_view pattern;  // `{workspace}/ec2.run.pending`
  /// Says what 0 and the other values stand for.
  std::string_view meaning;
};

/// Lists every kind of decision that a run can ask for. A site is asked only where there is a choice.
[[nodiscard]] std::span<const SiteInfo> site_catalogue();

}  // namespace drydock::scenarios
