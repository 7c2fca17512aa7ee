#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "cli/syntax.hpp"
#include "reports/layout.hpp"
#include "scenarios/tool.hpp"

namespace drydock::cli {
namespace {

constexpr Usage kManUsage{"drydock man [COMMAND]",
                          "  drydock man | man -l -\n"
                          "  drydock man run > drydock-run.1\n",
                          "Prints the manual page, or one of a single command, for man to show. It is made\n"
                          "from what the commands say of themselves.\n"};

constexpr std::string_view kDescription =
    "A run is a function of three values: a scenario (what is asked of the platform, and in what world), a policy "
    "(which fixes are in) and a tape (what nature decides). The same three give the same run, so a failure that was "
    "seen once can be played again, varied, and kept as a test. Every run is judged by the same promises, which "
    "drydock list invariants shows. The platform's code, its database and EC2 are simulated; nothing is sent to a "
    "network.";

// ---- text as roff reads it ----

struct Escape {
  char from = 0;
  std::string_view to;
};

constexpr auto kEscapes = std::to_array<Escape>(
    {{'\\', "\\e"}, {'-', "\\-"}, {'\'', "\\(aq"}, {'"', "\\(dq"}, {'`', "\\(ga"}, {'^', "\\(ha"}, {'~', "\\(ti"}});

/// Escapes what roff would read as its own, and what it would print as another character: a hyphen for a minus, say.
std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto* const known =
        std::find_if(kEscapes.begin(), kEscapes.end(), [c](const Escape& one) { return one.from == c; });
    if (known == kEscapes.end()) {
      out += c;
    } else {
      out += known->to;
    }
  }
  return out;
}

/// Writes a line as it is; one that begins with a dot would be a request.
std::string line(std::string_view text) { return (text.starts_with('.') ? "\\&" : "") + roff(text) + "\n"; }

/// Text that man fills.
std::string filled(std::string_view text) {
  std::string out;
  for (const std::string& one : reports::wrap(text, 60)) out += line(one);
  return out;
}

std::string bold(std::string_view text) { return "\\fB" + roff(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + roff(text) + "\\fR"; }

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  std::istringstream in{std::string{text}};
  for (std::string one; std::getline(in, one);) lines.push_back(one);
  return lines;
}

/// Lines that stay as they are, without the two spaces that help sets them off by.
std::string verbatim(const std::vector<std::string>& lines) {
  std::string out = ".PP\n.nf\n.RS 4\n";
  for (const std::string& one : lines)
    out += line(one.starts_with("  ") ? std::string_view{one}.substr(2) : std::string_view{one});
  return out + ".RE\n.fi\n";
}

/// Paragraphs are filled; one that holds a line that is indented was laid out by hand.
std::string paragraph(const std::vector<std::string>& lines) {
  const bool laid_out =
      std::any_of(lines.begin(), lines.end(), [](const std::string& one) { return one.starts_with("  "); });
  if (laid_out) return verbatim(lines);
  return ".PP\n" + filled(fmt::format("{}", fmt::join(lines, " ")));
}

std::string paragraphs(std::string_view text) {
  std::string out;
  std::vector<std::string> current;
  for (const std::string& one : lines_of(text)) {
    if (!one.empty()) {
      current.push_back(one);
      continue;
    }
    if (!current.empty()) out += paragraph(current);
    current.clear();
  }
  return current.empty() ? out : out + paragraph(current);
}

// ---- the parts of a page ----

