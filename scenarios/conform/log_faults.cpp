#include "scenarios/conform/log_faults.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "faults/vocabulary.hpp"

namespace drydock::scenarios {
namespace {

using OrderedJson = nlohmann::ordered_json;
using namespace std::chrono_literals;

/// A call fails where it is asked; its failure is logged where it returns.
constexpr Duration kLongestCall = 5s;
/// A caller that gets no answer waits so long, and a little (the platform's own deadline is 120 s).
constexpr Duration kLongestSilence = 125s;
/// A process whose start is not in the log.
constexpr Duration kDown = 5s;

/// Finds the error at this point that a line speaks of: by its name, by its status, or one that stands for any.
std::string error_of(const LogEvent& event, const std::string& on) {
  std::string said = detail_text(event, "error");
  if (faults::find_fault(on, said)) return said;
  for (const std::string& known : faults::errors_at(on)) {
    if (said.find(known) != std::string::npos) return known;
  }
  std::string status = "http-" + detail_text(event, "http");
  if (faults::find_fault(on, status)) return status;
  if (said.find("deadline") != std::string::npos) return "timeout";
  return "http-500";
}

OrderedJson fault(const std::string& on, const std::string& error) { return {{"on", on}, {"error", error}}; }

bool is_silence(const std::string& error) { return error == "timeout" || error == "lost"; }

/// The reason of a death in the model.
constexpr std::string_view kDeath = "Server.InternalError";
constexpr std::string_view kOwnShutdown = "Client.InstanceInitiatedShutdown";

/// Gives the code of a reason; EC2 writes `code: what it means`, and of a call `User initiated (…)`.
std::string reason_of(const LogEvent& event) {
  const std::string said = detail_text(event, "reason");
  if (said.starts_with("User initiated")) return "Client.UserInitiatedShutdown";
  return said.substr(0, said.find(':'));
}

bool is_end(const LogEvent& event) {
  const std::string to = detail_text(event, "to");
  return to == "shutting-down" || to == "terminated" || to == "stopping" || to == "stopped";
}

/// Tells whether a launch ended instead of running.
bool is_failed_launch(const LogEvent& event) {
  const std::string reason = reason_of(event);
  const std::string from = detail_text(event, "from");
  if (event.kind != "ec2.state" || !is_end(event) || !faults::find_fault("ec2.RunInstances", reason)) return false;
  return from.empty() ? reason != kDeath : from == "pending";
}

/// Tells whether the instance ended by itself, and not because somebody asked.
bool is_death(const LogEvent& event) {
  const std::string reason = reason_of(event);
  return event.kind == "ec2.state" && is_end(event) && !is_failed_launch(event) &&
         (reason.starts_with("Server.") || reason == kOwnShutdown);
}

std::optional<OrderedJson> injected(const LogEvent& event) {
  const std::string on = detail_text(event, "on");
  const std::string error = detail_text(event, "error");
  if (!faults::find_fault(on, error)) return std::nullopt;
  OrderedJson made = fault(on, error);
  if (detail_text(event, "effect") == "applied") made["effect"] = "applied";
  return made;
}

}  // namespace

Json state_in_model(const LogEvent& event) {
  Json detail = event.detail;
  if (event.kind != "ec2.state" || !detail.contains("reason")) return detail;
  detail["reason"] = is_death(event) ? std::string{kDeath} : reason_of(event);
  if (is_death(event) || is_failed_launch(event)) detail["to"] = "terminated";
  return detail;
}

LogFaults::LogFaults(const ImportedLog& log, Duration skew) : log_(log), skew_(skew) {
  for (const LogEvent& event : log.events) {
    if (event.kind == "ec2.error") refused_[{detail_text(event, "action"), event.workspace}].push_back(event.at.us);
    if (event.kind == "process.start") started_[detail_text(event, "process")].push_back(event.at.us);
    if (is_death(event) || is_failed_launch(event)) first_death_.emplace(event.instance, event.at.us);
  }
}

bool LogFaults::ends_a_death(std::size_t place) const {
  const LogEvent& event = log_.events[place];
  if (!is_death(event) && !is_failed_launch(event)) return false;
  const std::string from = detail_text(event, "from");
  if (from == "shutting-down" || from == "stopping") return true;
  return !event.instance.empty() && first_death_.at(event.instance) < event.at.us;
}

/// Tells whether the log shows the EC2 call that failed: then no other call need have failed.
bool LogFaults::explained_by_ec2(const LogEvent& event, std::string_view action) const {
  const std::int64_t reach = (2 * skew_ + kLongestCall).count();
  for (const std::string& workspace : {std::string{}, event.workspace}) {
    const auto calls = refused_.find({std::string{action}, workspace});
    if (calls == refused_.end()) continue;
    const auto near = std::lower_bound(calls->second.begin(), calls->second.end(), event.at.us - reach);
    if (near != calls->second.end() && *near <= event.at.us + reach) return true;
  }
  return false;
}

Duration LogFaults::down_from(std::size_t place) const {
  const LogEvent& crash = log_.events[place];
  const auto starts = started_.find(detail_text(crash, "process"));
  if (starts == started_.end()) return kDown;
  const auto start = std::upper_bound(starts->second.begin(), starts->second.end(), crash.at.us);
  return start == starts->second.end() ? kDown : Duration{*start - crash.at.us};
}

std::optional<OrderedJson> LogFaults::fault_at(const LogEvent& event, std::size_t place) const {
  if (event.kind == "fault.injected") return injected(event);
  if (ends_a_death(place)) return std::nullopt;
  if (event.kind == "stop.failed" && !explained_by_ec2(event, "TerminateInstances"))
    return fault("cp.stop", error_of(event, "cp.stop"));
  if (event.kind == "backup.failed" && !explained_by_ec2(event, "CreateSnapshot"))
    return fault("cp.backup", error_of(event, "cp.backup"));
  if (event.kind == "ec2.error") {
    const std::string on = "ec2." + detail_text(event, "action");
    const std::string code = detail_text(event, "code");
    if (faults::find_fault(on, code)) return fault(on, code);
  }
  if (is_failed_launch(event)) return fault("ec2.RunInstances", reason_of(event));
  if (is_death(event)) return fault("instance", "dies");
  if (event.kind == "process.crash" && detail_text(event, "why") != "deploy") {
    const bool platform = detail_text(event, "process") != "cp";
    OrderedJson crash = fault(platform ? "process.platform" : "process.controlplane", "crash");
    crash["down"] = sim::format_duration(down_from(place));
    return crash;
  }
  return std::nullopt;
}

std::optional<OrderedJson> LogFaults::of(std::size_t place, Duration at) const {
  const LogEvent& event = log_.events[place];
  auto made = fault_at(event, place);
  if (!made) return made;
  OrderedJson named{{"name", fmt::format("{}{}", kLogFault, place + 1)}};
  for (const auto& [key, value] : made->items()) named[key] = value;
  const std::string on = named["on"];
  if (!event.workspace.empty() && !on.starts_with("process.") && !on.starts_with("network."))
    named["workspace"] = event.workspace;
  if (!faults::find_point(on)->has_calls) {
    named["at"] = sim::format_duration(at);
  } else {
    const Duration before = skew_ + (is_silence(named["error"]) ? kLongestSilence : kLongestCall);
    const Duration from = std::max(Duration{}, at - before);
    named["from"] = sim::format_duration(from);
    named["for"] = sim::format_duration(at + event.within + skew_ + 1ms - from);
    named["limit"] = 1;
  }
  named["probability"] = 0.5;
  return named;
}

}  // namespace drydock::scenarios
