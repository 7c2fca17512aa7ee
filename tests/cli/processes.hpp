#pragma once

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>

#include "cli/interrupt.hpp"

namespace drydock::cli {

/// Does it in a process of its own, which says nothing, and ends with what `act` returns.
template <typename Act>
pid_t start_quietly(Act act) {
  const pid_t child = fork();
  if (child != 0) return child;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) std::signal(signal, SIG_DFL);
  const int nothing = open("/dev/null", O_RDWR);
  dup2(nothing, STDOUT_FILENO);
  dup2(nothing, STDERR_FILENO);
  watch_for_interrupt();
  _exit(act());
}

/// Waits for the end of a process. Returns its exit code, or its signal with a minus.
inline int code_of(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/// Does it in a process that sees a file system of its own at `directory`. Returns what `act` returns; -1 where this
/// machine does not allow that.
template <typename Act>
int on_own_disk(const std::string& directory, const std::string& options, Act act) {
  constexpr int kNotMounted = 200;
  const pid_t child = fork();
  if (child == 0) {
    const bool mounted = unshare(CLONE_NEWNS) == 0 && mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                         mount("none", directory.c_str(), "tmpfs", 0, options.c_str()) == 0;
    _exit(mounted ? act() : kNotMounted);
  }
  const int code = code_of(child);
  return code == kNotMounted ? -1 : code;
}

}  // namespace drydock::cli
