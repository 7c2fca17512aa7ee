#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "faults/physics.hpp"
#include "faults/plan.hpp"
#include "sim/hooks.hpp"

namespace drydock::faults {

/// How long a fault lasts that is not over with one call.
inline constexpr Duration kSpell = std::chrono::seconds{30};

/// A fault that a search may inject, and for how long it then lasts.
struct SearchedFault {
  FaultSpec spec;
  Duration lasts{};   // a crash: how long the process stays away; else 0 for this call alone
  std::string means;  // in words, as decisions say it
  std::uint32_t family = 0;
};

/// What a search may inject at one moment: the answer v of the tape is `options[v - 1]`.
struct SearchedMoment {
  std::vector<SearchedFault> options;
  std::vector<std::uint32_t> families;  // of each option

  [[nodiscard]] bool empty() const { return options.empty(); }
};

/// Everything that `explore.faults` lists, prepared once for any number of runs.
///
/// A fault at a call strikes that call alone, or from it on for 30 s (those of agents and networks also for 4 min,
/// which outlasts the liveness TTL). What is cut or killed otherwise is asked at ticks of the clock; a crash of a
/// process is asked after each of its effects, which is every await at which something else would be lost.
class SearchSpace {
 public:
  /// Every phrase is a checked `on:error[:applied]`; `*` is the whole vocabulary, of EC2's actions those that are
  /// called.
  SearchSpace(const std::vector<std::string>& phrases, std::span<const std::string_view> called_actions);

  /// What may strike a call of this name at this moment; null where nothing may.
  [[nodiscard]] const SearchedMoment* at_call(std::string_view call, sim::FaultPoint moment) const;
  [[nodiscard]] const SearchedMoment& platform_crash() const { return platform_crash_; }
  [[nodiscard]] const SearchedMoment& control_plane_crash() const { return control_plane_crash_; }
  [[nodiscard]] const SearchedMoment& instance() const { return instance_; }
  /// One for each network of the phrases.
  [[nodiscard]] const std::map<std::string, SearchedMoment, std::less<>>& networks() const { return networks_; }
  /// Every moment of it.
  [[nodiscard]] std::vector<const SearchedMoment*> moments() const;
  /// The phrases, in order: a family's number is its index.
  [[nodiscard]] std::span<const std::string> families() const { return families_; }

 private:
  using Moments = std::array<SearchedMoment, 4>;  // by FaultPoint

  void add(const std::string& phrase);
  void add_option(SearchedMoment& moment, const FaultSpec& spec, Duration lasts);

  std::map<std::string, Moments, std::less<>> calls_;
  SearchedMoment platform_crash_;
  SearchedMoment control_plane_crash_;
  SearchedMoment instance_;
  std::map<std::string, SearchedMoment, std::less<>> networks_;
  std::vector<std::string> families_;
};

}  // namespace drydock::faults
