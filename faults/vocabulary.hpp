#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace drydock::faults {

/// A place at which a fault can strike.
struct FaultPoint {
  std::string_view on;
  std::string_view meaning;
  /// Whether calls pass here, so that `nth` has something to count.
  bool has_calls = true;
};

/// One row of the vocabulary: what can go wrong where.
struct FaultInfo {
  std::string on;
  std::string error;  // `http-NNN` stands for every status from 400 to 599
  /// Whether `effect: applied` fits: the callee can have done its work although the caller is told
  /// otherwise.
  bool applied_fits = false;
  std::string_view meaning;
};

/// Every fault point; each action of the EC2 API is one.
[[nodiscard]] std::vector<FaultPoint> fault_points();

/// Every fault, grouped by point, in the order of the documentation.
[[nodiscard]] std::vector<FaultInfo> vocabulary();

/// The actions that the simulated EC2 API has.
[[nodiscard]] std::span<const std::string_view> ec2_actions();

[[nodiscard]] std::optional<FaultPoint> find_point(std::string_view on);

/// The row for `error` at `on` (`http-503` finds `http-NNN`); empty when that error does not fit
/// there.
[[nodiscard]] std::optional<FaultInfo> find_fault(std::string_view on, std::string_view error);

/// What fits at a point, as a user writes it; `http-NNN` stays a pattern.
[[nodiscard]] std::vector<std::string> errors_at(std::string_view on);

/// `on:error` or `on:error:applied`, as `explore` lists faults.
struct FaultPhrase {
  std::string on;
  std::string error;
  bool applied = false;
};
[[nodiscard]] std::optional<FaultPhrase> parse_phrase(std::string_view text);

/// A fault of the AWS Fault Injection Service in this vocabulary: what it does at which points.
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
  /// The parameters that it takes.
  std::span<const std::string_view> parameters;
};
[[nodiscard]] std::span<const FisAction> fis_actions();
[[nodiscard]] const FisAction* find_fis_action(std::string_view id);
/// Actions that FIS has and that this world has nothing for.
[[nodiscard]] std::span<const std::string_view> fis_not_simulated();

}  // namespace drydock::faults
