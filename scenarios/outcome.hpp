#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "scenarios/shown_events.hpp"
#include "sim/time.hpp"

namespace drydock::scenarios {

using Json = nlohmann::json;

class TraceDatabase;

struct ShownDecision {
  sim::Instant at{};
  std::string site;
  std::uint32_t occurrence = 0;
  std::uint32_t bound = 0;
  std::uint32_t value = 0;
  std::string means;
};

struct ShownViolation {
  std::string invariant;
  std::string message;
  sim::Instant at{};
  std::uint32_t event = 0;
  std::string workspace;
  std::string instance;
  /// From the violating event back to what it all began with. Of a promise that is judged at the end: from the first
  /// event that decided it.
  std::vector<ShownEvent> causes;
  /// The chains of the other events that decided it, each from its event back. A chain ends where it meets one that is
  /// told before it.
  std::vector<std::vector<ShownEvent>> other_causes;
  std::string signature;
  /// The sentence of a user's own invariant; those of the catalogue stand there.
  std::string promise;
};

struct ShownResponse {
  sim::Instant at{};
  std::string id;  // the step's
  std::uint32_t nth = 1;
  std::string request;
  std::string as;
  int status = 0;  // 0: the connection failed
  std::map<std::string, std::string> headers;
  Json body;
};

struct FinalWorkspace {
  std::string workspace;
  std::map<std::string, Json> columns;  // of its row; empty when the row is gone
  std::string instance_state;           // of its most alive instance: running, pending, stopping, stopped, none
};

/// A workspace's row from one event on; event 0 is time zero.
struct ShownRow {
  std::uint32_t event = 0;
  sim::Instant at{};
  std::string workspace;
  bool exists = false;
  std::string status;  // empty where there is no row
  std::string url;
  std::string instance_id;
};

/// A volume from one event on, and the instance that it is attached to.
struct ShownVolume {
  std::uint32_t event = 0;
  sim::Instant at{};
  std::string volume;
  std::string workspace;
  std::string instance_id;  // empty when it is attached to none
  std::string state;
};

struct ExpectationResult {
  std::string text;
  bool passed = false;
  std::string actual;
};

struct FaultAccount {
  std::string name;
  bool planned = true;
  std::uint64_t fired = 0;
  std::uint64_t noticed = 0;
  std::optional<bool> mattered;  // empty where it was not asked
};

/// Everything one run says: the verdict and what it rests on. Reports render it and simulate nothing.
struct Outcome {
  std::string scenario;
  std::string case_name;
  std::string policy;
  std::optional<std::uint64_t> seed;

  bool passed = false;     // every expectation met, no unlisted violation
  bool exercised = true;   // every `sometimes` happened
  std::string stopped_by;  // the bound that ended the run early; empty when it ran to its end

  std::uint64_t trace_hash = 0;
  sim::Duration virtual_length{};
  std::int64_t start_unix_us = 0;
  std::uint64_t wall_us = 0;
  std::uint64_t event_count = 0;
  std::uint64_t steps = 0;
  std::uint64_t statements = 0;
  std::map<std::string, std::uint64_t> counts;
  std::map<std::string, double> metrics;  // what the run's meters measured (scenarios/metrics.hpp)

  std::vector<ExpectationResult> expectations;
  std::vector<ShownViolation> violations;
  /// Violations that the case does not list.
  std::vector<std::size_t> unlisted;
  std::vector<ShownResponse> responses;
  std::vector<FinalWorkspace> final;
  std::vector<FaultAccount> faults;

  std::vector<ShownDecision> tape;  // the non-zero decisions, by site and occurrence
  std::uint64_t decisions = 0;      // how many were asked
  std::vector<ShownDecision> misaligned;

  /// Filled when the record is kept.
  ShownEvents events;
  std::vector<ShownRow> rows;        // each state of each workspace's row, in order
  std::vector<ShownVolume> volumes;  // each state of each volume, in order
  /// The run as a database, where that was asked for.
  std::shared_ptr<TraceDatabase> trace;
};

}  // namespace drydock::scenarios
