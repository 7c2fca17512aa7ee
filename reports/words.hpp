#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/outcome.hpp"
#include "sim/time.hpp"

namespace drydock::reports {

/// Says what happened, as one plain sentence without its time: `restart_by_id was called for reviewer`. A kind without
/// a sentence of its own reads `kind workspace instance detail`.
[[nodiscard]] std::string in_words(const scenarios::ShownEvent& event);

/// Says in words what a decision came to: `user: DELETE /workspaces/w1?confirm=true`, `reviewer: ec2.run.pending is
/// 30s`.
[[nodiscard]] std::string in_words(const scenarios::ShownDecision& decision);

/// Writes an instant as reports do: `+30.451s`.
[[nodiscard]] std::string since_start(sim::Instant at);

/// Writes an instant by the run's own calendar, as RFC 3339 has it: `2026-05-19T00:05:30.451Z`.
[[nodiscard]] std::string date_of(const scenarios::Outcome& outcome, sim::Instant at);

/// Writes the time of day of that instant, cut to the second: `00:05:30Z`.
[[nodiscard]] std::string time_of_day(const scenarios::Outcome& outcome, sim::Instant at);

/// Writes a length of virtual time, cut to whole seconds: `24m`.
[[nodiscard]] std::string length_text(sim::Duration length);

/// Writes a decision as the command line takes it: `site#occurrence=value`.
[[nodiscard]] std::string decision_key(const scenarios::ShownDecision& decision);

/// Writes a number and the word for what it counts: `1 run`, `3 runs`. The word takes an s.
[[nodiscard]] std::string counted(std::uint64_t count, std::string_view word);

/// Joins the words with `, `.
[[nodiscard]] std::string joined(const std::vector<std::string>& words);

/// Writes a number for people, never with a power of ten: whole above 1000, else with so many digits that matter, of
/// which at most six stand behind the point. What is smaller than the last of them is `< 0.000001`; `?` where there is
/// no value.
[[nodiscard]] std::string short_number(double value, int digits = 3);
/// Writes a share with one digit behind the point: 0.0325 is `3.2%`.
[[nodiscard]] std::string percent(double share);
/// Writes a share with three digits that matter, however small it is: 0.000012345 is `0.00123 %`.
[[nodiscard]] std::string small_percent(double share);

/// Tells whether events of this kind have a sentence of their own.
[[nodiscard]] bool has_words(std::string_view kind);

}  // namespace drydock::reports
