#include "reports/perfetto.hpp"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "reports/chrome_trace.hpp"
#include "scenarios/files/decode.hpp"
#include "scenarios/files/embedded.hpp"
#include "scenarios/files/presets.hpp"
#include "scenarios/run.hpp"
#include "tests/reports/outcomes.hpp"

namespace drydock::reports {
namespace {

using scenarios::Outcome;
using Json = nlohmann::json;
using Thread = std::pair<std::int64_t, std::int64_t>;  // process, thread
using End = std::pair<std::int64_t, std::string>;      // a flow, and which end of it

Thread thread_of(const Json& event) { return {event["pid"].get<std::int64_t>(), event["tid"].get<std::int64_t>()}; }

/// A trace as a viewer reads it; whatever a viewer would drop or misplace is a failure.
class Viewer {
 public:
  explicit Viewer(const std::string& text) : document_(Json::parse(text)) {
    for (const Json& event : document_["traceEvents"]) read(event);
    for (const auto& [id, ends] : flows_) {
      EXPECT_EQ(ends.size(), 2U) << "flow " << id;
      if (ends.size() != 2) continue;
      EXPECT_EQ(ends[0]["ph"], "s") << ends[0];
      EXPECT_EQ(ends[1]["ph"], "f") << ends[1];
      EXPECT_EQ(ends[1].value("bp", ""), "e") << ends[1];
      for (const char* key : {"cat", "name"}) EXPECT_EQ(ends[0][key], ends[1][key]);
      EXPECT_LE(ends[0]["ts"].get<std::int64_t>(), ends[1]["ts"].get<std::int64_t>());
    }
    for (const Thread& thread : used_) {
      EXPECT_TRUE(processes_.contains(thread.first)) << thread.first;
      EXPECT_TRUE(threads_.contains(thread)) << thread.first << " " << thread.second;
    }
  }

  [[nodiscard]] const Json& about() const { return document_["otherData"]; }
  [[nodiscard]] std::size_t flows() const { return flows_.size(); }
  /// Names the slices in the order of time: `process/track: name`.
  [[nodiscard]] std::vector<std::string> slices() const { return slices_; }
  [[nodiscard]] const std::vector<Json>& instants() const { return instants_; }
  [[nodiscard]] const std::vector<std::pair<std::int64_t, std::int64_t>>& counts() const { return counts_; }
  [[nodiscard]] std::string track_of(const Json& event) const {
    return processes_.at(event["pid"]) + "/" + threads_.at(thread_of(event));
  }
  /// Gives each flow of the category as `slice > slice`, the slices that its ends bind to.
  [[nodiscard]] std::set<std::string> arrows(const std::string& category) const {
    std::set<std::string> all;
    for (const auto& [id, ends] : flows_) {
      if (ends[0]["cat"] == category) all.insert(bound_.at(End(id, "s")) + " > " + bound_.at(End(id, "f")));
    }
    return all;
  }

 private:
  struct Open {
    std::int64_t end = 0;
    std::string name;
  };

  void read(const Json& event) {
    const std::string phase = event["ph"];
    EXPECT_TRUE(event["ts"].is_number_integer()) << event;
    EXPECT_GE(event["ts"].get<std::int64_t>(), 0) << event;
    if (phase == "M") return read_metadata(event);
    EXPECT_GE(event["ts"].get<std::int64_t>(), now_) << "time goes back: " << event;
    now_ = event["ts"];
    if (phase == "C") {
      counts_.emplace_back(now_, event["args"]["value"]);
      return;
    }
    used_.insert(thread_of(event));
    auto& open = open_[thread_of(event)];
    while (!open.empty() && open.back().end <= now_) open.pop_back();
    if (phase == "X") return read_slice(event, open);
    if (phase == "i") {
      EXPECT_EQ(event["s"], "t") << event;
      instants_.push_back(event);
      return;
    }
    ASSERT_TRUE(phase == "s" || phase == "f") << event;
    flows_[event["id"]].push_back(event);
    ASSERT_FALSE(open.empty()) << "an arrow touches no slice: " << event;
    bound_[End(event["id"].get<std::int64_t>(), phase)] = open.back().name;
  }

  void read_metadata(const Json& event) {
    if (event["name"] == "process_name") processes_[event["pid"]] = event["args"]["name"];
    if (event["name"] == "thread_name") threads_[thread_of(event)] = event["args"]["name"];
  }

  void read_slice(const Json& event, std::vector<Open>& open) {
    ASSERT_TRUE(event["dur"].is_number_integer()) << event;
    const std::int64_t end = now_ + event["dur"].get<std::int64_t>();
    EXPECT_GT(end, now_) << event;
    if (!open.empty()) {
      EXPECT_LE(end, open.back().end) << "crosses another: " << event;
    }
    open.push_back({end, event["name"]});
    slices_.push_back(track_of(event) + ": " + event["name"].get<std::string>());
  }

