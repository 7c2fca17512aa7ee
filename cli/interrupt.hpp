#pragma once

#include <exception>

namespace drydock::cli {

// The one global of the program: a signal can reach nothing else. It is set by the handler and read between two runs,
// now and then within one, and while a pipe is awaited, so that what was found by then is printed whole.

/// `Interrupted` is thrown by what waits for somebody else (the other end of a pipe) when the user interrupts.
class Interrupted : public std::exception {
 public:
  [[nodiscard]] const char* what() const noexcept override { return "interrupted"; }
};

/// From now on the first SIGINT, SIGTERM or SIGHUP asks the program to end, and the second ends it. A signal that comes
/// again within a quarter of a second is the same request: timeout(1) sends each twice, a terminal one to parent and
/// child. A SIGHUP that is ignored, as under nohup(1), stays so.
void watch_for_interrupt();

/// Tells whether one of the signals has come. Any thread may ask.
[[nodiscard]] bool interrupted();
/// Returns the exit code of a program that this signal ended: 130 after SIGINT, 143 after SIGTERM, 129 after SIGHUP.
[[nodiscard]] int interrupted_exit_code();

/// Sets or clears what the handler sets, for tests.
void set_interrupted(bool value);
void set_interrupted_by(int signal);

/// While it lives, a second signal removes this file before it ends the program. There is one at a time; `path` outlives
/// it.
class RemovedWhenKilled {
 public:
  explicit RemovedWhenKilled(const char* path);
  RemovedWhenKilled(const RemovedWhenKilled&) = delete;
  RemovedWhenKilled& operator=(const RemovedWhenKilled&) = delete;
  ~RemovedWhenKilled();
};

}  // namespace drydock::cli
