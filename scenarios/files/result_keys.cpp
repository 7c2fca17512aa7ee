#include "scenarios/files/result_keys.hpp"

#include <array>

namespace drydock::scenarios {
namespace {

constexpr std::array kResult{
    Key{"format", true, "=drydock.result/1", "which format this is"},
    Key{"tool", true, "string", "what wrote it"},
    Key{"seed", true, "seed|null", "what the tapes were filled from; null: the empty tape"},
    Key{"passed", true, "boolean", "every case passed"},
    Key{"results", true, "[run]", "one per case, in the order of the files"},
    Key{"memory", false, "[values]", "with --known: how findings stand, by policy"},
};

constexpr std::array kRun{
    Key{"scenario", true, "string", "the scenario's name"},
    Key{"case", true, "string", "the case's name"},
    Key{"policy", true, "string", "the policy's name"},
    Key{"title", false, "string", "the scenario's title; empty: it has none"},
    Key{"story", false, "string", "its story, likewise"},
    Key{"source", false, "string", "where it comes from, likewise"},
    Key{"passed", true, "boolean", "every expectation met, nothing unlisted violated"},
    Key{"exercised", true, "boolean", "every `sometimes` happened"},
    Key{"trace_hash", true, "hash", "hash over everything that happened"},
    Key{"virtual_s", true, "number", "length of the run in virtual seconds"},
    Key{"events", true, "count", "how many events"},
    Key{"wall_ms", true, "number", "how long it took to play"},
    Key{"counts", true, "counts", "events by kind: those that occurred or were expected"},
    Key{"metrics", false, "metrics", "what is measured and not judged (drydock list metrics)"},
    Key{"expectations", true, "[run_expectation]", "each expectation of the case"},
    Key{"violations", true, "[run_violation]", "each violation, listed by the case or not"},
    Key{"responses", true, "[run_response]", "the answers to the steps"},
    Key{"final", true, "[run_final]", "each workspace at the end"},
    Key{"faults", true, "[run_fault]", "what became of each fault"},
    Key{"decisions", true, "count", "how many decisions were asked"},
    Key{"tape", true, "[run_decision]", "the decisions that were not the boring ones"},
    Key{"timeline", false, "[json]", "every event, in order: only of `replay`"},
};

constexpr std::array kRunExpectation{
    Key{"text", true, "string", "the expectation as a sentence"},
    Key{"passed", true, "boolean", "whether it is met"},
    Key{"actual", true, "json", "what was found"},
};

constexpr std::array kRunViolation{
    Key{"invariant", true, "string", "the promise"},
    Key{"at_s", true, "number", "when, in virtual seconds"},
    Key{"workspace", true, "json", "whose; may be empty"},
    Key{"instance", true, "json", "which; may be empty"},
    Key{"message", true, "string", "what happened"},
    Key{"event", true, "count", "the number of the event that shows it"},
    Key{"causes", true, "[json]", "from that event back to what it began with"},
    Key{"other_causes", false, "[json]", "the chains of the other events that decided it, each like causes"},
    Key{"known", false, "boolean", "with --known: whether it is known and accepted, so that it fails nothing"},
};

constexpr std::array kRunResponse{
    Key{"at_s", true, "number", "when, in virtual seconds"},
    Key{"id", true, "string", "the step"},
    Key{"request", true, "string", "method and path"},
    Key{"as", true, "string", "who asked: user, ops or a workspace's alias"},
    Key{"status", true, "json", "the HTTP status"},
    Key{"headers", true, "values", "its headers"},
    Key{"body", true, "json", "its body"},
};

constexpr std::array kRunFinal{
    Key{"workspace", true, "string", "alias"},
    Key{"status", true, "json", "status of its row; null when there is none"},
    Key{"instance_id", true, "json", "what its row names"},
    Key{"instance_state", true, "string", "state of its most alive instance"},
};

constexpr std::array kRunFault{
    Key{"name", true, "string", "the fault"},
    Key{"planned", true, "json", "whether the scenario or the search planned it"},
    Key{"fired", true, "json", "how often it happened"},
    Key{"noticed", true, "json", "how often somebody saw it"},
    Key{"mattered", true, "json", "whether the run would have gone otherwise; null: not asked"},
};

constexpr std::array kRunDecision{
    Key{"site", true, "string", "where nature decided"},
    Key{"occurrence", true, "positive", "which time it was asked there"},
    Key{"value", true, "count", "the answer"},
    Key{"means", true, "string", "the answer in words"},
};

// ---- drydock explore ----

constexpr std::array kExploration{
    Key{"format", true, "=drydock.exploration/1", "which format this is"},
    Key{"tool", true, "string", "what wrote it"},
    Key{"scenario", true, "string", "the scenario's name"},
    Key{"policy", true, "string", "the policy's name"},
    Key{"case", true, "string|null", "the case's name; null under --policy"},
    Key{"inputs", true, "hash", "hash over all that decides what a search finds"},
    Key{"strategy", true, "string", "how tapes were filled"},
    Key{"seed", true, "seed", "what the runs were drawn from"},
    Key{"shards", true, "exploration_shards", "which parts of the search these are"},
    Key{"runs", true, "count", "how many runs were played"},
    Key{"distinct", true, "count", "how many of them differ"},
    Key{"pruned", true, "count", "exhaustive: runs that would have been another's"},
    Key{"complete", true, "boolean", "exhaustive: every tape within the bound was played or pruned"},
    Key{"bound", true, "values", "exhaustive: `deviations`"},
    Key{"runs_per_s", true, "number", "runs per second of the wall"},
    Key{"wall_s", true, "number", "how long the search took"},
    Key{"shrink_s", false, "number", "how long the shrinking took that followed"},
    Key{"findings", true, "[exploration_finding]", "each way in which a promise was broken"},
    Key{"findings_not_shrunk", true, "count", "further ones that were not kept"},
    Key{"faults", true, "[exploration_fault]", "what became of each listed fault"},
    Key{"requests", true, "counts", "how often each listed request was sent"},
    Key{"coverage", true, "values", "states and transitions that were seen"},
    Key{"residual", true, "values", "by promise, `upper_95`: the chance of breaking it that the runs do not exclude"},
    Key{"law", true, "string", "how the runs were drawn, in words"},
    Key{"pct", true, "values|null", "PCT's bound"},
    Key{"certificate", true, "values|null", "exhaustive: what was counted through"},
    Key{"known", false, "counts", "`findings` that the search was to go beyond; `runs` that broke these alone"},
    Key{"memory", false, "values", "with --known: its file, what was noted, and how its findings stand"},
    Key{"kept", false, "json", "of a campaign: `of` how many runs (exhaustive: sections), and which are `missing`"},
    Key{"cut_short", true, "count", "runs that a bound ended"},
    Key{"interrupted", true, "boolean", "whether the user ended the search"},
    Key{"client", false, "values", "with --client: how its sessions ended, and whether it asked the same twice"},
    Key{"internal_error", false, "string", "what is wrong with Drydock itself"},
};

constexpr std::array kExplorationShards{
    Key{"of", true, "positive", "in how many parts the search is divided"},
    Key{"these", true, "[positive]", "the parts that are in here"},
};

constexpr std::array kExplorationFinding{
    Key{"invariant", true, "string", "the promise"},
    Key{"signature", true, "string", "the way in which it was broken"},
    Key{"first_run", true, "count", "the number of the run that found it"},
    Key{"times", true, "count", "in how many runs it was seen"},
    Key{"at_s", true, "number", "when, in virtual seconds"},
    Key{"workspace", true, "string", "whose; may be empty"},
    Key{"instance", true, "string", "which; may be empty"},
    Key{"event", true, "count", "the number of the event that shows it"},
    Key{"tape", true, "[run_decision]", "the decisions that it takes"},
    Key{"size", true, "count", "how many they are"},
    Key{"size_found", true, "count", "how many they were when it was found"},
    Key{"shrink_runs", true, "count", "how many runs the shrinking took"},
    Key{"minimal", true, "boolean", "no decision can be left out"},
    Key{"message", true, "string", "what happened"},
    Key{"story", true, "[string]", "what happened before, line by line"},
    Key{"causes", true, "[json]", "from the event back to what it began with"},
    Key{"explained", true, "[json]", "each decision, and with which other answers it breaks the promise too"},
    Key{"start", true, "instant", "time zero"},
    Key{"trace_hash", true, "hash", "hash over everything that happened"},
    Key{"reproduce", true, "string", "the command that plays it again"},
    Key{"saved", true, "string|null", "its tape's file"},
    Key{"saved_scenario", true, "string|null", "its scenario's file"},
    Key{"saved_session", false, "string|null", "the log of its client's session"},
    Key{"found_after_s", true, "number", "wall time until it was found"},
    Key{"shrink_s", true, "number", "wall time of its shrinking"},
    Key{"state", false, "string", "with --known: new or reopened"},
};

constexpr std::array kExplorationFault{
    Key{"name", true, "fault_phrase", "the fault"},
    Key{"planned", true, "boolean", "true: the search listed it"},
    Key{"runs", true, "count", "in how many runs it was injected"},
    Key{"fired", true, "count", "how often"},
    Key{"noticed", true, "count", "how often somebody saw it"},
    Key{"mattered", true, "boolean|null", "whether a run would have gone otherwise; null: it never fired"},
};

// ---- drydock compare ----

constexpr std::array kComparison{
    Key{"format", true, "=drydock.comparison/1", "which format this is"},
    Key{"tool", true, "string", "what wrote it"},
    Key{"scenario", false, "string", "with --runs: the scenario's name"},
    Key{"tapes", false, "count", "with --runs: how many tapes were played to every variant"},
    Key{"first_seed", false, "seed", "with --runs: the first tape's"},
    Key{"interrupted", false, "boolean", "with --runs: whether the user ended it"},
    Key{"runs", true, "[values]", "a variant each: its run, or of how many tapes which failed"},
    Key{"first_divergence", true, "values|null", "where the first two part"},
    Key{"differences", true, "[values]", "how the first two end differently"},
    Key{"comparisons", true, "[comparison_pair]", "the baseline with each other variant"},
    Key{"reproduce", true, "string", "the command that asks the same again"},
};

constexpr std::array kComparisonPair{
    Key{"baseline", true, "count", "index into `runs`"},
    Key{"run", true, "count", "index into `runs`"},
    Key{"first_divergence", true, "values|null", "where the two part"},
    Key{"differences", true, "[comparison_difference]", "how they end differently"},
};

constexpr std::array kComparisonDifference{
    Key{"what", true, "=verdict|promise|metric|row|'count'", "what differs"},
    Key{"name", true, "string", "which of them"},
};

// ---- drydock sweep ----

constexpr std::array kSweep{
    Key{"format", true, "=drydock.sweep/1", "which format this is"},
    Key{"tool", true, "string", "what wrote it"},
    Key{"scenario", true, "string", "the scenario's name"},
    Key{"case", true, "string", "the case's name"},
    Key{"policy", true, "string", "the policy's name"},
    Key{"seed", true, "seed", "the first run's"},
    Key{"runs", true, "count", "at most so many in a cell"},
    Key{"common_seeds", true, "boolean", "every cell plays the same seeds"},
    Key{"confidence", true, "number", "of the intervals"},
    Key{"interrupted", true, "boolean", "whether the user ended it"},
    Key{"axes", true, "[sweep_axis]", "what spans the grid"},
    Key{"metric", true, "string", "what is measured"},
    Key{"unit", true, "string", "in what"},
    Key{"cells", true, "[sweep_cell]", "each place of the grid"},
    Key{"differences", true, "[sweep_difference]", "each two neighbours"},
    Key{"threshold", false, "number|null", "above it a promise does not hold"},
    Key{"cliff", false, "[sweep_line]", "where it ceases to hold, along the first axis"},
    Key{"narrowing", false, "[values]", "what common seeds are worth"},
    Key{"cut_short", true, "count", "runs that a bound ended"},
    Key{"reproduce", true, "string", "the command that asks the same again"},
};

constexpr std::array kSweepAxis{
    Key{"key", true, "string", "the knob, cloud value or place"},
    Key{"values", true, "[string]", "its values"},
};

constexpr std::array kSweepCell{
    Key{"at", true, "values", "the value of each axis"},
    Key{"value", true, "number|null", "the estimate"},
    Key{"low", true, "number|null", "its interval's lower end"},
    Key{"high", true, "number|null", "its interval's upper end"},
    Key{"runs", true, "count", "how many were played"},
    Key{"decided", true, "boolean", "whether they were enough"},
};

constexpr std::array kSweepNeighbours{
    Key{"from", true, "values", "one cell"},
    Key{"to", true, "values", "its neighbour"},
    Key{"value", true, "number|null", "the estimate of the difference"},
    Key{"low", true, "number|null", "its interval's lower end"},
    Key{"high", true, "number|null", "its interval's upper end"},
    Key{"runs", true, "count", "of how many pairs"},
};

constexpr std::array kSweepLine{
    Key{"at", true, "values", "the value of the other axis"},
    Key{"along", true, "string", "the first axis"},
    Key{"throughout", true, "=held|broken|null", "where nothing is crossed"},
    Key{"crossings", true, "[values]", "`left` and `right` of each"},
};

// ---- drydock odds ----

constexpr std::array kOdds{
    Key{"format", true, "=drydock.odds/1", "which format this is"},
    Key{"tool", true, "string", "what wrote it"},
    Key{"invariant", true, "string", "the promise"},
    Key{"workspace", true, "string|null", "whose; null: anybody's"},
    Key{"signature", true, "string|null", "broken in this way; null: in any"},
    Key{"law", true, "string", "by which tails were drawn"},
    Key{"law_means", true, "string", "the law in words"},
    Key{"seed", true, "seed", "what the tails were drawn from"},
    Key{"tails", true, "count", "how many at each point"},
    Key{"questions", true, "count", "how many the tape's run asked"},
    Key{"complete", true, "boolean", "whether every point was looked at"},
    Key{"interrupted", true, "boolean", "whether the user ended it"},
    Key{"points", true, "[odds_point]", "the probability along the run"},
    Key{"likely_at_s", true, "number|null", "from when on it was likely"},
    Key{"certain_at_s", true, "number|null", "from when on it was certain"},
    Key{"likely", true, "run_decision|null", "the decision that made it so"},
    Key{"certain", true, "run_decision|null", "the decision that made it so"},
    Key{"largest_rise", true, "values|null", "between which two points it rose most"},
    Key{"sentence", true, "string", "the answer in words"},
    Key{"reproduce", false, "string", "the command that asks the same again"},
};

constexpr std::array kOddsPoint{
    Key{"at_s", true, "number", "when, in virtual seconds"},
    Key{"event", true, "count|null", "the first event that is not before it"},
    Key{"probability", true, "number", "the estimate"},
    Key{"low", true, "number", "its interval's lower end"},
    Key{"high", true, "number", "its interval's upper end"},
    Key{"decisions", true, "count", "how many are kept"},
    Key{"hits", true, "count", "how many tails broke the promise"},
    Key{"tails", true, "count", "of how many"},
    Key{"last", true, "run_decision|null", "the last decision that is kept"},
};

// ---- drydock fix ----

constexpr std::array kFix{
    Key{"format", true, "=drydock.fix/1", "which format this is"},
    Key{"tool", true, "string", "what wrote it"},
    Key{"scenario", true, "string", "the scenario's name"},
    Key{"case", true, "string", "the case's name"},
    Key{"policy", true, "string", "the policy's name"},
    Key{"invariant", true, "string", "the promise that is to hold"},
    Key{"workspace", true, "string|null", "for whom it was broken; null: for nobody in particular"},
    Key{"message", true, "string", "what happened"},
    Key{"over", true, "='knobs'|'cloud'|'policy'", "what was changed"},
    Key{"ablated", true, "string|null", "the policy whose changes were tried"},
    Key{"all_hold", true, "boolean|null", "whether all of its changes together hold; null: not asked"},
    Key{"around", true, "count", "runs around the failing one"},
    Key{"around_broken", true, "count", "how many of these break the promise without a change"},
    Key{"scenarios", true, "count", "of the catalogue; 0: it was not played"},
    Key{"budget", true, "count", "the runs after which no pair and no triple was begun"},
    Key{"runs", true, "count", "how many were played"},
    Key{"levels", true, "[fix_level]", "how many changes there are and were tried"},
    Key{"interrupted", true, "boolean", "whether the user ended it"},
    Key{"fixes", true, "[fix_found]", "what makes the promise hold, the best first"},
    Key{"missed", true, "[fix_missed]", "what closes the failing run and not those around it"},
    Key{"sentence", true, "string", "the answer in words"},
    Key{"reproduce", true, "string", "the command that asks the same again"},
};

constexpr std::array kFixLevel{
    Key{"changes", true, "positive", "so many values at once"},
    Key{"there_are", true, "count", "how many such changes there are"},
    Key{"tried", true, "count", "how many of them were tried"},
};

constexpr std::array kFixChange{
    Key{"key", true, "string", "the knob, or the `cloud.…` path"},
    Key{"from", true, "string|null", "its value; null: one that has no word"},
    Key{"to", true, "string", "the other value"},
};

constexpr std::array kFixEdge{
    Key{"key", true, "string", "which of the changes"},
    Key{"broken", true, "string", "the nearest value at which the promise is still broken"},
    Key{"held", true, "string", "the nearest at which it holds"},
};

constexpr std::array kFixBreak{
    Key{"invariant", true, "string", "a promise that was kept without the change"},
    Key{"where", true, "=run|around|catalogue", "where it is broken with it"},
    Key{"first", true, "string|null", "the first tape around, or scenario, in which it is"},
    Key{"times", true, "count", "in how many"},
};

constexpr std::array kFixCost{
    Key{"metric", true, "string", "its name (drydock list metrics)"},
    Key{"a", true, "number|null", "the mean without the change; null: no runs"},
    Key{"b", true, "number|null", "the mean with it"},
    Key{"difference", true, "number|null", "the mean of b - a"},
    Key{"low", true, "number|null", "its interval's lower end; null: infinite"},
    Key{"high", true, "number|null", "its interval's upper end"},
};

constexpr std::array kFixFound{
    Key{"changes", true, "[fix_change]", "to be made together"},
    Key{"smallest", true, "boolean", "every smaller change was tried, and none holds"},
    Key{"edges", true, "[fix_edge]", "of its constants"},
    Key{"breaks", true, "[fix_break]", "other promises that it breaks"},
    Key{"leaves", true, "[string]", "other promises that the failing run breaks as before"},
    Key{"unasked", true, "count", "decisions of the tape that the run is not asked with it"},
    Key{"on_catalogue", true, "boolean", "whether it was played on the catalogue"},
    Key{"around", true, "[fix_cost]", "metrics of the runs around the failing one"},
    Key{"catalogue", true, "[fix_cost]", "metrics of the catalogue"},
    Key{"command", true, "string", "plays the failing run with it"},
};

constexpr std::array kFixMissed{
    Key{"changes", true, "[fix_change]", "to be made together"},
    Key{"broken_by", true, "string", "the tape around that breaks the promise all the same"},
};

// ---- drydock conform ----

constexpr std::array kConformance{
    Key{"format", true, "=drydock.conformance/1", "which format this is"},
    Key{"explained", true, "boolean", "whether a run explains the log"},
    Key{"interrupted", true, "boolean", "whether the user ended the search"},
    Key{"policy", true, "string", "the policy's name"},
    Key{"skew_s", true, "number", "how far clocks may be apart"},
    Key{"lines", true, "count", "how many events the log has"},
    Key{"runs", true, "count", "how many were played"},
    Key{"wall_s", true, "number", "how long the search took"},
    Key{"start", true, "instant", "time zero"},
    Key{"largest_error_s", true, "number", "the furthest that a line is from its event"},
    Key{"parting", true, "values|null", "where run and log part"},
    Key{"tape", true, "[run_decision]", "the decisions of the run"},
    Key{"pairs", true, "[values]", "each line with its event"},
    Key{"ignored", true, "json", "what of the log was not read"},
    Key{"unmatched", true, "json", "lines that no rule matches"},
    Key{"saved", true, "string|null", "the tape's file"},
    Key{"scenario", true, "string|null", "the scenario's file"},
};

// ---- drydock findings ----

constexpr std::array kFindings{
    Key{"format", true, "=drydock.findings/1", "which format this is"},
    Key{"tool", true, "string", "what wrote it"},
    Key{"file", true, "string", "the memory that was read"},
    Key{"findings", true, "[remembered_finding]", "those that were meant"},
};

constexpr std::array kRememberedFinding{
    Key{"name", true, "string", "promise and hash: that of its tape's file"},
    Key{"policy", true, "string", "the policy under which it is known"},
    Key{"invariant", true, "string", "the promise"},
    Key{"signature", true, "string", "the way in which it is broken"},
    Key{"state", true, "='new'|'known'|'fixed'|'reopened'|'does not replay'", "how it stands"},
    Key{"why", true, "string|null", "why it stands so"},
    Key{"accepted", true, "string|null", "since which date it is accepted"},
    Key{"retired", true, "string|null", "since which date its tape is not played"},
    Key{"note", true, "string|null", "what somebody says of it"},
    Key{"link", true, "string|null", "where it is dealt with"},
    Key{"scenario", true, "string|null", "the scenario of its tape"},
    Key{"message", true, "string", "what happened"},
    Key{"size", true, "count", "how many decisions its tape has"},
    Key{"first", true, "finding_occasion", "when it was first seen"},
    Key{"last", true, "finding_occasion", "when it was last seen"},
    Key{"history", true, "[finding_change]", "how it came to stand so, the oldest change first"},
};

constexpr std::array kFindingOccasion{
    Key{"date", true, "string|null", "the date that was given"},
    Key{"campaign", true, "string", "the search, or the command"},
    Key{"model", true, "string", "the version of the model"},
};

constexpr std::array kFindingChange{
    Key{"date", true, "string", "since when"},
    Key{"state", true, "string", "what it became"},
    Key{"why", true, "string|null", "why"},
    Key{"campaign", true, "string", "by which search, or command"},
    Key{"model", true, "string|null", "the version of the model; null: none was played"},
};

constexpr std::array<Shape, 35> kResultShapes{{
    {"exploration", kExploration},
    {"exploration_shards", kExplorationShards},
    {"exploration_finding", kExplorationFinding},
    {"exploration_fault", kExplorationFault},
    {"comparison", kComparison},
    {"comparison_pair", kComparisonPair},
    {"comparison_difference", kComparisonDifference},
    {"sweep", kSweep},
    {"sweep_axis", kSweepAxis},
    {"sweep_cell", kSweepCell},
    {"sweep_difference", kSweepNeighbours},
    {"sweep_line", kSweepLine},
    {"odds", kOdds},
    {"odds_point", kOddsPoint},
    {"fix", kFix},
    {"fix_level", kFixLevel},
    {"fix_change", kFixChange},
    {"fix_edge", kFixEdge},
    {"fix_break", kFixBreak},
    {"fix_cost", kFixCost},
    {"fix_found", kFixFound},
    {"fix_missed", kFixMissed},
    {"conformance", kConformance},
    {"findings", kFindings},
    {"remembered_finding", kRememberedFinding},
    {"finding_occasion", kFindingOccasion},
    {"finding_change", kFindingChange},
    {"result", kResult},
    {"run", kRun},
    {"run_expectation", kRunExpectation},
    {"run_violation", kRunViolation},
    {"run_response", kRunResponse},
    {"run_final", kRunFinal},
    {"run_fault", kRunFault},
    {"run_decision", kRunDecision},
}};

}  // namespace

std::span<const Shape> result_shapes() { return kResultShapes; }

}  // namespace drydock::scenarios
