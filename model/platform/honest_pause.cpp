#include "model/platform/platform.hpp"

// Pause and resume that tell what they did (docs/platform.md §17.5). Their reads end with the caller; what writes goes
// on without it, within a deadline of its own, and the answer counts what was done.

namespace drydock::model {

using sim::Context;
using sim::Task;

namespace {

/// Answers 200 where nothing failed, 500 where nothing was done, 207 otherwise.
Response counted(std::int64_t done, std::int64_t failed, const std::string& failures, std::string_view count_key,
                 std::string_view all, std::string_view some, std::string_view none) {
  Body body;
  if (failed == 0) {
    body.add("status", all).add(count_key, done);
    return respond(200, std::move(body));
  }
  body.add("status", done == 0 ? none : some).add(count_key, done).add("failed_count", failed);
  body.add_json("failures", "[" + failures + "]");
  return respond(done == 0 ? 500 : 207, std::move(body));
}

}  // namespace

void Platform::note_failure(Outcomes* outcomes, WorkspaceKey key, std::string_view stage, std::string_view error) {
  Body failure;
  failure.add("id", deps_.directory.entry(key).uuid).add("stage", stage).add("error", error);
  if (outcomes->failed > 0) outcomes->failures += ",";
  outcomes->failures += failure.text();
  ++outcomes->failed;
}

// --- pause ----------------------------------------------------------------------------------------------------------

Task<Response> Platform::pause_honestly(Tree tree, std::vector<std::optional<StopPermit>> permits) {
  const Context context = background(policy_.pause_deadline);
  Outcomes outcomes;
  for (std::size_t i = 0; i < tree.members.size(); ++i) {
    const WorkspaceKey key = tree.members[i].key;
    Task<bool> one = pause_member(context, key, std::move(permits[i]), &outcomes);
    const bool paused = co_await operation("pause", key, context, std::move(one));
    if (paused) ++outcomes.done;
  }
  co_return counted(outcomes.done, outcomes.failed, outcomes.failures, "paused_count", "paused", "partially_paused",
                    "pause_failed");
}

/// Stops and parks one workspace, and tells whether its row is paused. A row whose stop failed is left as it was.
Task<bool> Platform::pause_member(Context context, WorkspaceKey key, std::optional<StopPermit> permit,
                                  Outcomes* outcomes) {
  const StopResult stopped = co_await stop_for_pause(context, key, std::move(permit));
  if (!stopped) {
    note_failure(outcomes, key, "stop", stopped.error().message);
    co_return false;
  }
  const DbChanged marked = co_await deps_.store.pause_unless_parked(context, key);
  if (!marked) {
    note_failure(outcomes, key, "mark_paused", marked.error().message);
    co_return false;
  }
  if (*marked == 0) {
    note_failure(outcomes, key, "claim", "removed or paused meanwhile");
    co_return false;
  }
  deps_.keys.clear(key);
  const DbChanged told = co_await deps_.store.insert_event(context, key, "WORKSPACE_PAUSED", "{}");
  if (!told) note_failure(outcomes, key, "broadcast", told.error().message);
  co_return true;
}

Task<StopResult> Platform::stop_for_pause(Context context, WorkspaceKey key, std::optional<StopPermit> permit) {
  if (!policy_.dispatch_unified) co_return StopResult{};
  if (!permit) {
    Permit taken = co_await backups_.cover(context, key, false);
    if (!taken) {
      StopError refused;
      refused.message = taken.error().error;
      refused.instance = taken.error().instance_id;
      refused.refusal = std::move(taken.error());
      co_return tl::unexpected(std::move(refused));
    }
    permit = std::move(*taken);
  }
  const sim::CauseScope covered(deps_.record, permit->event());
  co_return co_await cp_stop(context, key, "Pause", &*permit);
}

// --- resume ---------------------------------------------------------------------------------------------------------

Task<Response> Platform::resume_honestly(Tree tree) {
  const Context context = background(policy_.resume_deadline);
  Outcomes outcomes;
  for (const Member& member : tree.members) {
    const bool resumed = co_await resume_member(context, member.key, &outcomes);
    if (resumed) ++outcomes.done;
  }
  co_return counted(outcomes.done, outcomes.failed, outcomes.failures, "resumed_count", "provisioning",
                    "partially_resumed", "resume_failed");
}

/// Claims one paused row before its launch is asked for, and tells whether it did. Whoever loses the claim launches
/// nothing.
Task<bool> Platform::resume_member(Context context, WorkspaceKey key, Outcomes* outcomes) {
  const DbChanged claimed = co_await deps_.store.claim_resume(context, key);
  if (!claimed) {
    note_failure(outcomes, key, "mark_provisioning", claimed.error().message);
    co_return false;
  }
  if (*claimed == 0) {
    note_failure(outcomes, key, "claim", "not paused any more");
    co_return false;
  }
  const DbChanged told = co_await deps_.store.insert_event(context, key, "WORKSPACE_PROVISIONING", "{}");
  if (!told) note_failure(outcomes, key, "broadcast", told.error().message);
  co_await pass_gate(key);
  spawn_provision(key);
  co_return true;
}

}  // namespace drydock::model
