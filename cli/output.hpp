#pragma once

#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace drydock::cli {

/// Says that something could not be written: a full disk, a closed pipe, a directory that went away.
class CannotWrite : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

enum class Existing : unsigned char { replace, refuse };

/// Throws CannotWrite for a path and an errno.
[[noreturn]] void cannot_write(const std::string& path, int error);

/// Writes the file whole or not at all: nobody ever sees half of it, and what stood there before stays until the new
/// text is safely on the disk. Through a symbolic link it writes what the link names; pipes and devices are written to
/// directly. Throws CannotWrite, also where the command has read that very file.
void write_whole(const std::string& path, std::string_view text, Existing existing = Existing::replace);

/// Says why a file could not be written at `path`, as far as that can be known before; empty when nothing speaks
/// against it.
[[nodiscard]] std::string why_not_writable(const std::string& path);

/// Tells whether standard output is a pipe whose reader went away, as `| head` does once it has enough.
[[nodiscard]] bool reader_is_gone();

/// Flushes the stream and says what is wrong with it; empty when everything was written.
[[nodiscard]] std::string flush(std::ostream& out);

}  // namespace drydock::cli
