#include "model/invariants/catalogue.hpp"

#include <array>

#include "model/invariants/all.hpp"

namespace drydock::model {
namespace {

struct Entry {
  InvariantInfo info;
  std::unique_ptr<Invariant> (*make)();
};

constexpr std::array<Entry, 21> kInvariants{{
    {{"no-state-loss", "always",
      "No actor terminates an instance whose data volume does not survive while the volume holds a write made before "
      "that stop's backup was asked for (before the stop, if none was) that no pending or completed snapshot of its "
      "lineage contains; and no instance boots from an older snapshot than the newest, not divergent, that its lineage "
      "has. Excepted: the row is removed or gone by a client's DELETE, or the terminate is its direct work; an ops "
      "request with both opt-in parameters. Of an owner of clients' instances: what a client terminated held no write "
      "that the owner's next instance does not boot with.",
      "#1990"},
     make_no_state_loss},
    {{"no-healthy-kill", "always",
      "A terminate that takes effect on a live instance which is still within its runtime's longest pending + boot "
      "time, or that sent a heartbeat in the last 90 s, is the direct work of one unspent request naming it (restart, "
      "pause, hibernate, delete, or their cascade), or "
      "follows a configuration change committed after that instance read its configuration, or cleans up a removed "
      "or gone row, or removes an instance that its row no longer names.",
      "#1556"},
     make_no_healthy_kill},
    {{"one-start-per-cause", "always",
      "Per workspace, every provision.ec2_started has a cause of its own: an accepted create, restart, resume or "
      "wake (or a create or restart that got no answer), a committed configuration change, or an instance that died "
      "or failed to launch other than by our own terminate.",
      "#1556"},
     make_one_start_per_cause},
    {{"blast-radius", "always",
      "A request changes rows or instances of the workspaces that it names only, and of its descendants only with "
      "cascade=true (delete: confirm=true); judged on changes whose nearest request among their causes it is. Global "
      "routes name every workspace, an A2A call also its caller, a delegation its target.",
      "#1991"},
     make_blast_radius},
    {{"single-live-instance", "always",
      "At most one live instance (pending or running) per workspace, and per owner of clients' instances, outside a "
      "hand-over of at most 60 s.",
      "#1990"},
     make_single_live_instance},
    {{"terminate-failure-recorded", "always",
      "When an operation ends having given up a terminate that it called, it has committed a row because of that "
      "failure (a structure event whose type says terminate, an outbox row, a fence row) naming the instance, or the "
      "workspace while its row points at it. Status events do not count; a sweeper's tick is not giving up.",
      "#1932"},
     make_terminate_failure_recorded},
    {{"removed-stays-removed", "always", "A removed workspace never gets another status, nor another instance.",
      "docs/platform.md §7.10"},
     make_removed_stays_removed},
    {{"dormant-stays-dormant", "always",
      "A paused or hibernated workspace leaves that status only by a client's request or its wake.",
      "docs/platform.md §7.6"},
     make_dormant_stays_dormant},
    {{"answers-are-true", "always",
      "For workspace and secrets routes: what an answer claims is true when it is given. 200 paused_count N: N rows "
      "paused, their instances not live. 200 hibernated, removed, saved, provisioning: the row says so. After a 4xx or "
      "503 that request has changed no row of workspaces or secrets, no instance and no volume. 500 on delete: "
      "removed_count rows are removed, stop_failures stops returned an error.",
      "docs/platform.md §14"},
     make_answers_are_true},
    {{"delivered-to-named", "always",
      "A call that an agent works on was delivered to the instance that the workspace's row names, or named when it "
      "was sent.",
      "docs/platform.md §9"},
     make_delivered_to_named},
    {{"finished-work-ends", "always",
      "Once an instance has terminated, the control plane says at most 10 times what came of its stop.", "PR #5046"},
     make_finished_work_ends},
    {{"no-orphan", "eventually",
      "Every live instance is named by a row that is not removed, paused or hibernated. Of an owner of clients' "
      "instances, a live one is the last that was launched, and no client has asked to terminate it.",
      "#2989"},
     make_no_orphan},
    {{"live-instances-serve", "eventually",
      "A live instance that its row names and that is not booting any more serves: the row is online or degraded; or a "
      "durable row (a structure event whose type says terminate, an outbox row, a fence row) says that it is to be "
      "terminated.",
      "docs/platform.md §17.3"},
     make_live_instances_serve},
    {{"latest-secrets-run", "eventually",
      "An online workspace's instance booted with the last secrets that a 2xx was given for, or newer.", "#1556"},
     make_latest_secrets_run},
    {{"settles", "eventually",
      "Every row that was touched is online, degraded, paused, hibernated, removed, external and awaiting its agent, "
      "or failed with an event that says why.",
      "docs/platform.md §6"},
     make_settles},
    {{"comes-back", "eventually",
      "A workspace whose last accepted client wish was to run is online (or degraded), if launches succeed in calm.",
      "docs/platform.md §7"},
     make_comes_back},
    {{"called-comes-back", "eventually",
      "A workspace that was called since its row took its status is online or degraded, or a client has paused or "
      "removed it, if launches succeed in calm.",
      "docs/platform.md §17.5"},
     make_called_comes_back},
    {{"online-is-real", "eventually",
      "Online means: its instance runs, its row has a url, its heartbeats are accepted.", "docs/platform.md §2.2"},
     make_online_is_real},
    {{"made-is-known", "eventually",
      "A live instance, and a snapshot that is pending or completed, which a client made over the wire for no "
      "workspace, is named in an answer that came to a client whole.",
      "docs/serve.md"},
     make_made_is_known},
    {{"snapshot-paid-once", "eventually",
      "Of two requests of clients for a snapshot that say the same, the second after the first one's answer was lost "
      "or told of a failure, at most one has left a snapshot that is pending or completed.",
      "docs/serve.md"},
     make_snapshot_paid_once},
    {{"bounded-work", "always",
      "Every operation with a deadline ends within it plus one call's own timeout; where the CP orphan sweeper runs, a "
      "removed row with an instance_id gets a stop attempt at least once in any three consecutive sweeps.",
      "#1932, #2989"},
     make_bounded_work},
}};

constexpr auto kInfos = [] {
  std::array<InvariantInfo, kInvariants.size()> infos{};
  for (std::size_t i = 0; i < infos.size(); ++i) infos[i] = kInvariants[i].info;
  return infos;
}();

}  // namespace

std::span<const InvariantInfo> invariant_catalogue() { return kInfos; }

std::vector<std::unique_ptr<Invariant>> make_invariants() {
  std::vector<std::unique_ptr<Invariant>> made;
  made.reserve(kInvariants.size());
  for (const Entry& entry : kInvariants) made.push_back(entry.make());
  return made;
}

}  // namespace drydock::model
