#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/logs/imported_log.hpp"

namespace drydock::scenarios {

/// Gives the meaning of CloudTrail's records where no rule says otherwise: an EC2 call that was answered is `ec2.call`
/// or `ec2.error`, one event for each instance it names; a call that only reads means nothing. Which workspace an
/// instance or a volume belongs to is learnt from the tags and answers of earlier records.
class CloudTrailEvents {
 public:
  /// Gives the events of a record, none for a call that only reads; empty where the record is no EC2 call.
  [[nodiscard]] std::optional<std::vector<LogEvent>> of(const LogLine& line);

  /// Lists the events that such a log shows: every EC2 call that changes something, and every error of one.
  [[nodiscard]] static std::vector<VisibleKind> visible();

 private:
  std::map<std::string, std::string> workspace_by_id_;
};

}  // namespace drydock::scenarios
