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

constexpr std::array kExpectation{
    Key{"text", true, "string", "the expectation as a sentence"},
    Key{"passed", true, "boolean", "whether it is met"},
    Key{"actual", true, "json", "what was found"},
};

constexpr std::array kViolation{
    Key{"invariant", true, "string", "the promise"},
    Key{"at_s", true, "number", "when, in virtual seconds"},
    Key{"workspace", true, "json", "whose; may be empty"},
    Key{"instance", true, "json", "which; may be empty"},
    Key{"message", true, "string", "what happened"},
    Key{"event", true, "count", "the number of the event that shows it"},
    Key{"causes", true, "[json]", "from that event back to what it began with"},
    Key{"other_causes", false, "[json]", "the chains of the other events that decided it, each like causes"},
};

constexpr std::array kResponse{
    Key{"at_s", true, "number", "when, in virtual seconds"},
    Key{"id", true, "string", "the step"},
    Key{"request", true, "string", "method and path"},
    Key{"as", true, "=user|ops", "who asked"},
    Key{"status", true, "json", "the HTTP status"},
    Key{"headers", true, "values", "its headers"},
    Key{"body", true, "json", "its body"},
};

constexpr std::array kFinal{
    Key{"workspace", true, "string", "alias"},
    Key{"status", true, "json", "status of its row; null when there is none"},
    Key{"instance_id", true, "json", "what its row names"},
    Key{"instance_state", true, "string", "state of its most alive instance"},
};

constexpr std::array kResultFault{
    Key{"name", true, "string", "the fault"},
    Key{"planned", true, "json", "whether the scenario or the search planned it"},
    Key{"fired", true, "json", "how often it happened"},
    Key{"noticed", true, "json", "how often somebody saw it"},
    Key{"mattered", true, "json", "whether the run would have gone otherwise; null: not asked"},
};

constexpr std::array kResultDecision{
    Key{"site", true, "string", "where nature decided"},
    Key{"occurrence", true, "positive", "which time it was asked there"},
    Key{"value", true, "count", "the answer"},
    Key{"means", true, "string", "the answer in words"},
};

constexpr std::array<Shape, 8> kResultShapes{{
    {"result", kResult},
    {"run", kRun},
    {"run_expectation", kExpectation},
    {"run_violation", kViolation},
    {"run_response", kResponse},
    {"run_final", kFinal},
    {"run_fault", kResultFault},
    {"run_decision", kResultDecision},
}};

}  // namespace

std::span<const Shape> result_shapes() { return kResultShapes; }

}  // namespace drydock::scenarios
