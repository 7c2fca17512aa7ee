#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "cli/claim_file.hpp"
#include "cli/selection.hpp"
#include "cli/usage.hpp"
#include "scenarios/explore/explorer.hpp"
#include "sim/search/lines.hpp"

namespace drydock::cli {

/// A directory is no campaign, or one of another search. It is a mistake of the command line: exit code 2.
class CampaignRefused : public UsageError {
 public:
  explicit CampaignRefused(const std::string& message) : UsageError(message, "") {}
};

/// Returns what `campaign.json` says of a search (`drydock.campaign/1`): everything that decides which runs it plays
/// and how they are counted, and what it takes to play them again without the command line. The model's behaviour is
/// added once it is known. `inputs` is the hash that results have too.
[[nodiscard]] scenarios::Json campaign_document(const scenarios::ExploreOptions& search, const Job& job,
                                                std::uint64_t inputs);

/// Make the job, and the options, of the search of such a document again. `path` is where it was read: policies that
/// the scenario names by their files are looked for from there, where the scenario was no file. Throw CampaignRefused
/// and Json::exception where the document lacks something.
[[nodiscard]] Job campaign_job(const scenarios::Json& document, const std::string& path);
[[nodiscard]] scenarios::ExploreOptions campaign_options(const scenarios::Json& document);

/// Says in which respect two searches differ; empty where they are the same.
[[nodiscard]] std::string why_another_search(const scenarios::Json& kept, const scenarios::Json& asked);

/// The directory of a campaign: `campaign.json`, a file for each line below `lines`, and the tape of each finding below
/// `findings`. Every file is written whole or not at all. Several processes may have one directory.
class CampaignDirectory final : public sim::search::Ledger {
 public:
  /// Makes the directory where there is none. `runs` is how many are wanted, where that is bounded. Throws
  /// CampaignRefused where it holds another search, or something else; CannotWrite where nothing can be written there.
  CampaignDirectory(std::string directory, scenarios::Json document, std::optional<std::uint64_t> runs,
                    std::ostream& notes);

  void begin(std::uint64_t model) override;
  std::optional<sim::search::Line> claim(const sim::search::LinePlan& plan) override;
  void keep(const sim::search::Line& line) override;
  void release(const sim::search::Line& line) override;
  void read(const std::function<void(sim::search::Line& line)>& each) override;

  /// Keeps the tape of a finding; one that is kept already stays unless it is to be `replaced`.
  void keep_finding(const Job& job, const scenarios::Finding& finding, bool replaced);
  /// Returns how many lines other processes were playing when the last claim was looked for.
  [[nodiscard]] std::uint64_t others() const { return others_; }

 private:
  void make();
  void check(const std::optional<scenarios::Json>& kept) const;
  void remove_temporaries();
  [[nodiscard]] bool is_finished(std::uint64_t line, std::uint64_t wanted) const;
  [[nodiscard]] sim::search::Line kept_line(std::uint64_t line, const sim::search::LinePlan& plan);

  std::string directory_;
  scenarios::Json document_;
  std::optional<std::uint64_t> runs_;
  std::ostream& notes_;
  std::optional<ClaimFile> claims_;
  std::uint64_t search_ = 0;         // the hash that lines have
  std::uint64_t length_ = 0;         // of a line
  std::set<std::uint64_t> settled_;  // lines that are finished
  std::uint64_t others_ = 0;
};

/// The campaigns of several directories, as one: of each line that is in several, what was played furthest is taken.
/// Nothing is played or written.
class MergedCampaigns final : public sim::search::Ledger {
 public:
  /// Reads `campaign.json` of each. What is wrong goes to `problems`: directories with problems are left out.
  MergedCampaigns(const std::vector<std::string>& directories, std::vector<scenarios::Diagnostic>& problems);

  [[nodiscard]] bool empty() const { return directories_.empty(); }
  /// Returns the job, and the options, of the search that all of them are part of.
  [[nodiscard]] Job job() const;
  [[nodiscard]] scenarios::ExploreOptions options() const;
  [[nodiscard]] std::uint64_t inputs() const;
  /// Returns what `campaign_document` said of that search.
  [[nodiscard]] scenarios::Json document() const;

  void begin(std::uint64_t model) override;
  std::optional<sim::search::Line> claim(const sim::search::LinePlan& /*plan*/) override { return std::nullopt; }
  void keep(const sim::search::Line& /*line*/) override {}
  void release(const sim::search::Line& /*line*/) override {}
  void read(const std::function<void(sim::search::Line& line)>& each) override;

 private:
  std::vector<std::string> directories_;
  scenarios::Json document_;  // that of the first
  std::optional<std::uint64_t> runs_;
  std::vector<scenarios::Diagnostic>& problems_;
};

}  // namespace drydock::cli
