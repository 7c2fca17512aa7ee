#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/files/decoded.hpp"
#include "scenarios/outcome.hpp"
#include "scenarios/scenario.hpp"

namespace drydock::scenarios {

/// Reads a user's invariant (docs/trace.md): its name is the file's, without directory and ending; its promise is what
/// the file's first lines say as comments; the statement must be one that the trace database answers.
[[nodiscard]] Decoded<SqlInvariant> decode_sql_invariant(const std::string& file, std::string_view text);

/// Gives the name of the invariant in that file: the file's name, without directory and ending.
[[nodiscard]] std::string sql_invariant_name(std::string_view file);

/// Tells whether a name is that of one of the case's own invariants.
[[nodiscard]] bool is_own_invariant(const CaseSpec& played, std::string_view name);

/// Judges a run whose record and trace database are there by the case's own invariants, and adds what they find to its
/// violations. Each row is a counterexample; there is one violation per invariant, workspace and instance.
void judge_sql_invariants(const CaseSpec& played, Outcome& outcome);

}  // namespace drydock::scenarios
