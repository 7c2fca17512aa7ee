#include "scenarios/files/file_use.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace drydock::scenarios {
namespace {

/// A file on the disk, whatever it is called.
using FileId = std::pair<dev_t, ino_t>;

/// Gives a regular file's id; pipes and devices are read and written at once.
std::optional<FileId> id_of(const struct stat& found) {
  if (!S_ISREG(found.st_mode)) return std::nullopt;
  return FileId{found.st_dev, found.st_ino};
}

std::optional<FileId> id_at(const std::string& path) {
  struct stat found {};
  return ::stat(path.c_str(), &found) == 0 ? id_of(found) : std::nullopt;
}

struct ToBeWritten {
  std::string what;
  std::string path;
};

class FileUse {
 public:
  void forget() {
    const std::scoped_lock lock(mutex_);
    read_.clear();
    to_be_written_.clear();
  }

  std::string note_read(const std::string& name, const FileId& file) {
    const std::scoped_lock lock(mutex_);
    read_.emplace(file, name);
    for (const ToBeWritten& output : to_be_written_) {
      if (id_at(output.path) == file) return output.what;
    }
    return {};
  }

  std::string note_to_be_written(const std::string& what, const std::string& path) {
    const std::scoped_lock lock(mutex_);
    to_be_written_.push_back({what, path});
    return name_of(path);
  }

  std::string read_as(const std::string& path) {
    const std::scoped_lock lock(mutex_);
    return name_of(path);
  }

 private:
  [[nodiscard]] std::string name_of(const std::string& path) const {
    const auto file = id_at(path);
    const auto found = file ? read_.find(*file) : read_.end();
    return found == read_.end() ? std::string{} : found->second;
  }

  std::mutex mutex_;
  std::map<FileId, std::string> read_;
  std::vector<ToBeWritten> to_be_written_;
};

FileUse& file_use() {
  static FileUse use;
  return use;
}

std::atomic<bool (*)()> wait_is_over{nullptr};

void wait_to_read(int descriptor) {
  constexpr int kLookUpMs = 100;
  pollfd waited{.fd = descriptor, .events = POLLIN, .revents = 0};
  while (::poll(&waited, 1, kLookUpMs) <= 0) {
    const auto asked = wait_is_over.load();
    if (asked != nullptr && asked()) throw WaitEnded();
  }
}

}  // namespace

void forget_file_use() { file_use().forget(); }

std::string note_read(const std::string& name, int descriptor) {
  struct stat found {};
  const auto file = ::fstat(descriptor, &found) == 0 ? id_of(found) : std::nullopt;
  return file ? file_use().note_read(name, *file) : std::string{};
}

std::string note_to_be_written(const std::string& what, const std::string& path) {
  return file_use().note_to_be_written(what, path);
}

std::string read_as(const std::string& path) { return file_use().read_as(path); }

void end_waits_when(bool (*asked)()) { wait_is_over = asked; }

OpenFile::OpenFile(const std::string& path) : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}

OpenFile::~OpenFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::optional<std::string> read_to_end(int descriptor, std::size_t most) {
  std::string text;
  std::array<char, 1U << 16U> block;
  while (text.size() <= most) {
    wait_to_read(descriptor);
    const ssize_t count = ::read(descriptor, block.data(), block.size());
    if (count == 0) break;
    if (count > 0) {
      text.append(block.data(), static_cast<std::size_t>(count));
    } else if (errno != EINTR && errno != EAGAIN) {
      return std::nullopt;
    }
  }
  return text;
}

}  // namespace drydock::scenarios
