// What really happens in the world when a fault strikes: where the request was, what took effect,
// what the caller sees, and how long that takes.
//
// The two moments (`effect`). With `none` the request never became work: it was stopped on its way,
// or the callee turned it down before it did anything. Nothing changed, and a call made again is a
// first call. With `applied` the callee did all of its work, in its usual time, and only then was
// the answer replaced or dropped: the instance exists, the row is written, and the caller knows
// nothing of it. A call that was refused for another reason has no effect to apply, so such a fault
// does not see it.
//
// An error or a status (`http-NNN`, a provider's code). The callee, or a proxy before it, answers
// at once: with `none` before any latency of its own is spent, with `applied` when the true answer
// would have gone out. The caller reads it as it reads any such answer, and retries or gives up by
// its own rules.
//
// `reset`. The connection breaks at that moment. The caller learns so at once, but not whether its
// request took effect.
//
// `closed`, `cut` (of the EC2 API). The connection is closed without one byte of an answer, or amid the answer's body.
// The control plane of a scenario takes both for a `reset`, unless its client of EC2 is named: then all three differ,
// as they do for the clients of `drydock serve` (docs/platform.md §18, docs/clients.md).
//
// `timeout`, `lost`. The request (`none`) or its answer (`applied`) disappears and nobody says so.
// The caller waits until its own deadline: the price is that deadline, and a call without one waits
// for ever. `timeout` is how a caller that awaits an answer tells it, `lost` how the network does;
// it is the same thing. A lost heartbeat is one that the platform never counted; with `applied` it
// was counted, and only the agent does not know.
//
// `slow`. The request arrives later by `slow_by` and is then served as usual. Nothing is lost
// unless the caller's deadline passes meanwhile; what the platform thinks in that time is where its
// races are.
//
// `lag` (of the EC2 API). The region is eventually consistent. A call that reads, or that looks up
// an id, meets a replica that has heard of nothing in the last `slow_by`: states are shown as they
// were then, and what is younger than that is not found. What happens is not late, only the view of
// it. At a launch the id itself is late: for `slow_by` no call at all knows it.
//
// `Server.…`, `Client.…` (of a launch), `ends-in-error` (of a snapshot). The call was accepted, and
// answered in good faith; what it began fails when it would have been done. The instance goes from
// pending to terminated with this StateReason and never ran; the snapshot's state is `error`, it
// saves nothing, and holds its place among the pending ones. Nobody is told.
//
// `agent lingers`. The instance is stopped or terminated, and its guest has not noticed: for
// `slow_by` the agent goes on as before, whatever EC2 says the instance is. It sends heartbeats
// with the token that it has, registers if it was booting, serves calls at its old address. What it
// writes goes to its volume as long as that is attached to it. Then it falls silent as it always
// does. With a host that dies (`instance dies`) nothing lingers.
//
// `turn wedged`, `turn quiet`. The agent is asked at each heartbeat whether it works. A wedged one does nothing: it
// beats, says that it has tasks, and answers no call until it works again or its instance ends. A quiet one works (a
// long build): it says nothing but its heartbeats, and calls wait until it listens again. From outside both look alike.
//
// `image.pull`. The control plane fetches an image from its registry. A pull that failed leaves nothing behind, and the
// next one begins anew; one that takes longer goes on whoever waits for it.
//
// `network.…`. Every call that crosses the cut meets the same failure, whatever it asks. Both ends
// go on running, and each believes that the other is gone. Calls that had passed already come back
// unharmed (with `none`).
//
// `db.write`. The statement never reached the database (`none`), or was committed and its
// acknowledgement is missing (`applied`). Rows that other statements wrote stay.
//
// `process.… crash`. The process loses its memory: every task ends where it stands, between two
// effects. What it had committed stays. Calls of the control plane that are on their way to EC2
// arrive there, take effect in their usual time, and nobody hears the answer; one that it had yet
// to make is never made. What the platform asked of the control plane is served to its end once it
// was received (`cloud.cp_latency` after it was sent), and lost before. Connections to the process
// are reset, and new ones are refused until it is started again, `down` later, from its rows alone.
//
// `process.platform clock-…`. The platform's clock is wrong: the times that it writes into rows, and
// those with which it compares them. Timers and deadlines are not: they count on a clock that never
// jumps. It is right again at the end of the fault's window, or when calm begins.
//
// `instance dies`. The machine ends by itself, without an API call (the guest's own shutdown, a
// host's end): its agent falls silent at once, EC2 shows another state from then on, and its disks
// go the way that their delete-on-termination says. Nobody is told.

