#pragma once

#include <string_view>

namespace drydock::scenarios {

/// A question that has a name: `drydock query FILE --named NAME`.
struct NamedQuery {
  std::string_view name;
  std::string_view meaning;
  std::string_view sql;
};

}  // namespace drydock::scenarios
