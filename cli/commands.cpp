#include "cli/commands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <exception>
#include <sstream>

#include "cli/interrupt.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "reports/json.hpp"
#include "reports/layout.hpp"
#include "scenarios/files/diagnostic.hpp"
#include "scenarios/files/file_use.hpp"
#include "scenarios/tool.hpp"
#include "sim/check.hpp"

namespace drydock::cli {

// The commands: the function NAME_command in a file of its own, and a row here.
#define DRYDOCK_COMMANDS(ROW)                                                     \
  ROW(demo, "", "an incident, and the same hour after its fix")                   \
  ROW(run, "FILE…", "play the cases of scenarios")                                \
  ROW(explore, "FILE", "search for broken promises, and minimise each")           \
  ROW(findings, "ACTION FILE", "what is known from night to night")               \
  ROW(replay, "TAPE…", "play one run step by step")                               \
  ROW(shrink, "TAPE", "leave out what a broken promise does not need")            \
  ROW(sweep, "FILE", "a grid of values, and its cliff")                           \
  ROW(compare, "FILE", "the same tapes, another policy: what changes")            \
  ROW(odds, "TAPE", "when a broken promise became likely")                        \
  ROW(fix, "FILE|TAPE", "the smallest change that makes a broken promise hold")   \
  ROW(query, "FILE [SQL]", "ask a run's trace database")                          \
  ROW(serve, "[FILE]", "a cloud that real EC2 clients talk to, in virtual time")  \
  ROW(import, "LOG…", "the log of a real platform as events")                     \
  ROW(conform, "LOG…", "can a policy explain the log of a real platform")         \
  ROW(validate, "FILE…", "check files without running anything")                  \
  ROW(mutate, "[MUTANT…]", "does the bench catch broken lifecycle logic")         \
  ROW(list, "WHAT [PATTERN]", "what there is: knobs, policies, events, sites, …") \
  ROW(schema, "WHAT", "the format of a scenario, policy, tape or result")         \
  ROW(new, "NAME", "write a commented scenario to start from")                    \
  ROW(completion, "SHELL", "what makes bash, zsh or fish complete this")          \
  ROW(man, "[COMMAND]", "the manual page")

#define DRYDOCK_DECLARE(name, operands, summary) int name##_command(const Arguments& arguments, Console& console);
DRYDOCK_COMMANDS(DRYDOCK_DECLARE)
#undef DRYDOCK_DECLARE

namespace {

#define DRYDOCK_ROW(name, operands, summary) Command{#name, operands, summary, &name##_command},
constexpr auto kCommands = std::to_array<Command>({DRYDOCK_COMMANDS(DRYDOCK_ROW)});
#undef DRYDOCK_ROW
#undef DRYDOCK_COMMANDS

constexpr std::string_view kPurpose = "drydock plays a workspace platform's incidents and their fixes in virtual time.";

constexpr std::string_view kExamples =
    "  drydock demo                                 see what this is about\n"
    "  drydock run scenarios/reprov-thrash.json     play a scenario's cases\n"
    "  drydock run reprov-thrash --policy latest    play it under another policy\n"
    "  drydock explore pause-cascade                search it for broken promises\n"
    "  drydock new my-incident                      start a scenario of your own\n";

constexpr auto kExitCodes = std::to_array<ExitCode>({{kHeld, "all held"},
                                                     {kFailed, "something was violated or unmet"},
                                                     {kBadInput, "bad command line or input"},
                                                     {kInconclusive, "inconclusive"},
                                                     {kNothingSelected, "nothing selected"},
                                                     {kIncomplete, "incomplete (--partial)"},
                                                     {kInternalError, "internal error"},
                                                     {kCannotWrite, "cannot write"},
                                                     {kInterrupted, "interrupted (143 by SIGTERM, 129 by SIGHUP)"}});

std::string exit_codes_text() {
  std::string text = "Exit codes:";
  for (const ExitCode& exit : kExitCodes)
    text += fmt::format("{} {} {}", exit.code == kHeld ? "" : ",", static_cast<int>(exit.code), exit.meaning);
  return reports::paragraph("", text + ".");
}

void print_help(std::ostream& out) {
  out << kPurpose << "\n\nExamples:\n" << kExamples << "\nCommands:\n";
  std::vector<reports::Entry> entries;
  for (const Command& command : commands()) {
    const auto head = fmt::format("  drydock {} {}", command.name, command.operands);
    entries.push_back({head, std::string{command.summary}});
  }
  entries.push_back({"  drydock help COMMAND", std::string{kHelpSummary}});
  out << reports::listing(entries) << "\n" << main_options() << "\n" << exit_codes_text();
}

const Command* find_command(std::string_view name) {
  const auto all = commands();
  const auto found =
      std::find_if(all.begin(), all.end(), [name](const Command& command) { return command.name == name; });
  return found == all.end() ? nullptr : &*found;
}

const Command& need_command(const std::string& name) {
  if (const Command* command = find_command(name)) return *command;
  std::vector<std::string> names = command_names();
  names.emplace_back("help");
  throw UsageError("there is no command '" + name + "'", scenarios::nearest(name, names));
}

int help_command(const Arguments& arguments, Console& console) {
  if (arguments.empty() || arguments.front() == "--help" || arguments.front() == "-h") {
    print_help(console.out);
    return kHeld;
  }
  if (arguments.size() > 1) throw UsageError("help takes one command", "");
  if (arguments.front() == "help") return help_command({}, console);
  return need_command(arguments.front()).run({"--help"}, console);
}

/// Options before the command; none of them takes a value, so the first other word is the command.
int without_command(const Arguments& options, Console& console) {
  for (const std::string& option : options) {
    if (option == "--help" || option == "-h") {
      print_help(console.out);
      return kHeld;
    }
    if (option == "--version") {
      console.out << scenarios::tool_name() << "\n";
      return kHeld;
    }
    throw UsageError("unrecognised option '" + option + "'", scenarios::nearest(option, {"--help", "--version"}));
  }
  print_help(console.err);
  return kBadInput;
}

int dispatch(const Arguments& arguments, Console& console) {
  const auto word =
      std::find_if(arguments.begin(), arguments.end(), [](const std::string& text) { return !text.starts_with('-'); });
  const Arguments options(arguments.begin(), word);
  if (!options.empty() || word == arguments.end()) return without_command(options, console);
  const Arguments rest(word + 1, arguments.end());
  return *word == "help" ? help_command(rest, console) : need_command(*word).run(rest, console);
}

/// Returns the command that the arguments name, for messages; empty where they name none.
std::string named_command(const Arguments& arguments) {
  if (arguments.empty() || find_command(arguments.front()) == nullptr) return {};
  return arguments.front();
}

int report_usage(const UsageError& error, const Arguments& arguments, Console& console) {
  if (asks_for_json(arguments)) {
    const auto diagnostic = scenarios::problem(error.what(), error.hint());
    console.out << reports::errors_json({&diagnostic, 1});
    return kBadInput;
  }
  const std::string command = named_command(arguments);
  console.err << "drydock" << (command.empty() ? "" : " " + command) << ": " << reports::printable(error.what());
  if (!error.hint().empty()) console.err << " (" << reports::printable(error.hint()) << ")";
  console.err << "\nSee: drydock help" << (command.empty() ? "" : " " + command) << "\n";
  return kBadInput;
}

int report_interrupted(Console& console) {
  console.err << "drydock: interrupted\n";
  return kInterrupted;
}

int guarded(const Arguments& arguments, Console& console) {
  try {
    return dispatch(arguments, console);
  } catch (const UsageError& error) {
    return report_usage(error, arguments, console);
  } catch (const Interrupted&) {
    return report_interrupted(console);
  } catch (const scenarios::WaitEnded&) {
    return report_interrupted(console);
  } catch (const CannotWrite& error) {
    console.err << "drydock: " << reports::printable(error.what()) << "\n";
    return kCannotWrite;
  } catch (const std::exception& error) {
    console.err << "drydock: internal error: " << reports::printable(error.what()) << "\n";
    return kInternalError;
  }
}

}  // namespace

std::span<const Command> commands() { return kCommands; }

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const Command& command : commands()) names.emplace_back(command.name);
  return names;
}

std::string_view purpose() { return kPurpose; }
std::string_view examples() { return kExamples; }
std::span<const ExitCode> exit_codes() { return kExitCodes; }

Description describe(const Command& command) {
  std::ostringstream unused;
  std::optional<Description> description;
  Console console{.out = unused, .err = unused, .describe = &description};
  command.run({}, console);
  DRYDOCK_CHECK(description.has_value(), "{} does not read its options", command.name);
  return *description;
}

int drydock_main(const Arguments& arguments, std::ostream& out, std::ostream& err, Terminal terminal) {
  Console console{out, err, terminal};
  scenarios::end_waits_when(interrupted);
  int code = guarded(arguments, console);
  if (code == kInterrupted) code = interrupted_exit_code();
  // What was not written was not said: a verdict that nobody could read is not a success.
  if (const std::string problem = flush(out); !problem.empty()) {
    if (!reader_is_gone()) err << "drydock: " << problem << "\n";
    return code == kInternalError ? code : kCannotWrite;
  }
  return code;
}

}  // namespace drydock::cli
