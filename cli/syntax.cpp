#include "cli/syntax.hpp"

#include "cli/values.hpp"

namespace drydock::cli {
namespace {

OptionSyntax syntax_of(const boost::shared_ptr<po::option_description>& described) {
  const po::option_description& option = *described;
  const std::string shortest = option.canonical_display_name(po::command_line_style::allow_dash_for_short);
  OptionSyntax syntax{.name = "--" + option.long_name(),
                      .letter = shortest.starts_with('-') ? shortest : "",
                      .value_name = value_name(option),
                      .meaning = option.description(),
                      .repeatable = is_repeatable(option),
                      .option = described};
  // In a list of options a sign is shorter than the sentence; here `repeatable` says it.
  if (syntax.meaning.starts_with("+ ")) syntax.meaning.erase(0, 2);
  return syntax;
}

CommandSyntax syntax_of(const Command& command) {
  const Description description = describe(command);
  CommandSyntax syntax{.name = std::string{command.name},
                       .summary = std::string{command.summary},
                       .usage = description.usage,
                       .options = {},
                       .operands = description.operands};
  for (const auto& option : description.options.options()) syntax.options.push_back(syntax_of(option));
  return syntax;
}

CommandSyntax help_syntax() {
  return {.name = "help",
          .summary = std::string{kHelpSummary},
          .usage = {.synopsis = "drydock help [COMMAND]", .examples = "  drydock help run\n", .notes = {}},
          .options = {},
          .operands = {"COMMAND", 0, 1, command_names()}};
}

}  // namespace

std::vector<CommandSyntax> syntax() {
  std::vector<CommandSyntax> all;
  for (const Command& command : commands()) all.push_back(syntax_of(command));
  all.push_back(help_syntax());
  return all;
}

std::vector<OptionSyntax> options_without_command() {
  std::vector<OptionSyntax> all;
  const po::options_description options = main_options();
  for (const auto& option : options.options()) all.push_back(syntax_of(option));
  return all;
}

}  // namespace drydock::cli
