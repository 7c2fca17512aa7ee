#pragma once

#include <cstdint>
#include <string>

namespace drydock::cli {

/// Locks bytes of a file, which stand for what is claimed. A lock is gone with the process that has it, however it
/// ends, and no process locks itself out: each opened file is somebody else.
class ClaimFile {
 public:
  /// Throws CannotWrite.
  explicit ClaimFile(const std::string& path);
  ClaimFile(const ClaimFile&) = delete;
  ClaimFile& operator=(const ClaimFile&) = delete;
  ~ClaimFile();

  /// Tells whether the byte is locked now; it is not where somebody else has it.
  [[nodiscard]] bool try_lock(std::uint64_t byte);
  /// Waits for the lock; a shared one keeps out only who wants it alone.
  void lock(std::uint64_t byte, bool shared);
  void unlock(std::uint64_t byte) noexcept;

 private:
  [[nodiscard]] bool ask(int command, short type, std::uint64_t byte) noexcept;
  [[noreturn]] void cannot_lock() const;

  std::string path_;
  int descriptor_ = -1;
};

}  // namespace drydock::cli
