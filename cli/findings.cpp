#include "cli/findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "cli/output.hpp"
#include "reports/layout.hpp"
#include "reports/words.hpp"
#include "scenarios/files/tape_file.hpp"
#include "sim/hash.hpp"

namespace drydock::cli {

using scenarios::Finding;
using scenarios::ShownViolation;

namespace {

std::string text_in(const scenarios::Json& finding, const char* key) {
  const auto found = finding.is_object() ? finding.find(key) : finding.end();
  return found != finding.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

}  // namespace

std::string tape_of(const scenarios::Scenario& scenario, const scenarios::CaseSpec& played, const Finding& finding) {
  // The file needs the decisions, the hash and the violation; the record stays where it is.
  scenarios::Outcome outcome;
  outcome.trace_hash = finding.outcome.trace_hash;
  outcome.tape = finding.outcome.tape;
  outcome.violations = {reports::violation_of(finding)};
  outcome.unlisted = {0};
  return scenarios::encode_tape(scenario, played, outcome);
}

std::string file_stem(const Finding& finding) {
  std::string stem;
  for (const char c : finding.invariant) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    stem += plain ? c : '-';
  }
  const auto hash = static_cast<std::uint32_t>(sim::hash_text(finding.signature) >> 32U);
  return fmt::format("{}-{:08x}", stem, hash);
}

const ShownViolation* meant_violation(const scenarios::Json& recorded, const std::optional<std::string>& invariant,
                                      const scenarios::Outcome& outcome) {
  const auto& all = outcome.violations;
  const auto first = [&](auto&& matches) {
    const auto found = std::find_if(all.begin(), all.end(), matches);
    return found == all.end() ? nullptr : &*found;
  };
  const std::string signature = text_in(recorded, "signature");
  const std::string promise = invariant.value_or(text_in(recorded, "invariant"));
  if (const auto* same =
          first([&](const ShownViolation& one) { return one.invariant == promise && one.signature == signature; })) {
    return same;
  }
  if (const auto* same = first([&](const ShownViolation& one) { return one.invariant == promise; })) {
    return same;
  }
  if (invariant || all.empty()) return nullptr;
  return outcome.unlisted.empty() ? &all.front() : &all[outcome.unlisted.front()];
}

int report_nothing_broken(std::string_view command, const std::string& tape, const std::optional<std::string>& promise,
                          Console& console) {
  const std::string what = promise ? "does not break " + *promise : "breaks no promise";
  console.err << "drydock " << command << ": " << reports::printable(tape) << " " << what << " (any more)\n";
  return kFailed;
}

std::string beside_tape(std::string tape, std::string_view ending) {
  for (const std::string_view old : {".json", ".tape"}) {
    if (tape.ends_with(old)) tape.resize(tape.size() - old.size());
  }
  return tape + std::string{ending};
}

std::string replay_command(const std::string& tape_path, const std::vector<std::string>& invariants) {
  std::string line = "drydock replay " + reports::shell_quote(tape_path);
  for (const std::string& file : invariants) line += " --invariant " + reports::shell_quote(file);
  return line;
}

std::string deviate_command(const Job& job, const Finding& finding) {
  reports::Invocation invocation = job.invocation;
  // A seed of the case's own would answer everything that the tape leaves boring.
  invocation.no_seed = job.played.in_file && job.played.seed.has_value();
  invocation.seed.reset();
  for (const scenarios::ShownDecision& decision : finding.outcome.tape) {
    invocation.deviate.push_back(reports::decision_key(decision));
  }
  scenarios::Outcome named;
  named.case_name = job.played.name;
  return reports::reproduce_command(named, invocation);
}

reports::FindingFiles save_finding(const std::string& directory, const std::string& stem, const Job& job,
                                   const Finding& finding, const std::optional<std::string>& scenario) {
  const std::string base = (std::filesystem::path{directory} / stem).string();
  reports::FindingFiles files;
  write_whole(base + ".tape.json", tape_of(*job.scenario, job.played, finding));
  files.tape = base + ".tape.json";
  files.reproduce = replay_command(files.tape, job.invocation.invariants);
  if (scenario) {
    write_whole(base + ".scenario.json", *scenario);
    files.scenario = base + ".scenario.json";
  }
  return files;
}

}  // namespace drydock::cli
