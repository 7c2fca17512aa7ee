#include "tests/scenarios/log_forms.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <random>
#include <set>

#include "scenarios/logs/import.hpp"
#include "scenarios/logs/suggest.hpp"
#include "scenarios/logs/trail_record.hpp"

// The same records and lines are the same events, whatever the form, the order, the split into files, the compression.

namespace drydock::scenarios {
namespace {

using test::gzipped;

constexpr std::int64_t kStart_s = 1'779'951'000;  // 2026-05-28T06:50:00Z

/// Draws what is generated; the same seed gives the same.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t bound) { return engine_() % bound; }

 private:
  std::mt19937_64 engine_;
};

/// A call of EC2, with the keys that CloudTrail writes for it.
Json generated_record(Dice& dice, int number) {
  const std::string n = std::to_string(dice.below(6));
  const std::string instance = "i-0abc" + n;
  const std::string volume = "vol-0abc" + n;
  const Json items{{"instancesSet", {{"items", {{{"instanceId", instance}}}}}}};
  const Json tags{
      {"items", {{{"resourceType", "instance"}, {"tags", {{{"key", "WorkspaceId"}, {"value", "w" + n}}}}}}}};
  Json record{{"eventVersion", "1.08"},
              {"eventTime", sim::format_rfc3339((kStart_s + static_cast<std::int64_t>(dice.below(900))) * 1'000'000)},
              {"eventSource", "ec2.amazonaws.com"},
              {"eventID", "id-" + std::to_string(number)},
              {"readOnly", false},
              {"eventType", "AwsApiCall"}};
  switch (dice.below(8)) {
    case 0:
      record.update({{"eventName", "RunInstances"},
                     {"requestParameters", {{"clientToken", "t, \"" + n + "\""}, {"tagSpecificationSet", tags}}},
                     {"responseElements", items}});
      break;
    case 1:
      record.update({{"eventName", "TerminateInstances"}, {"requestParameters", items}, {"responseElements", items}});
      break;
    case 2:
      record.update({{"eventName", "AttachVolume"},
                     {"requestParameters", {{"volumeId", volume}, {"instanceId", instance}, {"device", "/dev/sdf"}}}});
      break;
    case 3:
      record.update({{"eventName", "CreateSnapshot"}, {"requestParameters", {{"volumeId", volume}}}});
      break;
    case 4:
      record.update({{"eventName", "RunInstances"}, {"errorCode", "Server.InsufficientInstanceCapacity"}});
      break;
    case 5:
      record.update({{"eventName", "DescribeInstances"}, {"readOnly", true}});
      break;
    case 6:
      record.update(
          {{"eventName", "StopInstances"}, {"requestParameters", items}, {"errorCode", "Client.DryRunOperation"}});
      break;
    default:
      record.update({{"eventName", "DetachVolume"}, {"requestParameters", {{"volumeId", volume}}}});
      break;
  }
  return record;
}

Json generated_line(Dice& dice) {
  const std::string n = std::to_string(dice.below(6));
  const std::string words[] = {
      "provision.ec2_started workspace_id=w" + n + " instance_id=i-0abc" + n + " state=pending",
      "provision.ec2_stopped workspace_id=w" + n,
      R"({"msg":"provision.ec2_stopped","workspace_id":"w)" + n + R"(","note":"a, \"b\" {c}"})",
      "healthz {\"ok\"} " + n};
  return {{"ns", (kStart_s + static_cast<std::int64_t>(dice.below(900))) * 1'000'000'000},
          {"labels", {{"app", "tenant"}, {"pod", "p-" + std::to_string(dice.below(3))}}},
          {"line", words[dice.below(4)]}};
}

