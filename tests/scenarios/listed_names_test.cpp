// Some names stand in lists far from what they name: the sites of decisions (`drydock list sites`), and the kinds of
// events that reports, scenarios and the command pick out as strings. Here runs of all that is shipped say which sites
// they ask and which kinds they emit, and the lists are held to that, both ways.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "faults/physics.hpp"
#include "faults/vocabulary.hpp"
#include "model/controlplane/control_plane.hpp"
#include "model/kinds.hpp"
#include "model/policy.hpp"
#include "scenarios/explore/tape_player.hpp"
#include "scenarios/files/embedded.hpp"
#include "scenarios/files/tape_file.hpp"
#include "scenarios/run.hpp"
#include "scenarios/sites.hpp"
#include "sim/search/fills.hpp"
#include "tests/support/play.hpp"
#include "tests/support/sanitized.hpp"

namespace drydock::scenarios {
namespace {

namespace fs = std::filesystem;

using Names = std::set<std::string, std::less<>>;
using Reasons = std::map<std::string, std::string, std::less<>>;

// --- what runs ask and emit ----------------------------------------------------------------------

struct Seen {
  Names sites;
  Names kinds;
  Names workspaces;
};

/// Notes every question that the tape does not answer, and answers as another fill does; without one, 0.
class NotingFill final : public sim::Fill {
 public:
  NotingFill(Names& sites, sim::Fill* inner) : sites_(sites), inner_(inner) {}
  std::uint32_t answer(const sim::Question& question) override {
    if (!sites_.contains(question.site)) sites_.emplace(question.site);
    return inner_ != nullptr ? inner_->answer(question) : 0;
  }

 private:
  Names& sites_;
  sim::Fill* inner_;
};

void note(const Scenario& scenario, CaseSpec played, const sim::Tape& tape, sim::Fill* inner, Workbench& workbench,
          Seen& seen) {
  played.expect.clear();
  played.sql_invariants.clear();
  NotingFill fill(seen.sites, inner);
  RunOptions options;
  options.keep_record = false;
  options.fill = &fill;
  const Outcome outcome = run(scenario, played, tape, options, workbench);
  for (const auto& [kind, count] : outcome.counts) seen.kinds.insert(kind);
  for (const ShownDecision& decision : outcome.tape) seen.sites.insert(decision.site);
  for (const FinalWorkspace& workspace : outcome.final) seen.workspaces.insert(workspace.workspace);
}

/// The first case as `hardened` plays it: no case that is shipped has this policy, and it asks what no other does.
CaseSpec hardened(const Scenario& scenario) {
  CaseSpec played = scenario.cases.front();
  played.policy_name = "hardened";
  played.policy = test::policy_of("hardened");
  return played;
}

/// Each case, and the first under `hardened`, with the boring tape and with `seeds` others.
void note_all(const Scenario& scenario, std::uint64_t seeds, Workbench& workbench, Seen& seen) {
  const sim::search::FillParameters parameters = fill_parameters_of(scenario);
  std::vector<CaseSpec> cases = scenario.cases;
  cases.push_back(hardened(scenario));
  for (const CaseSpec& played : cases) {
    note(scenario, played, {}, nullptr, workbench, seen);
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      const auto fill = sim::search::random_fill(seed, parameters);
      note(scenario, played, {}, fill.get(), workbench, seen);
    }
  }
}

std::string read(const fs::path& file) {
  std::ifstream in(fs::path{DRYDOCK_SOURCE_DIR} / file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// What `hardened` alone asks: where the launch went whose answer was lost before a pause, and that snapshots which
/// failed be deleted, once five of them forbid the sixth.
constexpr std::string_view kUnlucky = R"({
  "format": "drydock.scenario/1",
  "name": "unlucky",
  "horizon": "30m",
  "workspaces": [{"id": "lost"}, {"id": "full"}],
  "steps": [
    {"at": "10s", "request": "POST /workspaces/lost/restart"},
    {"at": "20s", "request": "POST /workspaces/lost/pause"},
    {"at": "4m", "request": "POST /workspaces/full/restart"},
    {"at": "8m", "request": "POST /workspaces/full/restart"},
    {"at": "12m", "request": "POST /workspaces/full/restart"},
    {"at": "16m", "request": "POST /workspaces/full/restart"},
    {"at": "20m", "request": "POST /workspaces/full/restart"},
    {"at": "24m", "request": "POST /workspaces/full/restart"}
  ],
  "faults": [
    {"on": "cp.start", "error": "reset", "effect": "applied", "from": "0s", "for": "3m"},
    {"on": "ec2.CreateSnapshot", "error": "ends-in-error", "from": "3m", "for": "27m"}
  ],
  "cases": [{"policy": "hardened", "expect": []}]
})";

/// What only a client with a random waiter asks: how long until the next look at a snapshot that is pending.
constexpr std::string_view kWaiting = R"({
  "format": "drydock.scenario/1",
  "name": "waiting",
  "horizon": "5m",
  "workspaces": [{"id": "w"}],
  "steps": [{"at": "10s", "request": "POST /workspaces/w/restart"}],
  "cases": [{"policy": "spring-2026", "set": {"controlplane.sdk": "js-v3"}, "expect": []}]
})";

