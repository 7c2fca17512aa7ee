#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace drydock::faults {

/// A place at which a fault can strike.
struct FaultPlace {
  std::string_view on;
  std::string_view meaning;
  /// True when calls pass here, so that `nth` has something to count.
  bool has_calls = true;
};

/// One row of the vocabulary: it says what can go wrong at which point.
struct FaultInfo {
  std::string on;
  std::string error;  // `http-NNN` stands for every status from 400 to 599
  /// True when `effect: applied` fits: the callee can have done its work although the caller is told otherwise.
  bool applied_fits = false;
  std::string_view meaning;
};

/// Returns every fault point; each action of the EC2 API is one.
[[nodiscard]] std::vector<FaultPlace> fault_points();

/// Returns every fault, grouped by point, in the order of the documentation.
[[nodiscard]] std::vector<FaultInfo> vocabulary();

/// Returns the actions that the vocabulary knows of the EC2 API.
[[nodiscard]] std::span<const std::string_view> ec2_actions();

[[nodiscard]] std::optional<FaultPlace> find_point(std::string_view on);

/// Returns the row for `error` at `on` (`http-503` finds `http-NNN`), or nothing when that error does not fit there.
[[nodiscard]] std::optional<FaultInfo> find_fault(std::string_view on, std::string_view error);

/// Returns the errors that fit at a point, as a user writes them; `http-NNN` stays a pattern.
[[nodiscard]] std::vector<std::string> errors_at(std::string_view on);

/// A fault as `explore` lists it: `on:error` or `on:error:applied`.
struct FaultPhrase {
  std::string on;
  std::string error;
  bool applied = false;
};
[[nodiscard]] std::optional<FaultPhrase> parse_phrase(std::string_view text);

/// A fault of the AWS Fault Injection Service in this vocabulary: it says what the fault does at which points.
struct FisAction {
  enum class Target : std::uint8_t {
    api,        // the calls named by `operations` fail with `error`
    launches,   // RunInstances fails with `error`
    instances,  // an instance dies
    network,    // the agents' network is cut
  };
  std::string_view id;
  Target target{};
  std::string_view error;
  /// The names of the parameters that the action takes.
  std::span<const std::string_view> parameters;
};
[[nodiscard]] std::span<const FisAction> fis_actions();
[[nodiscard]] const FisAction* find_fis_action(std::string_view id);
/// Returns the actions that FIS has and that this world does not simulate.
[[nodiscard]] std::span<const std::string_view> fis_not_simulated();

}  // namespace drydock::faults
