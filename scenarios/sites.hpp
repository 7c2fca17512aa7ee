#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace drydock::scenarios {

/// A kind of place at which a tape decides, as a pattern of site names, for `drydock list sites`.
struct SiteInfo {
  std::string_view pattern;  // `{workspace}/ec2.run.pending`
  /// Says what 0 and the other values stand for.
  std::string_view meaning;
};

/// Lists every kind of decision that a run can ask for. A site is asked only where there is a choice.
[[nodiscard]] std::span<const SiteInfo> site_catalogue();

/// Lists what may stand behind the actor of a site, but for the faults: `ec2.run.pending`, `order`, …
[[nodiscard]] std::vector<std::string> site_points();
/// Tells whether sites name this point: one of the list, or a fault's (`stop.fault`, `stop.reply.fault`).
[[nodiscard]] bool is_site_point(std::string_view point);

}  // namespace drydock::scenarios
