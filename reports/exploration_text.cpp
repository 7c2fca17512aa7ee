#include "reports/exploration_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <vector>

#include "reports/case_report.hpp"
#include "reports/decisions.hpp"
#include "reports/layout.hpp"
#include "reports/timeline.hpp"
#include "reports/violations.hpp"
#include "reports/words.hpp"

namespace drydock::reports {
namespace {

using scenarios::ExplainedDecision;
using scenarios::Exploration;
using scenarios::FaultUse;
using scenarios::Finding;
using scenarios::ShownDecision;

constexpr std::size_t kFullFindings = 12;
constexpr std::size_t kNameColumn = 48;

/// Gives M of `1 run in M` for a chance, rounded to the side that promises less.
std::uint64_t one_in(double chance) {
  constexpr double kMost = 1e15;
  return chance > 1 / kMost ? static_cast<std::uint64_t>(1 / chance) : static_cast<std::uint64_t>(kMost);
}

// ---- the head ----

std::size_t promises_broken(const Exploration& found) {
  std::set<std::string> names;
  for (const Finding& finding : found.findings) names.insert(finding.invariant);
  return names.size();
}

std::string verdict_words(const Exploration& found) {
  if (found.findings.empty()) return found.expected.empty() ? "nothing found" : "nothing new";
  return fmt::format("{} broken in {}", counted(promises_broken(found), "promise"),
                     counted(found.findings.size() + found.findings_not_shrunk, "way"));
}

std::string strategy_words(const ExplorationReport& report) {
  std::string text = report.found.strategy;
  if (report.deviations) text += ", at most " + counted(*report.deviations, "deviation");
  return text + fmt::format(", seed {}", report.found.seed);
}

std::string shard_words(const ExplorationReport& report) {
  if (report.found.shards == 1) return {};
  std::vector<std::string> numbers;
  for (const std::uint32_t part : report.parts) numbers.push_back(std::to_string(part));
  return fmt::format("; shard{} {} of {}", numbers.size() == 1 ? "" : "s", joined(numbers), report.found.shards);
}

/// Says what of a kept search nobody has played yet; empty where nothing is missing.
std::string missing_words(const ExplorationReport& report) {
  if (!report.found.kept || report.found.kept->missing.empty()) return {};
  std::uint64_t missing = 0;
  for (const auto& gap : report.found.kept->missing) missing += gap.to - gap.from;
  return fmt::format("; {} not played yet", counted(missing, report.deviations ? "section" : "run"));
}

std::string numbers_line(const ExplorationReport& report) {
  const Exploration& found = report.found;
  std::string text =
      fmt::format("{} ({}), {} distinct", counted(found.runs, "run"), strategy_words(report), found.distinct);
  if (found.pruned != 0) text += fmt::format(", {} pruned", found.pruned);
  text += ", " + counted(found.residual.states, "state");
  if (report.deviations) text += found.complete ? "; complete" : "; not complete";
  if (found.cut_short > 0) text += fmt::format("; {} ended by a bound", found.cut_short);
  if (found.interrupted) text += "; interrupted";
  return paragraph("     ", text + shard_words(report) + missing_words(report));
}

/// Says what a search went beyond; empty where it was to go beyond nothing.
std::string known_line(const Exploration& found) {
  if (found.known == 0) return {};
  return paragraph("     ", fmt::format("beyond {}, which {} broke and nothing else",
                                        counted(found.known, "known finding"), counted(found.known_runs, "run")));
}

std::string time_line(const Exploration& found) {
  std::string text = fmt::format("in {:.1f} s, {:.0f} runs per second", found.wall_s, runs_per_second(found));
  if (found.shrink_s > 0 && !found.findings.empty()) text += fmt::format("; shrunk in {:.1f} s", found.shrink_s);
  const auto unfinished = static_cast<std::size_t>(std::count_if(
      found.findings.begin(), found.findings.end(), [](const Finding& finding) { return !finding.minimal; }));
  if (unfinished > 0) {
    text += fmt::format(", {} of {} not to the end (drydock shrink goes on)", unfinished,
                        counted(found.findings.size(), "finding"));
  }
  return paragraph("     ", text);
}

// ---- one finding ----

const ExplainedDecision* explanation_of(const Finding& finding, const ShownDecision& decision) {
  const auto& all = finding.explained;
  const auto found = std::find_if(all.begin(), all.end(), [&](const ExplainedDecision& one) {
    return one.decision.site == decision.site && one.decision.occurrence == decision.occurrence;
  });
  return found == all.end() ? nullptr : &*found;
}

std::string variation(const ExplainedDecision& explained) {
  if (explained.tried == 0) return {};
  if (explained.still_break == 0) return fmt::format("nothing else breaks it ({} tried)", explained.tried);
  return fmt::format("varies: {} ({} of {} tried break it too)", explained.others, explained.still_break,
                     explained.tried);
}

std::string what_it_takes(const Finding& finding) {
  const auto decisions = by_time(finding.outcome.tape);
  if (decisions.empty()) return "    it takes nothing: the calm run breaks it\n";
  std::size_t width = 0;
  for (const ShownDecision& decision : decisions) width = std::max(width, since_start(decision.at).size());
  std::string out = fmt::format("    what it takes ({}{}):\n", counted(decisions.size(), "decision"),
                                finding.minimal ? ", none can be left out" : "");
  for (const ShownDecision& decision : decisions) {
    const std::string time = since_start(decision.at);
    const std::string margin(6 + width - time.size(), ' ');
    out += paragraph(margin + time + "  ", printable(in_words(decision)));
    const ExplainedDecision* explained = explanation_of(finding, decision);
    const std::string others = explained == nullptr ? "" : variation(*explained);
    if (!others.empty()) out += paragraph(std::string(10 + width, ' '), printable(others));
  }
  return out;
}

/// Says what happened to the workspace where no chain of causes leads to the violation. Empty where there is one.
std::string before_text(const Finding& finding) {
  const auto& violation = violation_of(finding);
  if (!violation.causes.empty()) return {};
  const auto story = story_of(finding.outcome, violation);
  if (story.empty()) return {};
  constexpr std::size_t kFirst = 6;
  constexpr std::size_t kLast = 12;
  const std::size_t width = since_start(story.back().at).size();
  std::string out = "    what happened before:\n";
  for (std::size_t i = 0; i < story.size(); ++i) {
    if (i >= kFirst && i + kLast < story.size()) {
      if (i == kFirst) out += fmt::format("      … {} more …\n", story.size() - kFirst - kLast);
      continue;
    }
    const std::string head = fmt::format("      {:>{}}  ", since_start(story[i].at), width);
    out += paragraph(head, printable(story[i].text));
  }
  return out;
}

std::string saved_text(const FindingFiles& files) {
  std::string out;
  for (const std::string* path : {&files.tape, &files.scenario, &files.session}) {
    // Paths are to be copied: they are not broken.
    if (!path->empty()) out += "    saved      " + printable(*path) + "\n";
  }
  return out;
}

std::string again_text(const FindingFiles& files) {
  return files.reproduce.empty() ? "" : "    to see it again:\n      " + files.reproduce + "\n";
}

// ---- all of them ----

struct RankedFinding {
  std::size_t index = 0;  // into the findings
  std::size_t rank = 0;   // among those of its invariant
  bool full = false;
};

/// Groups the findings by invariant, in the order in which the invariants were first seen broken.
std::vector<std::vector<RankedFinding>> by_invariant(const Exploration& found) {
  std::vector<std::vector<RankedFinding>> groups;
  std::map<std::string, std::size_t> group_of;
  for (std::size_t i = 0; i < found.findings.size(); ++i) {
    const auto [at, is_new] = group_of.try_emplace(found.findings[i].invariant, groups.size());
    if (is_new) groups.emplace_back();
    auto& group = groups[at->second];
    group.push_back({.index = i, .rank = group.size(), .full = false});
  }
  return groups;
}

/// Marks the findings that are shown in full: the first of every invariant, then the second of every one, until there
/// are enough.
void choose_full(std::vector<std::vector<RankedFinding>>& groups) {
  std::vector<RankedFinding*> all;
  for (auto& group : groups) {
    for (RankedFinding& one : group) all.push_back(&one);
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const RankedFinding* a, const RankedFinding* b) { return a->rank < b->rank; });
  for (std::size_t i = 0; i < std::min(all.size(), kFullFindings); ++i) all[i]->full = true;
}

std::string short_finding(const Finding& finding, const FindingFiles& files) {
  const auto& violation = violation_of(finding);
  std::string text = printable(violation.message);
  text += fmt::format(" ({}{})", counted(finding.outcome.tape.size(), "decision"),
                      files.tape.empty() ? "" : "; " + printable(files.tape));
  return paragraph("    " + since_start(violation.at) + "  ", text);
}

std::string group_text(const ExplorationReport& report, const std::vector<RankedFinding>& group, TextStyle style) {
  const auto& findings = report.found.findings;
  std::string out;
  for (const RankedFinding& one : group) {
    if (!one.full) continue;
    out += finding_block(findings[one.index], report.files[one.index], report.found.runs, style,
                         state_words(report, findings[one.index]));
    out += "\n";
  }
  const bool has_short = std::any_of(group.begin(), group.end(), [](const RankedFinding& one) { return !one.full; });
  if (!has_short) return out;
  const std::string name = printable(findings[group.front().index].invariant);
  out += heading(name + " was also broken so", style);
  for (const RankedFinding& one : group) {
    if (!one.full) out += short_finding(findings[one.index], report.files[one.index]);
  }
  return out + "\n";
}

// ---- what was not seen ----

/// Lists the names of faults. A vocabulary is long, so only the first names are shown: they say what kind of fault it
/// is about.
std::string names_line(std::string_view what, std::vector<std::string> names) {
  constexpr std::size_t kMostNames = 8;
  if (names.empty()) return {};
  const std::size_t count = names.size();
  names.resize(std::min(count, kMostNames));
  std::string text = fmt::format("{} {}: {}", count, what, joined(names));
  if (count > kMostNames) text += fmt::format(" and {} more (--format json has them all)", count - kMostNames);
  return paragraph("    ", text);
}

std::string faults_text(const Exploration& found, TextStyle style) {
  std::vector<std::string> idle;
  std::vector<std::string> harmless;
  for (const FaultUse& fault : found.faults) {
    if (never_fired(fault)) idle.push_back(printable(fault.name));
    if (never_mattered(fault)) harmless.push_back(printable(fault.name));
  }
  if (idle.empty() && harmless.empty()) return {};
  return heading("listed faults that this search says nothing about", style) +
         names_line("never fired", std::move(idle)) + names_line("fired and never mattered", std::move(harmless)) +
         "\n";
}

bool was_found(const Exploration& found, const std::string& invariant) {
  const auto is_meant = [&](const auto& finding) { return finding.invariant == invariant; };
  return std::any_of(found.findings.begin(), found.findings.end(), is_meant) ||
         std::any_of(found.expected.begin(), found.expected.end(), is_meant);
}

/// Says how likely each promise may still be broken. Promises with the same bound share a sentence; mostly one sentence
/// has all that held.
std::string risk_lines(const Exploration& found) {
  std::map<std::pair<bool, std::uint64_t>, std::vector<std::string>> groups;
  for (const auto& [name, chance] : found.residual.upper_95) {
    groups[{was_found(found, name), one_in(chance)}].push_back(printable(name));
  }
  std::string out;
  for (const auto& [key, names] : groups) {
    const auto& [broken, runs] = key;
    if (runs <= 1) {
      out += paragraph("    ", "Too few runs to say anything of " + joined(names) + ".");
      continue;
    }
    std::string what = broken ? "" : fmt::format("No violation in {} of ", counted(found.runs, "run"));
    const std::string bound = fmt::format(": with 95 % confidence {} 1 run in {}{}.", broken ? "at most" : "fewer than",
                                          runs, names.size() > 1 ? ", each" : "");
    what += joined(names);
    what += bound;
    out += paragraph("    ", what);
  }
  return out;
}

std::string unseen_lines(const Exploration& found) {
  const auto& residual = found.residual;
  std::string out;
  if (residual.transitions != 0) {
    out += paragraph("    ", fmt::format("{} and {} were seen, {} of them in one run only; the next run shows a "
                                         "new transition with a chance of at most {}; about {:.0f} "
                                         "transitions are unseen.",
                                         counted(residual.states, "state"), counted(residual.transitions, "transition"),
                                         residual.seen_once, small_percent(residual.unseen_transition),
                                         residual.unseen_transitions_estimate));
  }
  if (residual.pct) {
    const auto& pct = *residual.pct;
    out +=
        paragraph("    ", fmt::format("PCT: a bug of depth {} (so many ordering constraints) among {} and the first "
                                      "{} of one instant is shown by one in {} of the runs that come to it, or more.",
                                      pct.depth, counted(pct.tasks, "task"), counted(pct.choices, "choice"),
                                      one_in(pct.per_run)));
  }
  if (!residual.law.empty()) out += paragraph("    ", "Law: " + printable(residual.law));
  return out;
}

std::string residual_text(const Exploration& found, TextStyle style) {
  const std::string lines = risk_lines(found) + unseen_lines(found);
  return lines.empty() ? "" : heading("what may still be there", style) + lines + "\n";
}

/// Says how the clients of a search ended, and whether they asked the same where nothing was otherwise.
std::string client_text(const Exploration& found, TextStyle style) {
  if (!found.client) return {};
  const scenarios::ClientUse& client = *found.client;
  std::vector<std::string> ends;
  for (const auto& [end, times] : client.ends) ends.push_back(fmt::format("{} {}", times, printable(end)));
  std::string out = heading("the client " + printable(client.command), style);
  out += paragraph("    ", fmt::format("{}: {}.", counted(client.played, "session"), joined(ends)));
  if (client.differed == 0) {
    out += paragraph("    ", fmt::format("{} played twice: it asked the same.", counted(client.compared, "session")));
    return out + "\n";
  }
  out +=
      paragraph("    ", fmt::format("{} played twice, and in {} of these it asked something else: what a run of this "
                                    "search shows is no function of its number. The first difference:",
                                    counted(client.compared, "session"), client.differed));
  const std::size_t half = client.difference.find('\n');
  for (const std::string& line : {client.difference.substr(0, half), client.difference.substr(half + 1)})
    out += "      " + printable(line) + "\n";
  return out + "\n";
}

std::string certificate_text(const Exploration& found, TextStyle style) {
  if (!found.certificate) return {};
  const auto& certificate = *found.certificate;
  const std::string title = found.complete ? "certificate" : "counted through so far";
  std::string out = heading(title, style);
  out += paragraph("    ", fmt::format("{} tape with at most {} at these sites: {} played, {} pruned, hash {:016x}",
                                       found.complete ? "Every" : "Not every",
                                       counted(certificate.deviations, "decision") + " other than 0", found.runs,
                                       found.pruned, certificate.hash));
  std::vector<Entry> entries;
  for (const auto& site : certificate.sites) {
    entries.push_back(
        {"      " + printable(site.site),
         fmt::format("asked {} at most, up to {}", counted(site.occurrences, "time"), counted(site.bound, "answer"))});
  }
  return out + listing(entries) + "\n";
}

}  // namespace

