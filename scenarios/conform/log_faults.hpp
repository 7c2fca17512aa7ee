#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "scenarios/logs/imported_log.hpp"

namespace drydock::scenarios {

/// Faults that a log made are called so, and numbered by its events, from 1.
inline constexpr std::string_view kLogFault = "log-fault-";

/// Says what a line tells of an instance in the model's words, which has one death that nobody asked for: it is
/// terminated at once, by `Server.InternalError`. Of other lines only the reason's code is kept
/// (`Client.UserInitiatedShutdown: User initiated shutdown`).
[[nodiscard]] Json state_in_model(const LogEvent& event);

/// Tells whether the event at this place is the second half of a death: EC2 shows an instance that ends by itself as
/// shutting-down and then as terminated, and the model as terminated alone.
[[nodiscard]] bool ends_a_death(const ImportedLog& log, std::size_t place);

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
