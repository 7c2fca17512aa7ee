#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "scenarios/outcome.hpp"
#include "sim/time.hpp"

namespace drydock::reports {

// What the JSON reports of a run and of a search are made of.

/// `Ordered` keeps keys in the order in which the format documents them.
using Ordered = nlohmann::ordered_json;

/// Gives a time in seconds, as JSON reports have it.
[[nodiscard]] double seconds(sim::Duration duration);
[[nodiscard]] double seconds(sim::Instant at);

/// Gives a number; whole numbers have no fraction: `3`, not `3.0`.
[[nodiscard]] Ordered number(double value);

template <typename Items, typename Render>
[[nodiscard]] Ordered array_of(const Items& items, Render render) {
  Ordered out = Ordered::array();
  for (const auto& item : items) out.push_back(render(item));
  return out;
}

template <typename Map>
[[nodiscard]] Ordered object_of(const Map& map) {
  Ordered out = Ordered::object();
  for (const auto& [key, value] : map) out[key] = value;
  return out;
}

/// Gives a text; null where the text is empty.
[[nodiscard]] Ordered text_or_null(const std::string& text);

/// Gives a value; null where there is none.
template <typename T>
[[nodiscard]] Ordered value_or_null(const std::optional<T>& value) {
  return value ? Ordered(*value) : Ordered(nullptr);
}

/// Gives an event with its sentence, as chains of causes and timelines list it.
[[nodiscard]] Ordered event_json(const scenarios::ShownEvent& event);
/// Gives a chain of causes as a list of its events.
[[nodiscard]] Ordered events_json(const std::vector<scenarios::ShownEvent>& events);
/// Gives a decision as `{site, occurrence, value, means}`.
[[nodiscard]] Ordered decision_json(const scenarios::ShownDecision& decision);

/// Gives an event's detail as JSON; as a text where the detail is not JSON, which should not happen.
[[nodiscard]] Ordered detail_json(const std::string& detail);

/// Writes JSON pretty-printed, with a final line break. Names may hold invalid UTF-8 from a file, so wrong bytes are
/// replaced: a report must still be JSON.
[[nodiscard]] std::string document_text(const Ordered& json);
/// Writes JSON in one line, without a line break; wrong bytes are replaced here too.
[[nodiscard]] std::string compact_json(const Ordered& json);
/// Writes the same as `compact_json`, with a line break.
[[nodiscard]] std::string line_text(const Ordered& json);

}  // namespace drydock::reports
