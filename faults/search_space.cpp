#include "faults/search_space.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "faults/physics.hpp"
#include "faults/vocabulary.hpp"
#include "sim/check.hpp"

namespace drydock::faults {
namespace {

using namespace std::chrono_literals;

/// The long duration of a fault: longer than an agent's liveness TTL of 180 s, so that the platform takes the agent for
/// dead (docs/platform.md §13).
constexpr Duration kLongSpell = 4min;
constexpr Duration kShortAbsence = 5s;

/// Returns the durations that a fault at this point may have, in the order of the decision's values. 0: it strikes one
/// call.
std::vector<Duration> spells(std::string_view on) {
  if (on.starts_with("process.")) return {kShortAbsence, kSpell};
  if (on.starts_with("network.")) return {kSpell, kLongSpell};
  if (on.starts_with("agent.")) return {0s, kSpell, kLongSpell};
  if (on == "instance") return {0s};
  return {0s, kSpell};
}

std::string in_words(const FaultSpec& spec, Duration lasts) {
  if (spec.on.starts_with("process."))
    return fmt::format("{} crashes, back after {}", spec.on, sim::format_duration(lasts));
  const std::string what = fmt::format("{} {}{}", spec.on, spec.error, spec.applied ? " after it took effect" : "");
  return lasts > Duration{} ? what + " for " + sim::format_duration(lasts) : what;
}

/// Returns the phrases for `*`: every fault that can strike here, but those that are searched by name only. One status
/// stands for all of `http-NNN`.
std::vector<std::string> whole_vocabulary(std::span<const std::string_view> called_actions) {
  const auto is_called = [&](std::string_view on) {
    return !on.starts_with("ec2.") ||
           std::find(called_actions.begin(), called_actions.end(), on.substr(4)) != called_actions.end();
  };
  std::vector<std::string> phrases;
  for (const FaultInfo& row : vocabulary()) {
    if (!is_called(row.on) || is_by_name_only(row.on, row.error)) continue;
    const std::string error = row.error == "http-NNN" ? "http-503" : row.error;
    phrases.push_back(row.on + ":" + error);
    if (row.applied_fits) phrases.push_back(row.on + ":" + error + ":applied");
  }
  return phrases;
}

}  // namespace

SearchSpace::SearchSpace(const std::vector<std::string>& phrases, std::span<const std::string_view> called_actions) {
  for (const std::string& phrase : phrases) {
    if (phrase != "*") {
      add(phrase);
      continue;
    }
    for (const std::string& each : whole_vocabulary(called_actions)) add(each);
  }
}

void SearchSpace::add(const std::string& phrase) {
  if (std::find(families_.begin(), families_.end(), phrase) != families_.end()) return;
  const auto parsed = parse_phrase(phrase);
  DRYDOCK_CHECK(parsed.has_value(), "{} is not a fault", phrase);
  families_.push_back(phrase);
  FaultSpec spec;
  spec.name = phrase;
  spec.on = parsed->on;
  spec.error = parsed->error;
  spec.applied = parsed->applied;
  for (const Duration lasts : spells(spec.on)) {
    switch (target_of(spec.on)) {
      case Target::platform:
        add_option(platform_crash_, spec, lasts);
        break;
      case Target::control_plane:
        add_option(control_plane_crash_, spec, lasts);
        break;
      case Target::instance:
        add_option(instance_, spec, lasts);
        break;
      case Target::call:
        if (spec.on.starts_with("network.")) {
          add_option(networks_[spec.on], spec, lasts);
        } else {
          add_option(calls_[spec.on][static_cast<std::size_t>(moment_of(spec))], spec, lasts);
        }
        break;
    }
  }
}

void SearchSpace::add_option(SearchedMoment& moment, const FaultSpec& spec, Duration lasts) {
  SearchedFault fault;
  fault.spec = spec;
  fault.spec.down = lasts;
  fault.lasts = lasts;
  fault.means = in_words(spec, lasts);
  fault.family = static_cast<std::uint32_t>(families_.size() - 1);
  moment.families.push_back(fault.family);
  moment.options.push_back(std::move(fault));
}

std::vector<const SearchedMoment*> SearchSpace::moments() const {
  std::vector<const SearchedMoment*> all{&platform_crash_, &control_plane_crash_, &instance_};
  for (const auto& [call, both] : calls_) {
    for (const SearchedMoment& moment : both) all.push_back(&moment);
  }
  for (const auto& [network, moment] : networks_) all.push_back(&moment);
  return all;
}

const SearchedMoment* SearchSpace::at_call(std::string_view call, sim::FaultPoint moment) const {
  const auto found = calls_.find(call);
  if (found == calls_.end()) return nullptr;
  const SearchedMoment& asked = found->second[static_cast<std::size_t>(moment)];
  return asked.empty() ? nullptr : &asked;
}

}  // namespace drydock::faults
