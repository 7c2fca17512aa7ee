#include <algorithm>

#include "model/policy.hpp"
#include "reports/layout.hpp"
#include "scenarios/files/decode_cloud.hpp"
#include "scenarios/sites.hpp"
#include "tests/cli/support.hpp"

namespace drydock::cli {
namespace {

constexpr const char* kTopics[] = {"policies", "knobs", "invariants", "faults",
                                   "events",   "sites", "scenarios",  "requests"};

Json rows(const std::string& what, const Arguments& more = {}) {
  Arguments arguments{"list", what, "--format", "json"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const Said said = drydock(arguments);
  EXPECT_EQ(said.code, kHeld) << what << said.err;
  const Json json = said.json();
  EXPECT_EQ(json.size(), 1U);
  return json[what];
}

Json row_named(const Json& all, const std::string& name) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Json& row) { return row["name"] == name; });
  return found == all.end() ? Json() : *found;
}

TEST(List, EveryTopicHasNamesAndFitsTheScreen) {
  for (const char* what : kTopics) {
    const Json all = rows(what);
    EXPECT_FALSE(all.empty()) << what;
    const Said text = drydock({"list", what});
    EXPECT_EQ(text.code, kHeld);
    for (const Json& row : all) EXPECT_TRUE(contains(text.out, row["name"].get<std::string>())) << row;
    std::istringstream lines(text.out);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(reports::display_width(line), 80U) << line;
  }
}

TEST(List, NothingElse) {
  EXPECT_EQ(drydock({"list"}).code, kBadInput);
  const Said said = drydock({"list", "invariant"});
  EXPECT_EQ(said.code, kBadInput);
  EXPECT_TRUE(contains(said.err, "did you mean invariants?")) << said.err;
}

TEST(List, KnobsHaveTheValuesOfLatest) {
  const Json all = rows("knobs");
  EXPECT_EQ(all.size(), model::knobs().size() + scenarios::cloud_settings().size());
  const Json gate = row_named(all, "probe.restart_gate");
  EXPECT_EQ(gate["type"], "on|off");
  EXPECT_EQ(gate["default"], "on");
  EXPECT_EQ(gate["values"].size(), 2U);
  EXPECT_FALSE(gate["meaning"].get<std::string>().empty());
}

/// What is listed can be set to what is listed.
TEST(List, KnobsHaveTheCloudToo) {
  const Json all = rows("knobs", {"cloud.*"});
  EXPECT_EQ(all.size(), scenarios::cloud_settings().size());
  EXPECT_EQ(row_named(all, "cloud.pending")["default"], "20s..30s");
  EXPECT_EQ(row_named(all, "cloud.capacity")["values"].size(), 3U);
  for (const Json& row : all) {
    const std::string name = row["name"];
    std::vector<std::string> values = row["values"];
    values.push_back(row["default"]);
    for (const std::string& value : values) {
      cloud::Profile profile;
      std::string hint;
      EXPECT_EQ(scenarios::set_cloud(profile, name.substr(6), value, hint), "") << name << "=" << value;
      if (value != row["default"] || name == "cloud.api_latency") continue;
      EXPECT_EQ(profile, cloud::Profile{}) << name;
    }
  }
}

TEST(List, APatternLeavesWhatMatchesIt) {
  for (const Json& row : rows("faults", {"cp.stop"})) EXPECT_TRUE(contains(row["name"], "cp.stop")) << row;
  EXPECT_EQ(rows("faults", {"cp.stop:reset"}).size(), 1U);
  EXPECT_LT(rows("faults", {"cp.*"}).size(), rows("faults").size());
  EXPECT_EQ(rows("faults", {"c?.stop:reset"}).size(), 1U);
  const Said none = drydock({"list", "faults", "cp.stopp"});
  EXPECT_EQ(none.code, kNothingSelected);
  EXPECT_TRUE(contains(none.err, "none of the faults matches cp.stopp")) << none.err;
  EXPECT_EQ(drydock({"list", "faults", "a", "b"}).code, kBadInput);
}

TEST(List, KnobsUnderAnotherPolicy) {
  EXPECT_EQ(row_named(rows("knobs", {"--policy", "pre-1556"}), "probe.restart_gate")["default"], "off");
  const Said unknown = drydock({"list", "knobs", "--policy", "pre-1557"});
  EXPECT_EQ(unknown.code, kBadInput);
  EXPECT_TRUE(contains(unknown.err, "pre-1556")) << unknown.err;
  EXPECT_EQ(drydock({"list", "events", "--policy", "latest"}).code, kBadInput);
}

TEST(List, PoliciesTellTheirStory) {
  const Json latest = row_named(rows("policies"), "latest");
  EXPECT_FALSE(latest["story"].get<std::string>().empty());
}

TEST(List, ScenariosNameTheirCases) {
  const Json thrash = row_named(rows("scenarios"), "reprov-thrash");
  ASSERT_TRUE(thrash.is_object());
  EXPECT_NE(std::find(thrash["cases"].begin(), thrash["cases"].end(), "pre-1556"), thrash["cases"].end());
}

TEST(List, SitesAreUnique) {
  std::vector<std::string> names;
  for (const auto& site : scenarios::site_catalogue()) names.emplace_back(site.pattern);
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
}

}  // namespace
}  // namespace drydock::cli
