#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

#include "faults/plan.hpp"
#include "faults/search_space.hpp"
#include "model/policy.hpp"
#include "sim/choices.hpp"
#include "sim/cloud/profile.hpp"
#include "sim/cloud/query/message.hpp"
#include "sim/time.hpp"

namespace drydock::scenarios {

using sim::Duration;
using Json = nlohmann::json;

/// A place in a file; line and column count from 1, in bytes.
struct Position {
  std::size_t line = 0;
  std::size_t column = 0;
};

struct WorkspaceSpec {
  std::string alias;
  std::string uuid;  // given, or name-based from the alias
  std::optional<std::string> parent;
  std::string status = "online";
  /// True when an instance runs at time zero: by status, or asked for.
  bool instance_running = true;
  std::string runtime = "claude-code";
  std::string kind = "workspace";
  /// True when its instances are in another cloud than AWS.
  bool elsewhere = false;
  int active_tasks = 0;
  std::optional<int> hibernation_idle_minutes;
  std::map<std::string, std::string> secrets;
};

struct TrafficSpec {
  enum class Kind : std::uint8_t { a2a, delegate, probe };
  Kind kind = Kind::a2a;
  std::string to;
  std::optional<std::string> from;
  Duration every{};
  Duration start{};
  std::optional<Duration> stop;   // horizon when absent
  std::optional<Duration> takes;  // the policy's `time.a2a_call` when absent
  std::optional<Duration> timeout;
};

/// The answer that a step must get: `body` is a subset, header names compare without case.
struct ResponseExpectation {
  std::optional<int> status;
  std::map<std::string, std::string> headers;
  std::optional<Json> body;
};

/// A request as it is written: method, path with aliases or UUIDs, query.
struct RequestSpec {
  std::string text;  // `POST /workspaces/pm/pause?cascade=true`
  std::string method;
  std::vector<std::string> path;  // `workspaces`, `pm`, `pause`
  std::map<std::string, std::string> query;
  std::string as = "user";  // or `ops`, or a workspace's alias
  std::optional<Json> body;
  /// Empty: the headers that the platform's own clients send.
  std::optional<std::map<std::string, std::string>> headers;
};

struct StepSpec {
  Duration at{};
  std::string id;  // given, or `step-N` counted from 1
  /// Exactly one of the two: a request, or the name of the policy under which the platform process restarts.
  std::optional<RequestSpec> request;
  std::optional<std::string> deploy;
  std::optional<model::Policy> deploy_policy;  // resolved
  std::optional<Duration> timeout;             // when its client hangs up
  std::optional<std::string> alias;
  std::uint32_t times = 1;
  Duration every{};
  /// One for all repetitions, or one each; empty when nothing is expected.
  std::vector<ResponseExpectation> expect;
};

/// The requests that a search may send to one workspace, or (actor `world`) to none: the tape's answer v stands for
/// `requests[v - 1]`.
struct SearchedRequests {
  std::string actor;
  std::vector<RequestSpec> requests;
  std::vector<std::uint32_t> families;  // of each: the index of its line in `explore.requests`, after the faults'
};

/// How long the client of a searched request waits before it hangs up: into the first statements of a handler, a call
/// of the control plane's, the work that it waits for, a launch. The tape's answer is the index.
struct Patience {
  Duration lasts{};
  std::string_view means;
};
inline constexpr std::array<Patience, 4> kPatience{{{std::chrono::microseconds{2500}, "after 2.5ms"},
                                                    {std::chrono::milliseconds{150}, "after 150ms"},
                                                    {std::chrono::seconds{2}, "after 2s"},
                                                    {std::chrono::seconds{20}, "after 20s"}}};

/// The things that a search may add to the scenario, as they are written and as runs use them.
struct ExploreSpec {
  std::vector<std::string> faults;  // `*` is the whole vocabulary
  std::uint32_t max_faults = 2;
  std::vector<std::string> requests;
  std::uint32_t max_requests = 6;
  std::vector<std::string> ranges;           // none: all
  Duration every = std::chrono::seconds{5};  // between two moments at which a request may be sent
  bool after_effects = false;                // requests also come right after an effect of the platform
  bool hang_up = false;                      // the client of a request may give up
  std::shared_ptr<const faults::SearchSpace> space;
  std::vector<SearchedRequests> open;
  SearchedRequests any;  // what may come after an effect: all of them, for whomever; its actor is `world`
};

/// A request that came over the wire, and when the world heard of it.
struct WireRequest {
  Duration at{};
  cloud::query::Request request;
};

/// The number of events, or of rows, that is expected.
struct Bounds {
  std::optional<std::uint64_t> is;
  std::optional<std::uint64_t> at_least;
  std::optional<std::uint64_t> at_most;
  [[nodiscard]] bool contains(std::uint64_t n) const {
    return (!is || n == *is) && (!at_least || n >= *at_least) && (!at_most || n <= *at_most);
  }
};

struct CountExpectation {
  std::string kind;
  std::optional<std::string> workspace;
  Bounds bounds;
  std::optional<std::pair<Duration, Duration>> between;  // half-open
  std::map<std::string, Json> where;
};
struct StepResponseExpectation {
  std::string step;
  std::uint32_t nth = 1;
  ResponseExpectation response;
};
struct FinalExpectation {
  std::string workspace;
  std::map<std::string, Json> columns;  // `instance` is the state of its most alive instance
};
struct HoldsExpectation {
  std::string invariant;
};
struct ViolatesExpectation {
  std::string invariant;
  std::optional<std::string> workspace;
};
struct SometimesExpectation {
  std::string kind;
  std::map<std::string, Json> where;
};
struct SqlExpectation {
  std::string sql;
  Bounds bounds;  // `rows` is `is`
};

struct Expectation {
  std::variant<CountExpectation, StepResponseExpectation, FinalExpectation, HoldsExpectation, ViolatesExpectation,
               SometimesExpectation, SqlExpectation>
      what;
  /// The expectation as one line a person reads.
  std::string text;
};

/// A user's own promise: a reading statement over the trace database whose rows are its counterexamples.
struct SqlInvariant {
  std::string name;
  std::string promise;  // one line
  std::string sql;
};

struct CaseSpec {
  std::string name;
  std::string policy_name;
  model::Policy policy;  // resolved, `set` applied
  std::optional<std::uint64_t> seed;
  /// The `set` entries as written, knob or cloud path → value text.
  std::vector<std::pair<std::string, std::string>> set;
  cloud::Profile cloud;                   // the scenario's, with this case's `cloud.…` entries
  std::vector<faults::FaultSpec> faults;  // the scenario's, then the case's own
  std::vector<Expectation> expect;
  /// Judged wherever the record is kept, so not by the runs of a search but by what confirms them.
  std::vector<SqlInvariant> sql_invariants;
  /// True when the file has this case, so that a tape can name it; false for one that --policy made.
  bool in_file = false;
  /// True when the steps' own `expect` count: not when a policy is played in place of the file's cases.
  bool judges_steps = true;
};

/// One scenario file, decoded and checked: every name in it resolves.
struct Scenario {
  std::string name;
  std::string title;
  std::string story;
  std::string source;
  std::int64_t start_unix_us = 0;  // virtual time zero
  Duration horizon{};
  std::optional<Duration> calm;  // the default depends on the policy: `calm_length`
  cloud::Profile cloud;
  std::vector<WorkspaceSpec> workspaces;
  std::vector<TrafficSpec> traffic;
  std::vector<StepSpec> steps;
  std::string owner_tag;  // by which clients over the wire tell whose an instance is; empty: by none
  /// What `drydock serve` was asked, in order; each request comes later than the one before it.
  std::vector<WireRequest> session;
  std::vector<faults::FaultSpec> faults;
  std::optional<ExploreSpec> explore;
  std::vector<CaseSpec> cases;
  /// The file's own text, kept so that a tape can carry its scenario whole.
  Json document;
};

/// Gives the calm phase's length under a policy: as written, or the larger of 15 min and the largest provision timeout
/// that applies in this world plus 5 min.
[[nodiscard]] Duration calm_length(const Scenario& scenario, const model::Policy& policy);

}  // namespace drydock::scenarios
