#include "scenarios/divergence.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace drydock::scenarios {
namespace {

std::string in_words(const ShownEvent& event) {
  return fmt::format("{} {}{}{}{}{} by {} (cause {}) {}", sim::format_duration(event.at.time_since_epoch()), event.kind,
                     event.workspace.empty() ? "" : " ", event.workspace, event.instance.empty() ? "" : " ",
                     event.instance, event.actor, event.cause, event.detail);
}

std::string in_words(const ShownDecision& decision) {
  return fmt::format("{}#{}={}", decision.site, decision.occurrence, decision.value);
}

bool same(const ShownDecision& a, const ShownDecision& b) {
  return a.site == b.site && a.occurrence == b.occurrence && a.value == b.value;
}

std::string first_other_decision(const Outcome& a, const Outcome& b) {
  const std::size_t shared = std::min(a.tape.size(), b.tape.size());
  for (std::size_t i = 0; i < shared; ++i) {
    if (!same(a.tape[i], b.tape[i])) {
      return fmt::format("the events are the same, the decisions are not: {} / {}", in_words(a.tape[i]),
                         in_words(b.tape[i]));
    }
  }
  if (a.tape.size() != b.tape.size()) {
    const auto& longer = a.tape.size() > shared ? a.tape : b.tape;
    return fmt::format("the events are the same, only one run decided {}", in_words(longer[shared]));
  }
  return fmt::format("the events are the same, boring decisions are not: {} were asked / {}", a.decisions, b.decisions);
}

}  // namespace

std::optional<std::size_t> first_divergence(const Outcome& a, const Outcome& b) {
  const auto [one, other] = std::mismatch(a.events.begin(), a.events.end(), b.events.begin(), b.events.end());
  if (one == a.events.end() && other == b.events.end()) return std::nullopt;
  return static_cast<std::size_t>(one - a.events.begin());
}

std::string first_difference(const Outcome& a, const Outcome& b) {
  const auto at = first_divergence(a, b);
  if (!at) return a.trace_hash == b.trace_hash ? std::string{} : first_other_decision(a, b);
  if (*at < a.events.size() && *at < b.events.size()) {
    return fmt::format("event {} differs: at {} / at {}", *at + 1, in_words(a.events[*at]), in_words(b.events[*at]));
  }
  const auto& longer = a.events.size() > *at ? a.events : b.events;
  return fmt::format("only one run has event {}: at {}", *at + 1, in_words(longer[*at]));
}

}  // namespace drydock::scenarios
