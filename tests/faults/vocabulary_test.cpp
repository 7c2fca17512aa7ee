#include "faults/vocabulary.hpp"

#include <gtest/gtest.h>

#include <set>

namespace drydock::faults {
namespace {

TEST(Vocabulary, HasEveryPointOnceAndSomethingForEach) {
  std::set<std::string_view> points;
  for (const auto& point : fault_points()) {
    EXPECT_TRUE(points.insert(point.on).second) << point.on;
    EXPECT_FALSE(errors_at(point.on).empty()) << point.on;
    EXPECT_FALSE(point.meaning.empty());
  }
  for (const char* on :
       {"cp.start", "cp.stop", "cp.backup", "cp.is_running", "db.write", "agent.heartbeat", "agent.register", "agent",
        "a2a.send", "process.platform", "process.controlplane", "instance", "network.platform-controlplane",
        "network.agent-platform", "ec2.RunInstances", "ec2.CreateSnapshot"}) {
    EXPECT_TRUE(find_point(on)) << on;
  }
  EXPECT_FALSE(find_point("ec2."));
  EXPECT_FALSE(find_point("ec2.RunInstance"));
  EXPECT_FALSE(find_point(""));
}

TEST(Vocabulary, RowsAreUniqueAndFound) {
  std::set<std::pair<std::string, std::string>> rows;
  for (const auto& row : vocabulary()) {
    EXPECT_TRUE(rows.emplace(row.on, row.error).second) << row.on << " " << row.error;
    const auto found = find_fault(row.on, row.error == "http-NNN" ? "http-503" : row.error);
    ASSERT_TRUE(found) << row.on << " " << row.error;
    EXPECT_EQ(found->applied_fits, row.applied_fits);
    EXPECT_FALSE(row.meaning.empty());
  }
}

TEST(Vocabulary, MisfitsAreRefused) {
  EXPECT_TRUE(find_fault("cp.stop", "http-503"));
  EXPECT_TRUE(find_fault("cp.stop", "http-404"));
  EXPECT_FALSE(find_fault("cp.stop", "http-200"));
  EXPECT_FALSE(find_fault("cp.stop", "http-NNN"));
  EXPECT_FALSE(find_fault("cp.stop", "http-5033"));
  EXPECT_FALSE(find_fault("cp.stop", "crash"));
  EXPECT_FALSE(find_fault("db.write", "http-503"));
  EXPECT_FALSE(find_fault("process.platform", "dies"));
  EXPECT_FALSE(find_fault("ec2.TerminateInstances", "InsufficientInstanceCapacity"));
  EXPECT_TRUE(find_fault("ec2.CreateSnapshot", "SnapshotCreationPerVolumeRateExceeded"));
  EXPECT_TRUE(find_fault("cp.start", "timeout")->applied_fits);
  EXPECT_FALSE(find_fault("cp.is_running", "timeout")->applied_fits);
  EXPECT_FALSE(find_fault("ec2.DescribeInstances", "timeout")->applied_fits);
  EXPECT_FALSE(find_fault("process.platform", "crash")->applied_fits);
}

TEST(Vocabulary, WhatIsLateAndWhatFailsLateFitsWhereItCanHappen) {
  for (const auto action : ec2_actions()) {
    const std::string on = "ec2." + std::string{action};
    const bool looks_up = on.starts_with("ec2.Describe") || on.ends_with("Instances") || on.ends_with("achVolume") ||
                          on == "ec2.CreateTags";
    EXPECT_EQ(find_fault(on, "lag").has_value(), looks_up) << on;
    EXPECT_EQ(find_fault(on, "ends-in-error").has_value(), on == "ec2.CreateSnapshot") << on;
    EXPECT_EQ(find_fault(on, "Server.InternalError").has_value(), on == "ec2.RunInstances") << on;
  }
  EXPECT_FALSE(find_fault("cp.stop", "lag"));
  EXPECT_TRUE(find_fault("agent", "lingers"));
  EXPECT_FALSE(find_fault("agent.heartbeat", "lingers"));
  EXPECT_FALSE(find_fault("instance", "lingers"));
  EXPECT_FALSE(find_fault("agent", "lost"));
}

TEST(Vocabulary, PhrasesOfExplore) {
  const auto phrase = parse_phrase("cp.start:timeout:applied");
  ASSERT_TRUE(phrase);
  EXPECT_EQ(phrase->on, "cp.start");
  EXPECT_EQ(phrase->error, "timeout");
  EXPECT_TRUE(phrase->applied);
  EXPECT_FALSE(parse_phrase("instance:dies")->applied);
  EXPECT_FALSE(parse_phrase("instance"));
  EXPECT_FALSE(parse_phrase("cp.start:timeout:none"));
  EXPECT_FALSE(parse_phrase("cp.start:timeout:applied:x"));
}

TEST(Vocabulary, FisActionsSpeakThisVocabulary) {
  for (const auto& action : fis_actions()) {
    EXPECT_EQ(find_fis_action(action.id), &action);
    const char* on = action.target == FisAction::Target::instances ? "instance"
                     : action.target == FisAction::Target::network ? "network.agent-platform"
                                                                   : "ec2.RunInstances";
    EXPECT_TRUE(find_fault(on, action.error)) << action.id;
  }
  for (const auto id : fis_not_simulated()) EXPECT_EQ(find_fis_action(id), nullptr);
}

}  // namespace
}  // namespace drydock::faults
