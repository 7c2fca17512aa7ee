#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/completion.hpp"
#include "reports/reproduce.hpp"

namespace drydock::cli {
namespace {

constexpr std::string_view kBashHead =
    R"(# bash completion for drydock, as `drydock completion bash` prints it

)";

constexpr std::string_view kMain = R"sh(
_drydock()
{
    local line=${COMP_LINE:0:COMP_POINT} words='' paths='' head='' signs='' typed word
    local -a given
    local IFS=$' \t\n'
    COMPREPLY=()
    read -ra given <<<"$line"
    [[ $line == *[[:space:]] ]] && given+=('')
    local last=$((${#given[@]} - 1))
    ((last > 0)) || return
    typed=${given[last]}
    local value=$typed before='' command=''

    ((last > 1)) && command=${given[1]}
    if [[ $command && $typed == --*=* ]] && _drydock_value "$command" "${typed%%=*}"; then
        before=${typed%%=*}=
        value=${typed#*=}
    elif [[ $command && ${given[last - 1]} == --* ]] &&
        _drydock_value "$command" "${given[last - 1]}"; then
        :
    elif [[ ! $command || $typed == -* ]]; then
        _drydock_words "$command" "$typed"
    else
        _drydock_value "$command" ''
    fi

    # KIND=PATH: behind the sign stands a path.
    if [[ $paths == follow ]]; then
        paths=''
        if [[ $value == *=* ]]; then
            before+=${value%%=*}=
            value=${value#*=}
            words='' paths=files
        fi
    fi

    # What stands before readline's own word, which begins behind these signs.
    [[ $COMP_WORDBREAKS == *=* ]] && signs+='='
    [[ $COMP_WORDBREAKS == *:* ]] && signs+=':'
    [[ $signs ]] && head=${typed%"${typed##*["$signs"]}"}
    value=${value#[\'\"]}

    while read -r word; do
        [[ $word ]] || continue
        word=$before$word
        COMPREPLY+=("${word#"$head"}")
    done <<<"$(compgen -W "$words" -- "$value")"
    if [[ $paths ]]; then
        local kind=-f
        [[ $paths == directories ]] && kind=-d
        while read -r word; do
            [[ $word ]] || continue
            word=$before$word
            COMPREPLY+=("${word#"$head"}")
        done <<<"$(compgen "$kind" -- "$value")"
        compopt -o filenames 2>/dev/null
    fi
    if ((${#COMPREPLY[@]} == 1)) && [[ ${COMPREPLY[0]} == *= ]]; then
        compopt -o nospace 2>/dev/null
    fi
}

complete -F _drydock drydock
)sh";

std::string pattern(const CompletedValue::Place& place) { return place.command + ":" + place.option; }

std::string paths_word(const Value& value) {
  if (value.directories) return "directories";
  if (!value.files) return "";
  const bool follow = !value.words.empty() && value.words.front().ends_with('=');
  return follow ? "follow" : "files";
}

/// Writes the function that says what the last word may be. It fails for an option that takes no value.
std::string value_function(std::span<const CommandSyntax> commands) {
  std::string text =
      "# _drydock_value COMMAND OPTION: what the option takes; without an option, the command.\n"
      "_drydock_value()\n{\n    case $1:$2 in\n";
  const CompletedValues values(commands);
  for (const CompletedValue& one : values.all()) {
    std::vector<std::string> patterns;
    for (const auto& place : one.places) patterns.push_back(pattern(place));
    text += fmt::format(
        "        {})\n            words={}\n            paths='{}'\n            ;;\n", fmt::join(patterns, " | "),
        reports::shell_quote(fmt::format("{}", fmt::join(one.value.words, " "))), paths_word(one.value));
  }
  return text + "        *) return 1 ;;\n    esac\n}\n\n";
}

std::vector<std::string> names_of(std::span<const OptionSyntax> options) {
  std::vector<std::string> names;
  for (const OptionSyntax& option : options) names.push_back(option.name);
  return names;
}

std::string words_function(std::span<const CommandSyntax> commands) {
  std::vector<std::string> names;
  for (const CommandSyntax& command : commands) names.push_back(command.name);
  std::string text =
      "# _drydock_words COMMAND WORD: the command's options; without one, the commands.\n"
      "_drydock_words()\n{\n    case $1:$2 in\n";
  text += fmt::format("        :-*) words='{}' ;;\n        :*) words='{}' ;;\n",
                      fmt::join(names_of(options_without_command()), " "), fmt::join(names, " "));
  for (const CommandSyntax& command : commands) {
    if (command.options.empty()) continue;
    text += fmt::format("        {}:*) words='{}' ;;\n", command.name, fmt::join(names_of(command.options), " "));
  }
  return text + "    esac\n}\n";
}

}  // namespace

std::string bash_completion(std::span<const CommandSyntax> commands) {
  return std::string{kBashHead} + value_function(commands) + words_function(commands) + std::string{kMain};
}

}  // namespace drydock::cli
