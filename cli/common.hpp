#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "cli/selection.hpp"
#include "reports/case_report.hpp"
#include "reports/ending.hpp"
#include "scenarios/outcome.hpp"

namespace drydock::cli {

// The commands that play something have this in common: run, explore, replay, shrink.

using reports::ReportFile;
/// Throws UsageError where a file cannot be written at `path`, or would replace one that was read. One that is read
/// from now on cannot be that file: reading it fails. `what` is the option as it was given.
void need_writable(const std::string& what, const std::string& path);
/// Reads every `--report KIND=PATH`. Throws UsageError for a kind that is none of `kinds`, for a path that cannot be
/// written, and for one that is written twice.
[[nodiscard]] std::vector<ReportFile> read_report_files(const po::variables_map& values,
                                                        const std::vector<std::string>& kinds);

/// Tell whether a report of these needs the events, or the trace, of its runs to be kept (reports/formats.hpp).
[[nodiscard]] bool need_events(const std::vector<ReportFile>& files);
[[nodiscard]] bool need_trace(const std::vector<ReportFile>& files);

/// Makes the text of a report file.
using ReportText = std::function<std::string(const ReportFile& file)>;
/// Writes each report, whole or not at all. One that cannot be made or written takes no other along: what went wrong
/// with all of them is thrown when the others are written, as CannotWrite where none failed in being made.
void write_each(const std::vector<ReportFile>& files, const ReportText& text);
/// Writes each report of runs; one that holds a single run is not written where there is none. `json`, where there is
/// one, makes the text of JSON reports, for who has more to say than the runs do. Throws as `write_each` does.
void write_reports(const std::vector<ReportFile>& files, std::span<const reports::CaseReport> reports,
                   const reports::Ending& ending, const std::function<std::string()>& json = {});

/// Returns the names that `--promise` takes: those of the catalogue, and those of the files that `--invariant` named.
[[nodiscard]] std::vector<std::string> invariant_names(const po::variables_map& values);

/// Prints the runs as the format says. Prints nothing in text, for which every command has words of its own.
void print_runs(Format format, std::span<const reports::CaseReport> reports, const reports::Ending& ending,
                Console& console);

/// Returns the time by the clock on the wall, in microseconds since 1970.
[[nodiscard]] std::int64_t wall_clock_us();

/// Reads which runs the command line of `run` and `compare` means: FILE…, --policy, --case, --set, --seed, --tape,
/// --deviate and --invariant. Throws UsageError where it names none.
[[nodiscard]] SelectionRequest requested_runs(const po::variables_map& values);
/// Reads which one case the command line of `explore` and `sweep` means: FILE, --policy or --case, --set and
/// --invariant. Throws UsageError where it names both a policy and a case.
[[nodiscard]] SelectionRequest requested_case(const po::variables_map& values);

/// Shows one line on stderr, which vanishes in the end. It is shown only where stderr is a terminal.
class ProgressLine {
 public:
  ProgressLine(Console& console, bool wanted) : console_(console), wanted_(wanted && console.terminal.err) {}
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine() { clear(); }

  void show(std::string_view text);
  void clear();

 private:
  Console& console_;
  bool wanted_;
  bool shown_ = false;
};

/// Says which cases there are, where a pattern matches none of them: in JSON as an error. Returns exit code 4.
int report_nothing_selected(std::string_view command, const SelectionRequest& wanted, const Selection& selection,
                            Format format, Console& console);

/// Returns the one case that was selected. Throws UsageError where `--case` matches several.
[[nodiscard]] const Job& only_job(const Selection& selection, const SelectionRequest& wanted);

}  // namespace drydock::cli
