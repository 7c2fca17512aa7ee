#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <set>
#include <string>
#include <system_error>
#include <vector>

#include "cli/commands.hpp"
#include "cli/findings.hpp"
#include "cli/glob.hpp"
#include "cli/known.hpp"
#include "cli/memory_file.hpp"
#include "cli/options.hpp"
#include "reports/json_parts.hpp"
#include "reports/layout.hpp"
#include "reports/memory.hpp"
#include "reports/style.hpp"
#include "reports/words.hpp"
#include "scenarios/tool.hpp"

namespace drydock::cli {
namespace {

using reports::Ordered;
using scenarios::RememberedFinding;

constexpr Usage kFindingsUsage{"drydock findings ACTION FILE [PATTERN…] [options]",
                               "  drydock findings list findings.db\n"
                               "  drydock findings list findings.db --state new --format json\n"
                               "  drydock findings show findings.db 'no-orphan-*'\n"
                               "  drydock findings accept findings.db no-orphan-1f9b2c07 --note 'until #1991'\n"
                               "  drydock findings note findings.db no-orphan-1f9b2c07 --link https://…/1991\n"
                               "  drydock findings retire findings.db 'april-2026/*'\n"
                               "  drydock findings export findings.db --output tapes\n",
                               "ACTION is list, show, note, accept, retire or export. FILE is what --known of\n"
                               "explore, run and mutate has written. PATTERN (* and ?) is matched against\n"
                               "PROMISE-HASH and POLICY/PROMISE-HASH.\n\n"
                               "accept   what is new or reopened is known: no pipeline is red for it\n"
                               "note     --note and --link say something of it; an empty text takes it away\n"
                               "retire   its tape is not played any more, until it is found again\n"
                               "export   write the tapes, for replay, shrink, odds and --beyond\n\n"
                               "docs/memory.md tells the states, and how FILE is read with sqlite3.\n\n"
                               "Exit codes: 0 done, 2 bad command line or input, 4 nothing matches, 74 cannot\n"
                               "write.\n"};

struct FindingsRequest {
  std::string action;
  std::string file;
  std::vector<std::string> patterns;
  std::optional<std::string> note;
  std::optional<std::string> link;
  std::optional<std::string> state;
  std::string date;
  std::optional<std::string> output;
  bool all = false;
  Format format = Format::text;
  reports::TextStyle style;
};

po::options_description findings_options() {
  return described(
      {{"state", "new|known|fixed|reopened|does-not-replay", "list, show, export: only those that stand so"},
       {"all", "", "list, show, export: retired ones too"},
       {"note", "TEXT", "note, accept: say something of it"},
       {"link", "TEXT", "note, accept: where it is dealt with"},
       {"date", "DATE", "accept, retire, note: as of this day (default: the latest one in FILE)"},
       {"output,o", "DIR", "export: write the tapes there"},
       format_option(),
       colour_option()});
}

/// Throws UsageError where an option was given that the action does not have.
void check_options(const po::variables_map& values, const std::string& action) {
  struct Allowed {
    const char* option = nullptr;
    std::set<std::string> actions;
  };
  const std::vector<Allowed> all{{"state", {"list", "show", "export"}},  {"all", {"list", "show", "export"}},
                                 {"note", {"note", "accept"}},           {"link", {"note", "accept"}},
                                 {"date", {"note", "accept", "retire"}}, {"output", {"export"}}};
  for (const Allowed& one : all) {
    if (values.count(one.option) != 0 && !one.actions.contains(action))
      throw UsageError(fmt::format("{} does not take --{}", action, one.option), "");
  }
}

FindingsRequest findings_request(const po::variables_map& values, const Console& console) {
  FindingsRequest request;
  const std::vector<std::string> words = operands_of(values);
  request.action = words[0];
  request.file = words[1];
  request.patterns.assign(words.begin() + 2, words.end());
  check_options(values, request.action);
  request.note = one_of(values, "note");
  request.link = one_of(values, "link");
  request.state = one_of(values, "state");
  request.date = date_of(values);
  request.output = one_of(values, "output");
  request.all = values.count("all") > 0;
  request.format = format_of(values);
  request.style.colour = colour_of(values, console.terminal);
  const bool reads = request.action == "list" || request.action == "export";
  if (!reads && request.patterns.empty()) throw UsageError(request.action + " takes a PATTERN; '*' is all of them", "");
  if (request.action == "note" && !request.note && !request.link)
    throw UsageError("note takes --note TEXT or --link URL", "");
  if (request.action == "export" && !request.output) throw UsageError("export takes --output DIR", "");
  return request;
}

// ---- which findings ----

/// Returns a state as a word of the command line.
std::string option_word(scenarios::FindingState state) {
  std::string word{scenarios::to_text(state)};
  std::replace(word.begin(), word.end(), ' ', '-');
  return word;
}

bool is_meant(const FindingsRequest& request, const RememberedFinding& finding) {
  if (request.state && option_word(finding.state) != *request.state) return false;
  const bool reads = request.action != "note" && request.action != "accept" && request.action != "retire";
  if (reads && !request.all && !finding.retired.empty()) return false;
  return request.patterns.empty() ||
         std::any_of(request.patterns.begin(), request.patterns.end(), [&](const std::string& pattern) {
           return glob_matches(pattern, finding.name()) || glob_matches(pattern, finding.full_name());
         });
}

std::vector<RememberedFinding> meant(const FindingsRequest& request, std::vector<RememberedFinding> all) {
  std::erase_if(all, [&](const RememberedFinding& one) { return !is_meant(request, one); });
  return all;
}

int report_none(const FindingsRequest& request, const std::vector<RememberedFinding>& all, Console& console) {
  std::vector<std::string> names;
  names.reserve(all.size());
  for (const RememberedFinding& one : all) names.push_back(one.name());
  const std::string hint = request.patterns.empty() ? "" : scenarios::nearest(request.patterns.front(), names);
  console.err << "drydock findings: no finding in " << reports::printable(request.file) << " is meant";
  if (!hint.empty()) console.err << " (did you mean " << reports::printable(hint) << "?)";
  console.err << "\n";
  return kNothingSelected;
}

// ---- list and show ----

std::string state_of(const RememberedFinding& finding) {
  return finding.retired.empty() ? std::string{scenarios::to_text(finding.state)} : "retired";
}

std::string line_of_finding(const RememberedFinding& finding) {
  std::string text = reports::pad(state_of(finding), 17) + reports::fit_ends(finding.full_name(), 46);
  text = reports::pad(std::move(text), 65) + finding.last.date.substr(0, 10);
  return text + "\n";
}

std::string block_of(const RememberedFinding& finding, const std::vector<PastChange>& history,
                     reports::TextStyle style) {
  std::string out = reports::heading(reports::printable(finding.full_name()), style);
  out += reports::field("state", state_of(finding));
  for (const auto& [name, value] : {std::pair<const char*, const std::string&>{"why", finding.why},
                                    {"note", finding.note},
                                    {"link", finding.link},
                                    {"scenario", finding.scenario},
                                    {"what", finding.message},
                                    {"signature", finding.key.signature}}) {
    if (!value.empty()) out += reports::field(name, reports::printable(value));
  }
  if (!finding.tape.empty()) out += reports::field("tape", reports::counted(finding.size, "decision"));
  for (const auto& [name, seen] :
       {std::pair<const char*, const scenarios::Occasion&>{"first seen", finding.first}, {"last seen", finding.last}}) {
    out += reports::field(name, reports::printable(fmt::format("{}, {}, {}", seen.date, seen.campaign, seen.model)));
  }
  for (const PastChange& change : history) {
    std::string text = fmt::format("{} ({})", change.state, change.by.campaign);
    if (!change.why.empty()) text += ": " + change.why;
    out += reports::field(change.by.date.substr(0, 10), reports::printable(text));
  }
  return out + "\n";
}

Ordered history_json(const std::vector<PastChange>& history) {
  return reports::array_of(history, [](const PastChange& one) {
    return Ordered{{"date", one.by.date},
                   {"state", one.state},
                   {"why", reports::text_or_null(one.why)},
                   {"campaign", one.by.campaign},
                   {"model", reports::text_or_null(one.by.model)}};
  });
}

void print_findings(const FindingsRequest& request, const MemoryFile& memory,
                    const std::vector<RememberedFinding>& findings, Console& console) {
  if (request.format == Format::json) {
    const Ordered list = reports::array_of(findings, [&](const RememberedFinding& one) {
      Ordered json = reports::remembered_json(one);
      json["history"] = history_json(memory.history(one.key));
      return json;
    });
    const Ordered document{
        {"format", "drydock.findings/1"}, {"tool", scenarios::tool_name()}, {"file", request.file}, {"findings", list}};
    console.out << reports::document_text(document);
    return;
  }
  for (const RememberedFinding& one : findings) {
    console.out << (request.action == "list" ? line_of_finding(one)
                                             : block_of(one, memory.history(one.key), request.style));
  }
}

// ---- note, accept and retire ----

/// Changes a finding as it was asked, and says what has become of it.
std::string changed(const FindingsRequest& request, const std::string& date, RememberedFinding& finding) {
  if (request.note) finding.note = *request.note;
  if (request.link) finding.link = *request.link;
  if (request.action == "note") return "noted";
  if (request.action == "retire") {
    if (finding.retired.empty()) finding.retired = date;
    return "retired";
  }
  if (finding.state == scenarios::FindingState::fixed) return "fixed: there is nothing to accept";
  if (finding.accepted.empty()) scenarios::accept(finding, date);
  return "accepted";
}

int change_findings(const FindingsRequest& request, Console& console) {
  // The file is not made where there is none: there is nothing to change.
  (void)MemoryFile(request.file, MemoryFile::Use::read);
  MemoryFile memory(request.file, MemoryFile::Use::write);
  const std::string date = request.date.empty() ? memory.latest_date() : request.date;
  std::string said;
  std::vector<RememberedFinding> all;
  memory.change([&](const std::vector<RememberedFinding>& before) {
    all = before;
    MemoryChange change{.findings = meant(request, before), .entry = {.by = {date, "findings " + request.action, ""}}};
    for (RememberedFinding& finding : change.findings)
      said += reports::printable(finding.full_name()) + "  " + changed(request, date, finding) + "\n";
    return change;
  });
  if (said.empty()) return report_none(request, all, console);
  if (request.format == Format::json) {
    print_findings(request, memory, meant(request, memory.findings()), console);
  } else {
    console.out << said;
  }
  return kHeld;
}

// ---- export ----

int export_findings(const FindingsRequest& request, const std::vector<RememberedFinding>& findings, Console& console) {
  std::error_code error;
  std::filesystem::create_directories(*request.output, error);
  if (error || !std::filesystem::is_directory(*request.output))
    throw UsageError(fmt::format("--output {}: there can be no such directory", *request.output), "");
  std::set<std::string> taken;
  for (const RememberedFinding& one : findings) {
    if (one.tape.empty()) {
      console.err << "note: " << reports::printable(one.full_name()) << " has no tape\n";
      continue;
    }
    for (const std::string& path : keep_files(*request.output, taken, one.name(), {{".tape.json", one.tape}}))
      console.out << reports::printable(path) << "\n";
  }
  return kHeld;
}

}  // namespace

int findings_command(const Arguments& arguments, Console& console) {
  const Operands operands{
      "ACTION", 2, std::numeric_limits<std::size_t>::max(), {"list", "show", "note", "accept", "retire", "export"}};
  const auto values = read_options(arguments, kFindingsUsage, findings_options(), operands, console);
  if (!values) return kHeld;
  const FindingsRequest request = findings_request(*values, console);
  if (request.action == "note" || request.action == "accept" || request.action == "retire")
    return change_findings(request, console);
  const MemoryFile memory(request.file, MemoryFile::Use::read);
  const std::vector<RememberedFinding> all = memory.findings();
  const std::vector<RememberedFinding> findings = meant(request, all);
  const bool lists_all = request.action == "list" && request.patterns.empty();
  if (findings.empty() && !lists_all) return report_none(request, all, console);
  if (request.action == "export") return export_findings(request, findings, console);
  print_findings(request, memory, findings, console);
  return kHeld;
}

}  // namespace drydock::cli
