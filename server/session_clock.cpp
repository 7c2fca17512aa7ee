#include "server/session_clock.hpp"

#include <charconv>

namespace drydock::server {
namespace {

constexpr double kFastest = 1e6;

std::optional<double> scale_of(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (!(value > 0 && value <= kFastest)) return std::nullopt;
  return value;
}

}  // namespace

std::optional<SessionClock> parse_session_clock(std::string_view text) {
  constexpr std::string_view kStep = "step=";
  constexpr std::string_view kScale = "scale=";
  SessionClock clock;
  if (text == "manual") {
    clock.kind = SessionClock::Kind::manual;
    return clock;
  }
  if (text.starts_with(kStep)) {
    const auto step = sim::parse_duration(text.substr(kStep.size()));
    if (!step || *step < sim::Duration{}) return std::nullopt;
    clock.step = *step;
    return clock;
  }
  if (!text.starts_with(kScale)) return std::nullopt;
  const auto scale = scale_of(text.substr(kScale.size()));
  if (!scale) return std::nullopt;
  clock.kind = SessionClock::Kind::scale;
  clock.scale = *scale;
  return clock;
}

}  // namespace drydock::server
