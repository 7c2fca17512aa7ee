#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace drydock::sim {

/// Thrown when an assumption of Drydock itself is broken, which neither the simulated world nor a user can cause. The
/// runner turns it into exit code 70 and says at which virtual time and decision it happened.
class InternalError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

[[noreturn]] void check_failed(const char* condition, const char* file, int line, const std::string& detail);

}  // namespace drydock::sim

/// Throws InternalError unless the condition holds, in release builds too. The message is formatted only when the
/// condition is false.
#define DRYDOCK_CHECK(condition, ...)                                                              \
  do {                                                                                             \
    if (!(condition)) [[unlikely]] {                                                               \
      ::drydock::sim::check_failed(#condition, __FILE__, __LINE__, ::fmt::format("" __VA_ARGS__)); \
    }                                                                                              \
  } while (false)
