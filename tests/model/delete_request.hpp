#pragma once

#include <string>

#include "tests/support/rig.hpp"

namespace drydock::test {

/// Asks for the deletion of `w`, and waits for the answer.
inline model::Response remove(Rig& rig, const std::string& query = "?confirm=true") {
  return rig.request("DELETE /workspaces/w" + query);
}

}  // namespace drydock::test
