#include "tests/faults/fake_world.hpp"

namespace drydock::faults {

sim::Task<std::optional<std::string>> FakeWorld::carry_out(FakeWorld& world, sim::Instant deadline,
                                                           sim::Verdict verdict) {
  if (verdict.delay > Duration{}) co_await world.scheduler.pause(verdict.delay);
  if (verdict.passes()) co_return std::nullopt;
  if (verdict.what == sim::Verdict::What::fail) co_return std::move(verdict.error);
  co_await world.scheduler.pause_until(deadline);
  co_return "nothing";
}

sim::Task<std::string> FakeWorld::serve(FakeWorld& world, std::string on, sim::Name workspace, sim::Instant deadline) {
  const sim::Call call{on, workspace, sim::Name::none};
  sim::Verdict before = world.asked().decide(call, sim::FaultPoint::before_effect);
  std::optional<std::string> refused = co_await carry_out(world, deadline, std::move(before));
  if (refused) co_return std::move(*refused);
  ++world.served;
  sim::Verdict after = world.asked().decide(call, sim::FaultPoint::before_reply);
  std::optional<std::string> lost = co_await carry_out(world, deadline, std::move(after));
  if (lost) co_return std::move(*lost);
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
