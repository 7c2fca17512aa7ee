#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/observation.hpp"
#include "scenarios/outcome.hpp"
#include "scenarios/scenario.hpp"
#include "scenarios/whatif/statistics.hpp"
#include "sim/choices.hpp"
#include "sim/record.hpp"

namespace drydock::scenarios {

/// The chance of a broken promise at one point of a run: the first `decisions` questions are answered as on the tape,
/// zeros included, and everything after them is drawn again.
struct OddsPoint {
  std::uint64_t decisions = 0;
  /// The last of those questions, with its answer in words; of point 0 nothing but time zero.
  ShownDecision last;
  std::uint32_t event = 0;  // the first event that is not before `last.at`; 0: there is none
  Estimate probability;
  std::uint64_t hits = 0;  // of `tails`; both 0 where nothing is left to draw: it has come true
  std::uint64_t tails = 0;
};

/// The broken promise whose chance is asked: a violation counts when it agrees with every member that is not empty.
struct OddsTarget {
  std::string invariant;
  std::string workspace;
  std::string signature;
  [[nodiscard]] bool matches(const ShownViolation& violation) const;
  [[nodiscard]] bool matches(const model::Violation& violation, const sim::Record& record) const;
};

/// The law by which a tail is drawn: the fills of a search (sim/search/fills.hpp), within what the scenario's `explore`
/// allows to the whole run.
enum class TailLaw : std::uint8_t { random, swarm };
[[nodiscard]] std::vector<std::string> tail_law_names();
[[nodiscard]] std::optional<TailLaw> parse_tail_law(std::string_view name);
[[nodiscard]] std::string_view to_text(TailLaw law);
/// Says the law as a sentence.
[[nodiscard]] std::string_view in_words(TailLaw law);

struct OddsOptions {
  OddsTarget target;
  TailLaw law = TailLaw::random;
  std::uint64_t seed = 1;
  std::uint64_t tails = 200;     // of each point
  std::optional<double> time_s;  // wall time after which no further point is begun
  unsigned jobs = 1;
  bool full_calm = false;  // see RunOptions
  std::function<bool()> interrupted;
  /// Told of the points that are done and of the tails at the next one, now and then, on the caller's thread.
  std::function<void(std::size_t points, std::uint64_t tails)> progress;
};

inline constexpr double kLikely = 0.5;
inline constexpr double kCertain = 0.99;

struct Odds {
  OddsTarget target;
  TailLaw law = TailLaw::random;
  std::uint64_t seed = 1;
  std::uint64_t tails = 0;
  std::uint64_t questions = 0;  // that the tape's run was asked
  std::vector<OddsPoint> points;
  /// Points from which on the probability is never below `kLikely`, `kCertain` again. The last point is certain.
  std::size_t likely = 0;
  std::size_t certain = 0;
  /// The point before which lies the largest rise.
  std::size_t jump = 0;
  /// True when each point that is not there lies between two whose estimates agree.
  bool complete = false;
  bool interrupted = false;
  double wall_s = 0;
};

/// Estimates the odds of a promise that the tape's run breaks. `outcome` is that run, its record kept; it has a
/// violation that the target matches.
[[nodiscard]] Odds odds(const Scenario& scenario, const CaseSpec& played, const sim::Tape& tape, const Outcome& outcome,
                        const OddsOptions& options);

}  // namespace drydock::scenarios
