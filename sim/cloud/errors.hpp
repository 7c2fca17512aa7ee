#pragma once

#include <string_view>

namespace drydock::cloud {

/// Returns the HTTP status that EC2 sends with an error code (docs/cloud.md §5.1): 503 for throttling and
/// unavailability, 500 for server errors and missing capacity, 400 for most others. The code `http-NNN` has the status
/// NNN; a transport failure has none (0).
[[nodiscard]] int error_status(std::string_view code);

}  // namespace drydock::cloud