std::string exploration_head(const ExplorationReport& report, TextStyle style) {
  const Exploration& found = report.found;
  const bool broken = !found.findings.empty();
  const std::string name =
      fit_ends(run_name(found.scenario, report.case_name.empty() ? found.policy : report.case_name), kNameColumn);
  std::string out = paint(broken ? "FAIL" : "ok  ", broken ? kRed : kGreen, style) + " ";
  out += fit(fmt::format("{}  {}", name, verdict_words(found)), kWidth - 5) + "\n";
  out += numbers_line(report) + known_line(found) + time_line(found);
  return out + (report.memory ? memory_line(*report.memory) : "");
}

std::string finding_block(const Finding& finding, const FindingFiles& files, std::uint64_t of_runs, TextStyle style,
                          std::string_view state) {
  const auto& violation = violation_of(finding);
  std::string out = violation_head(finding.outcome, violation, style);
  if (!state.empty()) out += field("state", printable(state));
  if (of_runs != 0 && finding.times != 0) {
    out += field(
        "seen", fmt::format("in {} of {}, first in run {}", finding.times, counted(of_runs, "run"), finding.first_run));
  }
  out += what_it_takes(finding) + violation_causes(violation) + before_text(finding);
  return out + again_text(files) + saved_text(files);
}

std::string exploration_findings(const ExplorationReport& report, TextStyle style) {
  auto groups = by_invariant(report.found);
  choose_full(groups);
  std::string out;
  for (const auto& group : groups) out += group_text(report, group, style);
  if (const auto more = report.found.findings_not_shrunk; more != 0) {
    out +=
        paragraph("  ", fmt::format("{} more {} seen and not minimised.", more, more == 1 ? "way was" : "ways were")) +
        "\n";
  }
  return out;
}

std::string exploration_rest(const ExplorationReport& report, TextStyle style) {
  const Exploration& found = report.found;
  return client_text(found, style) + faults_text(found, style) + residual_text(found, style) +
         certificate_text(found, style);
}

}  // namespace drydock::reports
