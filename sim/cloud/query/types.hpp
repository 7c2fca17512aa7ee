#pragma once

#include <string>
#include <string_view>

namespace drydock::cloud::query {

/// Tells whether an instance type exists. The region itself has one kind of instance, whatever its type is called.
[[nodiscard]] bool is_instance_type(std::string_view name);
/// Tells whether a volume type exists.
[[nodiscard]] bool is_volume_type(std::string_view name);

}  // namespace drydock::cloud::query
