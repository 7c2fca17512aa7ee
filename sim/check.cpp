#include "sim/check.hpp"

#include <string_view>

namespace drydock::sim {

void check_failed(const char* condition, const char* file, int line, const std::string& detail) {
  std::string_view path{file};
  // Only the file's name: where the tree was built is not part of what a run says.
  path.remove_prefix(path.find_last_of('/') + 1);
  throw InternalError(
      fmt::format("{}:{}: broken assumption `{}`{}{}", path, line, condition, detail.empty() ? "" : ": ", detail));
}

}  // namespace drydock::sim
