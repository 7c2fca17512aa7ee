#include "cli/common.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <limits>
#include <set>
#include <stdexcept>
#include <thread>

#include "cli/output.hpp"
#include "cli/values.hpp"
#include "model/invariants/catalogue.hpp"
#include "reports/formats.hpp"
#include "reports/json.hpp"
#include "reports/junit.hpp"
#include "reports/layout.hpp"
#include "reports/ndjson.hpp"
#include "reports/text.hpp"
#include "scenarios/files/decode_cloud.hpp"
#include "scenarios/files/file_use.hpp"
#include "scenarios/trace/sql_invariants.hpp"

namespace drydock::cli {

namespace {

namespace fs = std::filesystem;

fs::path canonical(const std::string& path) {
  std::error_code ignored;
  return fs::weakly_canonical(fs::absolute(path, ignored), ignored);
}

}  // namespace

void need_writable(const std::string& what, const std::string& path) {
  if (const auto problem = why_not_writable(path); !problem.empty())
    throw UsageError(fmt::format("{} cannot be written: {}", what, problem), "");
  if (const std::string input = scenarios::note_to_be_written(what, path); !input.empty())
    throw UsageError(fmt::format("{} would replace {}, which is read", what, input), "");
}

std::vector<ReportFile> read_report_files(const po::variables_map& values, const std::vector<std::string>& kinds) {
  std::vector<ReportFile> files;
  std::set<std::string> paths;
  for (const std::string& text : all_of(values, "report")) {
    const auto parts = scenarios::split_setting(text);
    if (!parts) throw UsageError(fmt::format("--report takes KIND=PATH, not '{}'", text), "");
    const ReportFile file{parts->first, parts->second};
    need_word("--report's KIND", file.kind, kinds);
    need_writable("--report " + text, file.path);
    if (!paths.insert(canonical(file.path).string()).second)
      throw UsageError("two reports are to be written to " + file.path, "");
    files.push_back(file);
  }
  return files;
}

bool need_events(const std::vector<ReportFile>& files) {
  return std::any_of(files.begin(), files.end(),
                     [](const ReportFile& file) { return reports::report_kind(file.kind).needs_events; });
}

bool need_trace(const std::vector<ReportFile>& files) {
  return std::any_of(files.begin(), files.end(),
                     [](const ReportFile& file) { return reports::report_kind(file.kind).needs_trace; });
}

void write_each(const std::vector<ReportFile>& files, const ReportText& text) {
  std::vector<std::string> failures;
  bool is_unmade = false;
  for (const ReportFile& file : files) {
    try {
      write_whole(file.path, text(file));
    } catch (const CannotWrite& error) {
      failures.emplace_back(error.what());
    } catch (const std::exception& error) {
      failures.push_back(fmt::format("the {} report: {}", file.kind, error.what()));
      is_unmade = true;
    }
  }
  if (failures.empty()) return;
  const std::string all = fmt::format("{}", fmt::join(failures, "; "));
  if (is_unmade) throw std::runtime_error(all);
  throw CannotWrite(all);
}

void write_reports(const std::vector<ReportFile>& files, std::span<const reports::CaseReport> reports,
                   const reports::Ending& ending, const std::function<std::string()>& json) {
  std::vector<ReportFile> held;
  for (const ReportFile& file : files) {
    if (!reports.empty() || !reports::report_kind(file.kind).one_run) held.push_back(file);
  }
  write_each(held, [&](const ReportFile& file) {
    if (json && file.kind == "json") return json();
    return reports::render_report(reports::report_kind(file.kind), reports, ending);
  });
}

std::vector<std::string> invariant_names(const po::variables_map& values) {
  std::vector<std::string> names;
  for (const auto& known : model::invariant_catalogue()) names.emplace_back(known.name);
  for (const std::string& file : all_of(values, "invariant")) names.push_back(scenarios::sql_invariant_name(file));
  return names;
}

void print_runs(Format format, std::span<const reports::CaseReport> reports, const reports::Ending& ending,
                Console& console) {
  if (format == Format::json) console.out << reports::result_json(reports, ending);
  if (format == Format::ndjson) console.out << reports::ndjson(reports, ending);
  if (format == Format::junit) console.out << reports::junit(reports, ending);
}

std::int64_t wall_clock_us() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

SelectionRequest requested_runs(const po::variables_map& values) {
  SelectionRequest wanted;
  wanted.files = operands_of(values);
  wanted.policies = all_of(values, "policy");
  wanted.cases = all_of(values, "case");
  wanted.set = all_of(values, "set");
  wanted.deviate = all_of(values, "deviate");
  wanted.invariants = all_of(values, "invariant");
  std::vector<std::string> tapes = all_of(values, "tape");
  if (tapes.size() > 1 && !wanted.files.empty())
    throw UsageError("several --tape go without FILE: each plays its own scenario", "");
  if (tapes.size() == 1) {
    wanted.tape = tapes.front();
  } else {
    wanted.files.insert(wanted.files.end(), tapes.begin(), tapes.end());
  }
  wanted.no_seed = asks_for_no_seed(values);
  if (!wanted.no_seed) wanted.seed = seed_of(values);
  if (wanted.files.empty() && !wanted.tape) throw UsageError("FILE is missing", "");
  return wanted;
}

SelectionRequest requested_case(const po::variables_map& values) {
  SelectionRequest wanted;
  wanted.files = operands_of(values);
  wanted.set = all_of(values, "set");
  wanted.invariants = all_of(values, "invariant");
  if (const auto policy = one_of(values, "policy")) wanted.policies = {*policy};
  if (const auto pattern = one_of(values, "case")) wanted.cases = {*pattern};
  if (!wanted.policies.empty() && !wanted.cases.empty())
    throw UsageError("--policy takes the place of a case: give one of the two", "");
  return wanted;
}

void ProgressLine::show(std::string_view text) {
  if (!wanted_) return;
  shown_ = true;
  console_.err << "\r" << reports::fit(text, reports::kWidth - 1) << "\033[K" << std::flush;
}

void ProgressLine::clear() {
  if (!shown_) return;
  shown_ = false;
  console_.err << "\r\033[K" << std::flush;
}

int report_nothing_selected(std::string_view command, const SelectionRequest& wanted, const Selection& selection,
                            Format format, Console& console) {
  if (format == Format::json) {
    const auto error = scenarios::problem("no case matches " + wanted.cases.front());
    console.out << reports::errors_json({&error, 1});
  }
  console.err << "drydock " << command << ": no case matches " << reports::printable(wanted.cases.front())
              << "; there are:\n";
  for (const std::string& name : selection.candidates) console.err << "  " << reports::printable(name) << "\n";
  return kNothingSelected;
}

const Job& only_job(const Selection& selection, const SelectionRequest& wanted) {
  if (selection.jobs.size() == 1) return selection.jobs.front();
  std::string names;
  for (const Job& job : selection.jobs) names += (names.empty() ? "" : ", ") + job.played.name;
  throw UsageError(fmt::format("--case {} matches {} cases, and one is played at a time: {}", wanted.cases.front(),
                               selection.jobs.size(), names),
                   "");
}

}  // namespace drydock::cli
