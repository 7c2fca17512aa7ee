#pragma once

#include <memory>

#include "scenarios/explore/exploration.hpp"
#include "scenarios/explore/stage.hpp"
#include "scenarios/outcome.hpp"
#include "sim/choices.hpp"
#include "sim/search/fills.hpp"
#include "sim/search/reading.hpp"

namespace drydock::scenarios {

/// A run with its record, as a finding keeps it.
struct KeptRun {
  Outcome outcome;
  std::shared_ptr<const RecordedSession> session;  // null where no client was played
};

/// Plays the runs of a search where the scenario alone does not make them: a client of the cloud stands beside it. It
/// outlives the search.
class Theatre {
 public:
  Theatre() = default;
  Theatre(const Theatre&) = delete;
  Theatre& operator=(const Theatre&) = delete;
  virtual ~Theatre() = default;

  /// Makes the player of one thread. Where `options.stop` says so, its readings are `stopped`.
  [[nodiscard]] virtual std::unique_ptr<sim::search::Player> player(const sim::search::FillParameters& parameters,
                                                                    StageOptions options) = 0;
  /// Plays a tape that breaks this promise in this way, and keeps its record. May be called from any thread.
  [[nodiscard]] virtual KeptRun keep(const sim::Tape& tape, const sim::search::Broken& broken) = 0;
};

}  // namespace drydock::scenarios
