#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/logs/imported_log.hpp"
#include "scenarios/logs/trail_owners.hpp"

namespace drydock::scenarios {

/// Gives the meaning of CloudTrail's records where no rule says otherwise: an EC2 call that was answered is `ec2.call`
/// or `ec2.error`, one event for each instance it names; a call that only reads, a dry run and an Insight mean nothing.
/// Which workspace a resource belongs to is learnt from the tags and answers of all records.
class CloudTrailEvents {
 public:
  /// `owners` outlives this.
  explicit CloudTrailEvents(const TrailOwners& owners) : owners_(owners) {}

  /// Gives the events of a record, none for one that means nothing; empty where the record is no known EC2 call.
  [[nodiscard]] std::optional<std::vector<LogEvent>> of(const LogLine& line) const;

  /// Lists the events that such a log shows: every EC2 call that changes something, and every error of one.
  [[nodiscard]] static std::vector<VisibleKind> visible();

 private:
  [[nodiscard]] std::vector<LogEvent> of_call(const LogLine& line, const std::string& action) const;

  const TrailOwners& owners_;
};

/// Gives the event that a state of an instance is, as EventBridge tells it.
[[nodiscard]] LogEvent state_event_of(const LogLine& line, const TrailOwners& owners);

/// Drops the records and events that were delivered more than once (CloudTrail and EventBridge deliver at least once),
/// and says how many: one of each `eventID` (or `id`), name and time stays, the same one whatever their order.
std::size_t drop_repeated(std::vector<LogLine>& records);

}  // namespace drydock::scenarios