constexpr std::uint64_t kSeeds = 2;
constexpr std::uint64_t kSeedsOfAnOpenWorld = 60;

/// Notes the catalogue, with some seeds; a search of its open world; the busy, the unlucky and the waiting world; every
/// tape that is kept.
Seen seen_in_runs() {
  Seen seen;
  Workbench workbench;
  for (const EmbeddedFile& file : embedded_files()) {
    if (file.path.find('/') != std::string_view::npos) continue;
    const Scenario scenario = test::scenario_of(file.text);
    note_all(scenario, scenario.explore ? kSeedsOfAnOpenWorld : kSeeds, workbench, seen);
  }
  note_all(test::scenario_of(read("tests/determinism/busy.json")), kSeeds, workbench, seen);
  note_all(test::scenario_of(kUnlucky), kSeeds, workbench, seen);
  note_all(test::scenario_of(kWaiting), kSeeds, workbench, seen);
  for (const auto& entry : fs::directory_iterator(fs::path{DRYDOCK_SOURCE_DIR} / "tests/regress")) {
    if (entry.path().extension() != ".json") continue;
    const TapeFile file = *decode_tape(entry.path().filename().string(), read(entry.path())).value;
    note(file.scenario, file.played, file.tape, nullptr, workbench, seen);
  }
  return seen;
}

// --- sites ---------------------------------------------------------------------------------------

/// Patterns that a row names in its words.
const std::multimap<std::string_view, std::string_view> kLikewise{
    {"{workspace}/request", "world/request"},
    {"{workspace}/request.hang_up", "world/request.hang_up"},
    {"{workspace}/request.patience", "world/request.patience"},
    {"{actor}/{on}.reply.fault", "{actor}/{on}.visibility.fault"},
    {"{actor}/{on}.reply.fault", "{actor}/{on}.completion.fault"},
    {"platform/process.fault", "cp/process.fault"},
    {"{workspace}/sdk.backoff", "cp/sdk.backoff"},
};

const Reasons kAskedByNoRun{
    {"{workspace}/ec2.start.pending", "nobody calls StartInstances"},
    {"{workspace}/ec2.stop.duration", "nobody calls StopInstances"},
    {"{workspace}/ec2.volume.creation", "nobody calls CreateVolume"},
    {"{workspace}/image.pull", "the pulls of the scenarios take a fixed time"},
};

/// The latency of an EC2 action that the control plane never calls: only a user of SimEc2 alone meets it.
bool is_never_called(std::string_view pattern) {
  constexpr std::string_view kBefore = "{workspace}/ec2.";
  constexpr std::string_view kAfter = ".latency";
  if (!pattern.starts_with(kBefore) || !pattern.ends_with(kAfter)) return false;
  pattern.remove_prefix(kBefore.size());
  pattern.remove_suffix(kAfter.size());
  const auto called = model::called_actions();
  return std::find(called.begin(), called.end(), pattern) == called.end();
}

/// Whether `text` begins with a place at which a fault can strike, as sites name it, and goes on with `rest`.
bool is_at_a_fault_point(std::string_view text, std::string_view rest, const Names& workspaces) {
  if (!text.ends_with(rest)) return false;
  const std::string site = std::string{text.substr(0, text.size() - rest.size())} + ".fault";
  for (const faults::FaultPlace& point : faults::fault_points()) {
    for (const std::string& workspace : workspaces) {
      const faults::Place place = faults::place_of(point.on, workspace);
      if (std::string{place.actor} + "/" + place.point == site) return true;
    }
  }
  return false;
}

bool matches(std::string_view pattern, std::string_view site, const Names& workspaces) {
  constexpr std::string_view kFault = "{actor}/{on}";
  if (pattern.starts_with(kFault)) return is_at_a_fault_point(site, pattern.substr(kFault.size()), workspaces);
  constexpr std::string_view kWorkspace = "{workspace}/";
  if (!pattern.starts_with(kWorkspace)) return site == pattern;
  const auto slash = site.find('/');
  const std::string_view actor = site.substr(0, slash);
  const std::string_view point = site.substr(slash + 1);
  // A call to EC2 that names no workspace is the cloud's own.
  const bool fits = workspaces.contains(actor) || (actor == "cloud" && point.starts_with("ec2."));
  return fits && point == pattern.substr(kWorkspace.size());
}

