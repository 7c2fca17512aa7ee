#pragma once

#include <exception>

namespace drydock::cli {

// The one global of the program: a signal can reach nothing else. It is set by the handler and read between two runs,
// now and then within one, and while a pipe is awaited, so that what was found by then is printed whole.

/// `Interrupted` is thrown where the user interrupts and what was under way has no result.
class Interrupted : public std::exception {
 public:
  [[nodiscard]] const char* what() const noexcept override { return "interrupted"; }
};

/// From now on the first SIGINT, SIGTERM or SIGHUP asks the program to end. Further ones are the same request:
/// timeout(1) sends each to its child and then to the group with the child in it, systemd may send SIGHUP right after
/// SIGTERM, Slurm sends SIGTERM to a step twice, and whoever does not want to wait any longer has SIGKILL. Only a
/// person at a terminal has not, so a SIGINT a second or more after the first request ends the program at once. A
/// signal that was ignored before, as by nohup(1), stays so.
void watch_for_interrupt();

/// Tells whether one of the signals has come. Any thread may ask.
[[nodiscard]] bool interrupted();
/// Returns the exit code of a program that this signal ended: 130 after SIGINT, 143 after SIGTERM, 129 after SIGHUP.
[[nodiscard]] int interrupted_exit_code();

/// Set or clear what the handler sets, for tests.
void set_interrupted(bool value);
void set_interrupted_by(int signal);

/// While it lives, a signal that ends the program at once removes this file before. There is one at a time; `path`
/// outlives it.
class RemovedWhenKilled {
 public:
  explicit RemovedWhenKilled(const char* path);
  RemovedWhenKilled(const RemovedWhenKilled&) = delete;
  RemovedWhenKilled& operator=(const RemovedWhenKilled&) = delete;
  ~RemovedWhenKilled();
};

}  // namespace drydock::cli
