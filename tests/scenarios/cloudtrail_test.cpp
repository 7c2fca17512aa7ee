#include <gtest/gtest.h>

#include <algorithm>

#include "scenarios/logs/import.hpp"

// What records of CloudTrail mean, whatever their order and however often they were delivered.

namespace drydock::scenarios {
namespace {

/// A record of EC2 at this second of 10:00, with what follows.
std::string record(int second, const std::string& action, const std::string& rest) {
  const std::string time = "2026-03-02T10:00:" + std::string{second < 10 ? "0" : ""} + std::to_string(second) + "Z";
  return R"({"eventTime":")" + time + R"(","eventSource":"ec2.amazonaws.com","eventName":")" + action + "\"" +
         (rest.empty() ? "" : "," + rest) + "}";
}

std::string tags_of(const std::string& workspace) {
  return R"("tagSpecificationSet":{"items":[{"tags":[{"key":"WorkspaceId","value":")" + workspace + R"("}]}]})";
}

std::string launch(int second, const std::string& workspace, const std::string& instance) {
  return record(second, "RunInstances",
                R"("requestParameters":{)" + tags_of(workspace) +
                    R"(},"responseElements":{"instancesSet":{"items":[{"instanceId":")" + instance + R"("}]}})");
}

std::string about_instances(int second, const std::string& action, const std::string& instance) {
  return record(second, action,
                R"("requestParameters":{"instancesSet":{"items":[{"instanceId":")" + instance + R"("}]}})");
}

std::string trail(const std::vector<std::string>& records) {
  std::string text;
  for (const std::string& one : records) text += (text.empty() ? "" : ",\n") + one;
  return "{\"Records\":[\n" + text + "\n]}";
}

ImportedLog import_files(const std::vector<std::string>& files) {
  std::vector<LogInput> inputs;
  for (const std::string& text : files) inputs.push_back({"t" + std::to_string(inputs.size()), text});
  auto decoded = import_logs(inputs, {});
  EXPECT_TRUE(decoded.value) << to_text(decoded.errors.front());
  return decoded.value.value_or(ImportedLog{});
}

/// Everything that an event says, apart from where it stands.
std::vector<std::string> said_by(const ImportedLog& log) {
  std::vector<std::string> said;
  for (const LogEvent& event : log.events) {
    said.push_back(std::to_string(event.at.us) + " " + event.kind + " " + event.workspace + " " + event.instance + " " +
                   event.detail.dump());
  }
  return said;
}

LogEvent event_of(const ImportedLog& log, const std::string& action) {
  for (const LogEvent& event : log.events) {
    if (event.detail.value("action", "") == action) return event;
  }
  ADD_FAILURE() << "no " << action;
  return {};
}

/// A tag is learnt from whichever record has it, wherever that stands.
TEST(CloudTrail, NeitherTheOrderOfRecordsNorThatOfFilesMatters) {
  std::vector<std::string> records{
      launch(1, "w1", "i-1"), launch(1, "w2", "i-2"), about_instances(30, "TerminateInstances", "i-1"),
      about_instances(30, "TerminateInstances", "i-2"), about_instances(40, "StopInstances", "i-3")};
  const std::vector<std::string> first = said_by(import_files({trail(records)}));
  ASSERT_EQ(first.size(), 5U);
  EXPECT_EQ(import_files({trail(records)}).events[2].workspace, "w2");
  std::sort(records.begin(), records.end());
  do {
    EXPECT_EQ(said_by(import_files({trail(records)})), first);
    const auto middle = records.begin() + 2;
    EXPECT_EQ(said_by(import_files({trail({middle, records.end()}), trail({records.begin(), middle})})), first);
  } while (std::next_permutation(records.begin(), records.end()));
}

/// At one time, lines of plain NDJSON have no order either; requests come first.
TEST(CloudTrail, NeitherDoesTheOrderOfOtherLinesAtOneTime) {
  std::vector<std::string> lines{R"({"at_s":1,"kind":"stop.attempt","workspace":"w"})",
                                 R"({"at_s":1,"kind":"stop.attempt","workspace":"v"})",
                                 R"({"at_s":1,"kind":"http.request","workspace":"a","detail":{"method":"PUT"}})",
                                 R"({"visible":["sweep.reaped"],"until":9})", R"({"since":0,"until":7})"};
  std::sort(lines.begin(), lines.end());
  std::vector<std::string> first;
  do {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    const ImportedLog log = import_files({text});
    if (first.empty()) first = said_by(log);
    EXPECT_EQ(said_by(log), first);
    EXPECT_EQ(log.events.front().kind, "http.request");
    EXPECT_EQ(import_files({lines[0] + "\n" + lines[1], lines[2] + "\n" + lines[3] + "\n" + lines[4]}).until,
              (LogTime{9'000'000, false}));
  } while (std::next_permutation(lines.begin(), lines.end()));
}

TEST(CloudTrail, ARecordThatWasDeliveredTwiceIsOne) {
  const std::string stop = record(
      5, "StopInstances", R"("eventID":"e","requestParameters":{"instancesSet":{"items":[{"instanceId":"i-1"}]}})");
  const std::string other = record(5, "StopInstances", R"("eventID":"f")");
  const ImportedLog log = import_files({trail({stop, other, stop}), trail({stop})});
  EXPECT_EQ(log.events.size(), 2U);
  EXPECT_EQ(log.ignored, 2U);
  EXPECT_TRUE(log.unmatched.empty());
  // Without an id, two records are two calls.
  EXPECT_EQ(import_files({trail({launch(1, "w", "i-1"), launch(1, "w", "i-1")})}).events.size(), 2U);
  // Which copy stays does not depend on the order of the files.
  const ImportedLog back = import_files({trail({stop}), trail({stop, other, stop})});
  EXPECT_EQ(said_by(back), said_by(log));
}

TEST(CloudTrail, WhatChangesNothingMeansNothing) {
  const std::string reads = R"("readOnly":true)";
  const ImportedLog log = import_files({trail(
      {record(1, "DescribeSecurityGroups", reads), record(1, "DescribeImages", ""), record(1, "GetConsoleOutput", ""),
       record(1, "AssumeSomething", reads),
       R"({"eventTime":"2026-03-02T10:00:00Z","eventSource":"s3.amazonaws.com","eventName":"GetBucketAcl"})",
       record(2, "RunInstances", R"("errorCode":"Client.DryRunOperation")"),
       record(2, "StopInstances", R"("requestParameters":{"dryRun":true},"errorCode":"Client.UnauthorizedOperation")"),
       R"({"eventTime":"2026-03-02T10:04:00Z","eventType":"AwsCloudTrailInsight","eventCategory":"Insight"})"})});
  EXPECT_TRUE(log.events.empty());
  EXPECT_TRUE(log.unmatched.empty());
  EXPECT_EQ(log.ignored, 8U);
}

/// Records that are no calls are shown, and refuse nothing.
TEST(CloudTrail, ARecordThatIsNoCallIsUnmatched) {
  const ImportedLog log = import_files({trail(
      {R"({"eventTime":"2026-03-02T10:00:00Z","eventType":"AwsConfigurationItem","eventCategory":"ConfigurationItem"})",
       launch(1, "w", "i-1")})});
  EXPECT_EQ(log.events.size(), 1U);
  ASSERT_EQ(log.unmatched.size(), 1U);
  EXPECT_EQ(log.unmatched[0].text, "AwsConfigurationItem");
}

std::string volume_call(int second, const std::string& action, const std::string& more, const std::string& answer) {
  return record(second, action,
                R"("requestParameters":{"volumeId":"vol-1")" + more + R"(},"responseElements":{)" + answer + "}");
}

TEST(CloudTrail, ACallMayNameItsInstanceElsewhere) {
  const ImportedLog log = import_files({trail({
      volume_call(9, "CreateSnapshot", "", R"("snapshotId":"snap-1","volumeId":"vol-1")"),
      record(12, "DeleteSnapshot", R"("requestParameters":{"snapshotId":"snap-1"})"),
      volume_call(8, "AttachVolume", R"(,"instanceId":"i-1")", ""),
      volume_call(10, "DetachVolume", "", ""),
      volume_call(11, "DeleteVolume", "", ""),
      record(7, "CreateTags",
             R"("requestParameters":{"resourcesSet":{"items":[{"resourceId":"i-1"}]},)"
             R"("tagSet":{"items":[{"key":"Name","value":"x"}]}})"),
      record(6, "CreateTags",
             R"("requestParameters":{"resourcesSet":{"items":[{"resourceId":"i-1"}]},)"
             R"("tagSet":{"items":[{"key":"workspace_id","value":"w"}]}})"),
  })});
  ASSERT_EQ(log.events.size(), 7U);
  for (const LogEvent& event : log.events) EXPECT_EQ(event.workspace, "w") << event.detail;
  for (const char* action : {"CreateTags", "AttachVolume", "CreateSnapshot", "DetachVolume"})
    EXPECT_EQ(event_of(log, action).instance, "i-1") << action;
  // By then it was no instance's any more.
  EXPECT_EQ(event_of(log, "DeleteVolume").instance, "");
  EXPECT_EQ(event_of(log, "DeleteSnapshot").instance, "");
}

/// A volume that moved is, at each time, the instance's that has it then.
TEST(CloudTrail, AVolumeIsOfTheInstanceThatHasItAtTheTime) {
  const ImportedLog log = import_files({trail(
      {volume_call(1, "AttachVolume", R"(,"instanceId":"i-1")", ""), volume_call(3, "DetachVolume", "", ""),
       volume_call(5, "AttachVolume", R"(,"instanceId":"i-2")", ""), volume_call(6, "CreateSnapshot", "", "")})});
  EXPECT_EQ(event_of(log, "DetachVolume").instance, "i-1");
  EXPECT_EQ(event_of(log, "CreateSnapshot").instance, "i-2");
}

/// Whose a shared snapshot is nobody can tell, and no order of records decides it.
TEST(CloudTrail, WhatTwoWorkspacesShareIsNeithers) {
  const auto restored = [](int second, const std::string& workspace, const std::string& volume) {
    return record(second, "CreateVolume",
                  R"("requestParameters":{"snapshotId":"snap-0",)" + tags_of(workspace) +
                      R"(},"responseElements":{"volumeId":")" + volume + R"("})");
  };
  const ImportedLog log =
      import_files({trail({restored(1, "w1", "vol-1"), restored(2, "w2", "vol-2"),
                           record(3, "DeleteSnapshot", R"("requestParameters":{"snapshotId":"snap-0"})")})});
  EXPECT_EQ(event_of(log, "CreateVolume").workspace, "w1");
  EXPECT_EQ(event_of(log, "DeleteSnapshot").workspace, "");
}

/// An instance that is claimed from a pool is a workspace's from then on.
TEST(CloudTrail, ALaterTagCountsFromThenOn) {
  const auto tag = [](int second, const std::string& workspace) {
    return record(second, "CreateTags",
                  R"("requestParameters":{"resourcesSet":{"items":[{"resourceId":"i-1"}]},)"
                  R"("tagSet":{"items":[{"key":"workspace","value":")" +
                      workspace + R"("}]}})");
  };
  const ImportedLog log = import_files({trail({tag(9, "w2"), about_instances(8, "StopInstances", "i-1"), tag(5, "w1"),
                                               about_instances(20, "TerminateInstances", "i-1")})});
  EXPECT_EQ(event_of(log, "StopInstances").workspace, "w1");
  EXPECT_EQ(event_of(log, "TerminateInstances").workspace, "w2");
}

}  // namespace
}  // namespace drydock::scenarios
