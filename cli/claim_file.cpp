#include "cli/claim_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "cli/output.hpp"

namespace drydock::cli {

ClaimFile::ClaimFile(const std::string& path) : path_(path) {
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor_ < 0) cannot_write(path, errno);
}

ClaimFile::~ClaimFile() { ::close(descriptor_); }

bool ClaimFile::ask(int command, short type, std::uint64_t byte) noexcept {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = static_cast<off_t>(byte);
  lock.l_len = 1;
  int result = 0;
  do {
    result = ::fcntl(descriptor_, command, &lock);
  } while (result != 0 && errno == EINTR);
  return result == 0;
}

bool ClaimFile::try_lock(std::uint64_t byte) {
  if (ask(F_OFD_SETLK, F_WRLCK, byte)) return true;
  if (errno != EAGAIN && errno != EACCES) cannot_lock();
  return false;
}

void ClaimFile::lock(std::uint64_t byte, bool shared) {
  if (!ask(F_OFD_SETLKW, static_cast<short>(shared ? F_RDLCK : F_WRLCK), byte)) cannot_lock();
}

void ClaimFile::unlock(std::uint64_t byte) noexcept { (void)ask(F_OFD_SETLK, F_UNLCK, byte); }

void ClaimFile::cannot_lock() const {
  throw CannotWrite(fmt::format("cannot lock {}: {}", path_, std::strerror(errno)));
}

}  // namespace drydock::cli
