#include "reports/violations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "model/invariants/catalogue.hpp"
#include "reports/layout.hpp"
#include "reports/words.hpp"

namespace drydock::reports {
namespace {

using scenarios::Outcome;
using scenarios::ShownEvent;
using scenarios::ShownViolation;

constexpr std::size_t kFirstCauses = 5;
constexpr std::size_t kLastCauses = 9;
constexpr std::size_t kFullViolations = 3;

/// Writes an event of a chain. Its time stands below the others, so that the eye finds the time that it looks for.
std::string cause_line(const ShownEvent& event, const ChainStyle& style, std::size_t time_width) {
  std::string head = fmt::format("{:{}}{:>{}}  ", "", style.margin, since_start(event.at), time_width);
  if (style.outcome != nullptr) head += time_of_day(*style.outcome, event.at) + "  ";
  return paragraph(head, printable(in_words(event)));
}

/// Writes a chain of causes, oldest first. Of a long one the middle is left out.
std::string chain_text(std::span<const ShownEvent> chain, const ChainStyle& style, std::size_t time_width) {
  const std::size_t count = chain.size();
  const std::size_t left_out = count > kFirstCauses + kLastCauses + 1 ? count - kFirstCauses - kLastCauses : 0;
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    const bool shown = left_out == 0 || i < kFirstCauses || i >= kFirstCauses + left_out;
    if (shown) out += cause_line(chain[count - 1 - i], style, time_width);
    if (left_out != 0 && i == kFirstCauses) out += fmt::format("{:{}}… {} more …\n", "", style.margin, left_out);
  }
  return out;
}

}  // namespace

std::string_view promise_of(const ShownViolation& violation) {
  if (!violation.promise.empty()) return violation.promise;
  for (const model::InvariantInfo& info : model::invariant_catalogue()) {
    if (info.name == violation.invariant) return info.promise;
  }
  return {};
}

std::vector<const ShownViolation*> in_reading_order(const Outcome& outcome) {
  std::vector<const ShownViolation*> all;
  if (outcome.unlisted.empty()) {
    for (const ShownViolation& violation : outcome.violations) all.push_back(&violation);
  } else {
    for (const std::size_t index : outcome.unlisted) all.push_back(&outcome.violations[index]);
  }
  std::set<std::string> seen;
  std::stable_partition(all.begin(), all.end(),
                        [&seen](const ShownViolation* violation) { return seen.insert(violation->invariant).second; });
  return all;
}

std::string violation_head(const Outcome& outcome, const ShownViolation& violation, TextStyle style) {
  std::string out = heading(printable(violation.invariant) + " was broken", style);
  out += field("when", fmt::format("{}, {}", since_start(violation.at), date_of(outcome, violation.at)));
  if (!violation.workspace.empty()) out += field("workspace", printable(violation.workspace));
  if (!violation.instance.empty()) out += field("instance", printable(violation.instance));
  out += field("what", printable(violation.message));
  if (const auto promise = promise_of(violation); !promise.empty()) out += field("promise", printable(promise));
  return out;
}

std::vector<std::span<const ShownEvent>> chains_of(const ShownViolation& violation) {
  std::vector<std::span<const ShownEvent>> chains;
  if (!violation.causes.empty()) chains.emplace_back(violation.causes);
  for (const auto& other : violation.other_causes) chains.emplace_back(other);
  return chains;
}

std::uint32_t shown_event(const ShownViolation& violation) {
  return violation.event != 0 || violation.causes.empty() ? violation.event : violation.causes.front().seq;
}

std::vector<const ShownEvent*> causes_in_order(const ShownViolation& violation) {
  std::map<std::uint32_t, const ShownEvent*> by_seq;
  for (const auto chain : chains_of(violation)) {
    for (const ShownEvent& event : chain) by_seq.emplace(event.seq, &event);
  }
  std::vector<const ShownEvent*> all;
  all.reserve(by_seq.size());
  for (const auto& [seq, event] : by_seq) all.push_back(event);
  return all;
}

std::string causes_text(const ShownViolation& violation, const ChainStyle& style) {
  std::size_t time_width = 0;
  for (const ShownEvent* event : causes_in_order(violation))
    time_width = std::max(time_width, since_start(event->at).size());
  std::string out;
  for (const auto chain : chains_of(violation)) {
    if (!out.empty()) out += style.between;
    out += chain_text(chain, style, time_width);
  }
  return out;
}

std::size_t full_count(const std::vector<const ShownViolation*>& violations) {
  std::set<std::string> seen;
  for (const ShownViolation* violation : violations) seen.insert(violation->invariant);
  return std::min(seen.size(), kFullViolations);
}

std::string violation_causes(const ShownViolation& violation) {
  if (violation.causes.empty()) return {};
  return "    how it came about:\n" +
         causes_text(violation, {.margin = 6, .between = "    and what else decided it:\n"});
}

std::string violation_block(const Outcome& outcome, const ShownViolation& violation, TextStyle style) {
  return violation_head(outcome, violation, style) + violation_causes(violation);
}

}  // namespace drydock::reports
