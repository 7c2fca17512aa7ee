#include "cli/output.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <optional>
#include <system_error>
#include <thread>

#include "cli/interrupt.hpp"
#include "scenarios/files/file_use.hpp"

namespace drydock::cli {
namespace {

namespace fs = std::filesystem;

/// Closes its file descriptor, and removes its temporary file, whatever happens.
class TemporaryFile {
 public:
  TemporaryFile(const fs::path& target, mode_t mode) {
    // O_EXCL rather than mkstemp: the mode is then the user's umask's business, as for any other
    // new file.
    for (int attempt = 0; attempt < 100 && descriptor_ < 0; ++attempt) {
      path_ = target.parent_path() / fmt::format(".{}.{}-{}.tmp", target.filename().string(), ::getpid(), attempt);
      descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
      if (descriptor_ < 0 && errno != EEXIST) break;
    }
    if (descriptor_ < 0) cannot_write(target.string(), errno);
    guard_.emplace(path_.c_str());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (!path_.empty()) ::unlink(path_.c_str());
    guard_.reset();
  }

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] const fs::path& path() const { return path_; }
  /// Tells whether the disk has the bytes; where it has not, errno says why.
  [[nodiscard]] bool close() {
    const bool synced = ::fsync(descriptor_) == 0 || errno == EINVAL;
    const int closed = ::close(descriptor_);
    descriptor_ = -1;
    return synced && closed == 0;
  }
  void keep() {
    guard_.reset();
    path_.clear();
  }

 private:
  fs::path path_;
  int descriptor_ = -1;
  std::optional<RemovedWhenKilled> guard_;
};

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// Opens what is no regular file. Nobody reads a pipe until its reader comes: it is waited for, but not after the user
/// has interrupted.
int open_directly(const std::string& path) {
  using namespace std::chrono_literals;
  while (true) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NONBLOCK);
    if (descriptor >= 0) {
      // Only the wait is cut short: what a reader takes slowly is written whole.
      ::fcntl(descriptor, F_SETFL, O_APPEND);
      return descriptor;
    }
    if (errno != ENXIO || interrupted()) cannot_write(path, errno);
    std::this_thread::sleep_for(50ms);
  }
}

void write_directly(const std::string& path, std::string_view text) {
  const int descriptor = open_directly(path);
  const bool written = write_all(descriptor, text);
  const int error = errno;
  const bool closed = ::close(descriptor) == 0;
  if (!written) cannot_write(path, error);
  if (!closed) cannot_write(path, errno);
}

/// Gives the temporary file its name. A hard link refuses an existing name in one step, which
/// rename cannot.
bool put_in_place(const fs::path& from, const fs::path& to, Existing existing) {
  if (existing == Existing::replace) return ::rename(from.c_str(), to.c_str()) == 0;
  if (::link(from.c_str(), to.c_str()) == 0) return true;
  if (errno != EPERM && errno != EOPNOTSUPP) return false;
  // A file system without hard links.
  if (::access(to.c_str(), F_OK) == 0) {
    errno = EEXIST;
    return false;
  }
  return ::rename(from.c_str(), to.c_str()) == 0;
}

}  // namespace

void cannot_write(const std::string& path, int error) {
  throw CannotWrite(fmt::format("cannot write {}: {}", path, std::strerror(error)));
}

void write_whole(const std::string& path, std::string_view text, Existing existing) {
  struct stat found {};
  const bool exists = ::stat(path.c_str(), &found) == 0;
  if (exists && existing == Existing::refuse) cannot_write(path, EEXIST);
  if (const std::string input = scenarios::read_as(path); !input.empty())
    throw CannotWrite(fmt::format("cannot write {}: it is {}, which is read", path, input));
  if (exists && S_ISDIR(found.st_mode)) cannot_write(path, EISDIR);
  // /dev/stdout may be a regular file that others write to: it must not be replaced under them.
  const bool shared = path.starts_with("/dev/");
  if (exists && (shared || !S_ISREG(found.st_mode))) return write_directly(path, text);

  std::error_code ignored;
  fs::path target = exists ? fs::canonical(path, ignored) : fs::path{path};
  if (target.empty()) target = path;
  TemporaryFile file(target, exists ? found.st_mode & 0777 : 0666);
  if (!write_all(file.descriptor(), text) || !file.close()) cannot_write(path, errno);
  if (!put_in_place(file.path(), target, existing)) cannot_write(path, errno);
  if (existing == Existing::replace) file.keep();
}

std::string why_not_writable(const std::string& path) {
  if (path.empty()) return "it has no name";
  std::error_code error;
  const fs::path target{path};
  if (fs::is_directory(target, error)) return "it is a directory";
  const fs::path parent = target.has_parent_path() ? target.parent_path() : fs::path{"."};
  if (!fs::is_directory(parent, error)) return "there is no directory " + parent.string();
  return {};
}

bool reader_is_gone() {
  pollfd asked{.fd = STDOUT_FILENO, .events = 0, .revents = 0};
  return ::poll(&asked, 1, 0) > 0 && (asked.revents & POLLERR) != 0;
}

std::string flush(std::ostream& out) {
  errno = 0;
  out.flush();
  if (out) return {};
  std::string text = "cannot write standard output";
  if (errno != 0) text += fmt::format(": {}", std::strerror(errno));
  return text;
}

}  // namespace drydock::cli
