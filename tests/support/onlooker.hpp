#pragma once

#include <chrono>
#include <deque>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/http.hpp"
#include "model/kinds.hpp"
#include "model/observation.hpp"
#include "sim/check.hpp"
#include "sim/choices.hpp"
#include "sim/cloud/sim_ec2.hpp"
#include "sim/record.hpp"
#include "sim/scheduler.hpp"

namespace drydock::test {

/// A world without a platform: a test tells the observation what happens, and every invariant looks
/// on. For what no policy can be brought to do, and for limits to the microsecond. Its instances
/// are made up and have no volume; those with one come from its cloud.
class Onlooker {
 public:
  Onlooker()
      : choices_(sim::Tape{}),
        clock_(choices_),
        record_(clock_, model::kind_table(), true, 100'000),
        directory_(record_),
        seen_(clock_, record_, directory_, profile_),
        ec2_(clock_, choices_, record_, calm_, profile_),
        invariants_(model::make_invariants()),
        tasks_(clock_) {
    profile_.api_latency = {{sim::Duration{}, sim::Duration{}}, {}};
    ec2_.watch(seen_);
    seen_.look_at(ec2_);
    for (const auto& invariant : invariants_) seen_.add_observer(*invariant);
  }

  [[nodiscard]] model::Observation& seen() { return seen_; }

  model::WorkspaceKey workspace(const std::string& alias, model::Status status = model::Status::online,
                                model::WorkspaceKey parent = model::WorkspaceKey::none,
                                const std::string& runtime = "claude-code") {
    const model::WorkspaceKey key = directory_.add(alias, alias + "-uuid");
    seen_.seed_workspace(key, parent, runtime, {.exists = true, .status = status});
    return key;
  }

  /// Time passes, and the always-invariants look.
  void wait(sim::Duration time) {
    clock_.run_until(clock_.now() + time);
    seen_.stepped();
  }

  // --- what happens; each returns its event, and follows from `cause` ---
  std::uint32_t event(sim::Kind kind, std::uint32_t cause = 0) {
    return record_.emit_from(cause, kind, record_.name("test"), {});
  }
  /// One that is about an instance.
  std::uint32_t event_of(const std::string& instance, sim::Kind kind, std::uint32_t cause = 0) {
    return record_.emit_from(cause, kind, record_.name("test"), {sim::Name::none, record_.name(instance)});
  }
  std::uint32_t request(model::Route route, model::WorkspaceKey workspace,
                        model::WorkspaceKey caller = model::WorkspaceKey::none) {
    model::Request request;
    request.route = route;
    request.workspace = workspace;
    request.caller = caller;
    return send(std::move(request));
  }
  /// One with parameters, each of them `true`.
  std::uint32_t ask(model::Route route, model::WorkspaceKey workspace, std::initializer_list<const char*> parameters,
                    bool as_ops = false) {
    model::Request request;
    request.route = route;
    request.workspace = workspace;
    request.ops = as_ops;
    for (const char* parameter : parameters) request.query[parameter] = "true";
    return send(std::move(request));
  }
  void answer(std::uint32_t request, int status, const std::string& says = {}) {
    model::Body body;
    if (!says.empty()) body.add("status", says);
    answer_with(request, status, std::move(body));
  }
  void answer_with(std::uint32_t request, int status, model::Body body) {
    seen_.answered(request, model::respond(status, std::move(body)), event(model::kind::http_response, request));
  }
  void write_row(model::WorkspaceKey key, model::Row row, std::uint32_t cause = 0) {
    row.exists = true;
    seen_.row_written(key, std::move(row), event(model::kind::workspace_status, cause));
  }
  /// The row of a workspace with these changes.
  void write_status(model::WorkspaceKey key, model::Status status, std::uint32_t cause = 0) {
    model::Row row = seen_.workspace(key).row;
    row.status = status;
    write_row(key, std::move(row), cause);
  }
  void name_instance(model::WorkspaceKey key, const std::string& id) {
    model::Row row = seen_.workspace(key).row;
    row.instance_id = id;
    seen_.row_written(key, std::move(row), 0);
  }
  void save_secret(model::WorkspaceKey key, std::uint32_t cause = 0) {
    seen_.secret_committed(key, event(model::kind::secret_saved, cause));
  }

  /// An instance appears; the row of its workspace names it.
  std::string launch(const std::string& alias, std::uint32_t cause = 0) {
    cloud::Instance& instance = instances_.emplace_back();
    instance.id = "i-" + std::to_string(instances_.size());
    instance.name = record_.name(instance.id);
    instance.workspace = record_.name(alias);
    instance.request.workspace = alias;
    const model::WorkspaceKey key = directory_.find(alias);
    instance.request.user_data = model::encode_user_data(clock_.now(), seen_.committed(key));
    instance.launched = clock_.now();
    seen_.instance_entered(instance, std::nullopt, event(sim::Kind::ec2_state, cause));
    name_instance(key, instance.id);
    return instance.id;
  }
  void started(const std::string& id, std::uint32_t cause = 0) {
    seen_.start_accepted(id, event(model::kind::provision_ec2_started, cause));
  }
  void runs(const std::string& id) { enter(id, cloud::InstanceState::running, "", 0); }
  void kill(const std::string& id, std::uint32_t cause = 0) {
    enter(id, cloud::InstanceState::shutting_down, "Client.UserInitiatedShutdown", cause);
  }
  /// A stop of this instance was answered, to whoever had called it.
  void stopped(model::WorkspaceKey key, const std::string& id, bool success, std::uint32_t cause = 0,
               bool answered = true) {
    const auto attempt = event_of(id, model::kind::stop_attempt, cause);
    seen_.stop_returned(key, record_.name(id), success, attempt, answered);
  }
  /// A unit of the platform's work begins.
  std::uint64_t begin(std::string_view label, model::WorkspaceKey key, sim::Instant until = sim::kNever,
                      bool recurs = false) {
    model::Operation begun;
    begun.label = label;
    begun.workspace = key;
    begun.until = until;
    begun.recurs = recurs;
    return seen_.operation_began(begun);
  }
  [[nodiscard]] sim::Instant now() const { return clock_.now(); }
  [[nodiscard]] sim::Name name(const std::string& text) { return record_.name(text); }
  void dies(const std::string& id) { enter(id, cloud::InstanceState::terminated, "Server.InternalError", 0); }
  void beat(const std::string& id, int answer = 200) {
    seen_.heartbeat_sent(record_.name(id));
    seen_.heartbeat_answered(record_.name(id), answer);
  }

  /// The invariants violated so far, each with its workspace.
  [[nodiscard]] std::vector<std::string> violations() const {
    std::vector<std::string> all;
    for (const model::Violation& violation : seen_.violations()) {
      all.push_back(std::string{violation.invariant} + " of " + record_.text(violation.workspace));
    }
    return all;
  }

  // --- the cloud, where volumes matter ---
  [[nodiscard]] cloud::SimEc2& ec2() { return ec2_; }
  /// Makes a call as a task does that follows from `cause`, and waits for its answer.
  template <typename T>
  T await(sim::Task<cloud::Result<T>> call, std::uint32_t cause = 0) {
    std::optional<cloud::Result<T>> result;
    clock_.spawn(tasks_, "test", keep(std::move(call), &result)).cause = cause;
    while (!result && clock_.step(clock_.now() + std::chrono::hours{1})) {
    }
    DRYDOCK_CHECK(result && *result, "the cloud refused what a test asked it for");
    seen_.stepped();
    return std::move(**result);
  }

 private:
  template <typename T>
  static sim::Task<void> keep(sim::Task<cloud::Result<T>> call, std::optional<cloud::Result<T>>* result) {
    cloud::Result<T> answer = co_await std::move(call);
    result->emplace(std::move(answer));
  }

  std::uint32_t send(model::Request request) {
    request.event = event(model::kind::http_request);
    seen_.request_arrived(request);
    return request.event;
  }

  void enter(const std::string& id, cloud::InstanceState state, const std::string& reason, std::uint32_t cause) {
    for (cloud::Instance& instance : instances_) {
      if (instance.id != id) continue;
      const cloud::InstanceState from = instance.state;
      instance.state = state;
      instance.reason = reason;
      seen_.instance_entered(instance, from, event(sim::Kind::ec2_state, cause));
    }
  }

  cloud::Profile profile_;
  sim::Choices choices_;
  sim::Scheduler clock_;
  sim::Record record_;
  model::Directory directory_;
  model::Observation seen_;
  sim::Calm calm_;
  cloud::SimEc2 ec2_;
  std::vector<std::unique_ptr<model::Invariant>> invariants_;
  std::deque<cloud::Instance> instances_;
  sim::TaskGroup tasks_;
};

}  // namespace drydock::test
