#include "model/status.hpp"

#include <algorithm>
#include <array>

namespace drydock::model {
namespace {

constexpr std::array<std::string_view, kStatusCount> kTexts{
    "provisioning", "online",     "offline",     "degraded",       "failed",         "removed",
    "paused",       "hibernated", "hibernating", "awaiting_agent", "pending_removal"};

}  // namespace

std::string_view to_text(Status status) { return kTexts[static_cast<std::size_t>(status)]; }

std::optional<Status> parse_status(std::string_view text) {
  const auto* found = std::find(kTexts.begin(), kTexts.end(), text);
  if (found == kTexts.end()) return std::nullopt;
  return static_cast<Status>(found - kTexts.begin());
}

}  // namespace drydock::model
