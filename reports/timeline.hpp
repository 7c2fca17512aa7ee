#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "reports/style.hpp"
#include "scenarios/outcome.hpp"

namespace drydock::reports {

/// A run step by step, by virtual time: what was asked and answered, launches, stops and changes of
/// status, faults, broken promises, and between them every decision that was not the boring one.
/// With `all` every event. Faults and broken promises are marked `!`, decisions `*`. Lines of at most
/// `kWidth` columns. The outcome's record must have been kept.
[[nodiscard]] std::string timeline(const scenarios::Outcome& outcome, bool all, TextStyle style);

/// What was asked in a run, so that an answer can name it. It is shown the events in their order.
class StepRequests {
 public:
  void see(const scenarios::ShownEvent& event);
  /// Whether it is a step's, or one that a search sent: background traffic would hide everything else.
  [[nodiscard]] bool is_of_a_step(const scenarios::ShownEvent& event) const;
  /// The event in words, an answer with what it answers.
  [[nodiscard]] std::string words(const scenarios::ShownEvent& event) const;

 private:
  [[nodiscard]] const scenarios::Json* find(std::uint32_t seq) const;

  std::map<std::uint32_t, scenarios::Json> asked_;  // by the request's event
};

/// One sentence of a story, and when it happened.
struct StoryLine {
  sim::Instant at{};
  std::string text;
  std::uint32_t event = 0;  // its number in the record
};

/// How a violation came about, oldest first: its chain of causes; where it has none (what should have
/// been there at the end was not) what happened to its workspace, as far as the record was kept.
[[nodiscard]] std::vector<StoryLine> story_of(const scenarios::Outcome& outcome,
                                              const scenarios::ShownViolation& violation);

}  // namespace drydock::reports