std::string head(std::string_view name, std::string_view summary) {
  std::string title{name};
  std::transform(title.begin(), title.end(), title.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return fmt::format(
      "'\\\" -*- coding: UTF-8 -*-\n.\\\" As `drydock man` prints it.\n"
      ".TH {} 1 \"\" \"{}\" \"User Commands\"\n.SH NAME\n{} \\- {}\n",
      roff(title), roff(scenarios::tool_name()), roff(name), roff(summary));
}

/// A heading's text begins a paragraph of its own.
std::string under(std::string_view heading, std::string_view text) {
  constexpr std::string_view kParagraph = ".PP\n";
  if (text.starts_with(kParagraph)) text.remove_prefix(kParagraph.size());
  return fmt::format("{}\n{}", heading, text);
}

std::string synopses(std::span<const CommandSyntax> commands) {
  std::string out = ".nf\n";
  for (const CommandSyntax& command : commands) out += bold(command.usage.synopsis) + "\n";
  return out + ".fi\n";
}

std::string option_item(const OptionSyntax& option) {
  std::string out = ".TP\n";
  if (!option.letter.empty()) out += bold(option.letter) + ", ";
  out += bold(option.name);
  if (!option.value_name.empty()) out += " " + italic(option.value_name);
  return out + "\n" + filled(option.meaning + (option.repeatable ? "; may be repeated" : ""));
}

std::string option_list(const std::vector<OptionSyntax>& options) {
  std::string out;
  for (const OptionSyntax& option : options) out += option_item(option);
  return out;
}

std::string exit_status() {
  std::string out = ".SH EXIT STATUS\n";
  for (const ExitCode& exit : exit_codes())
    out += fmt::format(".TP\n.B {}\n{}", static_cast<int>(exit.code), line(exit.meaning));
  return out;
}

std::string environment() {
  return ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\n" +
         filled(
             "Where it is set and not empty, output to a terminal has no colour either, unless "
             "--color always asks for it.") +
         ".TP\n.B TERM\n" + filled("dumb stands for no colour as well.");
}

std::string files() {
  return ".SH FILES\n.TP\n.I /usr/share/drydock/scenarios/*.json\n" +
         filled(
             "The built-in scenarios, to read and to start from. The program has them inside: a "
             "name without a slash is looked for there.") +
         ".TP\n.I /usr/share/drydock/scenarios/policies/*.json\n" + filled("The policies, likewise.") +
         ".TP\n.I /usr/share/doc/drydock/\n" +
         filled("What the simulation does, what it leaves out, and how a scenario is written.") + ".PP\n" +
         filled("drydock schema prints the JSON Schemas of the files that it reads and writes.");
}

std::string command_section(const CommandSyntax& command) {
  return under(".SS " + roff(command.name), filled(command.summary)) + ".PP\n" + synopses({&command, 1}) +
         paragraphs(command.usage.notes) + verbatim(lines_of(command.usage.examples)) + option_list(command.options);
}

std::string whole_page() {
  const std::vector<CommandSyntax> commands = syntax();
  std::string page = head("drydock", "deterministic simulation of a workspace platform");
  page += under(".SH SYNOPSIS", synopses(commands));
  page += under(".SH DESCRIPTION", filled(purpose())) + ".PP\n" + filled(kDescription);
  page += under(".SH EXAMPLES", verbatim(lines_of(examples())));
  page += under(".SH OPTIONS", option_list(options_without_command()));
  page += ".SH COMMANDS\n";
  for (const CommandSyntax& command : commands) page += command_section(command);
  return page + exit_status() + environment() + files();
}

std::string command_page(const CommandSyntax& command) {
  std::string page = head("drydock-" + command.name, command.summary);
  page += under(".SH SYNOPSIS", synopses({&command, 1}));
  page += under(".SH DESCRIPTION", filled(command.summary)) + paragraphs(command.usage.notes);
  page += under(".SH OPTIONS", option_list(command.options));
  page += under(".SH EXAMPLES", verbatim(lines_of(command.usage.examples)));
  return page + exit_status() + ".SH SEE ALSO\n.BR drydock (1)\n";
}

}  // namespace

int man_command(const Arguments& arguments, Console& console) {
  const auto values = read_options(arguments, kManUsage, described({}), {"COMMAND", 0, 1, command_names()}, console);
  if (!values) return kHeld;
  const auto names = operands_of(*values);
  if (names.empty()) {
    console.out << whole_page();
    return kHeld;
  }
  const std::vector<CommandSyntax> commands = syntax();
  const auto command = std::find_if(commands.begin(), commands.end(),
                                    [&](const CommandSyntax& one) { return one.name == names.front(); });
  console.out << command_page(*command);
  return kHeld;
}

}  // namespace drydock::cli