#include "faults/physics.hpp"

namespace drydock::faults {
namespace {

constexpr Duration kSlowBy = std::chrono::seconds{10};
/// The default of `lingers`: at least two heartbeats (docs/platform.md §5).
constexpr Duration kLingersFor = std::chrono::minutes{1};

/// Tells whether the error is that of a call which was accepted, and whose work fails when it would have been done.
bool fails_late(std::string_view error) {
  return error.starts_with("Server.") || error.starts_with("Client.") || error == "ends-in-error";
}

/// The default of a clock that is wrong: longer than every limit of a row's age (docs/platform.md §13).
constexpr Duration kClockShift = std::chrono::minutes{15};

std::string_view after_dot(std::string_view on) { return on.substr(on.find('.') + 1); }

}  // namespace

Target target_of(std::string_view on) {
  if (on == "process.platform") return Target::platform;
  if (on == "process.controlplane") return Target::control_plane;
  if (on == "instance") return Target::instance;
  return Target::call;
}

bool meets_call(std::string_view on, std::string_view call) {
  if (on == "network.platform-controlplane") return call.starts_with("cp.");
  if (on == "network.agent-platform") return call.starts_with("agent.") || call == "a2a.send";
  return on == call;
}

sim::FaultPoint moment_of(const FaultSpec& fault) {
  if (fault.error == "lag") return sim::FaultPoint::before_visibility;
  if (fails_late(fault.error)) return sim::FaultPoint::before_completion;
  return fault.applied ? sim::FaultPoint::before_reply : sim::FaultPoint::before_effect;
}

bool gives_notice(std::string_view error) { return error == "interrupted"; }

bool is_an_answer(std::string_view on, std::string_view error) {
  if (!on.starts_with("ec2.") || fails_late(error) || takes_slow_by(error)) return false;
  return error != "reset" && error != "closed" && error != "cut" && error != "timeout";
}

bool is_by_name_only(std::string_view on, std::string_view error) {
  if (on == "image.pull" || on == "cp.ensure_image" || on == "turn") return true;
  if (shifts_clock(error) || error == "closed" || error == "cut") return true;
  return error == "terminated" || error == "stopped" || error == "rebooted" || error == "interrupted";
}

bool shifts_clock(std::string_view error) { return error == "clock-ahead" || error == "clock-behind"; }

bool takes_slow_by(std::string_view error) {
  return error == "slow" || error == "lag" || error == "lingers" || shifts_clock(error);
}

Duration clock_shift(const FaultSpec& fault) {
  const Duration by = fault.slow_by.value_or(kClockShift);
  return fault.error == "clock-behind" ? -by : by;
}

sim::Verdict verdict_of(const FaultSpec& fault) {
  using What = sim::Verdict::What;
  if (takes_slow_by(fault.error)) {
    const Duration otherwise = fault.error == "lingers" ? kLingersFor : kSlowBy;
    return {.what = What::pass, .error = {}, .delay = fault.slow_by.value_or(otherwise)};
  }
  const bool silent = fault.error == "timeout" || fault.error == "lost";
  return {.what = silent ? What::lose : What::fail,
          .error = fault.error,
          .delay = {},
          .status = fault.status,
          .retry_after = fault.retry_after};
}

Place place_of(std::string_view on, std::string_view workspace) {
  const std::string_view somebody = workspace.empty() ? std::string_view{"world"} : workspace;
  const auto named = [](std::string_view actor, std::string_view what) {
    return Place{actor, std::string{what} + ".fault"};
  };
  if (on == "process.platform") return named("platform", "process");
  if (on == "process.controlplane") return named("cp", "process");
  if (on.starts_with("cp.")) return named("cp", after_dot(on));
  if (on.starts_with("ec2.")) return named("cloud", after_dot(on));
  if (on.starts_with("db.")) return named("platform", on);
  // An agent's own calls are told by its workspace; what is sent to it keeps its whole name.
  if (on.starts_with("agent.")) return named(somebody, after_dot(on));
  return named(somebody, on);
}

}  // namespace drydock::faults
