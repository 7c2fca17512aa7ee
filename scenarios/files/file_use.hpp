#pragma once

#include <cstddef>
#include <exception>
#include <optional>
#include <string>

namespace drydock::scenarios {

// Nothing that a command reads is replaced by what it writes. What a file is read or written as says nothing: a policy
// may be named by a case, and a name may be a link. So whoever opens a file of the user's says so here, and files are
// told apart by device and number. This, and who may end the wait for a pipe, is the one state that the process has
// besides its signals (cli/interrupt.hpp); a command begins by forgetting it. Any thread may call these.

/// Forgets what was read and what is to be written.
void forget_file_use();

/// Notes that the open file is read by this name. Gives the option by which the same file is to be written; empty where
/// it is not.
[[nodiscard]] std::string note_read(const std::string& name, int descriptor);

/// Notes that a file is to be written at `path`, because of the option `what` as it was given. Gives the name by which
/// that very file was read before; empty where it was not.
[[nodiscard]] std::string note_to_be_written(const std::string& what, const std::string& path);

/// Gives the name by which the file that stands at `path` was read; empty where it was not, or where there is none.
[[nodiscard]] std::string read_as(const std::string& path);

/// `WaitEnded` is thrown where the other end of a pipe is awaited and the user wants that no longer.
class WaitEnded : public std::exception {
 public:
  [[nodiscard]] const char* what() const noexcept override { return "nobody waits for the pipe any more"; }
};

/// From now on whoever waits for a pipe asks `asked` a few times a second, and ends by WaitEnded where it says so.
/// Null: the wait is for as long as it takes.
void end_waits_when(bool (*asked)());

/// A file that is open for reading. Opening does not wait for whoever writes to a pipe: `read_to_end` does.
class OpenFile {
 public:
  explicit OpenFile(const std::string& path);
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile();
  /// Returns its descriptor; -1, with errno, where it could not be opened.
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_;
};
/// Reads to the end, or, where that is further away, somewhat more than `most` bytes. Empty, with errno, where it
/// cannot be read. Throws WaitEnded.
[[nodiscard]] std::optional<std::string> read_to_end(int descriptor, std::size_t most);

}  // namespace drydock::scenarios
