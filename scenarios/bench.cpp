#include "scenarios/bench.hpp"

#include <algorithm>
#include <utility>

#include "scenarios/files/decode.hpp"
#include "scenarios/files/decode_cloud.hpp"
#include "scenarios/files/embedded.hpp"
#include "scenarios/files/presets.hpp"
#include "scenarios/files/tape_file.hpp"

namespace drydock::scenarios {
namespace {

std::string lines_of(const std::vector<Diagnostic>& diagnostics) {
  std::string text;
  for (const Diagnostic& one : diagnostics) text += (text.empty() ? "" : "\n") + to_text(one);
  return text;
}

[[noreturn]] void refuse(std::string file, std::string message, const std::string& near = {}) {
  std::string hint = near.empty() ? std::string{} : "did you mean " + near + "?";
  throw BadInput({problem_in(std::move(file), std::move(message), std::move(hint))});
}

template <typename T>
T need(Decoded<T> decoded) {
  if (!decoded.value) throw BadInput(std::move(decoded.errors));
  return *std::move(decoded.value);
}

/// The text of a file, or of the built-in scenario of that name.
std::string text_of(const std::string& file_or_name) {
  std::string reason;
  if (auto text = read_file(file_or_name, reason)) return *std::move(text);
  std::vector<std::string> names;
  for (const EmbeddedFile& file : embedded_files()) {
    if (file.path.find('/') != std::string_view::npos) continue;
    if (file.path == file_or_name + ".json") return std::string{file.text};
    names.emplace_back(file.path.substr(0, file.path.rfind('.')));
  }
  refuse(file_or_name, reason + ", and no built-in scenario of this name", nearest(file_or_name, names));
}

void apply(CaseSpec& played, const std::string& setting) {
  auto parts = split_setting(setting);
  if (!parts) refuse({}, "a setting is KEY=VALUE, not '" + setting + "'");
  if (const auto wrong = apply_setting(played.policy, played.cloud, parts->first, parts->second))
    throw BadInput({*wrong});
  played.set.push_back(*std::move(parts));
}

sim::Tape tape_of(const CaseSpec& played, const Play& play) {
  sim::Tape tape;
  tape.set_seed(play.seed ? play.seed : played.seed);
  for (const std::string& text : play.deviate) {
    const Deviation deviation = parse_deviation(text);
    if (!deviation.decision) refuse({}, text + ": " + deviation.error);
    tape.set(deviation.decision->site, deviation.decision->occurrence, deviation.decision->value);
  }
  return tape;
}

}  // namespace

CaseSpec case_under(const Scenario& scenario, const model::Policy& policy) {
  CaseSpec made;
  made.name = policy.name;
  made.policy_name = policy.name;
  made.policy = policy;
  made.cloud = scenario.cloud;
  made.faults = scenario.faults;
  return made;
}

BadInput::BadInput(std::vector<Diagnostic> diagnostics)
    : std::runtime_error(lines_of(diagnostics)), diagnostics_(std::move(diagnostics)) {}

Bench::Bench(const std::string& file_or_name)
    : file_(file_or_name), scenario_(need(decode_scenario(file_or_name, text_of(file_or_name)))) {}

CaseSpec Bench::case_of(const Play& play) const {
  if (play.case_name.empty() == play.policy.empty()) refuse(file_, "a run is of a case or of a policy: one of the two");
  if (!play.policy.empty()) {
    const std::vector<std::string> parts = variant_parts(play.policy);
    CaseSpec made = case_under(scenario_, need(load_policy(parts.front())));
    made.judges_steps = false;
    for (std::size_t i = 1; i < parts.size(); ++i) {
      made.name += "," + parts[i];
      apply(made, parts[i]);
    }
    return made;
  }
  std::vector<std::string> names;
  for (const CaseSpec& played : scenario_.cases) {
    if (played.name == play.case_name) return played;
    names.push_back(played.name);
  }
  refuse(file_, "there is no case '" + play.case_name + "'", nearest(play.case_name, names));
}

Played Bench::run(const Play& play) {
  CaseSpec played = case_of(play);
  for (const std::string& setting : play.set) apply(played, setting);
  // Where a seed is given it is the case's: what the outcome says of itself can be played again.
  if (play.seed) played.seed = play.seed;
  return {scenarios::run(scenario_, played, tape_of(played, play), {}, *workbench_), file_, play};
}

}  // namespace drydock::scenarios
