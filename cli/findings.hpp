#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cli/console.hpp"
#include "cli/selection.hpp"
#include "reports/exploration.hpp"
#include "scenarios/explore/exploration.hpp"

namespace drydock::cli {

/// Returns the text of a finding's tape file: the decisions of its run, and, of all that the run broke, this finding.
[[nodiscard]] std::string tape_of(const scenarios::Scenario& scenario, const scenarios::CaseSpec& played,
                                  const scenarios::Finding& finding);

/// Returns `<invariant>-<8 hexadecimal digits of its signature>`: a finding has the same name in every search.
[[nodiscard]] std::string file_stem(const scenarios::Finding& finding);

/// Returns the violation of a tape's run that is meant, null where there is none. Where a promise is named, that is its
/// first violation with the signature that the tape was kept for, else its first. Where none is named, that is the one
/// that the tape was kept for (`Job::recorded_finding`), else the first that the case does not list.
[[nodiscard]] const scenarios::ShownViolation* meant_violation(const scenarios::Json& recorded,
                                                               const std::optional<std::string>& invariant,
                                                               const scenarios::Outcome& outcome);

/// Says that the tape does not break the promise that was named, or none at all. Returns exit code 1.
int report_nothing_broken(std::string_view command, const std::string& tape, const std::optional<std::string>& promise,
                          Console& console);

/// Returns the path of a file beside a tape: `a.tape.json` becomes `a` and the ending, whatever of `.tape.json` there
/// is.
[[nodiscard]] std::string beside_tape(std::string tape, std::string_view ending);

/// Return the command that plays a finding again: from its tape, or from the scenario with each of its decisions.
[[nodiscard]] std::string replay_command(const std::string& tape_path, const std::vector<std::string>& invariants);
[[nodiscard]] std::string deviate_command(const Job& job, const scenarios::Finding& finding);

/// The text of a file that is to be kept, and how its name ends.
struct NamedText {
  std::string ending;
  std::string text;
};

/// Writes `<stem><ending>` for each of the files into a directory that exists, and adds the stem to `taken`. The stem
/// is `name`, with `-2`, `-3`, … where that is taken or another file has the name: none is replaced, and one that has
/// the same text stays. Returns the paths. Each file is written whole or not at all; throws CannotWrite.
std::vector<std::string> keep_files(const std::string& directory, std::set<std::string>& taken, const std::string& name,
                                    const std::vector<NamedText>& files);

/// Keeps `<file_stem>.tape.json`, and `.scenario.json` where `scenario` has a text, as `keep_files` does.
[[nodiscard]] reports::FindingFiles save_finding(const std::string& directory, std::set<std::string>& taken,
                                                 const Job& job, const scenarios::Finding& finding,
                                                 const std::optional<std::string>& scenario);

}  // namespace drydock::cli
