#include "model/invariants/catalogue.hpp"

#include <array>

#include "model/invariants/all.hpp"

namespace drydock::model {
namespace {

struct Entry {
  InvariantInfo info;
  std::unique_ptr<Invariant> (*make)();
};

constexpr std::array<Entry, 9> kInvariants{{
    {{"no-healthy-kill", "always",
      "A terminate that takes effect on a live instance which is still within its runtime's longest pending + boot "
      "time, or that sent a heartbeat in the last 90 s, is the direct work of one unspent request naming it, or "
      "follows a configuration change committed after that instance read its configuration, or cleans up a removed "
      "or gone row, or removes an instance that its row no longer names.",
      "#1556"},
     make_no_healthy_kill},
    {{"one-start-per-cause", "always",
      "Per workspace, every provision.ec2_started has a cause of its own: an accepted create, restart, resume or "
      "wake, a committed configuration change, or an instance that died or failed to launch other than by our own "
      "terminate.",
      "#1556"},
     make_one_start_per_cause},
    {{"blast-radius", "always",
      "A request changes rows or instances of the workspaces that it names only; judged on changes whose nearest "
      "request among their causes it is. An A2A call also names its caller, a delegation its target.",
      "#1991"},
     make_blast_radius},
    {{"single-live-instance", "always",
      "At most one live instance (pending or running) per workspace, outside a hand-over of at most 60 s.",
      "#1990"},
     make_single_live_instance},
    {{"answers-are-true", "always",
      "For workspace and secrets routes: what an answer claims is true when it is given. After a 4xx or 503 that "
      "request has changed no row of workspaces or secrets, no instance and no volume.",
      "docs/platform.md §14"},
     make_answers_are_true},
    {{"latest-secrets-run", "eventually",
      "An online workspace's instance booted with the last secrets that a 2xx was given for, or newer.",
      "#1556"},
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
    {{"online-is-real", "eventually",
      "Online means: its instance runs, its row has a url, its heartbeats are accepted.",
      "docs/platform.md §2.2"},
     make_online_is_real},
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