std::string shipped_mapping() {
  std::ifstream file(std::string{DRYDOCK_SOURCE_DIR} + "/scenarios/mappings/platform.json", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Mapping mapping_of(const std::string& text) {
  auto decoded = decode_mapping("m.json", text);
  EXPECT_TRUE(decoded.value) << to_text(decoded.errors.front());
  return decoded.value.value_or(Mapping{});
}

/// Everything that an import says, apart from where it stands.
Json said_by(const std::vector<LogInput>& inputs, const ImportOptions& options) {
  const auto decoded = import_logs(inputs, options);
  if (!decoded.value) return "refused: " + to_text(decoded.errors.front());
  Json said = Json::array();
  for (const LogEvent& event : decoded.value->events) {
    said.push_back({event.at.us, event.within.count(), event.kind, event.workspace, event.instance, event.detail});
  }
  std::multiset<std::string> unmatched;
  for (const LogPlace& place : decoded.value->unmatched) unmatched.insert(place.text);
  said.push_back({decoded.value->ignored, unmatched, decoded.value->visible.size()});
  return said;
}

/// Writes the same things in another order, split over files of several forms, some of them compressed.
std::vector<LogInput> scattered(std::vector<Json> all, const std::vector<test::LogForm>& forms, Dice& dice) {
  for (std::size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[dice.below(i)]);
  std::vector<LogInput> inputs;
  for (std::size_t from = 0; from < all.size();) {
    const auto size = 1 + dice.below(all.size() - from);
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(from);
    const test::LogForm& form = forms[dice.below(forms.size())];
    std::string text = form.write({begin, begin + static_cast<std::ptrdiff_t>(size)});
    if (dice.below(3) == 0) text = gzipped(text);
    inputs.push_back({"f" + std::to_string(inputs.size()), text});
    from += size;
  }
  return inputs;
}

constexpr int kRecords = 200;

/// Compares what all forms of the same things say; then a few times what is said of them scattered.
void expect_the_same(const std::vector<Json>& all, const std::vector<test::LogForm>& forms,
                     const ImportOptions& options, Dice& dice) {
  const Json first = said_by({{"a", forms.front().write(all)}}, options);
  ASSERT_GT(first.size(), 50U) << first.dump();
  for (const test::LogForm& form : forms) {
    const Json said = said_by({{"a", form.write(all)}}, options);
    EXPECT_EQ(said.size(), first.size()) << form.name << ": " << said.dump().substr(0, 500);
    EXPECT_TRUE(said == first) << form.name << "\n"
                               << said.dump().substr(0, 700) << "\n"
                               << first.dump().substr(0, 700);
  }
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(said_by(scattered(all, forms, dice), options) == first);
}

void check_records(std::uint64_t seed) {
  Dice dice(seed);
  std::vector<Json> all;
  for (int i = 0; i < kRecords; ++i) all.push_back(generated_record(dice, i));
  expect_the_same(all, test::trail_forms(), {}, dice);
}

void check_lines(std::uint64_t seed) {
  const Mapping mapping = mapping_of(shipped_mapping());
  Dice dice(seed);
  std::vector<Json> all;
  for (int i = 0; i < kRecords; ++i) all.push_back(generated_line(dice));
  expect_the_same(all, test::line_forms(), {{}, &mapping, {}}, dice);
}

TEST(LogFormsProperty, TwoHundredRecordsAreTheSameEventsWhateverTheirForm) {
  for (const std::uint64_t seed : {1U, 2U}) check_records(seed);
}

TEST(LogFormsProperty, TwoHundredLinesAreTheSameEventsWhateverTheirForm) {
  for (const std::uint64_t seed : {1U, 2U}) check_lines(seed);
}

TEST(LogFormsPropertySlow, ManyMoreAreTheSameEvents) {
  for (std::uint64_t seed = 3; seed < 50; ++seed) {
    check_records(seed);
    check_lines(seed);
  }
}

// ---- forms that lose something ----

ImportedLog read_log(const std::string& text, const ImportOptions& options = {}) {
  auto decoded = import_logs({{"a.log", text}}, options);
  EXPECT_TRUE(decoded.value) << to_text(decoded.errors.front());
  return decoded.value.value_or(ImportedLog{});
}

std::vector<std::string> errors_of(const std::string& text, std::optional<LogKind> kind = {}) {
  std::vector<std::string> errors;
  for (const Diagnostic& error : import_logs({{"a.log", text}}, {kind, nullptr, {}}).errors)
    errors.push_back(to_text(error));
  return errors;
}

TEST(LogForms, TextIsReadByTheTimeThatStandsInIt) {
  const Mapping mapping = mapping_of(shipped_mapping());
  for (const std::string text :
       {"2026-05-28T06:50:00Z provision.ec2_stopped workspace_id=w1",
        "2026/05/28 06:50:00 provision.ec2_stopped workspace_id=w1",
        "2026-05-28T08:50:00.000+0200 stdout F provision.ec2_stopped workspace_id=w1",
        "time=2026-05-28T06:50:00Z level=INFO msg=provision.ec2_stopped workspace_id=w1",
        R"({"@timestamp":"2026-05-28T06:50:00.000Z","msg":"provision.ec2_stopped","workspace_id":"w1"})",
        R"({"ts":1779951000000,"msg":"provision.ec2_stopped","workspace_id":"w1"})",
        "Limit: \"1000\"\nCommon labels: {\"app\":\"tenant\"}\n\n\n"
        "1779951000000\t2026-05-28T06:50:00.000Z\tprovision.ec2_stopped workspace_id=w1",
        "\"Date\",\"tsNs\",\"Line\"\r\n\"2026-05-28T06:50:00.000Z\",\"1779951000000000000\","
        "\"provision.ec2_stopped workspace_id=w1\""}) {
    const ImportedLog log = read_log(text, {{}, &mapping, {}});
    ASSERT_EQ(log.events.size(), 1U) << text;
    EXPECT_EQ(log.events[0].at, (LogTime{kStart_s * 1'000'000, true})) << text;
    EXPECT_EQ(log.events[0].workspace, "w1") << text;
  }
}

TEST(LogForms, ALineWithoutATimeGoesOnWithTheOneBefore) {
  const ImportedLog log = read_log("2026-05-28T06:50:00Z panic: x\n  at main.go:1\n2026-05-28T06:50:01Z next");
  ASSERT_EQ(log.unmatched.size(), 2U);
  EXPECT_EQ(log.unmatched[0].text, "panic: x\nat main.go:1");
}

TEST(LogForms, AMappingNamesTheTimeField) {
  const Mapping mapping = mapping_of(
      R"({"format":"drydock.mapping/1","time":"event.created","rules":[{"fields":{"m":"x"},"event":"stop.failed"}]})");
  const ImportOptions options{{}, &mapping, {}};
  const std::string line = R"({"time":"2020-01-01T00:00:00Z","event":{"created":1779951000000},"m":"x"})";
  EXPECT_EQ(read_log(line, options).events[0].at.us, kStart_s * 1'000'000);
  const std::string inside =
      Json{{"labels", Json::object()}, {"line", line}, {"timestamp", "2026-05-28T07:00:00Z"}}.dump();
  EXPECT_EQ(read_log(inside, options).events[0].at.us, kStart_s * 1'000'000);
  const auto wrong = import_logs({{"a.log", R"({"event":{"created":"soon"},"m":"x"})"}}, options);
  ASSERT_EQ(wrong.errors.size(), 1U);
  EXPECT_EQ(wrong.errors[0].message, "expected a time as event.created, which the mapping names");
}

TEST(LogForms, GzipIsInflatedAlsoWhereFilesFollowEachOther) {
  const std::string one = R"({"at_s":1,"kind":"stop.failed"})"
                          "\n";
  const std::string two = R"({"at_s":2,"kind":"stop.failed"})";
  EXPECT_EQ(read_log(gzipped(one) + gzipped(two)).events.size(), 2U);
  const std::string packed = gzipped(one);
  EXPECT_EQ(errors_of(packed.substr(0, packed.size() - 9)),
            (std::vector<std::string>{"a.log: the gzip file ends too early (gzip -t tells more)"}));
  std::string damaged = packed;
  damaged[packed.size() - 5] = static_cast<char>(damaged[packed.size() - 5] ^ 1);
  EXPECT_EQ(errors_of(damaged), (std::vector<std::string>{"a.log: the gzip file is damaged (gzip -t tells more)"}));
  // A small file may hold more than memory should.
  EXPECT_EQ(errors_of(gzipped(std::string(65U << 20U, ' '))),
            (std::vector<std::string>{"a.log: the gzip file holds more than 64 MiB (gzip -t tells more)"}));
}

TEST(LogForms, WhatCannotBeReadSaysWhatItLooksLike) {
  using namespace std::string_literals;
  const std::pair<std::string, std::string> all[] = {
      {"PK\x03\x04zip", "zip"},
      {"PAR1\x15", "Parquet"},
      {"\x28\xb5\x2f\xfd\x04", "zstd"},
      {"BZh9", "bzip2"},
      {"\xfd\x37zXZ\0"s, "xz"},
      {"\xff\xfe{\0"s, "UTF-16"},
      {"<!doctype html>", "HTML"},
      {"what is this\n", "no time"},
      {"a,b\n1,2\n", "no time"},
      {R"({"status":"success","data":{"resultType":"matrix","result":[]}})", "metric query"},
      {R"({"status":"error","errorType":"bad_data","error":"parse error"})", "found \"error\""},
      {R"({"awsAccountId":"0","digestStartTime":"2026-05-28T06:50:00Z","logFiles":[]})", "digest"},
      {R"({"awslogs":{"data":"H4sIAAAAAAAAAHWPwQqCQBCGX0Xm7EFtK"}})", "base64"},
      {R"({"logEvents":[{"id":"1","timestamp":"06:50","message":"x"}]})", "milliseconds since 1970"},
      {R"({"logEvents":[{"id":"1","timestamp":1}]})", "missing key \"message\""},
      {R"({"detail-type":"EC2 Instance State-change Notification","time":"2026-05-28T06:50:00Z",)"
       R"("detail":{"state":"pending"}})",
       "missing text \"instance-id\""},
      {R"({"at":"2026-05-28T06:50:00","kind":"stop.failed"})", "it has no offset"}};
  for (const auto& [text, words] : all) {
    const auto errors = errors_of(text);
    ASSERT_EQ(errors.size(), 1U) << words;
    EXPECT_NE(errors[0].find(words), std::string::npos) << errors[0];
  }
  EXPECT_EQ(read_log("\xef\xbb\xbf"
                     R"({"at_s":1,"kind":"stop.failed"})")
                .events.size(),
            1U);
}

/// A state of an instance is an event, whose workspace the tags of any record tell; each is one however often it comes.
TEST(LogForms, StatesOfInstancesAreEvents) {
  const auto state = [](const std::string& id, const std::string& entered) {
    return R"({"version":"0","id":")" + id +
           R"(","detail-type":"EC2 Instance State-change Notification","source":"aws.ec2",)"
           R"("time":"2026-05-28T06:50:07Z","detail":{"instance-id":"i-1","state":")" +
           entered + "\"}}\n";
  };
  const std::string launch =
      R"({"eventTime":"2026-05-28T06:50:00Z","eventSource":"ec2.amazonaws.com","eventName":"RunInstances",)"
      R"("requestParameters":{"tagSpecificationSet":{"items":[{"tags":[{"key":"WorkspaceId","value":"w"}]}]}},)"
      R"("responseElements":{"instancesSet":{"items":[{"instanceId":"i-1"}]}}})";
  const std::string other =
      R"({"id":"e","detail-type":"EC2 Spot Instance Interruption Warning","time":"2026-05-28T06:51:00Z","detail":{}})";
  const auto decoded = import_logs(
      {{"events", state("a", "pending") + state("b", "running") + state("a", "pending") + other}, {"trail", launch}},
      {});
  ASSERT_TRUE(decoded.value) << to_text(decoded.errors.front());
  const ImportedLog& log = *decoded.value;
  ASSERT_EQ(log.events.size(), 3U);
  for (const std::size_t at : {1U, 2U}) {
    EXPECT_EQ(log.events[at].kind, "ec2.state");
    EXPECT_EQ(log.events[at].instance, "i-1");
    EXPECT_EQ(log.events[at].workspace, "w");
    EXPECT_EQ(log.events[at].at.us, (kStart_s + 7) * 1'000'000);
    EXPECT_EQ(log.events[at].within, std::chrono::seconds{1}) << "its time is cut to seconds";
  }
  EXPECT_EQ(log.events[1].detail, (Json{{"to", "running"}}));
  EXPECT_EQ(log.ignored, 1U) << "delivered twice";
  ASSERT_EQ(log.unmatched.size(), 1U);
  EXPECT_EQ(log.unmatched[0].text, "EC2 Spot Instance Interruption Warning");
  EXPECT_NE(std::find(log.visible.begin(), log.visible.end(), VisibleKind{"ec2.state", Json::object()}),
            log.visible.end());
  // Where there are no states, none is missing.
  const ImportedLog calls = read_log(launch);
  EXPECT_TRUE(std::none_of(calls.visible.begin(), calls.visible.end(),
                           [](const VisibleKind& kind) { return kind.kind == "ec2.state"; }));
}

