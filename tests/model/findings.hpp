#pragma once

#include <string>
#include <vector>

namespace drydock::test {

/// What invariants found, as `ID of WORKSPACE`.
using Names = std::vector<std::string>;

inline const Names kNone;

}  // namespace drydock::test
