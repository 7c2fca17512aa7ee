// The drift gates of #1990 and #1932: an instance is terminated in one place, by callers that are
// listed with their reason (docs/platform.md §10.1, §10.2), and the words for a lost state stand
// where a refused backup is let pass.

#include <algorithm>
#include <array>
#include <string_view>

#include "tests/tidy/lint.hpp"
#include "tests/tidy/tokens.hpp"

namespace drydock::tidy {
namespace {

/// A call, or words, and the files that may hold them.
struct Gate {
  std::string_view name;
  std::string_view files;  // between spaces
  std::string_view why;
};

constexpr std::array<Gate, 4> kCalls = {{
    {"terminate_instances",
     " sim/cloud/sim_ec2.hpp sim/cloud/ec2.hpp sim/cloud/sim_ec2.cpp"
     " sim/cloud/query/instance_actions.cpp model/controlplane/control_plane.cpp model/controlplane/launch.cpp ",
     "only the control plane's stop, its launch that ends a predecessor, and clients on the wire terminate"},
    {"stop_instance",
     " model/platform/platform.hpp model/platform/stop.cpp model/platform/owed_terminates.cpp"
     " model/platform/cancel.cpp model/platform/sweepers.cpp ",
     "a stop by instance id is for workers, sweepers and what nobody wants any more"},
    {"cp_stop",
     " model/platform/platform.hpp model/platform/stop.cpp model/platform/pause.cpp model/platform/honest_pause.cpp"
     " model/platform/hibernate.cpp model/platform/remove.cpp model/platform/sweepers.cpp ",
     "a single Stop is for pause, hibernation, delete and the sweeper; others go through the retry core"},
    {"of_removed",
     " model/platform/backups.hpp model/platform/backups.cpp model/platform/owed_terminates.cpp"
     " model/platform/cancel.cpp model/platform/remove.cpp model/platform/sweepers.cpp ",
     "only what is removed or gone is stopped without a backup leg"},
}};

constexpr Gate kProviderStop = {"stop", " model/platform/stop.cpp scenarios/wire_control_plane.cpp ",
                                "the control plane's stop is called in stop.cpp, and by its clients on the wire"};

constexpr Gate kWords = {"proceeding with terminate (state will NOT be restorable", " model/platform/backups.cpp ",
                         "state is given up in one place, behind the policy or the opt-in"};

bool admits(const Gate& gate, const Unit& unit) {
  return gate.files.find(" " + unit.file.path + " ") != std::string_view::npos;
}

/// `control_plane.stop(…)`, however the control plane is reached.
bool is_provider_stop(const Tokens& tokens, std::size_t at) {
  return at >= 2 && tokens.is(at, "stop") && tokens.is(at + 1, "(") &&
         (tokens.is(at - 2, "control_plane") || tokens.is(at - 2, "control_plane_"));
}

}  // namespace

void check_stops(const Unit& unit, Findings& out) {
  if (!is_on_a_floor(unit)) return;
  for (std::size_t at = 0; at < unit.tokens.code.size(); ++at) {
    const Token& token = unit.tokens.code[at];
    if (token.kind == Kind::string) {
      const bool given_up = token.text.find(kWords.name) != std::string::npos;
      if (given_up && !admits(kWords, unit)) unit.report(out, token.line, "stop-gate", std::string(kWords.why));
      continue;
    }
    for (const Gate& gate : kCalls) {
      if (unit.tokens.is(at, gate.name) && unit.tokens.is(at + 1, "(") && !admits(gate, unit))
        unit.report(out, token.line, "stop-gate", token.text + ": " + std::string(gate.why));
    }
    if (is_provider_stop(unit.tokens, at) && !admits(kProviderStop, unit))
      unit.report(out, token.line, "stop-gate", std::string(kProviderStop.why));
  }
}

}  // namespace drydock::tidy
