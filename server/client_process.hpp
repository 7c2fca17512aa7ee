#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

namespace drydock::server {

/// A client that is played against an endpoint: a process of its own, in a process group of its own, which is told by
/// its environment where to ask. It ends with this object, and whatever it started with it.
class ClientProcess {
 public:
  /// Starts it. Throws std::system_error where that cannot be.
  ClientProcess(const std::vector<std::string>& command, const std::string& endpoint);
  ClientProcess(const ClientProcess&) = delete;
  ClientProcess& operator=(const ClientProcess&) = delete;
  ~ClientProcess();

  /// Waits until it has ended, for at most so long. Tells whether it has.
  [[nodiscard]] bool wait(std::chrono::milliseconds most);
  /// Ends it, where it has not ended yet, and whatever it started.
  void end();
  /// Says how it ended: `exit code 0`, `signal 11`.
  [[nodiscard]] std::string how_it_ended() const;
  /// Returns the last lines that it wrote to its standard error.
  [[nodiscard]] std::string last_words() const;

 private:
  pid_t process_ = -1;
  int watched_ = -1;  // is readable once the process has ended
  int errors_ = -1;   // what it writes to its standard error
  int status_ = 0;
  bool over_ = false;
};

/// Returns the environment of a client: this process's, without what would lead the client elsewhere, and with the
/// endpoint, credentials that anybody may have, and a region.
[[nodiscard]] std::vector<std::string> client_environment(const std::string& endpoint);

}  // namespace drydock::server
