#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/logs/imported_log.hpp"

namespace drydock::scenarios {

/// Knows whose the resources in CloudTrail's records are. Every record of every file is learnt from before any is
/// asked about: CloudTrail promises no order of records, so none may matter.
class TrailOwners {
 public:
  /// Learns from a record that was answered without an error; from another one nothing is learnt.
  void learn(const LogLine& line);

  /// Spreads what is known to the resources that records name together: a volume and its instance, a snapshot and its
  /// volume. A resource that two workspaces claim through others belongs to neither. Called once, at the end.
  void spread();

  /// Gives the workspace of a resource at a time (microseconds): the last one that a tag had named by then, else the
  /// first that one names later; empty where nobody knows.
  [[nodiscard]] std::string workspace_of(const std::string& id, std::int64_t at_us) const;

  /// Gives the instance to which a volume was attached at a time; empty where no record says.
  [[nodiscard]] std::string instance_of(const std::string& volume, std::int64_t at_us) const;

 private:
  void link(const std::string& a, const std::string& b);
  void tagged(const std::string& id, std::int64_t at_us, const std::string& workspace);

  // Each is ordered, so that what is answered is a function of the records as a set.
  std::map<std::string, std::set<std::pair<std::int64_t, std::string>>> tags_;  // id → when, which workspace
  std::map<std::string, std::string> spread_;                                   // id → workspace
  std::map<std::string, std::set<std::string>> links_;
  std::map<std::string, std::set<std::pair<std::int64_t, std::string>>> attached_;  // volume → when, to which instance
  std::map<std::string, std::set<std::int64_t>> detached_;
};

/// Gives the text at a path of a record; empty where there is none.
[[nodiscard]] std::string text_at(const Json& value, std::string_view path);

/// Gives the list at a path of a record; an empty one where there is none.
[[nodiscard]] const Json& list_at(const Json& value, std::string_view path);

/// Gives the workspace that a call's own tags name; empty where they name none.
[[nodiscard]] std::string tagged_workspace(const Json& record);

/// Lists the resources that CreateTags and DeleteTags are about, in the order of the call.
[[nodiscard]] std::vector<std::string> tagged_resources(const Json& record);

}  // namespace drydock::scenarios
