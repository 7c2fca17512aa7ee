#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/interrupt.hpp"
#include "cli/known_mutants.hpp"
#include "cli/mutate.hpp"
#include "cli/output.hpp"
#include "reports/json.hpp"
#include "reports/layout.hpp"
#include "scenarios/files/diagnostic.hpp"
#include "tests/mutants/bench.hpp"

// drydock-mutants: `drydock mutate` with the woven platform. It takes the same arguments.

namespace drydock::mutants {
namespace {

using Ordered = nlohmann::ordered_json;

using Mutants = std::vector<const Mutant*>;

/// The mutants that were asked for; all where none was. Throws cli::UsageError.
Mutants mutants_of(const std::vector<std::string>& names) {
  const auto& all = woven_mutants();
  Mutants wanted;
  if (names.empty()) {
    for (const Mutant& mutant : all) wanted.push_back(&mutant);
  }
  for (const std::string& name : names) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const Mutant& mutant) { return mutant.name == name; });
    if (found == all.end()) {
      std::vector<std::string> known;
      for (const Mutant& mutant : all) known.push_back(mutant.name);
      throw cli::UsageError("there is no mutant '" + name + "'", scenarios::nearest(name, known));
    }
    wanted.push_back(&*found);
  }
  return wanted;
}

void print_json(const Mutants& mutants, std::span<const Judgement> judgements,
                const std::optional<reports::MemoryReport>& memory, std::ostream& out) {
  Ordered list = Ordered::array();
  for (std::size_t i = 0; i < judgements.size(); ++i) {
    const Mutant& mutant = *mutants[i];
    const Judgement& judgement = judgements[i];
    const auto or_null = [](const std::string& text) { return text.empty() ? Ordered(nullptr) : Ordered(text); };
    Ordered entry{{"name", mutant.name},
                  {"what", mutant.what},
                  {"kind", mutant.kind},
                  {"file", mutant.file},
                  {"result", std::string{to_text(judgement.result)}},
                  {"by", or_null(judgement.by)},
                  {"played", or_null(judgement.played)}};
    if (judgement.result == Result::equivalent) entry["reason"] = mutant.equivalent;
    list.push_back(std::move(entry));
  }
  Ordered document{{"mutants", std::move(list)}};
  if (memory) document["memory"] = reports::memory_json(*memory);
  out << document.dump(2, ' ', false, Ordered::error_handler_t::replace) << "\n";
}

std::string painted(Result result, bool colour) {
  const std::string word = reports::pad(std::string{to_text(result)}, 11);
  if (!colour || result == Result::equivalent) return word;
  return (result == Result::killed ? "\033[32m" : "\033[1;31m") + word + "\033[0m";
}

void print_text(const Mutants& mutants, std::span<const Judgement> judgements, bool colour, std::ostream& out) {
  std::size_t widest = 0;
  for (const Mutant* mutant : mutants) widest = std::max(widest, mutant->name.size());
  for (std::size_t i = 0; i < judgements.size(); ++i) {
    const Mutant& mutant = *mutants[i];
    const Judgement& judgement = judgements[i];
    const std::string rest = reports::pad(mutant.name, widest + 2) + judgement.by;
    out << painted(judgement.result, colour) << " " << reports::fit(reports::printable(rest), reports::kWidth - 12)
        << "\n";
    if (judgement.result == Result::survived)
      out << reports::paragraph("            ", mutant.file + ": " + mutant.what);
    if (judgement.result == Result::equivalent) out << reports::paragraph("            ", mutant.equivalent);
  }
}

std::size_t count(std::span<const Judgement> judgements, Result result) {
  return static_cast<std::size_t>(std::count_if(
      judgements.begin(), judgements.end(), [&](const Judgement& judgement) { return judgement.result == result; }));
}

std::vector<cli::PlayedMutant> played(const Mutants& mutants, std::span<const Judgement> judgements) {
  std::vector<cli::PlayedMutant> all;
  for (std::size_t i = 0; i < judgements.size(); ++i)
    all.push_back({mutants[i]->name, mutants[i]->what, judgements[i].result == Result::survived});
  return all;
}

int play(const cli::MutateRequest& request, cli::Console& console) {
  const Mutants mutants = mutants_of(request.names);
  const bool watched = console.terminal.err;
  std::optional<cli::KnownMutants> known;
  if (request.known) known.emplace(*request.known);
  const Bench bench(request.runs);
  const auto judgements = judge_all(bench, mutants, request.jobs, [&](std::size_t ready) {
    if (watched) console.err << fmt::format("\r{} of {}\033[K", ready, mutants.size()) << std::flush;
  });
  if (watched) console.err << "\r\033[K" << std::flush;
  std::optional<reports::MemoryReport> memory;
  if (known)
    memory = known->end(played(mutants, judgements), request.names.empty() && judgements.size() == mutants.size());
  if (request.format == cli::Format::json) {
    print_json(mutants, judgements, memory, console.out);
  } else {
    print_text(mutants, judgements, request.colour, console.out);
    console.out << fmt::format("{} mutants: {} killed, {} equivalent, {} survived\n", judgements.size(),
                               count(judgements, Result::killed), count(judgements, Result::equivalent),
                               count(judgements, Result::survived));
    if (memory) console.out << reports::memory_line(*memory) << reports::memory_text(*memory, {request.colour});
  }
  if (judgements.size() < mutants.size()) {
    console.err << "drydock mutate: interrupted; the other mutants were not played\n";
    return cli::kInterrupted;
  }
  const bool is_red = memory ? cli::has_red(*memory) : count(judgements, Result::survived) > 0;
  return is_red ? cli::kFailed : cli::kHeld;
}

int report_usage(const cli::UsageError& error, bool json, cli::Console& console) {
  if (json) {
    const scenarios::Diagnostic diagnostic{.message = error.what(), .hint = error.hint()};
    console.out << reports::errors_json({&diagnostic, 1});
    return cli::kBadInput;
  }
  console.err << "drydock mutate: " << reports::printable(error.what());
  if (!error.hint().empty()) console.err << " (" << reports::printable(error.hint()) << ")";
  console.err << "\nSee: drydock help mutate\n";
  return cli::kBadInput;
}

int mutants_main(const cli::Arguments& arguments, cli::Console& console) {
  try {
    const auto request = cli::read_mutate(arguments, console);
    return request ? play(*request, console) : static_cast<int>(cli::kHeld);
  } catch (const cli::UsageError& error) {
    return report_usage(error, cli::asks_for_json(arguments), console);
  } catch (const cli::CannotWrite& error) {
    console.err << "drydock mutate: " << reports::printable(error.what()) << "\n";
    return cli::kCannotWrite;
  } catch (const std::exception& error) {
    console.err << "drydock mutate: internal error: " << reports::printable(error.what()) << "\n";
    return cli::kInternalError;
  }
}

}  // namespace
}  // namespace drydock::mutants

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // as drydock's own main()
  drydock::cli::watch_for_interrupt();
  const char* no_colour = std::getenv("NO_COLOR");
  const drydock::cli::Terminal terminal{.out = isatty(STDOUT_FILENO) != 0,
                                        .err = isatty(STDERR_FILENO) != 0,
                                        .no_colour = no_colour != nullptr && *no_colour != '\0'};
  drydock::cli::Console console{std::cout, std::cerr, terminal};
  const int code = drydock::mutants::mutants_main({argv + 1, argv + argc}, console);
  if (!std::cout.flush()) return drydock::cli::kCannotWrite;
  return code == drydock::cli::kInterrupted ? drydock::cli::interrupted_exit_code() : code;
}
