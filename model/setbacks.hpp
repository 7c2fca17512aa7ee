#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "sim/record.hpp"

namespace drydock::model {

/// Knows, of a run's record, what did not go as its caller wanted, workspace by workspace. It reads each event once,
/// when it is first asked after it.
class Setbacks {
 public:
  explicit Setbacks(const sim::Record& record) : record_(record) {}

  /// Completes the events that decided the last state of a workspace or of its instance by what went wrong for the
  /// workspace since the first of them began: the last fault or refusal that met it (or drop of a restart that began
  /// where one of them did), and the last crash. Gives each head of a chain of causes once, in the order in which they
  /// were given: zeros are dropped, and so is an event that stands in the chain of another.
  [[nodiscard]] std::vector<std::uint32_t> added_to(std::vector<std::uint32_t> decided_by, sim::Name workspace);

 private:
  struct Last {
    std::uint32_t met = 0;    // the last fault, refusal or drop
    std::uint32_t crash = 0;  // the last crash of a process
  };

  void read_on();
  [[nodiscard]] Last since_these_began(const std::vector<std::uint32_t>& decided_by, sim::Name workspace);
  [[nodiscard]] std::uint32_t last_met(sim::Name workspace, const std::vector<std::uint32_t>& roots,
                                       std::uint32_t first) const;

  const sim::Record& record_;
  std::size_t read_ = 0;  // so many events
  std::vector<std::uint32_t> crashes_;
  std::map<sim::Name, std::vector<std::uint32_t>> met_;
};

}  // namespace drydock::model
