#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>

#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"

namespace drydock::cli {
namespace {

namespace fs = std::filesystem;

constexpr Usage kNewUsage{"drydock new NAME [--dir DIR]",
                          "  drydock new my-incident\n"
                          "  drydock new my-incident --dir scenarios\n"
                          "  drydock run my-incident.json\n",
                          "Writes NAME.json, a commented scenario that runs as it is. It never overwrites.\n"};

// NAME stands for the scenario's name. It is played as it is by the tests, under every preset.
constexpr std::string_view kTemplate = R"json({
  // A scenario says what the world is and what is asked of it. Comments like this one are allowed.
  //   is it well-formed?              drydock validate NAME.json
  //   play its cases:                 drydock run NAME.json
  //   everything that may stand here: drydock schema scenario
  "format": "drydock.scenario/1",
  "name": "NAME",
  "title": "One line that says what happens here",
  "story": [
    "What happened, or might: who did what, what was expected,",
    "and what came of it."
  ],
  // An issue, a postmortem, a link.
  "source": "an idea",

  // Virtual time zero, and how long trouble may last. After the horizon comes a calm phase in which
  // the platform must come to rest; durations are written 30s, 5m, 1h30m.
  "start": "2026-01-01T00:00:00Z",
  "horizon": "10m",

  // What the cloud is like. A range is a decision of the tape: the calm run takes its midpoint,
  // `drydock run --seed N` draws from it. `drydock list sites` names the decisions.
  "cloud": { "pending": "20s..30s" },

  // They are online at time zero, booted ten minutes before.
  "workspaces": [
    { "id": "lead" },
    { "id": "worker", "parent": "lead" }
  ],

  // Calls in the background, as callers make them: they do not wait for each other.
  "traffic": [
    { "kind": "a2a", "from": "lead", "to": "worker", "every": "1m", "stop": "4m" }
  ],

  // What is asked of the platform, and when. `drydock list requests` shows the vocabulary.
  "steps": [
    { "at": "5m", "id": "restart", "request": "POST /workspaces/worker/restart",
      "expect": { "status": 200 } }
  ],

  // Each case plays all of this once, under a policy (`drydock list policies`). It passes when every
  // expectation is met and no promise is broken that it does not list (`drydock list invariants`).
  "cases": [
    {
      "policy": "latest",
      "expect": [
        { "count": "provision.ec2_started", "workspace": "worker", "at_least": 1 },
        { "final": { "workspace": "worker", "status": "online", "instance": "running" } }
      ]
    }
    // Another one, separated by a comma, with a setting of its own:
    // { "name": "slow-boot", "policy": "latest", "set": { "cloud.boot": "2m" }, "expect": [] }
  ]
}
)json";

bool is_kebab_case(const std::string& name) {
  const auto is_word = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (name.empty() || name.size() > 100 || !is_word(name.front()) || !is_word(name.back())) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool dash = name[i] == '-' && name[i - 1] != '-';
    if (!is_word(name[i]) && !dash) return false;
  }
  return true;
}

/// Returns what the name would be in kebab-case, as far as that can be guessed.
std::string to_kebab_case(const std::string& name) {
  std::string out;
  for (const char c : name) {
    const bool upper = c >= 'A' && c <= 'Z';
    const char lower = upper ? static_cast<char>(c - 'A' + 'a') : c;
    const bool word = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
    if (word) {
      out += lower;
    } else if (!out.empty() && out.back() != '-') {
      out += '-';
    }
  }
  while (out.ends_with('-')) out.pop_back();
  return out;
}

std::string scenario_named(const std::string& name) {
  std::string text{kTemplate};
  for (auto at = text.find("NAME"); at != std::string::npos; at = text.find("NAME", at)) {
    text.replace(at, 4, name);
    at += name.size();
  }
  return text;
}

}  // namespace

int new_command(const Arguments& arguments, Console& console) {
  const auto options = described({{"dir", "DIR", "where to write it (default: here)"}});
  const auto values = read_options(arguments, kNewUsage, options, {"NAME", 1, 1}, console);
  if (!values) return kHeld;
  const std::string name = operands_of(*values).front();
  if (!is_kebab_case(name)) {
    throw UsageError("NAME is kebab-case, like my-incident, not '" + name + "'", to_kebab_case(name));
  }
  const fs::path directory{one_of(*values, "dir").value_or("")};
  const std::string path = (directory / (name + ".json")).string();
  std::error_code ignored;
  if (fs::symlink_status(path, ignored).type() != fs::file_type::not_found) {
    throw UsageError(path + " exists already", "");
  }
  if (const auto problem = why_not_writable(path); !problem.empty()) {
    throw UsageError(path + " cannot be written: " + problem, "");
  }
  write_whole(path, scenario_named(name), Existing::refuse);
  console.out << "wrote " << path << "\nplay it: drydock run " << path << "\n";
  return kHeld;
}

}  // namespace drydock::cli
