#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "scenarios/outcome.hpp"
#include "sim/time.hpp"

namespace drydock::reports {

// What the JSON reports of a run and of a search are made of.

/// Keys stand in the order in which the format documents them.
using Ordered = nlohmann::ordered_json;

/// Times in JSON are seconds.
[[nodiscard]] double seconds(sim::Duration duration);
[[nodiscard]] double seconds(sim::Instant at);

/// Whole numbers without a fraction: `3`, not `3.0`.
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

/// A text, null where it is empty.
[[nodiscard]] Ordered text_or_null(const std::string& text);

/// A value, null where there is none.
template <typename T>
[[nodiscard]] Ordered value_or_null(const std::optional<T>& value) {
  return value ? Ordered(*value) : Ordered(nullptr);
}

/// An event with its sentence, as chains of causes and timelines list it.
[[nodiscard]] Ordered event_json(const scenarios::ShownEvent& event);
/// `{site, occurrence, value, means}`.
[[nodiscard]] Ordered decision_json(const scenarios::ShownDecision& decision);

/// An event's detail as JSON where it is JSON, as it should be.
[[nodiscard]] Ordered detail_json(const std::string& detail);

/// Pretty-printed, with a final line break. Names may hold invalid UTF-8 that a file smuggled in; a
/// report must still be JSON.
[[nodiscard]] std::string document_text(const Ordered& json);
/// The same in one line, without a line break.
[[nodiscard]] std::string compact_json(const Ordered& json);
/// The same in one line, with its line break.
[[nodiscard]] std::string line_text(const Ordered& json);

}  // namespace drydock::reports
