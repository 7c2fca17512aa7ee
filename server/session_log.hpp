#pragma once

#include <string>
#include <string_view>

namespace drydock::server {

/// A file to which whole lines are appended, each in one call of the system: what was written is there although the
/// process is killed.
class SessionLog {
 public:
  /// Makes the file; an empty path makes one without a name, which is gone with the process. Throws std::system_error
  /// where it cannot, or where there is one already.
  explicit SessionLog(const std::string& path);
  SessionLog(const SessionLog&) = delete;
  SessionLog& operator=(const SessionLog&) = delete;
  ~SessionLog();

  /// Throws std::system_error where the line could not be written.
  void append(std::string_view line);
  /// Returns all that was appended.
  [[nodiscard]] std::string text() const;

 private:
  int file_ = -1;
};

}  // namespace drydock::server
