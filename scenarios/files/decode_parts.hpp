#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/files/fields.hpp"
#include "scenarios/files/presets.hpp"
#include "scenarios/scenario.hpp"

namespace drydock::scenarios {

class TraceDatabase;

/// The state that the parts of the decoder share: the names that a file declares, and the policies that it uses.
struct DecodeContext {
  DiagnosticSink& report;
  PolicyLoader policies;
  Duration horizon{};
  /// Workspaces of time zero and those that steps create, in the order of the file.
  std::vector<std::string> aliases;
  std::set<std::string, std::less<>> alias_set;
  std::map<std::string, std::string, std::less<>> alias_by_uuid;
  std::vector<std::string> step_ids;
  struct StepFacts {
    std::uint32_t times = 1;
    bool is_request = false;
  };
  std::map<std::string, StepFacts, std::less<>> steps;
  /// Statements of expectations are tried on it; made for the first one.
  std::shared_ptr<const TraceDatabase> empty_trace;

  DecodeContext(DiagnosticSink& r, std::string directory) : report(r), policies(std::move(directory)) {}
};

/// Bounds on what a file may hold where one part multiplies another.
inline constexpr std::size_t kMostCases = 500;
inline constexpr std::size_t kMostFaults = 500;

[[nodiscard]] Scenario decode_scenario_at(DiagnosticSink& report, const Node& node, const std::string& directory);

/// Reads an alias, or the UUID of a declared workspace; gives the alias.
[[nodiscard]] std::optional<std::string> read_workspace(DecodeContext& context, const Node& node);
[[nodiscard]] std::optional<std::string> workspace_field(DecodeContext& context, const Fields& fields,
                                                         std::string_view key);
/// Tells whether a name in a request is a declared alias, or any UUID.
[[nodiscard]] bool is_alias_or_uuid(const DecodeContext& context, std::string_view name);
/// Reads a new alias and declares it.
[[nodiscard]] std::optional<std::string> declare_alias(DecodeContext& context, const Node& node);

void decode_workspaces(DecodeContext& context, const Node& node, Scenario& scenario);
[[nodiscard]] std::span<const std::string_view> workspace_statuses();
void decode_traffic(DecodeContext& context, const Node& node, Scenario& scenario);
/// Gives the policy of this name; null, with an error at the node, when there is none.
[[nodiscard]] const model::Policy* read_policy(DecodeContext& context, const Node& node, const std::string& name);
/// Declares the steps' ids and aliases, so that everything may refer to later ones.
void declare_steps(DecodeContext& context, const Node& node);
void decode_steps(DecodeContext& context, const Node& node, Scenario& scenario);
void decode_session(DecodeContext& context, const Node& node, Scenario& scenario);
[[nodiscard]] ResponseExpectation decode_answer(DecodeContext& context, const Fields& fields);
[[nodiscard]] std::vector<faults::FaultSpec> decode_faults(DecodeContext& context, const Node& node,
                                                           const std::vector<faults::FaultSpec>& before);
[[nodiscard]] std::vector<faults::FaultSpec> decode_fis(DecodeContext& context, const Node& node);
/// Reads `{"fis_template": …}`: the faults of a whole experiment.
[[nodiscard]] std::vector<faults::FaultSpec> decode_fis_template(DecodeContext& context, const Node& node);
[[nodiscard]] std::vector<std::string> point_names();
/// A fault at an EC2 action that the control plane never calls never fires: `validate` says so.
void warn_if_never_called(DiagnosticSink& report, const Node& node, std::string_view on);
[[nodiscard]] ExploreSpec decode_explore(DecodeContext& context, const Node& node);
void decode_cases(DecodeContext& context, const Node& node, Scenario& scenario);
[[nodiscard]] std::vector<Expectation> decode_expectations(DecodeContext& context, const Node& node);
[[nodiscard]] std::optional<std::string> read_event_kind(DiagnosticSink& report, const Node& node);

/// Reads parts per million from the decimal text of a number in [0, 1]; empty for any other text. Exact; a number
/// between two parts goes to the nearest, but something possible never becomes impossible, nor uncertain certain.
[[nodiscard]] std::optional<std::uint32_t> decimal_to_ppm(std::string_view text);

}  // namespace drydock::scenarios
