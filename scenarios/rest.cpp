// When a world rests, and that its run may then end (docs/architecture.md, *Rest*, has the argument).

#include "model/kinds.hpp"
#include "scenarios/world.hpp"

namespace drydock::scenarios {
namespace {

/// The interval at which a world in calm is looked at. Looking changes nothing, so it matters only for how soon rest is
/// found.
constexpr sim::Duration kLooks = std::chrono::seconds{5};

}  // namespace

/// Plays the calm, to its end or until the world rests. The time is that of the end in either case: what is judged or
/// measured there is so as if all of the calm had been played.
void World::play_calm(sim::Instant until) {
  for (sim::Instant next = scheduler_.now() + kLooks; !full_calm_ && next < until; next += kLooks) {
    scheduler_.run_until(next);
    if (!is_at_rest(until)) continue;
    rested_at_ = next;
    scheduler_.skip_to(until);
    return;
  }
  scheduler_.run_until(until);
}

/// Tells whether nothing changes any more before `until`. Looks back to an earlier moment between turns: what has
/// happened since then and changed nothing is what each loop will do again.
bool World::is_at_rest(sim::Instant until) {
  if (quiet_ && quiet_->changes != changes()) quiet_.reset();
  if (!scheduler_.is_between_turns(until)) return false;
  if (!quiet_) {
    quiet_ = Quiet{scheduler_.now(), changes()};
    return false;
  }
  const sim::Stillness still{quiet_->since, until};
  return observation_.rests() && !store_.clock_was_shifted() && platform_.hears_alike(still) &&
         scheduler_.is_idle(still);
}

/// Counts what has changed in the world since its beginning. Two equal counts mean that nothing has in between:
/// whatever changes a state emits an event, writes rows or sets keys.
std::uint64_t World::changes() const {
  std::uint64_t changes = record_.events().size() + store_.changes() + keys_.changes();
  for (const sim::Kind idle : model::idle_kinds()) changes -= record_.count(idle);
  return changes;
}

}  // namespace drydock::scenarios
