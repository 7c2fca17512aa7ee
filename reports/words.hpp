#pragma once

#include <string>
#include <string_view>

#include "scenarios/outcome.hpp"
#include "sim/time.hpp"

namespace drydock::reports {

/// What happened, as one plain sentence without its time: `restart_by_id was called for reviewer`.
/// A kind without a sentence of its own reads `kind workspace instance detail`.
[[nodiscard]] std::string in_words(const scenarios::ShownEvent& event);

/// What a decision came to, in words: `user: DELETE /workspaces/w1?confirm=true`, `reviewer:
/// ec2.run.pending is 30s`.
[[nodiscard]] std::string in_words(const scenarios::ShownDecision& decision);

/// An instant as reports write it: `+30.451s`.
[[nodiscard]] std::string since_start(sim::Instant at);

/// Whether events of this kind have a sentence of their own.
[[nodiscard]] bool has_words(std::string_view kind);

}  // namespace drydock::reports
