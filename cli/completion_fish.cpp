#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "cli/completion.hpp"
#include "reports/reproduce.hpp"

namespace drydock::cli {
namespace {

constexpr std::string_view kFishHead =
    R"(# fish completion for drydock, as `drydock completion fish` prints it

function __drydock_command --description 'Whether drydock was given this command'
    set -l words (commandline -opc)
    test (count $words) -ge 2; and test $words[2] = $argv[1]
end

function __drydock_no_command --description 'Whether drydock was given no command yet'
    test (count (commandline -opc)) -eq 1
end

complete -c drydock -f
)";

/// fish reads backslashes in single quotes.
std::string fish_quoted(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '\\' ? std::string{"\\\\"} : std::string{c};
  return reports::shell_quote(out);
}

/// Returns the first clause of the meaning: fish shows it beside the option, in what is left of the line.
std::string in_short(std::string_view meaning) {
  return std::string{meaning.substr(0, std::min(meaning.find("; "), meaning.find(" (")))};
}

/// Returns the arguments by which fish completes the value: with words, paths or neither.
std::string arguments_of(const Value& value) {
  if (value.directories) return " -x -a '(__fish_complete_directories)'";
  std::string text = value.files ? " -r -F" : " -x";
  if (!value.words.empty()) text += " -a " + fish_quoted(fmt::format("{}", fmt::join(value.words, " ")));
  return text;
}

/// `arguments`: what completes its value; empty where it takes none.
std::string option_line(std::string_view condition, const OptionSyntax& option, const std::string& arguments) {
  const std::string letter = option.letter.empty() ? "" : fmt::format(" -s {}", option.letter.substr(1));
  return fmt::format("complete -c drydock -n {}{} -l {}{} -d {}\n", condition, letter, option.name.substr(2), arguments,
                     fish_quoted(in_short(option.meaning)));
}

std::string operand_line(std::string_view condition, const Value& value) {
  if (!value.files && !value.directories && value.words.empty()) return {};
  std::string text = fmt::format("complete -c drydock -n {}", condition);
  if (value.files) text += " -F";
  if (!value.words.empty()) text += " -a " + fish_quoted(fmt::format("{}", fmt::join(value.words, " ")));
  return text + "\n";
}

}  // namespace

std::string fish_completion(std::span<const CommandSyntax> commands) {
  const CompletedValues values(commands);
  const auto value_at = [&values](const CommandSyntax& command, const std::string& option) -> const Value& {
    return values.all()[values.at(command.name, option)].value;
  };
  std::string text{kFishHead};
  for (const OptionSyntax& option : options_without_command()) text += option_line("__drydock_no_command", option, "");
  for (const CommandSyntax& command : commands) {
    text += fmt::format("complete -c drydock -n __drydock_no_command -a {} -d {}\n", command.name,
                        fish_quoted(command.summary));
  }
  for (const CommandSyntax& command : commands) {
    const std::string condition = fish_quoted("__drydock_command " + command.name);
    text += "\n";
    if (command.operands.most > 0) text += operand_line(condition, value_at(command, ""));
    for (const OptionSyntax& option : command.options) {
      text +=
          option_line(condition, option, option.value_name.empty() ? "" : arguments_of(value_at(command, option.name)));
    }
  }
  return text;
}

}  // namespace drydock::cli
