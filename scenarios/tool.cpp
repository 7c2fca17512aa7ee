#include "scenarios/tool.hpp"

#ifndef DRYDOCK_VERSION
#define DRYDOCK_VERSION "dev"
#endif

namespace drydock::scenarios {

std::string tool_name() { return "drydock " DRYDOCK_VERSION; }

}  // namespace drydock::scenarios