/// What a line of CloudWatch Logs lies in are labels; a line of plain JSON that only looks alike is none.
TEST(LogForms, LinesOfCloudWatchLogsHaveLabels) {
  const Mapping mapping = mapping_of(
      R"({"format":"drydock.mapping/1","rules":[{"labels":{"logGroup":"g","logStream":"s"},"event":"stop.failed"}]})");
  const ImportOptions options{{}, &mapping, {}};
  const std::string line = R"({"id":"1","timestamp":1779951000123,"message":"x"})";
  const ImportedLog log = read_log(R"({"messageType":"DATA_MESSAGE","logGroup":"g","logStream":"s","logEvents":[)" +
                                       line + R"(]} {"logGroup":"h","logStream":"s","logEvents":[)" + line + "]}",
                                   options);
  ASSERT_EQ(log.events.size(), 1U);
  EXPECT_EQ(log.events[0].at.us, 1'779'951'000'123'000);
  EXPECT_EQ(log.unmatched.size(), 1U);
  EXPECT_EQ(decode_log("a", R"({"timestamp":1779951000123,"message":"x"})", {}).kind, LogKind::ndjson);
  EXPECT_EQ(decode_log("a", R"({"format":"drydock.log/1","events":[]})", {}).kind, LogKind::ndjson);
  EXPECT_TRUE(read_log(R"({"events":[],"searchedLogStreams":[]})").events.empty());
}

/// One mistake is told where it comes first, and how often it came.
TEST(LogForms, OneMistakeIsToldOnce) {
  std::string text;
  for (int i = 0; i < 29; ++i) text += R"({"when":")" + std::to_string(i) + "\",\"kind\":\"stop.failed\"}\n";
  text += R"({"at":"noon","kind":"stop.failed"})"
          "\n"
          R"({"at":"dusk","kind":"stop.failed"})"
          "\n{\"at_s\":}\n";
  const auto errors = errors_of(text);
  ASSERT_EQ(errors.size(), 3U);
  EXPECT_TRUE(errors[0].starts_with("a.log:1:1: the line has no time, and so 28 more")) << errors[0];
  EXPECT_TRUE(errors[1].starts_with("a.log:30:7: /at: expected an instant")) << errors[1];
  EXPECT_TRUE(errors[2].starts_with("a.log:32:9:")) << errors[2];
}

