// Who talks to the platform from outside: the scenario's steps, its traffic, and the requests of a search.

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/model_request.hpp"
#include "scenarios/world.hpp"

namespace drydock::scenarios {
namespace {

using model::WorkspaceKey;
using sim::Instant;
using sim::kTimeZero;
using sim::Task;

/// At one instant steps go first, in file order, then traffic, then searched requests (ranks from 1; 0 is unranked).
constexpr std::uint32_t kFirstStepRank = 1;
constexpr std::uint32_t kFirstTrafficRank = 1U << 24U;
constexpr std::uint32_t kSearchRank = 1U << 30U;

/// The odds of a request right after an effect of the platform, of which a run of the open world has some hundreds.
constexpr sim::Probability kOddsOfArrival{5'000};
constexpr sim::Probability kOddsOfHangUp{150'000};

}  // namespace

// --- clients --------------------------------------------------------------------------------------------------------

void World::start_steps() {
  std::uint32_t rank = kFirstStepRank;
  for (const StepSpec& step : scenario_.steps) {
    for (std::uint32_t nth = 1; nth <= step.times; ++nth) {
      const Instant at = kTimeZero + step.at + (nth - 1) * step.every;
      scheduler_.spawn(clients_, "step", play_step(&step, nth, at, rank));
    }
    ++rank;
  }
}

Task<void> World::play_step(const StepSpec* step, std::uint32_t nth, Instant at, std::uint32_t rank) {
  if (at > scheduler_.now()) co_await scheduler_.pause_ranked(at, rank);
  if (choices_.calm()) co_return;
  if (step->deploy) {
    deploy(*step);
    co_return;
  }
  model::Request request = to_model_request(*step->request, directory_);
  request.step = step->id;
  if (step->timeout) request.context.until = scheduler_.now() + *step->timeout;
  if (request.route == model::Route::create) request.workspace = created_workspace(step->alias);
  co_await send(std::move(request), &*step->request, nth);
}

/// Sends a request of `spec` and keeps the answer.
Task<void> World::send(model::Request request, const RequestSpec* spec, std::uint32_t nth) {
  const std::size_t place = responses_.size();
  responses_.push_back({.at = scheduler_.now(),
                        .id = request.step,
                        .nth = nth,
                        .request = spec->text,
                        .as = spec->as,
                        .status = 0,
                        .headers = {},
                        .body = nullptr});
  const model::Response answer = co_await platform_.request(std::move(request), spec->as);
  ShownResponse& shown = responses_[place];
  shown.at = scheduler_.now();
  shown.status = answer.status;
  for (const auto& [name, value] : answer.headers) shown.headers[name] = value;
  shown.body = Json::parse(answer.body.text());
}

void World::start_traffic() {
  std::uint32_t rank = kFirstTrafficRank;
  for (const TrafficSpec& traffic : scenario_.traffic) {
    scheduler_.spawn(clients_, "traffic", play_traffic(&traffic, rank++));
  }
}

/// An open loop: a call does not wait for the one before it.
Task<void> World::play_traffic(const TrafficSpec* traffic, std::uint32_t rank) {
  const Instant stop = kTimeZero + std::min(traffic->stop.value_or(scenario_.horizon), scenario_.horizon);
  for (Instant at = kTimeZero + traffic->start; at < stop; at += traffic->every) {
    if (at > scheduler_.now()) co_await scheduler_.pause_ranked(at, rank);
    if (choices_.calm()) co_return;  // a session's horizon is known only when it ends
    scheduler_.spawn(clients_, "call", call(traffic));
  }
}

Task<void> World::call(const TrafficSpec* traffic) {
  model::Request request;
  request.method = "POST";
  const std::string as = traffic->from.value_or(traffic->kind == TrafficSpec::Kind::probe ? "canvas" : "user");
  const WorkspaceKey from = traffic->from ? directory_.find(*traffic->from) : WorkspaceKey::none;
  if (traffic->kind == TrafficSpec::Kind::delegate && from != WorkspaceKey::none) {
    request.route = model::Route::delegate;
    request.workspace = from;
    request.path = fmt::format("/workspaces/{}/delegate", *traffic->from);
    request.body["to"] = traffic->to;
  } else {
    request.route = model::Route::a2a;
    request.workspace = directory_.find(traffic->to);
    request.caller = from;
    request.path = fmt::format("/workspaces/{}/a2a", traffic->to);
  }
  request.takes = traffic->takes;
  if (traffic->timeout) request.context.until = scheduler_.now() + *traffic->timeout;
  co_await platform_.request(std::move(request), as);
}

// --- the open world -------------------------------------------------------------------------------------------------

void World::start_open_world() {
  if (!scenario_.explore) return;
  const ExploreSpec& explore = *scenario_.explore;
  if (explore.max_requests == 0 || explore.open.empty()) return;
  scheduler_.spawn(clients_, "client", play_open_world(&explore));
}

/// At each tick the tape says what is asked of each workspace: the occurrence of such a decision is the tick's number.
Task<void> World::play_open_world(const ExploreSpec* explore) {
  const Instant stop = kTimeZero + scenario_.horizon;
  for (Instant at = kTimeZero + explore->every; at < stop; at += explore->every) {
    co_await scheduler_.pause_ranked(at, kSearchRank);
    for (const SearchedRequests& asked : explore->open) {
      if (searched_requests_.size() >= explore->max_requests) co_return;
      ask_request(*explore, asked, "request", request_odds(*explore));
    }
  }
}

/// Gives the odds of a request at one tick, such that a run sends on average half as many as it may.
sim::Probability World::request_odds(const ExploreSpec& explore) const {
  const auto ticks = static_cast<std::uint64_t>(scenario_.horizon / explore.every) + 1;
  const std::uint64_t ppm =
      std::uint64_t{explore.max_requests} * sim::Probability::kOne / 2 / (ticks * explore.open.size());
  return {static_cast<std::uint32_t>(std::clamp<std::uint64_t>(ppm, 1, sim::Probability::kOne / 2))};
}

/// A request that comes right after an effect meets what no tick does: the instant between two statements of one task.
/// It is asked for once in a step, as a crash is.
void World::platform_acted() {
  const ExploreSpec& explore = *scenario_.explore;
  if (explore.any.requests.empty() || searched_requests_.size() >= explore.max_requests) return;
  if (arrival_asked_ == scheduler_.steps()) return;
  arrival_asked_ = scheduler_.steps();
  ask_request(explore, explore.any, "arrival", kOddsOfArrival);
}

/// The client of a searched request may give up, at a moment that lies within one of the things that a handler does.
void World::ask_patience(const ExploreSpec& explore, std::string_view actor, model::Request& request) {
  if (!explore.hang_up) return;
  if (!choices_.happens(choices_.site(actor, "request.hang_up"), kOddsOfHangUp, "the client hangs up")) return;
  const std::uint32_t patience = choices_.choose(choices_.site(actor, "request.patience"), kPatience.size());
  choices_.annotate_last(kPatience[patience].means);
  request.context.until = scheduler_.now() + kPatience[patience].lasts;
}

void World::ask_request(const ExploreSpec& explore, const SearchedRequests& asked, std::string_view point,
                        sim::Probability odds) {
  const std::uint32_t value =
      choices_.offer(choices_.site(asked.actor, point), {sim::Meaning::Kind::request, odds, asked.families});
  if (value == 0) return;
  const RequestSpec& spec = asked.requests[value - 1];
  choices_.annotate_last(spec.text);
  searched_requests_.push_back(asked.families[value - 1]);
  const auto nth = static_cast<std::uint32_t>(searched_requests_.size());
  model::Request request = to_model_request(spec, directory_);
  request.step = fmt::format("searched-{}", nth);
  // Each write is one of its own.
  for (const char* written : {"value", "model"}) {
    if (request.body.contains(written)) request.body[written] = request.step;
  }
  if (request.route == model::Route::create) request.workspace = created_workspace(std::nullopt);
  ask_patience(explore, asked.actor, request);
  scheduler_.spawn(clients_, "request", send(std::move(request), &spec, 1));
}

}  // namespace drydock::scenarios
