#include "cli/merge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "cli/campaign.hpp"
#include "cli/findings.hpp"
#include "cli/input.hpp"
#include "cli/interrupt.hpp"
#include "cli/known_search.hpp"
#include "cli/options.hpp"
#include "reports/exploration_json.hpp"
#include "reports/exploration_merge.hpp"
#include "sim/is_one_of.hpp"

namespace drydock::cli {
namespace {

using reports::ExplorationReport;

bool is_campaign(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_directory(path, error);
}

/// Names the shards, of those that there are, which none of the results has.
void name_missing_shards(const ExplorationReport& merged, Merged& out) {
  for (std::uint32_t shard = 1; shard <= merged.found.shards; ++shard) {
    if (!sim::is_one_of(shard, merged.parts))
      out.missing.push_back(fmt::format("shard {} of {}", shard, merged.found.shards));
  }
}

Merged merge_files(const std::vector<std::string>& files) {
  Merged out;
  std::vector<ExplorationReport> shards;
  std::vector<std::string> names;
  for (const std::string& file : files) {
    const auto fail = [&](const std::string& message) { out.problems.push_back(scenarios::problem_in(file, message)); };
    const Input input = read_file(file);
    if (!input.text) {
      out.problems.push_back(input.error);
      continue;
    }
    auto shard = reports::read_exploration(*input.text);
    if (!shard.report) {
      fail(shard.error);
      continue;
    }
    std::string why;
    for (std::size_t i = 0; i < shards.size() && why.empty(); ++i) {
      why = reports::why_not_shards_of_one(shards[i], *shard.report);
      if (!why.empty()) fail(fmt::format("is no shard of the search in {}: {}", names[i], why));
    }
    if (!why.empty()) continue;
    shards.push_back(*std::move(shard.report));
    names.push_back(file);
  }
  if (shards.empty()) return out;
  out.report = reports::merge_shards(shards);
  name_missing_shards(*out.report, out);
  return out;
}

void name_missing_runs(const ExplorationReport& report, Merged& out) {
  if (!report.found.kept) return;
  const char* what = report.deviations ? "section" : "run";
  for (const auto& [from, to] : report.found.kept->missing) {
    out.missing.push_back(to - from == 1 ? fmt::format("{} {}", what, from)
                                         : fmt::format("{}s {} to {}", what, from, to - 1));
  }
}

Merged merge_campaigns(const std::vector<std::string>& directories, const ExploreCase& explore,
                       const std::function<void(const scenarios::SearchProgress&)>& progress, KnownSearch* known) {
  Merged out;
  MergedCampaigns campaigns(directories, out.problems);
  if (campaigns.empty()) return out;
  const Job job = campaigns.job();
  scenarios::ExploreOptions options = campaigns.options();
  options.ledger = &campaigns;
  options.jobs = all_threads();
  options.interrupted = interrupted;
  options.progress = progress;
  if (known != nullptr) known->begin(job, options, play_job);
  ExplorationReport report;
  report.found = explore(*job.scenario, job.played, options);
  if (known != nullptr) known->end(job, report);
  report.inputs = campaigns.inputs();
  report.document = campaigns.document().dump();
  if (job.played.in_file) report.case_name = job.played.name;
  if (options.strategy == scenarios::Strategy::exhaustive) report.deviations = options.deviations;
  for (const scenarios::Finding& finding : report.found.findings) {
    const std::string by_tape = known != nullptr ? known->reproduce_command(finding) : "";
    report.files.push_back({.reproduce = by_tape.empty() ? deviate_command(job, finding) : by_tape});
  }
  name_missing_runs(report, out);
  out.report = std::move(report);
  return out;
}

}  // namespace

Merged merge_results(const std::vector<std::string>& paths, const ExploreCase& explore,
                     const std::function<void(const scenarios::SearchProgress&)>& progress, KnownSearch* known) {
  const auto campaigns = std::count_if(paths.begin(), paths.end(), is_campaign);
  if (campaigns == 0) return merge_files(paths);
  if (campaigns != std::ssize(paths))
    throw UsageError("--merge takes results or directories of campaigns, not some of each", "");
  try {
    return merge_campaigns(paths, explore, progress, known);
  } catch (const scenarios::Json::exception&) {
    throw CampaignRefused("a campaign.json lacks what it takes to merge it");
  }
}

}  // namespace drydock::cli
