#pragma once

#include <span>
#include <string_view>

namespace drydock::model {

/// A promise that every run is judged by, as it is shown to users.
struct InvariantInfo {
  std::string_view name;
  /// `always` (after every step) or `eventually` (at the end of calm).
  std::string_view when;
  std::string_view promise;
  /// The issue or the section of docs/platform.md that the promise comes from.
  std::string_view source;
};

/// All invariants, in the order of the documentation.
[[nodiscard]] std::span<const InvariantInfo> invariant_catalogue();

}  // namespace drydock::model
