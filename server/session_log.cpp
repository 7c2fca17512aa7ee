#include "server/session_log.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace drydock::server {
namespace {

[[noreturn]] void fail(const std::string& what) { throw std::system_error(errno, std::generic_category(), what); }

int nameless() {
  std::string path = (std::filesystem::temp_directory_path() / "drydock-session-XXXXXX").string();
  const int file = ::mkostemp(path.data(), O_CLOEXEC);
  if (file >= 0) ::unlink(path.c_str());
  return file;
}

}  // namespace

SessionLog::SessionLog(const std::string& path) {
  constexpr mode_t kForAll = 0666;
  file_ = path.empty() ? nameless() : ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, kForAll);
  if (file_ < 0) fail(path.empty() ? "the session's log" : path);
}

SessionLog::~SessionLog() { ::close(file_); }

void SessionLog::append(std::string_view line) {
  while (!line.empty()) {
    const ssize_t written = ::write(file_, line.data(), line.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("the session's log");
    line.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::string SessionLog::text() const {
  struct stat status {};
  if (::fstat(file_, &status) != 0) fail("the session's log");
  std::string text(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t read = 0;
  while (read < text.size()) {
    const ssize_t got = ::pread(file_, text.data() + read, text.size() - read, static_cast<off_t>(read));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("the session's log");
    if (got == 0) break;
    read += static_cast<std::size_t>(got);
  }
  text.resize(read);
  return text;
}

}  // namespace drydock::server