TEST(LogForms, PlacesAreThoseOfTheFile) {
  const ImportedLog log =
      read_log("{\n \"at_s\":2,\n \"kind\":\"y\"}  {\"at_s\":3,\"kind\":\"z\"}\n// a comment\n{\n\"at_s\":4}");
  ASSERT_EQ(log.unmatched.size(), 3U);
  EXPECT_EQ(log.unmatched[0].line, 1U);
  EXPECT_EQ(log.unmatched[1].line, 3U);
  EXPECT_EQ(log.unmatched[1].column, 15U);
  EXPECT_EQ(log.unmatched[2].line, 5U);
}

/// Lake and Athena print maps that are no JSON.
TEST(LogForms, PrintedMapsAreValues) {
  EXPECT_EQ(
      parse_printed_map(R"({volumeId=vol-1, force=false, instancesSet={items=[{instanceId=i-1}, {instanceId=i-2}]}})"),
      (Json{{"volumeId", "vol-1"},
            {"force", "false"},
            {"instancesSet", {{"items", Json::array({{{"instanceId", "i-1"}}, {{"instanceId", "i-2"}}})}}}}));
  EXPECT_EQ(parse_printed_map(R"({a={"items":[1, 2]}, b=x})"), (Json{{"a", {{"items", {1, 2}}}}, {"b", "x"}}));
  EXPECT_EQ(parse_printed_map("{}"), Json::object());
  for (const char* none : {"", "{", "{a}", "[a=1]", "{a=[}"})
    EXPECT_FALSE(parse_printed_map(none).contains("b")) << none;
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "{a=";
  EXPECT_TRUE(parse_printed_map(deep + std::string(100'000, '}')).is_object());
  const std::string row =
      R"({"eventtime":"2026-05-28 06:50:00.000","eventsource":"ec2.amazonaws.com",)"
      R"("eventname":"StopInstances","requestparameters":"{instancesSet={items=[{instanceId=i-1}]}}"})";
  EXPECT_EQ(read_log(row).events[0].instance, "i-1");
}

// ---- a first mapping ----

TEST(LogSuggestion, AppliedItMatchesEveryLine) {
  const std::string text =
      "2026-05-28T06:50:00Z provision.ec2_started workspace_id=w1 instance_id=i-0ab state=pending\n"
      "2026-05-28T06:50:01Z provision.ec2_started workspace_id=w2 instance_id=i-0cd state=pending\n"
      "2026-05-28T06:50:02Z served 200 in 12ms (what?)\n2026-05-28T06:50:03Z served 404 in 3ms (what?)\n"
      R"({"time":"2026-05-28T06:50:04Z","msg":"stop failed","workspace_id":"w3"})";
  const std::string suggested = suggest_mapping(read_log(text).unmatched);
  const Mapping mapping = mapping_of(suggested);
  ASSERT_EQ(mapping.rules.size(), 3U) << suggested;
  const ImportedLog log = read_log(text, {{}, &mapping, {}});
  EXPECT_TRUE(log.unmatched.empty()) << suggested;
  EXPECT_EQ(log.ignored, 2U);
  ASSERT_EQ(log.events.size(), 3U);
  EXPECT_EQ(log.events[1].workspace, "w2");
  EXPECT_EQ(log.events[1].instance, "i-0cd");
  EXPECT_EQ(log.events[2].kind, "stop.failed");
  EXPECT_EQ(log.events[2].workspace, "w3");
}

RC_GTEST_PROP(LogSuggestionProperty, IsAMappingWhateverTheLines, (const std::vector<std::string>& lines)) {
  std::vector<LogPlace> unmatched;
  for (const std::string& line : lines) {
    std::string text;
    for (const char c : line) text += static_cast<unsigned char>(c) < 0x80 ? c : '?';
    unmatched.push_back({"a", unmatched.size() + 1, 1, text});
  }
  RC_ASSERT(decode_mapping("m.json", suggest_mapping(unmatched)).errors.empty());
}

}  // namespace
}  // namespace drydock::scenarios
