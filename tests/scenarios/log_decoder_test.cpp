#include <gtest/gtest.h>

#include "scenarios/logs/decoder.hpp"
#include "scenarios/logs/import.hpp"
#include "scenarios/logs/log_time.hpp"

// Logs come from other programs: whatever is in them, they are read or refused with a place.

namespace drydock::scenarios {
namespace {

constexpr const char* kLoki = R"({"status":"success","data":{"resultType":"streams","result":[
 {"stream":{"app":"tenant"},"values":[["1779950000123456789","one"],["1779950001000000000","two",{"pod":"p"}]]}
]}})";
constexpr const char* kLogcli =
    R"({"labels":{"app":"tenant"},"line":"one","timestamp":"2026-05-28T08:06:49.5+02:00"}
{"labels":{},"line":"{\"msg\":\"two\"}","timestamp":"2026-05-28T06:06:50Z"})";
constexpr const char* kCloudTrail = R"({"Records":[
 {"eventTime":"2026-05-28T06:08:49Z","eventSource":"ec2.amazonaws.com","eventName":"RunInstances",
  "requestParameters":{"tagSpecificationSet":{"items":[{"tags":[{"key":"WorkspaceId","value":"pm"}]}]}},
  "responseElements":{"instancesSet":{"items":[{"instanceId":"i-1"}]}}},
 {"eventTime":"2026-05-28T06:09:49Z","eventSource":"ec2.amazonaws.com","eventName":"TerminateInstances",
  "requestParameters":{"instancesSet":{"items":[{"instanceId":"i-1"},{"instanceId":"i-2"}]}}},
 {"eventTime":"2026-05-28T06:09:50Z","eventSource":"ec2.amazonaws.com","eventName":"CreateSnapshot",
  "errorCode":"Client.InvalidVolume.NotFound"},
 {"eventTime":"2026-05-28T06:09:51Z","eventSource":"ec2.amazonaws.com","eventName":"DescribeInstances"},
 {"eventTime":"2026-05-28T06:09:52Z","eventSource":"s3.amazonaws.com","eventName":"PutObject"}
]})";
constexpr const char* kNdjson = R"(// a comment
{"visible":["stop.failed",{"kind":"ec2.call","where":{"action":"RunInstances"}}],"until":90}
{"ts":12.25,"kind":"stop.attempt","workspace":"pm","detail":{"source":"Delete"}}

{"at":"1m","within":"5s","kind":"stop.failed","workspace":"pm"}
{"at_s":61,"msg":"nothing that is known"})";

ImportedLog import_one(const std::string& text, const ImportOptions& options = {}) {
  auto decoded = import_logs({{"a.log", text}}, options);
  EXPECT_TRUE(decoded.errors.empty()) << to_text(decoded.errors.front());
  return decoded.value.value_or(ImportedLog{});
}

/// The one error of a log, as a user sees it.
std::string error_of(const std::string& text, std::optional<LogKind> kind = std::nullopt) {
  const auto decoded = import_logs({{"a.log", text}}, {kind, nullptr, {}});
  EXPECT_FALSE(decoded.value);
  return decoded.errors.empty() ? "none" : to_text(decoded.errors.front());
}

TEST(LogTime, ReadsInstantsOfAnyOffsetAndPrecision) {
  const auto noon = parse_log_instant("2026-05-28T12:00:00Z");
  ASSERT_TRUE(noon);
  EXPECT_EQ(parse_log_instant("2026-05-28T14:00:00+02:00"), noon);
  EXPECT_EQ(parse_log_instant("2026-05-28T06:30:00-05:30"), noon);
  EXPECT_EQ(parse_log_instant("2026-05-28T14:00:00+0200"), noon);
  EXPECT_EQ(parse_log_instant("2026-05-28 14:00:00,000+02"), noon);
  EXPECT_EQ(parse_utc_instant("2026-05-28 12:00:00.000"), noon);
  EXPECT_EQ(parse_utc_instant("2026-05-28 12:00:00.000 UTC"), noon);
  EXPECT_EQ(parse_log_instant("2026-05-28T12:00:00.000000999Z"), noon);
  EXPECT_EQ(parse_log_instant("2026-05-28T12:00:00.000001Z")->us, noon->us + 1);
  for (const char* bad : {"", "Z", "2026-05-28", "2026-05-28T12:00:00", "2026-05-28T12:00:00+2:00",
                          "2026-05-28T12:00:00.Z", "2026-05-28T12:00:00ZZ", "2026-13-28T12:00:00Z"})
    EXPECT_FALSE(parse_log_instant(bad)) << bad;
}

