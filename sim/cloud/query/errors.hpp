#pragma once

#include <string>
#include <string_view>

#include "sim/cloud/ec2.hpp"

namespace drydock::cloud::query {

/// Returns the message that EC2 sends with an error of the region. The region has words of its own, which stand in the
/// record of a run; clients and their users know EC2's.
[[nodiscard]] std::string ec2_message(const Error& error, std::string_view action);

}  // namespace drydock::cloud::query
