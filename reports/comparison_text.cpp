#include "reports/comparison_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "reports/case_report.hpp"
#include "reports/layout.hpp"
#include "reports/text.hpp"
#include "reports/violations.hpp"
#include "reports/words.hpp"

namespace drydock::reports {
namespace {

using scenarios::Comparison;
using scenarios::Difference;
using scenarios::Divergence;
using scenarios::Outcome;
using scenarios::ShownEvent;
using scenarios::ShownViolation;
using Kind = Difference::Kind;

constexpr std::size_t kMostCauses = 12;
constexpr std::size_t kMostCounts = 12;
constexpr std::size_t kMostViolations = 3;
constexpr std::size_t kValueColumn = 19;
constexpr std::size_t kNameColumn = kWidth - 4 - 2 * (kValueColumn + 1);

/// Two runs as their part of the report names them.
struct PairOfRuns {
  std::string name_a;
  std::string name_b;
  const Outcome& a;
  const Outcome& b;
  const Comparison& comparison;
};

std::string event_line(const ShownEvent& event) {
  return paragraph(fmt::format("      {:>11}  ", since_start(event.at)), printable(in_words(event)));
}

std::string chain(const std::vector<ShownEvent>& causes) {
  std::string out;
  const std::size_t left_out = causes.size() > kMostCauses ? causes.size() - kMostCauses : 0;
  if (left_out != 0) out += fmt::format("      … {} earlier …\n", left_out);
  for (std::size_t i = left_out; i < causes.size(); ++i) out += event_line(causes[i]);
  return out;
}

/// Cuts a name so that the sentence behind it has room in the line.
std::string in_front(const std::string& name) { return fit_ends(printable(name), 40); }

std::string one_side(const std::string& name, const std::optional<ShownEvent>& event) {
  const std::string words = event ? fmt::format("{}  {}", since_start(event->at), printable(in_words(*event)))
                                  : std::string{"nothing more happened"};
  return paragraph("    " + in_front(name) + ": ", words);
}

bool same_chain(const Divergence& first) {
  return first.causes_a.size() == first.causes_b.size() &&
         std::equal(first.causes_a.begin(), first.causes_a.end(), first.causes_b.begin());
}

/// Says what happened in one run alone: that tells more than the first event that came a millisecond later.
std::string alone_part(const PairOfRuns& pair, TextStyle style) {
  const auto& [a, b] = pair.comparison.alone;
  if (!a && !b) return {};
  std::string out = heading("what only one of them has, first", style);
  if (a) out += one_side(pair.name_a, a);
  if (b) out += one_side(pair.name_b, b);
  return out + "\n";
}

std::string first_part(const PairOfRuns& pair, TextStyle style) {
  const auto& first = pair.comparison.first;
  if (!first) return heading("every event is the same", style);
  std::string out = alone_part(pair, style);
  out += heading(fmt::format("the first difference is event {}", first->index + 1), style);
  out += one_side(pair.name_a, first->a) + one_side(pair.name_b, first->b);
  if (same_chain(*first)) {
    if (!first->causes_a.empty()) out += "    both came of:\n" + chain(first->causes_a);
    return out;
  }
  if (!first->causes_a.empty()) out += paragraph("    ", printable(pair.name_a) + " came of:") + chain(first->causes_a);
  if (!first->causes_b.empty()) out += paragraph("    ", printable(pair.name_b) + " came of:") + chain(first->causes_b);
  return out;
}

// --- what changed ---

std::string difference_name(const Difference& difference) {
  if (difference.kind == Kind::promise) {
    return difference.workspace.empty() ? difference.name : difference.name + " of " + difference.workspace;
  }
  if (difference.kind == Kind::row) return difference.workspace + "'s " + difference.name;
  return difference.name;
}

std::string value_text(Kind kind, const scenarios::Json& value) {
  if (kind == Kind::promise) {
    if (value.is_null()) return "kept";
    const auto us = static_cast<std::int64_t>(std::llround(value.get<double>() * 1e6));
    return "broken " + since_start(sim::kTimeZero + sim::Duration{us});
  }
  if (value.is_null()) return "no row";
  if (value.is_string()) return value.get<std::string>();
  return short_number(value.get<double>(), 4);
}

std::string table_row(const std::string& name, const std::string& a, const std::string& b) {
  std::string line = "    " + pad(fit_ends(printable(name), kNameColumn), kNameColumn);
  line += " " + pad(fit(printable(a), kValueColumn), kValueColumn);
  return line + " " + fit(printable(b), kValueColumn) + "\n";
}

double distance(const Difference& difference) {
  return std::abs(difference.a.get<double>() - difference.b.get<double>());
}

/// Chooses the differences to show: all promises, rows and metrics, and of the counts of events those that changed
/// most.
std::vector<const Difference*> shown_of(const Comparison& comparison, std::size_t& left_out) {
  std::vector<const Difference*> shown;
  std::vector<const Difference*> counts;
  for (const Difference& difference : comparison.differences) {
    // Where no case lists a violation, this one says what `violations` says.
    const bool again = !shown.empty() && difference.name == "unlisted_violations" && shown.back()->a == difference.a &&
                       shown.back()->b == difference.b;
    if (!again) (difference.kind == Kind::count ? counts : shown).push_back(&difference);
  }
  std::stable_sort(counts.begin(), counts.end(),
                   [](const Difference* a, const Difference* b) { return distance(*a) > distance(*b); });
  left_out = counts.size() > kMostCounts ? counts.size() - kMostCounts : 0;
  counts.resize(counts.size() - left_out);
  shown.insert(shown.end(), counts.begin(), counts.end());
  return shown;
}

std::string legend(std::string_view margin, const std::string& a, const std::string& b) {
  return paragraph(margin, fmt::format("1st: {}, 2nd: {}", printable(a), printable(b)));
}

std::string changes(const PairOfRuns& pair, TextStyle style) {
  std::size_t left_out = 0;
  const auto shown = shown_of(pair.comparison, left_out);
  if (shown.empty()) return heading("what comes of it is the same", style);
  std::string out = heading("what changed", style);
  const bool fits =
      display_width(printable(pair.name_a)) <= kValueColumn && display_width(printable(pair.name_b)) <= kValueColumn;
  if (!fits) out += legend("    ", pair.name_a, pair.name_b);
  out += fits ? table_row("", pair.name_a, pair.name_b) : table_row("", "1st", "2nd");
  for (const Difference* each : shown)
    out += table_row(difference_name(*each), value_text(each->kind, each->a), value_text(each->kind, each->b));
  if (left_out != 0) out += fmt::format("    … {} more kinds of event …\n", left_out);
  return out;
}

bool breaks(const Outcome& outcome, const ShownViolation& violation) {
  return std::any_of(outcome.violations.begin(), outcome.violations.end(), [&](const ShownViolation& one) {
    return one.invariant == violation.invariant && one.workspace == violation.workspace;
  });
}

/// Gives the first violation of each promise that `mine` broke and `other` did not.
std::vector<const ShownViolation*> alone(const Outcome& mine, const Outcome& other) {
  std::vector<const ShownViolation*> found;
  for (const ShownViolation& violation : mine.violations) {
    const bool told = std::any_of(found.begin(), found.end(),
                                  [&](const ShownViolation* one) { return one->invariant == violation.invariant; });
    if (!told && !breaks(other, violation)) found.push_back(&violation);
  }
  return found;
}

std::string stories(const std::string& name, const Outcome& mine, const Outcome& other, TextStyle style) {
  const auto told = alone(mine, other);
  std::string out;
  for (std::size_t i = 0; i < std::min(told.size(), kMostViolations); ++i) {
    out += heading(fmt::format("only in {}:", in_front(name)), style);
    out += violation_block(mine, *told[i], style) + "\n";
  }
  if (told.size() > kMostViolations) out += fmt::format("  … {} more promises …\n\n", told.size() - kMostViolations);
  return out;
}

std::string pair_text(const PairOfRuns& pair, bool titled, TextStyle style) {
  std::string out;
  if (titled) out += paragraph("", printable(pair.name_a + " and " + pair.name_b)) + "\n";
  out += first_part(pair, style) + "\n" + changes(pair, style) + "\n";
  out += stories(pair.name_a, pair.a, pair.b, style);
  return out + stories(pair.name_b, pair.b, pair.a, style);
}

// --- many tapes ---

/// Writes a name and four cells that stand to the right; the last cell has the room that an interval needs.
std::string tapes_row(const std::string& name, const std::array<std::string, 4>& cells) {
  constexpr std::array<std::size_t, 4> kWidths{10, 10, 10, 20};
  std::string line = "    " + pad(fit_ends(printable(name), 22), 22);
  for (std::size_t i = 0; i < cells.size(); ++i) line += fmt::format(" {:>{}}", fit(cells[i], kWidths[i]), kWidths[i]);
  return line + "\n";
}

std::string chance(double p) { return p < 0.0001 ? std::string{"< 0.0001"} : fmt::format("{:.4f}", p); }

std::string promises(const scenarios::Pair& pair, const std::string& a, const std::string& b, TextStyle style) {
  if (pair.promises.empty()) return heading("no promise was broken in any run", style);
  std::string out = heading("in how many runs a promise was broken, and by whom", style);
  out += tapes_row("", {"both", "only 1st", "only 2nd", "neither"});
  for (const auto& each : pair.promises) {
    out += tapes_row(each.invariant, {std::to_string(each.both), std::to_string(each.a_alone),
                                      std::to_string(each.b_alone), std::to_string(each.neither)});
    std::string more = fmt::format("p = {}", chance(each.p_value));
    if (each.seed_of_a) more += fmt::format("; only {}: --seed {}", a, *each.seed_of_a);
    if (each.seed_of_b) more += fmt::format("; only {}: --seed {}", b, *each.seed_of_b);
    out += paragraph("      ", printable(more));
  }
  return out;
}

/// Writes an end of an interval, which too few tapes leave open.
std::string bound(double value, int digits) {
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  return short_number(value, digits);
}

std::string metrics(const scenarios::Pair& pair, TextStyle style) {
  std::string out = heading("means, and the second minus the first over the same tapes", style);
  out += tapes_row("", {"1st", "2nd", "difference", "95 % interval"});
  bool any = false;
  for (const auto& each : pair.metrics) {
    if (each.a.value == 0 && each.b.value == 0) continue;
    any = true;
    const scenarios::Estimate& difference = each.difference;
    out += tapes_row(each.name, {bound(each.a.value, 4), bound(each.b.value, 4), bound(difference.value, 4),
                                 fmt::format("{} to {}", bound(difference.low, 3), bound(difference.high, 3))});
  }
  return any ? out : heading("every metric is 0 in every run", style);
}

}  // namespace

std::string compared_verdicts(const ComparedRuns& compared, TextStyle style) {
  std::size_t widest = 0;
  for (const CaseReport& run : compared.runs) {
    widest = std::max(widest, display_width(run_name(run.outcome.scenario, run.outcome.case_name)));
  }
  std::string out;
  for (const CaseReport& run : compared.runs) out += case_line(run.outcome, name_width(widest), style);
  return out;
}

std::string comparison_text(const ComparedRuns& compared, TextStyle style) {
  std::string out = compared_verdicts(compared, style) + "\n";
  for (std::size_t i = 0; i < compared.comparisons.size(); ++i) {
    const PairOfRuns pair{.name_a = compared.names.front(),
                          .name_b = compared.names[i + 1],
                          .a = compared.runs.front().outcome,
                          .b = compared.runs[i + 1].outcome,
                          .comparison = compared.comparisons[i]};
    out += pair_text(pair, compared.comparisons.size() > 1, style);
  }
  return out + heading("to see it again", style) + "    " + compared.reproduce + "\n";
}

std::string study_text(const ComparedTapes& compared, TextStyle style) {
  const scenarios::Study& study = compared.study;
  std::string out = paragraph("", fmt::format("{}: {} tapes, filled from the seeds {} to {}, each played to "
                                              "every variant",
                                              printable(compared.scenario), study.runs, study.first_seed,
                                              study.first_seed + std::max<std::uint64_t>(study.runs, 1) - 1)) +
                    "\n";
  for (std::size_t i = 0; i < compared.names.size(); ++i) {
    out += paragraph(
        "  ",
        fmt::format(
            "{}: {} of {} runs broke a promise{}", printable(compared.names[i]), study.failed[i], study.runs,
            study.inconclusive[i] == 0 ? std::string{} : fmt::format(", {} inconclusive", study.inconclusive[i])));
  }
  for (std::size_t i = 0; i < study.pairs.size(); ++i) {
    const std::string& a = compared.names.front();
    const std::string& b = compared.names[i + 1];
    out += "\n" + legend("", a, b);
    out += promises(study.pairs[i], a, b, style) + "\n" + metrics(study.pairs[i], style);
  }
  if (study.interrupted) out += "\n  interrupted: the other tapes were not played\n";
  return out + "\n" + heading("to see it again", style) + "    " + compared.reproduce + "\n";
}

}  // namespace drydock::reports
