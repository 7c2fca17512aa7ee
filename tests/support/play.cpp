#include "tests/support/play.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "scenarios/files/decode.hpp"
#include "scenarios/files/presets.hpp"
#include "scenarios/run.hpp"

namespace drydock::test {
namespace {

std::string all_of(const std::vector<scenarios::Diagnostic>& errors) {
  std::string text;
  for (const scenarios::Diagnostic& error : errors) {
    text += error.pointer + ": " + error.message + "\n";
  }
  return text;
}

Outcome play_case(const scenarios::Scenario& scenario, const scenarios::CaseSpec& played, sim::Tape tape) {
  if (played.seed && !tape.seed()) tape.set_seed(played.seed);
  scenarios::Workbench workbench;
  return scenarios::run(scenario, played, tape, {}, workbench);
}

}  // namespace

model::Policy policy_of(const std::string& preset, const Settings& set) {
  auto loaded = scenarios::load_policy(preset);
  if (!loaded.value) throw std::invalid_argument(all_of(loaded.errors));
  for (const auto& [name, value] : set) {
    const model::Knob* knob = model::find_knob(name);
    if (knob == nullptr) throw std::invalid_argument("no knob " + name);
    const std::string wrong = model::set_knob(*loaded.value, *knob, value);
    if (!wrong.empty()) throw std::invalid_argument(name + ": " + wrong);
  }
  return std::move(*loaded.value);
}

scenarios::Scenario scenario_of(std::string_view json) {
  auto decoded = scenarios::decode_scenario("test.json", json);
  if (!decoded.value) throw std::invalid_argument(all_of(decoded.errors));
  return std::move(*decoded.value);
}

Outcome play(std::string_view json, std::string_view case_name, const sim::Tape& tape) {
  const scenarios::Scenario scenario = scenario_of(json);
  const auto found = std::find_if(scenario.cases.begin(), scenario.cases.end(), [&](const auto& played) {
    return case_name.empty() ? scenario.cases.size() == 1 : played.name == case_name;
  });
  if (found == scenario.cases.end()) throw std::invalid_argument("no such case");
  return play_case(scenario, *found, tape);
}

Outcome play_under(const std::string& preset, std::string_view body, const Settings& set, const sim::Tape& tape) {
  std::string settings;
  for (const auto& [name, value] : set) {
    settings += (settings.empty() ? "\"" : ", \"") + name + "\": \"" + value + "\"";
  }
  const std::string json = R"({"format": "drydock.scenario/1", "name": "played", "title": "Played by a test", )" +
                           std::string{body} + R"(, "cases": [{"policy": ")" + preset + R"(", "set": {)" + settings +
                           R"(}, "expect": []}]})";
  return play(json, {}, tape);
}

std::string shipped(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(std::string{DRYDOCK_SOURCE_DIR} + "/scenarios/" + file).rdbuf();
  return text.str();
}

std::vector<scenarios::ShownEvent> events_of(const Outcome& outcome, std::string_view kind, std::string_view workspace,
                                             std::string_view detail) {
  std::vector<scenarios::ShownEvent> found;
  for (const scenarios::ShownEvent& event : outcome.events) {
    if (event.kind != kind || (!workspace.empty() && event.workspace != workspace)) continue;
    if (event.detail.find(detail) != std::string::npos) found.push_back(event);
  }
  return found;
}

std::size_t count(const Outcome& outcome, std::string_view kind, std::string_view workspace, std::string_view detail) {
  return events_of(outcome, kind, workspace, detail).size();
}

std::string first_at(const Outcome& outcome, std::string_view kind, std::string_view workspace,
                     std::string_view detail) {
  const auto found = events_of(outcome, kind, workspace, detail);
  return found.empty() ? "never" : sim::format_duration(found.front().at - sim::kTimeZero);
}

std::vector<std::string> violations(const Outcome& outcome) {
  std::vector<std::string> all;
  for (const scenarios::ShownViolation& violation : outcome.violations) {
    all.push_back(violation.invariant + " of " + violation.workspace);
  }
  return all;
}

std::vector<std::string> of(const std::string& invariant, std::vector<std::string> violations) {
  std::erase_if(violations, [&](const std::string& name) { return !name.starts_with(invariant + " "); });
  return violations;
}

std::string final_value(const Outcome& outcome, std::string_view workspace, const std::string& column) {
  for (const scenarios::FinalWorkspace& row : outcome.final) {
    if (row.workspace != workspace) continue;
    if (column == "instance") return row.instance_state;
    const auto found = row.columns.find(column);
    if (found == row.columns.end()) return "no such column";
    return found->second.is_string() ? found->second.get<std::string>() : found->second.dump();
  }
  return "no such workspace";
}

const scenarios::ShownResponse& response(const Outcome& outcome, std::string_view id) {
  for (const scenarios::ShownResponse& answer : outcome.responses) {
    if (answer.id == id) return answer;
  }
  throw std::invalid_argument("no such step");
}

}  // namespace drydock::test