/// The first row of the list that this site is one of; empty when there is none.
std::string_view row_of(std::string_view site, const Names& workspaces) {
  for (const SiteInfo& row : site_catalogue()) {
    if (matches(row.pattern, site, workspaces)) return row.pattern;
    const auto [begin, end] = kLikewise.equal_range(row.pattern);
    for (auto at = begin; at != end; ++at) {
      if (matches(at->second, site, workspaces)) return row.pattern;
    }
  }
  return {};
}

void expect_listed_sites(Seen seen) {
  ASSERT_GT(seen.sites.size(), 100U);
  seen.workspaces.insert("");
  Names asked;
  for (const std::string& site : seen.sites) {
    const std::string_view row = row_of(site, seen.workspaces);
    EXPECT_FALSE(row.empty()) << site << " is asked and not listed";
    asked.emplace(row);
  }
  for (const SiteInfo& row : site_catalogue()) {
    const bool excused = kAskedByNoRun.contains(row.pattern) || is_never_called(row.pattern);
    EXPECT_NE(asked.contains(row.pattern), excused) << row.pattern << (excused ? " is asked" : " is never asked");
  }
}

// --- kinds of events -----------------------------------------------------------------------------

void expect_listed_kinds(const Seen& seen) {
  for (const sim::KindInfo& kind : model::kind_table())
    EXPECT_TRUE(seen.kinds.contains(kind.name)) << kind.name << " is never emitted";
}

TEST(ListedNames, AreTheOnesThatRunsAskAndEmit) {
  if (test::kSanitized) GTEST_SKIP() << "a thousand runs: the other builds play them";
  const Seen seen = seen_in_runs();
  expect_listed_sites(seen);
  expect_listed_kinds(seen);
}

/// Every name with a dot that stands between quotes in the sources of a floor, and a file that has it.
std::map<std::string, std::string> dotted_names_in(const std::string& floor) {
  std::map<std::string, std::string> names;
  const std::regex literal(R"re("([a-z][a-z0-9_]*\.[a-z0-9_]*)")re");
  for (const auto& entry : fs::recursive_directory_iterator(fs::path{DRYDOCK_SOURCE_DIR} / floor)) {
    const std::string extension = entry.path().extension().string();
    if (extension != ".cpp" && extension != ".hpp" && extension != ".js") continue;
    const std::string text = read(entry.path());
    for (std::sregex_iterator at(text.begin(), text.end(), literal), end; at != end; ++at)
      names.emplace((*at)[1].str(), entry.path().string());
  }
  return names;
}

/// What else such a name may be: a file, a knob, a place for a fault, a point of a site.
bool is_another_name(std::string_view name) {
  static const std::regex kFile(R"(.*\.(css|hpp|js|json|md))");
  if (std::regex_match(name.begin(), name.end(), kFile)) return true;
  if (model::find_knob(name) != nullptr || faults::find_point(name)) return true;
  const auto sites = site_catalogue();
  return std::any_of(sites.begin(), sites.end(),
                     [&](const SiteInfo& row) { return row.pattern.ends_with("/" + std::string{name}); });
}

const Reasons kOtherNames{
    {"cloud.", "begins the settings of a cloud"},
    {"cpu.cfs_period_us", "is a file of a control group, version 1"},
    {"cpu.cfs_quota_us", "is a file of a control group, version 1"},
    {"cpu.max", "is a file of a control group"},
    {"detail.state", "is where EventBridge tells the state of an instance"},
    {"drydock.", "begins the names of formats and of JUnit's classes"},
    {"labels.", "begins what a template takes from a log's labels"},
    {"network.", "begins the places of networks in the vocabulary of faults"},
};

/// The ranges of a scenario's cloud, which searches and commands name: `cloud.boot`.
bool is_a_range(const std::string& name) { return !points_of_range(name).empty(); }

TEST(ListedKinds, AreTheOnesThatFloorsAboveName) {
  const auto kinds = model::kind_table();
  std::size_t named = 0;
  for (const char* floor : {"scenarios", "reports", "cli"}) {
    for (const auto& [name, file] : dotted_names_in(floor)) {
      const bool prefix = name.ends_with('.');
      const bool known = std::any_of(kinds.begin(), kinds.end(), [&, &text = name](const sim::KindInfo& kind) {
        return prefix ? kind.name.starts_with(text) : kind.name == text;
      });
      named += known ? 1 : 0;
      EXPECT_TRUE(known || is_another_name(name) || is_a_range(name) || kOtherNames.contains(name))
          << file << " names " << name << ", which is no kind of event";
    }
  }
  EXPECT_GT(named, kinds.size());
}

}  // namespace
}  // namespace drydock::scenarios
