#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/logs/imported_log.hpp"

namespace drydock::scenarios {

/// Faults that a log made are called so, and numbered by its events, from 1.
inline constexpr std::string_view kLogFault = "log-fault-";

/// Says what a line tells of an instance in the model's words, which has one death that nobody asked for: it is
/// terminated at once, by `Server.InternalError`. Of other lines only the reason's code is kept
/// (`Client.UserInitiatedShutdown: User initiated shutdown`).
[[nodiscard]] Json state_in_model(const LogEvent& event);

/// The faults that a log shows: the only ones that the adversary has (docs/conform.md, *Faults*). Each strikes once,
/// about when its line was logged, and whether it does is a decision. A question about one line takes a time that
/// hardly grows with the log.
class LogFaults {
 public:
  /// The log's events are in the order of their times, and it outlives this.
  LogFaults(const ImportedLog& log, Duration skew);

  /// Tells whether the event at this place is the second half of a death: EC2 shows an instance that ends by itself as
  /// shutting-down and then as terminated, and the model as terminated alone.
  [[nodiscard]] bool ends_a_death(std::size_t place) const;
  /// Gives the fault behind the event at this place of the log, as a scenario writes it; empty where the event needs
  /// none.
  [[nodiscard]] std::optional<nlohmann::ordered_json> of(std::size_t place, Duration at) const;

 private:
  [[nodiscard]] std::optional<nlohmann::ordered_json> fault_at(const LogEvent& event, std::size_t place) const;
  [[nodiscard]] bool explained_by_ec2(const LogEvent& event, std::string_view action) const;
  [[nodiscard]] Duration down_from(std::size_t place) const;

  /// Microseconds, ascending, by some name.
  template <typename Name>
  using Times = std::map<Name, std::vector<std::int64_t>>;
  using Call = std::pair<std::string, std::string>;  // an action of EC2, and whose it was; empty: anybody's

  const ImportedLog& log_;
  Duration skew_;
  Times<Call> refused_;                              // calls that EC2 answered with an error
  Times<std::string> started_;                       // processes
  std::map<std::string, std::int64_t> first_death_;  // of each instance
};

}  // namespace drydock::scenarios
