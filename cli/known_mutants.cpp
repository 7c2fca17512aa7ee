#include "cli/known_mutants.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "scenarios/files/presets.hpp"

namespace drydock::cli {
namespace {

// How a memory names them: no policy of the platform, and no promise of the catalogue.
constexpr const char* kMutantPolicy = "mutate";
constexpr const char* kMutantPromise = "mutant-is-killed";

}  // namespace

reports::MemoryReport KnownMutants::end(const std::vector<PlayedMutant>& played, bool all) {
  std::vector<scenarios::TapeShown> killed;
  std::vector<scenarios::SeenFinding> survivors;
  std::set<std::string> names;
  for (const PlayedMutant& mutant : played) {
    names.insert(mutant.name);
    const scenarios::FindingKey key{kMutantPolicy, kMutantPromise, mutant.name};
    if (mutant.survived) {
      survivors.push_back({.key = key, .message = mutant.what});
    } else if (known_.find(key) != nullptr) {
      killed.push_back({.key = key, .shown = scenarios::Shown::kept});
    }
  }
  for (const scenarios::RememberedFinding& known : known_.before()) {
    if (!all || known.key.policy != kMutantPolicy || names.contains(known.key.signature)) continue;
    killed.push_back(
        {.key = known.key, .shown = scenarios::Shown::does_not_fit, .why = "there is no such mutant any more"});
  }
  const std::string model = model_version(scenarios::load_policy("latest").value.value());
  return known_.note(kMutantPolicy, model, std::move(killed), std::move(survivors));
}

bool has_red(const reports::MemoryReport& report) {
  return std::any_of(report.findings.begin(), report.findings.end(),
                     [](const scenarios::NightFinding& one) { return scenarios::is_red(one.now.state); });
}

}  // namespace drydock::cli
