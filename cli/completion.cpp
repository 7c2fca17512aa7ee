#include "cli/completion.hpp"

#include <algorithm>
#include <array>

#include "cli/commands.hpp"
#include "cli/options.hpp"

namespace drydock::cli {
namespace {

constexpr Usage kUsage{
    "drydock completion bash|zsh|fish",
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

constexpr auto kShells = std::to_array<Shell>(
    {{"bash", bash_completion}, {"zsh", zsh_completion}, {"fish", fish_completion}});

std::vector<std::string> shell_names() {
  std::vector<std::string> names;
  for (const Shell& shell : kShells) names.emplace_back(shell.name);
  return names;
}

bool same(const Value& a, const Value& b) {
  return a.words == b.words && a.files == b.files && a.directories == b.directories;
}

}  // namespace

std::vector<CompletedValue> completed_values(std::span<const CommandSyntax> commands) {
  std::vector<CompletedValue> values;
  const auto add = [&values](const Value& value, CompletedValue::Place place) {
    auto known = std::find_if(values.begin(), values.end(),
                              [&](const CompletedValue& one) { return same(one.value, value); });
    if (known == values.end()) known = values.insert(values.end(), CompletedValue{value, {}});
    known->places.push_back(std::move(place));
  };
  for (const CommandSyntax& command : commands) {
    for (const OptionSyntax& option : command.options) {
      if (!option.value_name.empty()) add(option.value, {command.name, option.name});
    }
    if (!command.operand_name.empty()) add(command.operand, {command.name, ""});
  }
  return values;
}

int completion_command(const Arguments& arguments, Console& console) {
  const auto values = read_options(arguments, kUsage, po::options_description("Options"),
                                   {"SHELL", 1, 1, shell_names()}, console);
  if (!values) return kHeld;
  const std::string name = operands_of(*values).front();
  const auto* const shell = std::find_if(kShells.begin(), kShells.end(),
                                         [&](const Shell& one) { return one.name == name; });
  const std::vector<CommandSyntax> commands = syntax();
  console.out << shell->script(commands);
  return kHeld;
}

}  // namespace drydock::cli
