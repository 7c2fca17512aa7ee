#include "cli/run_of_search.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "cli/campaign.hpp"
#include "cli/interrupt.hpp"
#include "reports/reproduce.hpp"
#include "scenarios/explore/explorer.hpp"
#include "scenarios/tool.hpp"
#include "scenarios/trace/sql_reading.hpp"
#include "scenarios/trace/trace_file.hpp"
#include "sim/search/run_rows.hpp"

namespace drydock::cli {
namespace {

using scenarios::SqlReading;
using scenarios::TraceFile;

/// Gives the only value of an answer, as text; empty where it has no row.
std::optional<std::string> value_of(const TraceFile& file, const std::string& sql) {
  SqlReading rows(file.handle(), sql);
  return rows.step() ? std::optional{rows.text(0)} : std::nullopt;
}

sim::Tape tape_of_row(const Job& job, const scenarios::ExploreOptions& search, const std::string& strategy,
                      const std::string& packed, std::uint64_t number) {
  if (!packed.empty()) return sim::search::unpacked_tape(packed);
  const auto drawn_by = scenarios::parse_strategy(strategy);
  if (!drawn_by) throw std::runtime_error("is of no strategy");
  scenarios::ExploreOptions options = search;
  options.interrupted = interrupted;
  return scenarios::drawn_tape(*job.scenario, job.played, options, *drawn_by, number);
}

}  // namespace

std::string replay_run_command(const std::string& path) {
  return fmt::format("drydock replay {} --run ", reports::shell_quote(path));
}

RunOfSearch run_of_search(const std::string& path, std::uint64_t number) {
  const auto fail = [&](const std::string& message) {
    return RunOfSearch{std::nullopt, "", scenarios::problem_in(path, message)};
  };
  const TraceFile::Opened opened = TraceFile::open(path, interrupted);
  if (!opened.file) return {std::nullopt, "", opened.error};
  const TraceFile& file = *opened.file;
  if (file.kind() != scenarios::TraceKind::runs) return fail("is the trace of one run: --run is for those of a search");
  const std::string where = fmt::format(" FROM run WHERE number = {}", number);
  const auto strategy = value_of(file, "SELECT strategy" + where);
  if (!strategy) {
    return fail(fmt::format("has no row of run {}: it has those of one run in {}", number,
                            value_of(file, "SELECT value FROM search WHERE key = 'sample' -- one row").value_or("?")));
  }
  const auto document = value_of(file, "SELECT value FROM search WHERE key = 'document' -- one row");
  const std::string tool = value_of(file, "SELECT value FROM search WHERE key = 'tool' -- one row").value_or("");
  try {
    const auto search = scenarios::Json::parse(document.value_or(""));
    Job job = campaign_job(search, path);
    const scenarios::ExploreOptions options = campaign_options(search);
    job.tape = tape_of_row(job, options, *strategy, value_of(file, "SELECT tape" + where).value_or(""), number);
    job.played.seed.reset();  // the tape says everything
    job.invocation.command = replay_run_command(path) + std::to_string(number);
    if (interrupted()) throw Interrupted();
    return {std::move(job),
            tool == scenarios::tool_name() ? "" : fmt::format("{} was searched by {}: runs may differ", path, tool),
            {}};
  } catch (const scenarios::Json::exception&) {
    return fail("does not say what was searched");
  } catch (const std::runtime_error& error) {
    return fail(fmt::format("cannot play run {}: its row {}", number, error.what()));
  }
}

}  // namespace drydock::cli
