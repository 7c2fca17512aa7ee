#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/completion.hpp"
#include "reports/reproduce.hpp"

namespace drydock::cli {
namespace {

constexpr std::string_view kZshHead = R"(#compdef drydock
# zsh completion for drydock, as `drydock completion zsh` prints it

)";

constexpr std::string_view kFoot = R"(
if [[ ${funcstack[1]} == _drydock ]]; then
  _drydock "$@"
else
  compdef _drydock drydock
fi
)";

/// Text inside a specification of _arguments.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string quoted_words(const std::vector<std::string>& words) {
  std::vector<std::string> quoted;
  quoted.reserve(words.size());
  for (const std::string& word : words) quoted.push_back(reports::shell_quote(word));
  return fmt::format("{}", fmt::join(quoted, " "));
}

/// Completes one kind of value. A word that ends in '=' goes on, so no space is put behind it.
std::string value_function(const Value& value, std::size_t number) {
  std::vector<std::string> whole;
  std::vector<std::string> begun;
  for (const std::string& word : value.words) (word.ends_with('=') ? begun : whole).push_back(word);

  std::string text = fmt::format("_drydock_value_{}() {{\n  local found=1\n", number);
  const bool paths_follow = value.files && !begun.empty();
  if (paths_follow) text += "  if compset -P '*='; then _files \"$@\"; return; fi\n";
  if (!whole.empty()) text += fmt::format("  compadd \"$@\" -- {} && found=0\n", quoted_words(whole));
  if (!begun.empty()) text += fmt::format("  compadd \"$@\" -S '' -- {} && found=0\n", quoted_words(begun));
  if (value.files && !paths_follow) text += "  _files \"$@\" && found=0\n";
  if (value.directories) text += "  _files -/ \"$@\" && found=0\n";
  return text + "  return found\n}\n\n";
}

std::string value_functions(const CompletedValues& values) {
  std::string text;
  std::size_t number = 0;
  for (const CompletedValue& one : values.all()) text += value_function(one.value, ++number);
  return text;
}

std::string function_at(const CompletedValues& values, std::string_view command, std::string_view option) {
  return fmt::format("_drydock_value_{}", values.at(command, option) + 1);
}

std::string option_spec(const CommandSyntax& command, const OptionSyntax& option, const CompletedValues& values) {
  const std::string meaning = escaped(option.meaning);
  if (!option.letter.empty()) {
    return fmt::format("'(- *)'{{{},{}}}{}", option.letter, option.name, reports::shell_quote("[" + meaning + "]"));
  }
  const std::string_view star = option.repeatable ? "*" : "";
  if (option.value_name.empty()) return reports::shell_quote(fmt::format("{}{}[{}]", star, option.name, meaning));
  return reports::shell_quote(fmt::format("{}{}=[{}]:{}:{}", star, option.name, meaning, escaped(option.value_name),
                                          function_at(values, command.name, option.name)));
}

std::string command_case(const CommandSyntax& command, const CompletedValues& values) {
  std::vector<std::string> specs;
  for (const OptionSyntax& option : command.options) specs.push_back(option_spec(command, option, values));
  if (command.operands.most > 0) {
    specs.push_back(
        reports::shell_quote(fmt::format("{}:{}:{}", command.operands.most > 1 ? "*" : "1",
                                         escaped(command.operands.name), function_at(values, command.name, ""))));
  }
  return fmt::format("    {})\n      _arguments \\\n        {} && ret=0\n      ;;\n", command.name,
                     fmt::join(specs, " \\\n        "));
}

std::string main_function(std::span<const CommandSyntax> commands, const CompletedValues& values) {
  std::string text =
      "_drydock() {\n  local curcontext=\"$curcontext\" state line ret=1\n"
      "  typeset -A opt_args\n  local -a commands=(\n";
  for (const CommandSyntax& command : commands) {
    text += fmt::format("    {}\n", reports::shell_quote(command.name + ":" + escaped(command.summary)));
  }
  text += "  )\n  _arguments -C \\\n";
  for (const OptionSyntax& option : options_without_command())
    text += fmt::format("    '(- *)'{}{} \\\n",
                        option.letter.empty() ? option.name : fmt::format("{{{},{}}}", option.letter, option.name),
                        reports::shell_quote("[" + escaped(option.meaning) + "]"));
  text +=
      "    '1:command:->command' '*::argument:->argument' && ret=0\n"
      "  case $state in\n    command) _describe command commands && ret=0; return ret ;;\n"
      "    argument) ;;\n    *) return ret ;;\n  esac\n"
      "  curcontext=\"${curcontext%:*}-$words[1]:\"\n  case $words[1] in\n";
  for (const CommandSyntax& command : commands) text += command_case(command, values);
  return text + "  esac\n  return ret\n}\n";
}

}  // namespace

std::string zsh_completion(std::span<const CommandSyntax> commands) {
  const CompletedValues values(commands);
  return std::string{kZshHead} + value_functions(values) + main_function(commands, values) + std::string{kFoot};
}

}  // namespace drydock::cli
