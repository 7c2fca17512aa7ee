#include "cli/completion.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "sim/check.hpp"

namespace drydock::cli {
namespace {

constexpr Usage kCompletionUsage{"drydock completion bash|zsh|fish",
                                 "  source <(drydock completion bash)        try it in this shell\n"
                                 "  drydock completion bash > ~/.local/share/bash-completion/completions/drydock\n"
                                 "  drydock completion zsh > ~/.zfunc/_drydock     (~/.zfunc being in $fpath)\n"
                                 "  drydock completion fish > ~/.config/fish/completions/drydock.fish\n",
                                 "Prints a script that completes commands, options, policies, knobs and their\n"
                                 "values, cases, reports and files. It is made from the tables that the commands\n"
                                 "read their options by. An installed drydock has these scripts in place.\n"};

struct Shell {
  std::string_view name;
  std::string (*script)(std::span<const CommandSyntax> commands);
};

constexpr auto kShells =
    std::to_array<Shell>({{"bash", bash_completion}, {"zsh", zsh_completion}, {"fish", fish_completion}});

std::vector<std::string> shell_names() {
  std::vector<std::string> names;
  names.reserve(kShells.size());
  for (const Shell& shell : kShells) names.emplace_back(shell.name);
  return names;
}

bool same(const Value& a, const Value& b) {
  return a.words == b.words && a.files == b.files && a.directories == b.directories;
}

}  // namespace

CompletedValues::CompletedValues(std::span<const CommandSyntax> commands) {
  // Many options take what has the same name, and to find out what that is may mean reading every scenario.
  std::map<std::string, Value> by_name;
  const auto value_at = [&by_name](const OptionSyntax& option) {
    if (dynamic_cast<const KindsValue*>(option.option->semantic().get()) != nullptr) return value_of(*option.option);
    const auto known = by_name.find(option.value_name);
    if (known != by_name.end()) return known->second;
    return by_name.emplace(option.value_name, value_of(*option.option)).first->second;
  };
  for (const CommandSyntax& command : commands) {
    for (const OptionSyntax& option : command.options) {
      if (!option.value_name.empty()) add(value_at(option), {command.name, option.name});
    }
    if (command.operands.most > 0) add(value_of(command.operands), {command.name, ""});
  }
}

void CompletedValues::add(const Value& value, CompletedValue::Place place) {
  auto known =
      std::find_if(values_.begin(), values_.end(), [&](const CompletedValue& one) { return same(one.value, value); });
  if (known == values_.end()) known = values_.insert(values_.end(), CompletedValue{value, {}});
  known->places.push_back(std::move(place));
}

std::size_t CompletedValues::at(std::string_view command, std::string_view option) const {
  const auto found = std::find_if(values_.begin(), values_.end(), [&](const CompletedValue& one) {
    return std::any_of(one.places.begin(), one.places.end(),
                       [&](const auto& place) { return place.command == command && place.option == option; });
  });
  DRYDOCK_CHECK(found != values_.end(), "{} {} takes no value", command, option);
  return static_cast<std::size_t>(found - values_.begin());
}

int completion_command(const Arguments& arguments, Console& console) {
  const auto values = read_options(arguments, kCompletionUsage, described({}), {"SHELL", 1, 1, shell_names()}, console);
  if (!values) return kHeld;
  const std::string name = operands_of(*values).front();
  const auto* const shell =
      std::find_if(kShells.begin(), kShells.end(), [&](const Shell& one) { return one.name == name; });
  const std::vector<CommandSyntax> commands = syntax();
  console.out << shell->script(commands);
  return kHeld;
}

}  // namespace drydock::cli
