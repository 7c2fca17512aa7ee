#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/conform/log_world.hpp"
#include "scenarios/conform/matcher.hpp"
#include "scenarios/run.hpp"
#include "sim/choices.hpp"

namespace drydock::scenarios {

/// A decision of a run for which there is another answer.
struct OpenDecision {
  sim::Tape::Key key;
  std::uint32_t bound = 0;
  std::uint32_t value = 0;
  Instant at{};
  sim::Meaning::Kind kind{};
};

/// A run as the search sees it: the visible events, how they match the log, and the decisions that led there.
struct LogRun {
  std::vector<Happening> happenings;
  Match match;
  std::vector<OpenDecision> open;                   // those asked before the two differ, the latest first
  std::map<sim::Tape::Key, std::uint32_t> answers;  // every answer that is not the boring one
  std::size_t events = 0;                           // of the whole run
};

/// Answers what a tape does not: the faults that a log shows strike; everything else is boring, or drawn from a seed.
class LogFill final : public sim::Fill {
 public:
  explicit LogFill(std::optional<std::uint64_t> seed) : seed_(seed) {}
  std::uint32_t answer(const sim::Question& question) override;

 private:
  std::optional<std::uint64_t> seed_;
};

/// Plays a tape in the quick world and compares what is visible with the log.
[[nodiscard]] LogRun play_log(const LogWorld& world, const sim::Tape& tape, std::optional<std::uint64_t> seed,
                              Workbench& workbench);

/// Gives the events of a record that a log would show, by time.
[[nodiscard]] std::vector<Happening> visible_happenings(const LogWorld& world, const sim::Record& record);

}  // namespace drydock::scenarios
