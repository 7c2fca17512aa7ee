#include "scenarios/logs/mapping.hpp"

#include <gtest/gtest.h>

#include "scenarios/logs/import.hpp"
#include "scenarios/logs/template.hpp"

namespace drydock::scenarios {
namespace {

Mapping mapping_from(const std::string& rest) {
  auto decoded = decode_mapping("m.json", R"({"format":"drydock.mapping/1",)" + rest + "}");
  EXPECT_TRUE(decoded.errors.empty()) << to_text(decoded.errors.front());
  return decoded.value.value_or(Mapping{});
}

std::string mapping_error(const std::string& rules) {
  const auto decoded = decode_mapping("m.json", R"({"format":"drydock.mapping/1","rules":[)" + rules + "]}");
  return decoded.errors.empty() ? "none" : to_text(decoded.errors.front());
}

LogLine line_of(const std::string& text, std::map<std::string, std::string> labels = {}) {
  return {{"a.log", 1, 1, text}, {}, std::move(labels), Json::parse(text, nullptr, false)};
}

TEST(Mapping, NamedGroupsLabelsAndFieldsFillTheEvent) {
  const Mapping mapping = mapping_from(R"json("rules":[{
    "labels":{"app":["tenant","t2"]}, "fields":{"msg":"stopped","at.level":3},
    "line":"code=(?P<code>\\d+)(x)?", "event":"stop.failed",
    "workspace":"{labels.ws}", "instance":"i-{1}", "within":"3s",
    "detail":{"http":"{code}","error":"{$.err}","twice":"{{{code}}}","gone":"{2}","n":7}}])json");
  const std::string text = R"({"msg":"stopped","at":{"level":3},"err":{"a":1},"x":"code=503"})";
  const auto mapped = apply(mapping, line_of(text, {{"app", "t2"}, {"ws", "pm"}}));
  ASSERT_TRUE(mapped);
  EXPECT_EQ(mapped->event.kind, "stop.failed");
  EXPECT_EQ(mapped->event.workspace, "pm");
  EXPECT_EQ(mapped->event.instance, "i-503");
  EXPECT_EQ(mapped->event.within, std::chrono::seconds{3});
  const Json detail = Json::parse(R"({"http":"503","error":{"a":1},"twice":"{503}","n":7})");
  EXPECT_EQ(mapped->event.detail, detail);
  EXPECT_FALSE(apply(mapping, line_of(text, {{"app", "other"}, {"ws", "pm"}})));
  const std::string other = R"({"msg":"stopped","at":{"level":4},"x":"code=503"})";
  EXPECT_FALSE(apply(mapping, line_of(other, {{"app", "t2"}, {"ws", "pm"}})));
}

TEST(Mapping, TheFirstRuleThatMatchesDecides) {
  const Mapping mapping =
      mapping_from(R"json("rules":[{"line":"health","ignore":true},{"line":".","event":"platform.log"}])json");
  EXPECT_TRUE(apply(mapping, line_of("GET /healthz"))->ignored);
  EXPECT_EQ(apply(mapping, line_of("anything"))->event.kind, "platform.log");
  EXPECT_FALSE(apply(mapping, line_of("")));
}

/// A kind that is mapped with a fixed detail is seen with that detail alone.
TEST(Mapping, WhatIsVisibleHasTheDetailThatARuleAlwaysGives) {
  const Mapping mapping = mapping_from(R"json("visible":["stop.failed"],"rules":[
    {"line":"terminate (?P<s>\\w+)","event":"ec2.call",
     "detail":{"action":"TerminateInstances","previous":"{s}"}}])json");
  const std::vector<VisibleKind> visible{{"stop.failed", Json::object()},
                                         {"ec2.call", {{"action", "TerminateInstances"}}}};
  EXPECT_EQ(visible_through(mapping), visible);
}

TEST(Mapping, AliasesAreUsedForWorkspacesInstancesAndPaths) {
  const Mapping mapping = mapping_from(R"json("workspaces":{"deedcb61":"pm","i-7":"dev"},"rules":[
    {"line":"^(?P<m>[A-Z]+) (?P<p>/.*)","event":"http.request",
     "detail":{"method":"{m}","path":"{p}"}},
    {"line":"^stopped (?P<i>\\S+)","event":"provision.ec2_stopped","instance":"{i}"}])json");
  const std::string text =
      R"({"line":"POST /workspaces/deedcb61/pause?cascade=true","timestamp":"2026-01-01T00:00:00Z"}
{"line":"stopped i-7","timestamp":"2026-01-01T00:00:01Z"})";
  const auto log = import_logs({{"a", text}}, {std::nullopt, &mapping, {}});
  ASSERT_TRUE(log.value);
  EXPECT_EQ(log.value->events[0].detail["path"], "/workspaces/pm/pause?cascade=true");
  EXPECT_EQ(log.value->events[1].workspace, "dev");
}

TEST(Mapping, IsStrictAndSaysWhere) {
  EXPECT_EQ(mapping_error(R"json({"line":"(","event":"stop.failed"})json"),
            "m.json:1:48: /rules/0/line: not a regular expression: missing ): ( (RE2's syntax; a "
            "group is named (?P<name>…))");
  EXPECT_EQ(mapping_error(R"json({"line":"(?P<id>x)","event":"stop.failed","workspace":"{idd}"})json"),
            "m.json:1:94: /rules/0/workspace: unknown group \"idd\" (did you mean \"id\"?)");
  EXPECT_EQ(mapping_error(R"json({"event":"stop.failed","workspace":"{a"})json"),
            "m.json:1:75: /rules/0/workspace: not a template: a { without a name and } (a brace "
            "itself is written {{ or }})");
  EXPECT_EQ(mapping_error(R"json({"event":"stop.fail"})json"),
            "m.json:1:49: /rules/0/event: unknown event \"stop.fail\" (did you mean \"stop.failed\"?)");
  EXPECT_EQ(mapping_error(R"json({"line":"x"})json"),
            "m.json:1:40: /rules/0: a rule has an event, or \"ignore\": true (one of the two)");
  EXPECT_EQ(mapping_error(R"json({"evnt":"x","ignore":true})json"),
            "m.json:1:41: /rules/0/evnt: unknown key \"evnt\" (did you mean \"event\"?)");
}

TEST(Mapping, EveryPrefixIsReadOrRefused) {
  const std::string text = R"json({"format":"drydock.mapping/1", // yes
    "workspaces":{"a":"b"}, "visible":[{"kind":"ec2.call","where":{"action":"x"}}],
    "rules":[{"labels":{"a":["b"]},"fields":{"c":1},"line":"(?P<d>e)","event":"stop.failed",
              "detail":{"f":"{d}"}}]})json";
  EXPECT_TRUE(decode_mapping("m", text).value);
  for (std::size_t size = 0; size < text.size(); ++size) {
    const auto decoded = decode_mapping("m", text.substr(0, size));
    EXPECT_FALSE(decoded.value) << size;
    EXPECT_FALSE(decoded.errors.empty()) << size;
  }
}

}  // namespace
}  // namespace drydock::scenarios
