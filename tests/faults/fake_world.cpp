#include "tests/faults/fake_world.hpp"

#include "sim/carry_out.hpp"

namespace drydock::faults {
namespace {

std::string answer_of(sim::CallFailure failure) { return failure.timed_out ? "nothing" : std::move(failure.error); }

}  // namespace

sim::Task<std::string> FakeWorld::serve(FakeWorld& world, std::string on, sim::Name workspace, sim::Instant deadline) {
  const sim::Call call{on, workspace, sim::Name::none};
  const sim::Context context{deadline};
  sim::Verdict before = world.asked().decide(call, sim::FaultPoint::before_effect);
  std::optional<sim::CallFailure> refused = co_await sim::carry_out(world.scheduler, context, std::move(before));
  if (refused) co_return answer_of(std::move(*refused));
  ++world.served;
  sim::Verdict after = world.asked().decide(call, sim::FaultPoint::before_reply);
  std::optional<sim::CallFailure> lost = co_await sim::carry_out(world.scheduler, context, std::move(after));
  if (lost) co_return answer_of(std::move(*lost));
  sim::Verdict seen = world.asked().decide(call, sim::FaultPoint::before_visibility);
  co_return seen.passes() ? "ok" : "invisible";
}

sim::Task<void> FakeWorld::make_call(FakeWorld& world, Duration at, std::string on, std::string workspace,
                                     Duration deadline) {
  co_await world.scheduler.pause_until(sim::kTimeZero + at);
  const sim::Name about = world.record.name(workspace);
  std::string answer = co_await serve(world, std::move(on), about, world.scheduler.now() + deadline);
  world.log.push_back(answer + world.when());
  world.record.emit(sim::Kind::ec2_call, world.record.name("cloud"), {about, sim::Name::none});
}

sim::Task<void> FakeWorld::make_event(FakeWorld& world, Duration at, std::string workspace, std::string source, int n) {
  co_await world.scheduler.pause_until(sim::kTimeZero + at);
  world.record.emit(kRestartCycle, world.record.name("platform"), {world.record.name(workspace), sim::Name::none},
                    {{"source", source}, {"n", n}, {"dirty", n > 0}, {"body", sim::JsonText{"{\"a\":1}"}}});
}

}  // namespace drydock::faults
