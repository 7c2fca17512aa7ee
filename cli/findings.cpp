#include "cli/findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "cli/output.hpp"
#include "reports/layout.hpp"
#include "reports/words.hpp"
#include "scenarios/files/tape_file.hpp"
#include "scenarios/signature.hpp"

namespace drydock::cli {

using scenarios::Finding;
using scenarios::ShownViolation;

namespace {

std::string text_in(const scenarios::Json& finding, const char* key) {
  const auto found = finding.is_object() ? finding.find(key) : finding.end();
  return found != finding.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

/// Says what stands at a path where a file is to be kept.
enum class AtPath : unsigned char { nothing, the_same, another };

AtPath what_is_at(const std::string& path, const std::string& text) {
  std::error_code ignored;
  if (!std::filesystem::exists(std::filesystem::symlink_status(path, ignored))) return AtPath::nothing;
  if (!std::filesystem::is_regular_file(path, ignored)) return AtPath::another;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream there;
  there << file.rdbuf();
  return file.good() && there.str() == text ? AtPath::the_same : AtPath::another;
}

/// A file of a finding, with what stood at its path when it was looked at.
struct KeptFile {
  KeptFile(std::string path, const std::string& text)
      : path(std::move(path)), text(text), found(what_is_at(this->path, text)) {}

  /// Tells whether it can be kept there without replacing another one.
  [[nodiscard]] bool fits() const { return found != AtPath::another; }
  /// Writes the file unless it was there already. Throws CannotWrite, also where another stands there by now.
  void keep() const {
    if (found == AtPath::nothing) write_whole(path, text, Existing::refuse);
  }

  std::string path;
  const std::string& text;
  AtPath found;
};

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

std::string file_stem(const Finding& finding) { return scenarios::finding_stem(finding.invariant, finding.signature); }

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

std::vector<std::string> keep_files(const std::string& directory, std::set<std::string>& taken, const std::string& name,
                                    const std::vector<NamedText>& files) {
  for (std::size_t n = 1;; ++n) {
    const std::string stem = n == 1 ? name : fmt::format("{}-{}", name, n);
    const std::string path = (std::filesystem::path{directory} / stem).string();
    std::vector<KeptFile> kept;
    kept.reserve(files.size());
    for (const NamedText& file : files) kept.emplace_back(path + file.ending, file.text);
    if (!std::all_of(kept.begin(), kept.end(), [](const KeptFile& file) { return file.fits(); })) continue;
    if (!taken.insert(stem).second) continue;
    std::vector<std::string> paths;
    for (const KeptFile& file : kept) {
      file.keep();
      paths.push_back(file.path);
    }
    return paths;
  }
}

reports::FindingFiles save_finding(const std::string& directory, std::set<std::string>& taken, const Job& job,
                                   const Finding& finding, const std::optional<std::string>& scenario) {
  const scenarios::RecordedSession* session = finding.session.get();
  std::vector<NamedText> files{{".tape.json", session != nullptr
                                                  ? tape_of(session->file.scenario, session->file.played, finding)
                                                  : tape_of(*job.scenario, job.played, finding)}};
  if (scenario) files.push_back({".scenario.json", *scenario});
  if (session != nullptr) files.push_back({".session.ndjson", session->log});
  const std::vector<std::string> paths = keep_files(directory, taken, file_stem(finding), files);
  return {.reproduce = replay_command(paths.front(), job.invocation.invariants),
          .tape = paths.front(),
          .scenario = scenario ? paths[1] : "",
          .session = session != nullptr ? paths.back() : ""};
}

}  // namespace drydock::cli
