#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "cli/usage.hpp"
#include "scenarios/memory/remembered.hpp"

struct sqlite3;

namespace drydock::cli {

/// The file is no memory of findings, or one that this program cannot read: exit code 2.
class MemoryRefused : public UsageError {
 public:
  explicit MemoryRefused(const std::string& message) : UsageError(message, "") {}
};

/// Says how many findings of a policy a night left in which state.
struct NightCounts {
  std::string policy;
  std::map<scenarios::FindingState, std::uint64_t> of{};
};

/// Says what is written down of a change to a memory, beside the change.
struct MemoryEntry {
  scenarios::Occasion by;  // who changed it
  std::vector<NightCounts> counts{};
};

/// Says what a change makes of the findings that there are.
struct MemoryChange {
  std::vector<scenarios::RememberedFinding> findings;  // those that are added, or are otherwise than before
  MemoryEntry entry;
};

/// A change of a finding, as a memory has written it down.
struct PastChange {
  std::string state;  // from then on; also `accepted`, `retired`
  std::string why;
  scenarios::Occasion by;
};

/// A memory of findings (`--known FILE`): one SQLite database, which people may ask with sqlite3(1). A change is one
/// transaction: whoever reads sees all of it or none, also where its process was killed.
class MemoryFile {
 public:
  enum class Use : unsigned char { read, write };

  /// Opens the file. To `write` means that it can be written, which is tried out, and that it is made where there is
  /// none. Throws MemoryRefused, and CannotWrite.
  MemoryFile(const std::string& path, Use use);
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile();

  /// Returns the findings, in the order in which they were first noted. Throws MemoryRefused.
  [[nodiscard]] std::vector<scenarios::RememberedFinding> findings() const;
  /// Returns what has become of a finding, the first change first.
  [[nodiscard]] std::vector<PastChange> history(const scenarios::FindingKey& key) const;
  /// Returns the latest date of all changes; empty where there was none.
  [[nodiscard]] std::string latest_date() const;

  /// Changes the file while nobody else does: `change` gets what it holds by then. Throws CannotWrite; the file is then
  /// what it was.
  void change(const std::function<MemoryChange(const std::vector<scenarios::RememberedFinding>&)>& change);

 private:
  void open(const std::string& path, Use use);
  void try_writing();
  void execute(const char* sql);
  void write(const std::vector<scenarios::RememberedFinding>& before, const MemoryChange& change);
  void put(const scenarios::RememberedFinding* before, const scenarios::RememberedFinding& finding,
           const scenarios::Occasion& by);
  [[noreturn]] void fail() const;

  std::string path_;
  sqlite3* handle_ = nullptr;
};

/// Returns how a memory of findings is declared, as SQL; each table and column says what it is.
[[nodiscard]] const char* memory_schema();

}  // namespace drydock::cli
