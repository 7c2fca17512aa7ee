#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "sim/time.hpp"

namespace drydock::cloud {

/// Tells whether an id is `prefix` (`i-`, `vol-`, `snap-`) and 8 or 17 lower-case hex digits (docs/cloud.md §1.3).
[[nodiscard]] bool well_formed_id(std::string_view prefix, std::string_view id);

/// Makes the id of a resource of this lineage. Each number of a prefix has an id of its own, which does not show the
/// number and is the same in every replay.
[[nodiscard]] std::string make_id(std::string_view prefix, std::string_view workspace, std::uint64_t number);

/// Tells whether a ClientToken has the form that EC2 takes: at most 64 printable ASCII characters without spaces. The
/// empty token, which stands for none, has it.
[[nodiscard]] bool well_formed_token(std::string_view token);

/// The least time for which a ClientToken is remembered after the resource that it made has ended (docs/cloud.md §1.5).
inline constexpr sim::Duration kTokenKept = std::chrono::hours{24};

}  // namespace drydock::cloud
