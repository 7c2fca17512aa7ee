#pragma once

#include <optional>
#include <vector>

#include "scenarios/files/diagnostic.hpp"

namespace drydock::scenarios {

/// Holds what a file says, or everything that is wrong with the file.
template <typename T>
struct Decoded {
  /// Set exactly when there are no errors.
  std::optional<T> value;
  std::vector<Diagnostic> errors;
  /// Things that are legal and probably not meant (a probability that no seed ever rolls).
  std::vector<Diagnostic> warnings;
};

}  // namespace drydock::scenarios
