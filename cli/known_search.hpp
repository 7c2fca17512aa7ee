#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/known.hpp"
#include "cli/play.hpp"
#include "cli/selection.hpp"
#include "reports/exploration.hpp"
#include "scenarios/explore/explorer.hpp"

namespace drydock::cli {

/// A search that knows findings: the tapes of its policy are played first, and what it finds is compared with them.
class KnownSearch {
 public:
  /// Throws as KnownFindings does.
  KnownSearch(const KnownRequest& request, const std::string& campaign) : known_(request, campaign) {}

  /// Plays the known tapes under the job's policy, and tells the search what is no news.
  void begin(const Job& job, scenarios::ExploreOptions& options, const JobPlayer& player);

  /// Notes what was found. From then on the report has those findings that are new or reopened, and says of the others
  /// how they stand. A search that broke, or that was refused, is not noted.
  void end(const Job& job, reports::ExplorationReport& report);

  /// Returns the command that plays a finding again which the search has not shown, but a known tape; empty for others.
  [[nodiscard]] std::string reproduce_command(const scenarios::Finding& finding) const;

 private:
  /// Says whose run showed a finding; what the search has shrunk comes before all else.
  enum class Source : unsigned char { known_tape, run_of_search, search };

  void judge(const Job& job, const scenarios::RememberedFinding& finding, const scenarios::Outcome& outcome);
  void see(const Job& job, const scenarios::Finding& finding, Source source, const std::string& known_tape);

  KnownFindings known_;
  std::string policy_;
  std::string promise_;  // the only one that is looked for; empty: any
  std::vector<scenarios::TapeShown> tapes_;
  std::vector<std::string> not_judged_;
  /// What a run showed.
  struct Shown {
    scenarios::Finding finding;
    std::string tape;
    Source source = Source::known_tape;
    std::string known_tape;  // the finding whose known tape it was
  };
  std::map<scenarios::FindingKey, Shown> shown_;
  std::vector<scenarios::FindingKey> order_;
};

/// Plays the tape of a job. Where decisions of it meet no question any more and the promise that it was kept for is
/// not broken in its way, each of them is tried at other questions of its site: a fault that strikes the third call may
/// have become one that strikes the second. Returns the run that breaks the promise, else the one whose tape fits best.
[[nodiscard]] scenarios::Outcome carried_over(const Job& job, const JobPlayer& player, scenarios::Workbench& workbench);

}  // namespace drydock::cli
