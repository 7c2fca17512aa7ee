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

/// The duration of a fault that goes on after the call that it struck first.
inline constexpr Duration kSpell = std::chrono::seconds{30};

/// A fault that a search may inject, and how long it then lasts.
struct SearchedFault {
  FaultSpec spec;
  Duration lasts{};   // a crash: how long the process stays away; else 0 for this call alone
  std::string means;  // in words, as decisions say it
  std::uint32_t family = 0;
};

/// The faults that a search may inject at one moment: the answer v of the tape means `options[v - 1]`.
struct SearchedMoment {
  std::vector<SearchedFault> options;
  std::vector<std::uint32_t> families;  // of each option

  [[nodiscard]] bool empty() const { return options.empty(); }
};

/// Holds every fault that `explore.faults` lists, prepared once for any number of runs.
///
/// A fault at a call strikes that call alone, or every such call for 30 s from then on; faults of agents and networks
/// may also last 4 min, which is longer than the liveness TTL. Whether a network is cut or an instance dies is asked at
/// ticks of the clock. Whether a process crashes is asked after each of its effects, since these are the awaits at
/// which a crash makes a difference.
class SearchSpace {
 public:
  /// Takes phrases of the form `on:error[:applied]`, already checked. The phrase `*` stands for the whole vocabulary,
  /// without those actions of EC2 that nothing calls.
  SearchSpace(const std::vector<std::string>& phrases, std::span<const std::string_view> called_actions);

  /// Returns the faults that may strike a call of this name at this moment; null when none may.
  [[nodiscard]] const SearchedMoment* at_call(std::string_view call, sim::FaultPoint moment) const;
  [[nodiscard]] const SearchedMoment& platform_crash() const { return platform_crash_; }
  [[nodiscard]] const SearchedMoment& control_plane_crash() const { return control_plane_crash_; }
  [[nodiscard]] const SearchedMoment& instance() const { return instance_; }
  /// Returns the faults of each network that the phrases name, by its name.
  [[nodiscard]] const std::map<std::string, SearchedMoment, std::less<>>& networks() const { return networks_; }
  /// Returns every moment of the space, with or without faults.
  [[nodiscard]] std::vector<const SearchedMoment*> moments() const;
  /// Returns the phrases, in order. The number of a family is its index here.
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