TEST(LogTime, ReadsSecondsExactly) {
  EXPECT_EQ(parse_log_seconds("12.25"), (LogTime{12'250'000, false}));
  EXPECT_EQ(parse_log_seconds("0.1"), (LogTime{100'000, false}));
  EXPECT_EQ(parse_log_seconds("1779950000.5"), (LogTime{1'779'950'000'500'000, true}));
  for (const char* bad : {"", "-1", "1e3", "1.", ".5", "123456789012"}) EXPECT_FALSE(parse_log_seconds(bad)) << bad;
}

TEST(LogTime, ReadsANumberByItsDigits) {
  const LogTime at{1'779'951'000'123'000, true};
  for (const char* same :
       {"1779951000.123", "1779951000123", "1779951000123.0", "1779951000123000", "1779951000123000999"})
    EXPECT_EQ(parse_log_number(same), at) << same;
  EXPECT_EQ(parse_log_number("12.25"), (LogTime{12'250'000, false}));
  for (const char* bad : {"", "123456789012", "12345678901234", "1779951000123.x", "99999999999999999999"})
    EXPECT_FALSE(parse_log_number(bad)) << bad;
  EXPECT_EQ(parse_log_time("1779951000123"), at);
  EXPECT_FALSE(parse_log_time("5"));
}

TEST(LogDecoder, RecognisesEachKindByItsContent) {
  EXPECT_EQ(decode_log("a", kLoki, {}).kind, LogKind::loki);
  EXPECT_EQ(decode_log("a", kLogcli, {}).kind, LogKind::logcli);
  EXPECT_EQ(decode_log("a", kCloudTrail, {}).kind, LogKind::cloudtrail);
  EXPECT_EQ(decode_log("a", kNdjson, {}).kind, LogKind::ndjson);
  EXPECT_EQ(decode_log("a", "{\n \"Records\": [", {}).kind, LogKind::cloudtrail);
}

TEST(LogDecoder, ReadsLokiWithLabelsAndPlaces) {
  const DecodedLog log = decode_log("a", kLoki, {});
  ASSERT_TRUE(log.errors.empty());
  ASSERT_EQ(log.lines.size(), 2U);
  EXPECT_EQ(log.lines[0].place, (LogPlace{"a", 2, 39, "one"}));
  EXPECT_EQ(log.lines[0].at, (LogTime{1'779'950'000'123'456, true}));
  EXPECT_EQ(log.lines[1].labels, (std::map<std::string, std::string>{{"app", "tenant"}, {"pod", "p"}}));
}

TEST(LogDecoder, ReadsLogcliAndTheJsonOfALine) {
  const DecodedLog log = decode_log("a", kLogcli, {});
  ASSERT_TRUE(log.errors.empty());
  ASSERT_EQ(log.lines.size(), 2U);
  EXPECT_EQ(log.lines[1].at.us - log.lines[0].at.us, 500'000);
  EXPECT_EQ(log.lines[1].place.line, 2U);
  EXPECT_EQ(log.lines[1].body["msg"], "two");
}

TEST(LogImport, NdjsonSaysItsKindsAndHowLongItGoes) {
  const ImportedLog log = import_one(kNdjson);
  ASSERT_EQ(log.events.size(), 2U);
  EXPECT_EQ(log.events[0].kind, "stop.attempt");
  EXPECT_EQ(log.events[0].place.line, 3U);
  EXPECT_EQ(log.events[0].at, (LogTime{12'250'000, false}));
  EXPECT_EQ(log.events[1].within, std::chrono::seconds{5});
  EXPECT_EQ(log.until, (LogTime{90'000'000, false}));
  const std::vector<VisibleKind> visible{
      {"ec2.call", {{"action", "RunInstances"}}}, {"stop.attempt", Json::object()}, {"stop.failed", Json::object()}};
  EXPECT_EQ(log.visible, visible);
  ASSERT_EQ(log.unmatched.size(), 1U);
  EXPECT_EQ(log.unmatched[0].line, 6U);
}

TEST(LogImport, CloudTrailIsReadWithoutRulesAndLearnsWhoseInstanceItIs) {
  const ImportedLog log = import_one(kCloudTrail);
  ASSERT_EQ(log.events.size(), 4U);
  EXPECT_EQ(log.events[0].workspace, "pm");
  EXPECT_EQ(log.events[0].detail, (Json{{"action", "RunInstances"}}));
  EXPECT_EQ(log.events[1].workspace, "pm");
  EXPECT_EQ(log.events[2].workspace, "");
  EXPECT_EQ(log.events[2].instance, "i-2");
  EXPECT_EQ(log.events[3].kind, "ec2.error");
  EXPECT_EQ(log.events[3].detail["code"], "InvalidVolume.NotFound");
  EXPECT_EQ(log.ignored, 1U);
  ASSERT_EQ(log.unmatched.size(), 1U);
  EXPECT_EQ(log.unmatched[0].text, "PutObject of s3.amazonaws.com");
}

TEST(LogImport, EventsAreByTimeWhateverTheOrderOfTheFiles) {
  const auto decoded =
      import_logs({{"b", R"({"at_s":2,"kind":"stop.attempt"})"}, {"a", R"({"at_s":1,"kind":"stop.failed"})"}}, {});
  ASSERT_TRUE(decoded.value);
  EXPECT_EQ(decoded.value->events[0].kind, "stop.failed");
}

TEST(LogImport, SaysWhereALogIsWrong) {
  EXPECT_EQ(error_of(R"({"status":"error","data":{}})"), R"(a.log:1:11: /status: expected "success", found "error")");
  EXPECT_EQ(error_of(R"({"status":"success","data":{"resultType":"streams","result":[
{"stream":{},"values":[["soon","x"]]}]}})"),
            "a.log:2:25: /data/result/0/values/0/0: expected nanoseconds since 1970 as text, found "
            "\"soon\"");
  EXPECT_EQ(error_of("{\"at_s\":1,\"kind\":\"stop.failed\"}\n{\"at\":\"noon\",\"kind\":\"x\"}"),
            "a.log:2:7: /at: expected an instant (RFC 3339) or seconds, found \"noon\"");
  EXPECT_EQ(error_of("{\"kind\":\"stop.failed\"}"),
            "a.log:1:1: the line has no time (one of at_s, at, ts, time, timestamp, @timestamp, or what a mapping's "
            "\"time\" names)");
  EXPECT_EQ(error_of("{\"at_s\":1,\"kind\":\"stop.failed\",\"detail\":3}"),
            "a.log:1:1: detail is an object, not a number");
  EXPECT_EQ(error_of("{\"visible\":[\"stop.faild\"]}"),
            "a.log:1:13: /visible/0: unknown event \"stop.faild\" (did you mean \"stop.failed\"?)");
  EXPECT_EQ(error_of("{\"at_s\":1,\"kind\":\"stop.failed\"}\n"
                     "{\"at\":\"2026-05-28T06:00:00Z\",\"kind\":\"stop.failed\"}"),
            "a.log:2:1: this line has a date, the first one counts from time zero");
  EXPECT_EQ(error_of(R"({"Records":[{"eventTime":"2026-05-28T06:00:00Z"}]})"),
            "a.log:1:13: /Records/0: missing key \"eventSource\"");
}

/// What Loki answers to Grafana: each line's labels by where they come from.
TEST(LogDecoder, ReadsCategorizedLabels) {
  const DecodedLog log = decode_log("a", R"({"status":"success","data":{"resultType":"streams",
 "encodingFlags":["categorize-labels"],"result":[{"stream":{"app":"tenant"},"values":[
 ["1779951000000000000","one",{"structuredMetadata":{"trace_id":"a1"},"parsed":{"level":"info"}}],
 ["1779951001000000000","two",{}]]}]}})",
                                    {});
  ASSERT_TRUE(log.errors.empty()) << to_text(log.errors.front());
  const std::map<std::string, std::string> labels{{"app", "tenant"}, {"level", "info"}, {"trace_id", "a1"}};
  EXPECT_EQ(log.lines[0].labels, labels);
  EXPECT_EQ(log.lines[1].labels, (std::map<std::string, std::string>{{"app", "tenant"}}));
  EXPECT_EQ(error_of(R"({"status":"success","data":{"resultType":"streams","result":[
{"stream":{},"values":[["1779951000000000000","x",{"parsed":{"level":1}}]]}]}})"),
            "a.log:2:70: /data/result/0/values/0/2/parsed/level: expected a string, found a number");
}

/// Cut anywhere, a log is read or refused; nothing else happens.
TEST(LogDecoder, EveryPrefixIsReadOrRefused) {
  for (const std::string_view text : {kLoki, kLogcli, kCloudTrail, kNdjson}) {
    for (std::size_t size = 0; size < text.size(); ++size) {
      const auto decoded = import_logs({{"a", std::string{text.substr(0, size)}}}, {});
      EXPECT_EQ(decoded.value.has_value(), decoded.errors.empty());
      for (const Diagnostic& error : decoded.errors) EXPECT_FALSE(error.message.empty());
    }
  }
}

}  // namespace
}  // namespace drydock::scenarios
