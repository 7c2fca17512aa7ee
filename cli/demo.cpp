#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <vector>

#include "cli/commands.hpp"
#include "cli/input.hpp"
#include "cli/options.hpp"
#include "cli/play.hpp"
#include "reports/layout.hpp"
#include "reports/text.hpp"
#include "reports/violations.hpp"
#include "reports/words.hpp"
#include "scenarios/files/decode.hpp"
#include "sim/check.hpp"
#include "sim/is_one_of.hpp"

namespace drydock::cli {
namespace {

using scenarios::Outcome;
using scenarios::ShownEvent;

constexpr std::string_view kScenario = "reprov-thrash";
constexpr std::string_view kBefore = "pre-1556";
constexpr std::string_view kAfter = "post-1556";
constexpr std::string_view kStart = "provision.ec2_started";

constexpr Usage kDemoUsage{"drydock demo [options]", "  drydock demo\n",
                           "Plays the built-in scenario reprov-thrash before and after its fix.\n"};

constexpr std::string_view kStory =
    "The incident: 19 May 2026, 00:05Z\n"
    "\n"
    "Two workspaces in production, reviewer and researcher, were sent a secret each.\n"
    "An instance reads its secrets when it boots, so each should be replaced once.\n"
    "Within four minutes, each was replaced four times.\n"
    "\n"
    "Why: while a new instance boots, calls still go to the address of the old one\n"
    "and fail. The platform asks whether the instance runs, takes \"pending\" for no,\n"
    "and wants another restart. That one waits for the restart that is running, and\n"
    "then stops the instance that is just booting. And so on.\n"
    "\n"
    "Below, the platform's code, its database and EC2 are simulated in virtual time.\n"
    "Nothing about the loop is scripted: the scenario sends two secrets and a call\n"
    "every few seconds, and the rest follows.\n";

/// Tells whether one follows the loop by this event: the cause, the verdicts and the launches of one workspace.
bool tells_the_story(const ShownEvent& event) {
  constexpr auto kKinds =
      std::to_array<std::string_view>({"secret.saved", "probe.dead", "provision.ec2_started", "provision.ec2_stopped"});
  return sim::is_one_of(event.kind, kKinds);
}

Outcome play_case(const std::shared_ptr<const scenarios::Scenario>& scenario, std::string_view name,
                  scenarios::Workbench& workbench) {
  const auto found = std::find_if(scenario->cases.begin(), scenario->cases.end(),
                                  [&](const scenarios::CaseSpec& played) { return played.name == name; });
  DRYDOCK_CHECK(found != scenario->cases.end(), "the built-in {} has no case {}", kScenario, name);
  Job job;
  job.scenario = scenario;
  job.played = *found;
  job.tape.set_seed(found->seed);
  return play_job(job, workbench);
}

std::map<std::string, std::size_t> starts_by_workspace(const Outcome& outcome) {
  std::map<std::string, std::size_t> starts;
  for (const ShownEvent& event : outcome.events) {
    if (event.kind == kStart) ++starts[event.workspace];
  }
  return starts;
}

/// Returns the workspace with the most starts, of several the first by name; empty where nothing started.
std::string busiest(const Outcome& outcome) {
  const auto starts = starts_by_workspace(outcome);
  const auto most =
      std::max_element(starts.begin(), starts.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == starts.end() ? "" : most->first;
}

void print_timeline(const Outcome& outcome, const std::string& workspace, std::ostream& out) {
  constexpr std::size_t kMost = 16;
  std::size_t shown = 0;
  std::string before;
  for (const ShownEvent& event : outcome.events) {
    if (event.workspace != workspace || !tells_the_story(event)) continue;
    // Every call in flight brings a verdict of its own; the first one says enough.
    if (event.kind == before) continue;
    before = event.kind;
    if (shown++ == kMost) {
      out << "    …\n";
      break;
    }
    const std::string time = fmt::format("    {:>10}  ", reports::since_start(event.at));
    out << reports::paragraph(time, reports::printable(reports::in_words(event)));
  }
}

void print_starts(const Outcome& outcome, std::ostream& out) {
  std::string text = "Launches:";
  std::string separator = " ";
  for (const auto& [workspace, count] : starts_by_workspace(outcome)) {
    text += fmt::format("{}{} {}", separator, reports::printable(workspace), count);
    separator = ", ";
  }
  out << reports::paragraph("  ", text) << "\n";
}

const scenarios::ShownViolation* first_of(const Outcome& outcome, const std::string& workspace) {
  const auto found = std::find_if(outcome.violations.begin(), outcome.violations.end(),
                                  [&](const auto& violation) { return violation.workspace == workspace; });
  if (found != outcome.violations.end()) return &*found;
  return outcome.violations.empty() ? nullptr : &outcome.violations.front();
}

void print_before(const Outcome& outcome, reports::TextStyle style, std::ostream& out) {
  const std::string workspace = busiest(outcome);
  out << "\nBefore the fix (policy " << kBefore << "), " << workspace << "\n\n";
  print_timeline(outcome, workspace, out);
  out << "\n";
  print_starts(outcome, out);
  const auto* violation = first_of(outcome, workspace);
  if (violation != nullptr) out << reports::violation_block(outcome, *violation, style) << "\n";
}

void print_after(const Outcome& outcome, std::ostream& out) {
  const std::string workspace = busiest(outcome);
  out << "After the fix (policy " << kAfter << "), " << workspace << "\n\n";
  print_timeline(outcome, workspace, out);
  out << "\n";
  print_starts(outcome, out);
}

/// The demo shows what it says, or fails: before, promises are broken, and all of those that are
/// listed; after, none.
bool as_told(const Outcome& before, const Outcome& after) {
  return before.passed && !before.violations.empty() && after.passed && after.violations.empty();
}

}  // namespace

int demo_command(const Arguments& arguments, Console& console) {
  const auto values = read_options(arguments, kDemoUsage, described({colour_option()}), {}, console);
  if (!values) return kHeld;
  const reports::TextStyle style{.colour = colour_of(*values, console.terminal)};

  const auto text = built_in_text(kScenario);
  DRYDOCK_CHECK(text.has_value(), "{} is not built in", kScenario);
  const auto decoded = scenarios::decode_scenario(std::string{kScenario}, *text);
  DRYDOCK_CHECK(decoded.value.has_value(), "the built-in {} does not read", kScenario);
  const auto scenario = std::make_shared<const scenarios::Scenario>(*decoded.value);

  scenarios::Workbench workbench;
  const Outcome before = play_case(scenario, kBefore, workbench);
  const Outcome after = play_case(scenario, kAfter, workbench);

  console.out << kStory;
  print_before(before, style, console.out);
  print_after(after, console.out);
  const std::size_t column = reports::display_width(reports::run_name(after.scenario, after.case_name));
  console.out << reports::case_line(before, column, style) << reports::case_line(after, column, style);
  if (!as_told(before, after)) {
    console.out << reports::case_block({before, {.file = std::string{kScenario}}}, style)
                << reports::case_block({after, {.file = std::string{kScenario}}}, style);
    return kFailed;
  }
  console.out << "\nMore: drydock run " << kScenario << " --case " << kBefore << "\n"
              << "      drydock run " << kScenario << " --policy " << kBefore << " --set probe.restart_gate=on\n"
              << "      drydock list knobs --policy " << kAfter << "\n";
  return kHeld;
}

}  // namespace drydock::cli
