#include "reports/json_parts.hpp"

#include <cmath>
#include <cstdint>

#include "reports/words.hpp"

namespace drydock::reports {
namespace {

using scenarios::ShownDecision;
using scenarios::ShownEvent;

}  // namespace

double seconds(sim::Duration duration) { return static_cast<double>(duration.count()) / 1e6; }
double seconds(sim::Instant at) { return seconds(at.time_since_epoch()); }

Ordered number(double value) {
  constexpr double kExact = 9007199254740992;  // 2^53
  if (std::trunc(value) == value && std::abs(value) < kExact) return static_cast<std::int64_t>(value);
  return value;
}

Ordered detail_json(const std::string& detail) {
  if (detail.empty()) return Ordered::object();
  Ordered parsed = Ordered::parse(detail, nullptr, false);
  return parsed.is_discarded() ? Ordered(detail) : parsed;
}

Ordered text_or_null(const std::string& text) { return text.empty() ? Ordered(nullptr) : Ordered(text); }

Ordered event_json(const ShownEvent& event) {
  return {{"event", event.seq},
          {"at_s", seconds(event.at)},
          {"kind", event.kind},
          {"actor", event.actor},
          {"workspace", event.workspace},
          {"instance", event.instance},
          {"detail", detail_json(event.detail)},
          {"text", in_words(event)}};
}

Ordered events_json(const std::vector<ShownEvent>& events) { return array_of(events, event_json); }

Ordered decision_json(const ShownDecision& decision) {
  return {{"site", decision.site},
          {"occurrence", decision.occurrence},
          {"value", decision.value},
          {"means", decision.means}};
}

std::string document_text(const Ordered& json) {
  return json.dump(2, ' ', false, Ordered::error_handler_t::replace) + "\n";
}

std::string compact_json(const Ordered& json) { return json.dump(-1, ' ', false, Ordered::error_handler_t::replace); }

std::string line_text(const Ordered& json) { return compact_json(json) + "\n"; }

}  // namespace drydock::reports
