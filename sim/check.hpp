#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace drydock::sim {

/// A broken assumption of Drydock itself: never the world's doing, never the user's. The runner turns it into
/// exit code 70 with the virtual time and the decision at which it happened.
class InternalError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

[[noreturn]] void check_failed(const char* condition, const char* file, int line, const std::string& detail);

}  // namespace drydock::sim

/// Stays on in release builds. The message is formatted only when the condition is false.
#define DRYDOCK_CHECK(condition, ...)                                                              \
  do {                                                                                             \
    if (!(condition)) [[unlikely]] {                                                               \
      ::drydock::sim::check_failed(#condition, __FILE__, __LINE__, ::fmt::format("" __VA_ARGS__)); \
    }                                                                                              \
  } while (false)
