#include "reports/decisions.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "reports/layout.hpp"
#include "reports/violations.hpp"
#include "reports/words.hpp"

namespace drydock::reports {
namespace {

using scenarios::Outcome;
using scenarios::ShownDecision;
using scenarios::ShownViolation;

constexpr std::size_t kMost = 12;

/// A `Focus` is what the reader is looking at: the first violation that the report shows, and the time from its
/// earliest cause on.
struct Focus {
  sim::Instant from = sim::kTimeZero;
  sim::Instant until = sim::Instant::max();
  std::string workspace;
};

Focus focus_of(const Outcome& outcome) {
  const auto violations = in_reading_order(outcome);
  if (violations.empty()) return {};
  const ShownViolation& first = *violations.front();
  Focus focus{.from = first.at, .until = first.at, .workspace = first.workspace};
  const auto causes = causes_in_order(first);
  if (!causes.empty()) focus.from = std::min(focus.from, causes.front()->at);
  return focus;
}

bool is_order(const ShownDecision& decision) { return decision.site.ends_with("/order"); }

/// Tells whether the decision is a fault, a crash or a request, not the length of something or whose turn it is.
bool is_deed(const ShownDecision& decision) {
  return !decision.means.empty() && !is_order(decision) && !sim::parse_duration(decision.means);
}

/// Ranks a decision: the lower the rank, the more the decision tells of the violation.
int rank(const ShownDecision& decision, const Focus& focus) {
  if (decision.at > focus.until) return 5;
  if (is_deed(decision)) return 0;
  if (decision.at < focus.from) return 4;
  if (!focus.workspace.empty() && decision.site.starts_with(focus.workspace + "/")) return 1;
  return is_order(decision) ? 3 : 2;
}

bool earlier(const ShownDecision* a, const ShownDecision* b) { return a->at < b->at; }

std::string decision_line(const ShownDecision& decision, std::size_t time_width) {
  const std::string time = since_start(decision.at);
  const std::string head = fmt::format("    {:>{}}  ", time, time_width);
  return paragraph(head, printable(name_of(decision)));
}

}  // namespace

std::vector<const ShownDecision*> telling_decisions(const Outcome& outcome, std::size_t most) {
  std::vector<const ShownDecision*> all;
  for (const ShownDecision& decision : outcome.tape) all.push_back(&decision);
  std::stable_sort(all.begin(), all.end(), earlier);
  if (all.size() <= most) return all;
  const Focus focus = focus_of(outcome);
  // Of equals the later ones: they are nearer to what happened.
  std::reverse(all.begin(), all.end());
  std::stable_sort(all.begin(), all.end(),
                   [&](const ShownDecision* a, const ShownDecision* b) { return rank(*a, focus) < rank(*b, focus); });
  all.resize(most);
  std::stable_sort(all.begin(), all.end(), earlier);
  return all;
}

std::string decisions_text(const Outcome& outcome) {
  const auto shown = telling_decisions(outcome, kMost);
  std::size_t width = 0;
  for (const ShownDecision* decision : shown) width = std::max(width, since_start(decision->at).size());
  std::string out;
  for (const ShownDecision* decision : shown) out += decision_line(*decision, width);
  const std::size_t left_out = outcome.tape.size() - shown.size();
  if (left_out == 0) return out;
  return out + fmt::format("    … and {} more, less telling (--format json has them all)\n", left_out);
}

std::vector<ShownDecision> by_time(std::vector<ShownDecision> decisions) {
  std::stable_sort(decisions.begin(), decisions.end(),
                   [](const ShownDecision& a, const ShownDecision& b) { return a.at < b.at; });
  return decisions;
}

std::string name_of(const ShownDecision& decision) {
  std::string text = decision_key(decision);
  if (!decision.means.empty()) text += " (" + decision.means + ")";
  return text;
}

}  // namespace drydock::reports
