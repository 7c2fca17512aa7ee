#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/time.hpp"

namespace drydock::server {

/// Says how virtual time goes on while clients ask (`--clock`).
struct SessionClock {
  enum class Kind : std::uint8_t {
    step,    // each request comes `step` later than the answer before it
    scale,   // `scale` virtual seconds a second
    manual,  // only for as long as a request is served, and when somebody says so
  };
  Kind kind = Kind::step;
  sim::Duration step = std::chrono::seconds{1};
  double scale = 1;
};

/// Reads `step=5s`, `scale=60` (above 0, at most a million) or `manual`; nothing for any other text.
[[nodiscard]] std::optional<SessionClock> parse_session_clock(std::string_view text);

}  // namespace drydock::server