  Json document_;
  std::int64_t now_ = 0;
  std::map<std::int64_t, std::string> processes_;
  std::map<Thread, std::string> threads_;
  std::set<Thread> used_;
  std::map<Thread, std::vector<Open>> open_;
  std::map<std::int64_t, std::vector<Json>> flows_;
  std::map<End, std::string> bound_;  // flow, end → slice
  std::vector<std::string> slices_;
  std::vector<Json> instants_;
  std::vector<std::pair<std::int64_t, std::int64_t>> counts_;
};

std::string trace_of(const Outcome& outcome) {
  const CaseReport report{outcome, {}};
  return perfetto({&report, 1}, {});
}

bool has(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

Outcome with_two_cycles(Outcome outcome) {
  const std::string request = R"({"method":"PUT","path":"/workspaces/reviewer/secrets","as":"user"})";
  outcome.events = {
      event(1, 0, 0, "http.request", "reviewer", "", request),
      event(2, 1, 200, "http.response", "reviewer", "", R"({"status":200})"),
      event(3, 0, 1'000, "http.request", "reviewer", "", request),
      event(7, 1, 1'200, "restart.cycle", "reviewer"),
      event(8, 7, 1'200, "stop.attempt", "reviewer", "i-000002"),
      event(9, 7, 30'451, "ec2.state", "reviewer", "i-000002", R"({"from":"pending","to":"shutting-down"})"),
      event(10, 8, 30'452, "provision.ec2_stopped", "reviewer", "i-000002"),
      event(11, 9, 30'451, "violation", "reviewer", "i-000002", R"({"invariant":"no-healthy-kill"})"),
      event(12, 0, 40'000, "fault.injected", "", "", R"({"name":"flaky"})"),
      event(13, 9, 50'000, "ec2.state", "reviewer", "i-000002", R"({"from":"shutting-down","to":"terminated"})"),
      event(14, 10, 30'452, "ec2.state", "reviewer", "i-000003", R"({"from":"none","to":"pending"})"),
  };
  std::vector<scenarios::ShownEvent> events(outcome.events.begin(), outcome.events.end());
  std::stable_sort(events.begin(), events.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  outcome.events = scenarios::ShownEvents(events);
  outcome.rows = {{0, at_ms(0), "reviewer", true, "online", "", ""},
                  {7, at_ms(1'200), "reviewer", true, "provisioning", "", ""}};
  return outcome;
}

TEST(Perfetto, ShowsStatesOperationsRequestsAndTheStory) {
  const Viewer viewer(trace_of(with_two_cycles(failed_outcome())));
  EXPECT_EQ(viewer.about()["case"], "pre-1556");
  const auto slices = viewer.slices();
  for (const char* slice :
       {"workspaces/reviewer: online", "workspaces/reviewer: provisioning", "instances/reviewer i-000002: pending",
        "instances/reviewer i-000002: shutting-down", "clients/user: PUT /workspaces/reviewer/secrets",
        "platform/reviewer: restart.cycle", "control plane/reviewer: stop.attempt",
        "story/no-healthy-kill reviewer +30.451s: restart_by_id was called for reviewer"}) {
    EXPECT_TRUE(has(slices, slice)) << slice;
  }
  EXPECT_EQ(std::count(slices.begin(), slices.end(), "instances/reviewer i-000002: terminated"), 0);
}

TEST(Perfetto, ArrowsLeadFromCauseToEffect) {
  const Viewer viewer(trace_of(with_two_cycles(failed_outcome())));
  EXPECT_EQ(viewer.arrows("cause"),
            (std::set<std::string>{"PUT /workspaces/reviewer/secrets > restart.cycle", "restart.cycle > ec2.state",
                                   "ec2.state > violation: no-healthy-kill"}));
  EXPECT_TRUE(
      viewer.arrows("story").contains("PUT /workspaces/reviewer/secrets arrived > PUT /workspaces/reviewer/secrets"));
}

TEST(Perfetto, FaultsAndViolationsAreColouredInstants) {
  const Viewer viewer(trace_of(with_two_cycles(failed_outcome())));
  std::map<std::string, std::string> colours;
  for (const Json& event : viewer.instants()) {
    if (event.contains("cname")) colours[event["name"]] = event["cname"];
  }
  EXPECT_EQ(colours["violation: no-healthy-kill"], "terrible");
  EXPECT_EQ(colours["fault: flaky"], "bad");
}

TEST(Perfetto, CountsLiveInstances) {
  const Viewer viewer(trace_of(with_two_cycles(failed_outcome())));
  EXPECT_EQ(viewer.counts(),
            (std::vector<std::pair<std::int64_t, std::int64_t>>{{0, 1}, {30'451'000, 0}, {30'452'000, 1}}));
}

TEST(Perfetto, AnEmptyRunIsATrace) {
  const Viewer viewer(trace_of(held_outcome()));
  EXPECT_EQ(viewer.slices().size(), 0U);
}

TEST(Perfetto, IsATraceWhateverTheNames) {
  Outcome outcome = with_two_cycles(failed_outcome());
  const std::string evil = "\"]}, \xFF \n </script> \u202E";
  outcome.case_name = evil;
  for (auto& row : outcome.rows) row.workspace = evil;
  scenarios::ShownEvents renamed;
  for (scenarios::ShownEvent one : outcome.events) {
    one.workspace = evil;
    one.instance += evil;
    renamed.push_back(one);
  }
  outcome.events = renamed;
  outcome.violations.front().workspace = evil;
  outcome.violations.front().message = evil;
  const Viewer viewer(trace_of(outcome));
  EXPECT_EQ(viewer.about()["case"], "\"]}, \uFFFD \n </script> \u202E");
  EXPECT_GT(viewer.flows(), 0U);
}

/// A real incident, with many requests at once and chains that meet.
TEST(Perfetto, AnIncidentIsAWellFormedTrace) {
  std::string_view text;
  for (const auto& file : scenarios::embedded_files()) {
    if (file.path == "reprov-thrash.json") text = file.text;
  }
  const auto scenario = scenarios::decode_scenario("reprov-thrash", text).value;
  ASSERT_TRUE(scenario);
  scenarios::Workbench workbench;
  const Outcome outcome = scenarios::run(*scenario, scenario->cases.front(), {}, {}, workbench);
  ASSERT_GT(outcome.violations.size(), 2U);
  const Viewer viewer(trace_of(outcome));
  EXPECT_GT(viewer.flows(), 50U);
  EXPECT_GT(viewer.counts().size(), 8U);
}

TEST(ChromeTrace, SlicesThatCrossGoToRowsOfTheirOwn) {
  ChromeTrace trace;
  const auto track = trace.track("p", "t");
  trace.slice(track, at_ms(0), at_ms(10), {.name = "a"});
  trace.slice(track, at_ms(5), at_ms(15), {.name = "b"});
  trace.slice(track, at_ms(6), at_ms(8), {.name = "c"});
  trace.slice(track, at_ms(15), at_ms(15), {.name = "d"});
  const Viewer viewer(trace.text({}));
  EXPECT_EQ(viewer.slices(), (std::vector<std::string>{"p/t: a", "p/t (2): b", "p/t: c", "p/t: d"}));
}

/// The viewer shows no `otherData`: what the scenario is about is a slice over the whole run as well.
TEST(Perfetto, SaysWhatTheScenarioIsAbout) {
  CaseReport report{with_two_cycles(failed_outcome()), {}};
  report.about = {.title = "Four starts", .story = "It was May.", .source = ""};
  const std::string text = perfetto({&report, 1}, {});
  const Viewer viewer(text);
  EXPECT_TRUE(has(viewer.slices(), "story/about: Four starts"));
  EXPECT_EQ(viewer.about()["title"], "Four starts");
  EXPECT_EQ(viewer.about()["story"], "It was May.");
  EXPECT_FALSE(viewer.about().contains("source"));
  const Json events = Json::parse(text)["traceEvents"];
  const auto slice =
      std::find_if(events.begin(), events.end(), [](const Json& one) { return one["name"] == "Four starts"; });
  ASSERT_NE(slice, events.end());
  EXPECT_EQ((*slice)["args"]["story"], "It was May.");
  EXPECT_EQ((*slice)["dur"], report.outcome.virtual_length.count());
  EXPECT_FALSE(has(Viewer(trace_of(failed_outcome())).slices(), "story/about: reprov-thrash"));
}

TEST(ChromeTrace, AnArrowBetweenSlicesOfOneMomentBeginsBeforeItEnds) {
  ChromeTrace trace;
  const auto track = trace.track("p", "t");
  const auto effect = trace.slice(track, at_ms(5), at_ms(100), {.name = "effect"}, 2);
  const auto cause = trace.slice(track, at_ms(5), at_ms(5), {.name = "cause"}, 1);
  trace.flow(cause, effect, "x");
  const Viewer viewer(trace.text({}));
  EXPECT_EQ(viewer.arrows("x"), std::set<std::string>{"cause > effect"});
}

}  // namespace
}  // namespace drydock::reports
