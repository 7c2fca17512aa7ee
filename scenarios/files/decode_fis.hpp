#pragma once

#include <string>
#include <vector>

#include "faults/plan.hpp"
#include "faults/vocabulary.hpp"
#include "scenarios/files/fields.hpp"

namespace drydock::scenarios {

/// One action of the AWS Fault Injection Service as a file writes it, alone or in a template.
struct FisUse {
  const faults::FisAction& action;
  const Node& node;                  // where complaints go that are about no parameter
  const Node* parameters = nullptr;  // null: it has none
};

/// Gives the action of this id; null, with an error at the node, when there is none or nothing here that it acts on.
[[nodiscard]] const faults::FisAction* read_fis_action(DiagnosticSink& report, const Node& node, const std::string& id);
/// Gives the faults that the action stands for, one for each point, without names, workspaces and limits.
[[nodiscard]] std::vector<faults::FaultSpec> fis_faults(DiagnosticSink& report, const FisUse& use, Duration start);
/// Tells how long after its start such a fault has ended, for what starts after it. What an API call begins has ended
/// with the call.
[[nodiscard]] Duration fis_length(const faults::FaultSpec& fault);

}  // namespace drydock::scenarios
