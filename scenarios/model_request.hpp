#pragma once

#include "model/directory.hpp"
#include "model/http.hpp"
#include "scenarios/scenario.hpp"

namespace drydock::scenarios {

/// Turns a request of a scenario into what the platform's HTTP server sees: route, workspace, body fields.
[[nodiscard]] model::Request to_model_request(const RequestSpec& spec, const model::Directory& directory);

}  // namespace drydock::scenarios
