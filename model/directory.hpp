#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "sim/record.hpp"

namespace drydock::model {

/// The integer under which a workspace's row, memory and facts are kept; 0 is no workspace. Users and SQL see UUIDs.
enum class WorkspaceKey : std::uint32_t { none = 0 };

[[nodiscard]] constexpr std::size_t index(WorkspaceKey key) { return static_cast<std::size_t>(key); }

/// Lists the alias, UUID and key of every workspace that the world has named, in the order of their naming.
class Directory {
 public:
  struct Entry {
    std::string alias;
    std::string uuid;
    sim::Name name{};  // the alias, interned
  };

  explicit Directory(sim::Record& record) : record_(record) { entries_.emplace_back(); }

  WorkspaceKey add(std::string alias, std::string uuid);
  /// Finds a workspace by its alias or UUID; `none` when no workspace has it.
  [[nodiscard]] WorkspaceKey find(std::string_view alias_or_uuid) const;
  [[nodiscard]] const Entry& entry(WorkspaceKey key) const { return entries_[index(key)]; }
  [[nodiscard]] sim::Name name(WorkspaceKey key) const { return entry(key).name; }
  [[nodiscard]] const std::string& alias(WorkspaceKey key) const { return entry(key).alias; }
  /// The number of workspaces; keys run from 1 to it.
  [[nodiscard]] std::size_t size() const { return entries_.size() - 1; }

 private:
  sim::Record& record_;
  std::deque<Entry> entries_;  // stable addresses: workspaces are created while others are named
  std::map<std::string, WorkspaceKey, std::less<>> by_text_;
};

}  // namespace drydock::model
