#include "scenarios/files/keys.hpp"

#include <array>

namespace drydock::scenarios {
namespace {

constexpr bool kRequired = true;
constexpr bool kOptional = false;

constexpr std::array kScenario{
    Key{"format", kRequired, "=drydock.scenario/1", "which format this is"},
    Key{"name", kRequired, "name", "the scenario's id, in kebab-case"},
    Key{"title", kOptional, "line", "one line"},
    Key{"story", kOptional, "prose", "what happens and why it matters"},
    Key{"source", kOptional, "prose", "where it comes from"},
    Key{"start", kOptional, "instant", "virtual time zero; default 2026-01-01T00:00:00Z"},
    Key{"horizon", kRequired, "duration", "length of the trouble phase"},
    Key{"calm", kOptional, "duration", "length of the calm phase; default 15m, or the largest provision timeout + 5m"},
    Key{"cloud", kOptional, "cloud", "what differs from the default cloud"},
    Key{"workspaces", kOptional, "[workspace]", "the workspaces at time zero"},
    Key{"traffic", kOptional, "[traffic]", "background callers"},
    Key{"steps", kOptional, "[step]", "what is asked, and when"},
    Key{"owner_tag", kOptional, "line",
        "the tag that says whose an instance is that a client launches (docs/serve.md)"},
    Key{"session", kOptional, "[wire_request]", "what clients asked over the wire (`drydock serve`)"},
    Key{"faults", kOptional, "[fault|fis_fault|fis_template_fault]", "scripted faults"},
    Key{"explore", kOptional, "explore", "what a search may add"},
    Key{"cases", kRequired, "[case]", "which policies play it, and what is expected of each"},
};

constexpr std::array kCloud{
    Key{"pending", kOptional, "range", "RunInstances accepted to running; default 20s..30s"},
    Key{"boot", kOptional, "ranges", "running to registered, or by runtime; default 5s..25s"},
    Key{"terminate", kOptional, "range", "shutting-down to terminated; default 5s..45s"},
    Key{"api_latency", kOptional, "ranges", "a call's arrival to its effect, or by API action"},
    Key{"cp_latency", kOptional, "range", "the same of the control plane; default 50ms..400ms"},
    Key{"image_pull", kOptional, "range", "how long the first launch waits for its image; default 0s: it is there"},
    Key{"snapshot", kOptional, "range", "a snapshot pending to completed; default 20s..40s"},
    Key{"snapshot_limit", kOptional, "=seed_bucket|seed_window|aws_spacing|none|snapshot_limit",
        "limiter of CreateSnapshot"},
    Key{"pending_snapshots", kOptional, "positive", "pending snapshots per lineage; default 5"},
    Key{"throttle", kOptional, "switch", "the request buckets of the EC2 API; default on"},
    Key{"visibility_lag", kOptional, "range", "how long readers may not see a change; default 0s"},
    Key{"capacity", kOptional, "=none|sync|async", "how launches fail for want of capacity"},
    Key{"terminated_visible", kOptional, "duration", "how long a terminated instance is still described; default 1h"},
};

constexpr std::array kSnapshotLimit{
    Key{"capacity", kOptional, "positive", "bucket: its size"},
    Key{"refill", kOptional, "duration", "bucket: one token back per"},
    Key{"count", kOptional, "positive", "window: calls accepted in it"},
    Key{"window", kOptional, "duration", "window: its length"},
    Key{"spacing", kOptional, "duration", "spacing: least distance between two"},
};

constexpr std::array kWorkspace{
    Key{"id", kRequired, "alias", "the alias by which requests and results name it"},
    Key{"uuid", kOptional, "uuid", "its id in the system; default made from the alias"},
    Key{"parent", kOptional, "alias", "the workspace above it"},
    Key{"status", kOptional,
        "=provisioning|online|offline|degraded|failed|removed|paused|hibernated|hibernating|"
        "awaiting_agent",
        "status at time zero; default online"},
    Key{"instance", kOptional, "=running|none", "whether an instance runs at time zero; default by status"},
    Key{"runtime", kOptional, "line", "default claude-code"},
    Key{"kind", kOptional, "=workspace|platform", "platform: the root agent of the organisation; default workspace"},
    Key{"provider", kOptional, "=aws|other", "the cloud that its instances are in; default aws"},
    Key{"active_tasks", kOptional, "count", "tasks that its agent works on; default 0"},
    Key{"hibernation_idle", kOptional, "duration|positive",
        "idle time before it hibernates, whole minutes; default never"},
    Key{"secrets", kOptional, "texts", "its secrets at time zero"},
};

constexpr std::array kTraffic{
    Key{"kind", kRequired, "=a2a|delegate|probe", "what the caller does"},
    Key{"to", kRequired, "alias", "whom it calls"},
    Key{"from", kOptional, "alias", "the calling workspace; default a user"},
    Key{"every", kRequired, "duration", "from one call to the next"},
    Key{"start", kOptional, "duration", "when the first call is made; default 0s"},
    Key{"stop", kOptional, "duration", "no call from then on; default the horizon"},
    Key{"takes", kOptional, "duration", "how long a call is served; default time.a2a_call"},
    Key{"timeout", kOptional, "duration", "when the caller hangs up; default never"},
};

constexpr std::array kStep{
    Key{"at", kRequired, "duration", "when, before the horizon"},
    Key{"id", kOptional, "line", "by which expectations name it; default step-N"},
    Key{"request", kOptional, "request", "METHOD /path?query, with aliases or UUIDs"},
    Key{"deploy", kOptional, "policy_name", "the platform process restarts under this policy"},
    Key{"as", kOptional, "caller", "user, ops or a workspace's alias: who asks; default user"},
    Key{"headers", kOptional, "texts", "DELETE: X-Confirm-Name; default the workspace's name"},
    Key{"body", kOptional, "json", "the request's body"},
    Key{"timeout", kOptional, "duration", "when the client hangs up; default never"},
    Key{"alias", kOptional, "alias", "names the workspace that this request creates"},
    Key{"repeat", kOptional, "repeat", "ask more than once"},
    Key{"expect", kOptional, "answer|[answer]", "what the answer must be; a list: one each"},
};

constexpr std::array kRepeat{
    Key{"times", kRequired, "positive", "how often in all"},
    Key{"every", kRequired, "duration", "from one to the next"},
};

constexpr std::array kAnswer{
    Key{"status", kOptional, "status", "the HTTP status"},
    Key{"headers", kOptional, "texts", "headers that it has; names compare without case"},
    Key{"body", kOptional, "json", "a subset of its body"},
};

constexpr std::array kWireRequest{
    Key{"at", kRequired, "duration", "when it is heard, after the request before it"},
    Key{"method", kRequired, "line", "GET, POST, …"},
    Key{"target", kRequired, "string", "path and query"},
    Key{"headers", kOptional, "texts", "those that an answer may depend on"},
    Key{"body", kOptional, "string", "the body, where it is UTF-8"},
    Key{"bytes", kOptional, "string", "the body where it is not: its bytes as the characters U+0000 to U+00FF"},
};

constexpr std::array kFault{
    Key{"name", kOptional, "line", "default made from `on` and `error`"},
    Key{"on", kRequired, "fault_point", "where it strikes"},
    Key{"workspace", kOptional, "alias", "only calls about this one; default any"},
    Key{"error", kRequired, "line", "what goes wrong, see `drydock list faults`"},
    Key{"effect", kOptional, "=none|applied", "applied: it took effect and the reply was lost; default none"},
    Key{"slow_by", kOptional, "duration", "error slow, lag, lingers, clock-ahead, clock-behind: by how much, how long"},
    Key{"status", kOptional, "status", "an error of EC2's API: the HTTP status that comes with it"},
    Key{"retry_after", kOptional, "duration", "the same: the answer's Retry-After, whole seconds"},
    Key{"at", kOptional, "duration", "trigger: at this time"},
    Key{"from", kOptional, "duration", "trigger: from this time, `for` so long"},
    Key{"for", kOptional, "duration", "length of the window that begins at `from`"},
    Key{"nth", kOptional, "positive|[positive]", "trigger: these calls, counted from 1"},
    Key{"when", kOptional, "event_trigger", "trigger: an event"},
    Key{"probability", kOptional, "probability", "of each occasion; default 1"},
    Key{"limit", kOptional, "positive", "at most so often"},
    Key{"down", kOptional, "duration",
        "error crash: how long the process stays away; default 5s. Error stopped: after which it is started again"},
    Key{"notice", kOptional, "duration", "error interrupted: from the notice to the interruption; default 2m"},
};

constexpr std::array kFisFault{
    Key{"fis", kRequired, "line", "an action of the AWS Fault Injection Service"},
    Key{"parameters", kOptional, "texts", "its parameters"},
    Key{"name", kOptional, "line", "default the action's id"},
    Key{"workspace", kOptional, "alias", "only this one; default any"},
    Key{"at", kOptional, "duration", "when it begins; default 0s"},
    Key{"from", kOptional, "duration", "the same"},
    Key{"limit", kOptional, "positive", "at most so often"},
};

constexpr std::array kFisTemplateFault{
    Key{"fis_template", kRequired, "fis_template", "an experiment template of the AWS Fault Injection Service"},
    Key{"targets", kOptional, "aliases_by_name", "the workspaces of a target, where its tags do not name them"},
    Key{"name", kOptional, "line", "default fis"},
    Key{"at", kOptional, "duration", "when the experiment begins; default 0s"},
};

constexpr std::array kFisTemplate{
    Key{"description", kOptional, "string", "not read"},
    Key{"targets", kOptional, "fis_targets", "on what the actions act"},
    Key{"actions", kRequired, "fis_steps", "what is done"},
    Key{"stopConditions", kOptional, "json", "there are no alarms: nothing stops the experiment"},
    Key{"roleArn", kOptional, "string", "not read"},
    Key{"tags", kOptional, "json", "not read"},
    Key{"id", kOptional, "string", "not read"},
    Key{"arn", kOptional, "string", "not read"},
    Key{"clientToken", kOptional, "string", "not read"},
    Key{"creationTime", kOptional, "json", "not read"},
    Key{"lastUpdateTime", kOptional, "json", "not read"},
    Key{"logConfiguration", kOptional, "json", "not read"},
    Key{"experimentOptions", kOptional, "json", "not read"},
    Key{"experimentReportConfiguration", kOptional, "json", "not read"},
    Key{"targetAccountConfigurationsCount", kOptional, "json", "not read"},
};

constexpr std::array kFisTarget{
    Key{"resourceType", kRequired, "line", "aws:ec2:instance, aws:ec2:spot-instance, aws:ec2:subnet or aws:iam:role"},
    Key{"resourceTags", kOptional, "texts", "a value names a workspace, by alias or UUID"},
    Key{"resourceArns", kOptional, "json", "what they name is told by `targets` beside the template"},
    Key{"filters", kOptional, "json", "State.Name running, which is meant anyway"},
    Key{"parameters", kOptional, "texts", "none is played"},
    Key{"selectionMode", kOptional, "line", "ALL, COUNT(n) or PERCENT(n): of the first in the file; default ALL"},
};

constexpr std::array kFisStep{
    Key{"actionId", kRequired, "line", "what is done"},
    Key{"description", kOptional, "string", "not read"},
    Key{"parameters", kOptional, "texts", "its parameters"},
    Key{"targets", kOptional, "texts", "on what"},
    Key{"startAfter", kOptional, "[line]", "the actions that end before it begins"},
};

constexpr std::array kEventTrigger{
    Key{"event", kRequired, "kind", "the kind of event"},
    Key{"where", kOptional, "values", "what its detail holds"},
    Key{"nth", kOptional, "positive", "which of them; default the first"},
    Key{"delay", kOptional, "duration", "how long after it; default 0s"},
};

constexpr std::array kExplore{
    Key{"faults", kOptional, "=*|[fault_phrase]", "on:error or on:error:applied; * is every one"},
    Key{"max_faults", kOptional, "count", "how many in one run; default 2"},
    Key{"requests", kOptional, "[request]", "what may be sent; {w} is any workspace"},
    Key{"max_requests", kOptional, "count", "how many in one run; default 6"},
    Key{"ranges", kOptional, "[line]", "the cloud's ranges that are searched; default all"},
    Key{"every", kOptional, "duration", "between two moments of a request; default 5s"},
    Key{"arrivals", kOptional, "=ticks|effects", "effects: requests also come right after an effect; default ticks"},
    Key{"hang_up", kOptional, "=never|sometimes", "whether the client of a request may give up; default never"},
};

constexpr std::array kCase{
    Key{"name", kOptional, "line", "default the policy's name"},
    Key{"policy", kRequired, "policy_name", "a preset or a policy file"},
    Key{"seed", kOptional, "seed", "the tape is filled from it; default the empty tape"},
    Key{"set", kOptional, "settings", "knobs and cloud.… values that differ"},
    Key{"faults", kOptional, "[fault|fis_fault|fis_template_fault]", "faults of this case alone"},
    Key{"expect", kRequired, "[expectation]", "what must be"},
};

constexpr std::array kExpectCount{
    Key{"count", kRequired, "kind", "how many events of this kind there are"},
    Key{"workspace", kOptional, "alias", "of this workspace; default all"},
    Key{"is", kOptional, "count", "exactly"},
    Key{"at_least", kOptional, "count", "at least"},
    Key{"at_most", kOptional, "count", "at most"},
    Key{"between", kOptional, "[duration]", "from the first time until before the second"},
    Key{"where", kOptional, "values", "what their detail holds"},
};

constexpr std::array kExpectResponse{
    Key{"response", kRequired, "line", "the id of a step"},
    Key{"nth", kOptional, "positive", "of its repetitions; default the first"},
    Key{"status", kOptional, "status", "the HTTP status"},
    Key{"headers", kOptional, "texts", "headers that it has"},
    Key{"body", kOptional, "json", "a subset of its body"},
};

constexpr std::array kExpectFinal{
    Key{"final", kRequired, "final_row", "the workspace and what its row holds at the end"},
};
constexpr std::array kExpectHolds{
    Key{"holds", kRequired, "invariant", "is not violated"},
};
constexpr std::array kExpectViolates{
    Key{"violates", kRequired, "invariant", "is violated"},
    Key{"workspace", kOptional, "alias", "for this workspace and no other"},
};
constexpr std::array kExpectSometimes{
    Key{"sometimes", kRequired, "kind", "happens; if not, the case was not exercised"},
    Key{"where", kOptional, "values", "what its detail holds"},
};
constexpr std::array kExpectSql{
    Key{"sql", kRequired, "string", "a SELECT over the trace database"},
    Key{"rows", kOptional, "count", "how many rows it returns"},
    Key{"at_least", kOptional, "count", "at least so many"},
    Key{"at_most", kOptional, "count", "at most so many"},
};

constexpr std::array kPolicy{
    Key{"format", kRequired, "=drydock.policy/1", "which format this is"},
    Key{"name", kRequired, "name", "the policy's name, in kebab-case"},
    Key{"extends", kOptional, "policy_name", "the policy whose knobs it starts from"},
    Key{"date", kOptional, "date", "the day whose platform it is; default none"},
    Key{"story", kOptional, "prose", "which logic it stands for"},
    Key{"set", kRequired, "knobs", "the knobs that differ"},
};

constexpr std::array kTape{
    Key{"format", kRequired, "=drydock.tape/1", "which format this is"},
    Key{"tool", kOptional, "line", "what wrote it"},
    Key{"scenario", kRequired, "scenario", "the scenario, whole"},
    Key{"case", kOptional, "line|null", "the case whose faults and expectations apply"},
    Key{"policy", kRequired, "policy_name", "the policy that was played"},
    Key{"knobs", kOptional, "knobs", "every knob, where the policy is no preset"},
    Key{"set", kOptional, "settings", "the settings on top of it"},
    Key{"seed", kOptional, "seed|null", "what the tape was first filled from; not used in replay"},
    Key{"decisions", kRequired, "[decision]", "the decisions that are not the boring ones"},
    Key{"finding", kOptional, "finding|null", "what the run showed"},
    Key{"trace_hash", kOptional, "hash|null", "the run's hash"},
};

constexpr std::array kDecision{
    Key{"site", kRequired, "line", "where nature decides: actor/point"},
    Key{"occurrence", kRequired, "positive", "which time it is asked there"},
    Key{"value", kRequired, "count", "the answer"},
    Key{"means", kOptional, "string", "the answer in words"},
};

constexpr std::array kFinding{
    Key{"invariant", kRequired, "line", "the promise that was broken"},
    Key{"signature", kOptional, "string", "the invariant and the kinds of its causes"},
    Key{"message", kOptional, "string", "what happened"},
};

constexpr std::array kExpectations{
    &shape::expect_count,    &shape::expect_response,  &shape::expect_final, &shape::expect_holds,
    &shape::expect_violates, &shape::expect_sometimes, &shape::expect_sql,
};

constexpr std::array kMapping{
    Key{"format", kRequired, "=drydock.mapping/1", "which format this is"},
    Key{"story", kOptional, "prose", "which logs it reads"},
    Key{"time", kOptional, "string", "the field of a line's JSON that holds its time (a.b.0)"},
    Key{"workspaces", kOptional, "aliases", "what the log calls a workspace: its alias here"},
    Key{"rules", kRequired, "[mapping_rule]", "the first that matches a line says what it means"},
    Key{"visible", kOptional, "[kind|visible_kind]", "what else the log would show if it happened"},
};

constexpr std::array kMappingRule{
    Key{"labels", kOptional, "words_by_name", "labels that the line has: a value, or one of a list"},
    Key{"fields", kOptional, "values", "fields of the line's JSON: a value, or one of a list"},
    Key{"line", kOptional, "string", "a regular expression (RE2) that is found in the line"},
    Key{"event", kOptional, "kind", "what the line means"},
    Key{"workspace", kOptional, "string", "whose event it is: a template"},
    Key{"instance", kOptional, "string", "which instance it is about: a template"},
    Key{"detail", kOptional, "values", "the event's detail; its texts are templates"},
    Key{"within", kOptional, "duration", "it happened at most so long after the line's time"},
    Key{"ignore", kOptional, "boolean", "the line means nothing"},
};

constexpr std::array kVisibleKind{
    Key{"kind", kRequired, "kind", "a kind of event"},
    Key{"where", kOptional, "values", "only those whose detail holds this"},
};

}  // namespace

namespace shape {
constexpr Shape scenario{"scenario", kScenario};
constexpr Shape cloud{"cloud", kCloud};
constexpr Shape snapshot_limit{"snapshot_limit", kSnapshotLimit};
constexpr Shape workspace{"workspace", kWorkspace};
constexpr Shape traffic{"traffic", kTraffic};
constexpr Shape step{"step", kStep};
constexpr Shape repeat{"repeat", kRepeat};
constexpr Shape answer{"answer", kAnswer};
constexpr Shape wire_request{"wire_request", kWireRequest};
constexpr Shape fault{"fault", kFault};
constexpr Shape fis_fault{"fis_fault", kFisFault};
constexpr Shape fis_template_fault{"fis_template_fault", kFisTemplateFault};
constexpr Shape fis_template{"fis_template", kFisTemplate};
constexpr Shape fis_target{"fis_target", kFisTarget};
constexpr Shape fis_step{"fis_step", kFisStep};
constexpr Shape event_trigger{"event_trigger", kEventTrigger};
constexpr Shape explore{"explore", kExplore};
constexpr Shape scenario_case{"case", kCase};
constexpr Shape expect_count{"expect_count", kExpectCount};
constexpr Shape expect_response{"expect_response", kExpectResponse};
constexpr Shape expect_final{"expect_final", kExpectFinal};
constexpr Shape expect_holds{"expect_holds", kExpectHolds};
constexpr Shape expect_violates{"expect_violates", kExpectViolates};
constexpr Shape expect_sometimes{"expect_sometimes", kExpectSometimes};
constexpr Shape expect_sql{"expect_sql", kExpectSql};
constexpr Shape policy{"policy", kPolicy};
constexpr Shape tape{"tape", kTape};
constexpr Shape decision{"decision", kDecision};
constexpr Shape finding{"finding", kFinding};
constexpr Shape mapping{"mapping", kMapping};
constexpr Shape mapping_rule{"mapping_rule", kMappingRule};
constexpr Shape visible_kind{"visible_kind", kVisibleKind};
}  // namespace shape

std::span<const Shape* const> expectation_shapes() { return kExpectations; }

}  // namespace drydock::scenarios
