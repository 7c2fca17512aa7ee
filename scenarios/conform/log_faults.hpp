#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "scenarios/logs/imported_log.hpp"

namespace drydock::scenarios {

/// Faults that a log made are called so, and numbered by its events, from 1.
inline constexpr std::string_view kLogFault = "log-fault-";

/// The faults that a log shows: the only ones that the adversary has (docs/conform.md, *Faults*). Each strikes once,
/// about when its line was logged, and whether it does is a decision.
class LogFaults {
 public:
  LogFaults(const ImportedLog& log, Duration skew) : log_(log), skew_(skew) {}

  /// Gives the fault behind the event at this place of the log, as a scenario writes it; empty where the event needs
  /// none.
  [[nodiscard]] std::optional<nlohmann::ordered_json> of(std::size_t place, Duration at) const;

 private:
  [[nodiscard]] std::optional<nlohmann::ordered_json> fault_at(const LogEvent& event, std::size_t place) const;
  [[nodiscard]] bool explained_by_ec2(const LogEvent& event, std::string_view action) const;
  [[nodiscard]] Duration down_from(std::size_t place) const;

  const ImportedLog& log_;
  Duration skew_;
};

}  // namespace drydock::scenarios
