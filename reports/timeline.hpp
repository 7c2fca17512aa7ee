#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "reports/style.hpp"
#include "scenarios/outcome.hpp"

namespace drydock::reports {

/// Writes a run step by step, by virtual time: what was asked and answered, launches, stops and changes of status,
/// faults, broken promises, and between them every decision that was not the boring one. With `all` it writes every
/// event. Faults and broken promises are marked `!`, decisions `*`. Lines have at most `kWidth` columns. The outcome's
/// record must have been kept.
[[nodiscard]] std::string timeline(const scenarios::Outcome& outcome, bool all, TextStyle style);

/// Remembers what was asked in a run, so that an answer can name its request. Events are shown to it in their order.
class StepRequests {
 public:
  void see(const scenarios::ShownEvent& event);
  /// Tells whether the event is a request, or the answer to one, that a step or a search sent. Background traffic does
  /// not count: it would hide everything else.
  [[nodiscard]] bool is_of_a_step(const scenarios::ShownEvent& event) const;
  /// Says the event in words; an answer names what it answers.
  [[nodiscard]] std::string words(const scenarios::ShownEvent& event) const;

 private:
  [[nodiscard]] const scenarios::Json* find(std::uint32_t seq) const;

  std::map<std::uint32_t, scenarios::Json> asked_;  // by the request's event
};

/// A `StoryLine` is one sentence of a story, and when it happened.
struct StoryLine {
  sim::Instant at{};
  std::string text;
  std::uint32_t event = 0;  // its number in the record
};

/// Tells how a violation came about, oldest first: all its chains of causes. Where nothing that the record holds
/// decided it, the story is what happened to its workspace, as far as the record was kept.
[[nodiscard]] std::vector<StoryLine> story_of(const scenarios::Outcome& outcome,
                                              const scenarios::ShownViolation& violation);

}  // namespace drydock::reports
