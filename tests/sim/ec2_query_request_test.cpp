#include <gtest/gtest.h>

#include <pugixml.hpp>
#include <string>

#include "sim/check.hpp"
#include "sim/cloud/query/actions.hpp"
#include "sim/cloud/query/base64.hpp"
#include "sim/cloud/query/xml.hpp"
#include "tests/sim/ec2_query_support.hpp"

// How requests are read, and what all answers have in common: docs/cloud.md §7.1–§7.3.

namespace drydock::cloud::query {
namespace {

Request got(std::string target) {
  Request request;
  request.method = "GET";
  request.target = std::move(target);
  return request;
}

TEST(QueryRequest, ComesByGetOrPostUnderAnyPath) {
  WiredRegion region;
  for (const std::string target : {"/?Action=DescribeRegions", "/a/b/c?Action=DescribeRegions&Version=2010-08-31"}) {
    const Heard heard{region.serve(got(target))};
    EXPECT_EQ(heard.answer.status, 200) << heard.answer.body;
  }
  Request both = posted("Version=2014-10-01");
  both.target = "/?Action=DescribeRegions";
  const Heard heard{region.serve(both)};
  EXPECT_EQ(std::string{heard.document.document_element().attribute("xmlns").value()},
            "http://ec2.amazonaws.com/doc/2014-10-01/");
  EXPECT_EQ(std::string{heard.document.document_element().name()}, "DescribeRegionsResponse");
}

TEST(QueryRequest, NamesListsInEveryFormThatClientsUse) {
  WiredRegion region;
  const std::string one = region.running("w1");
  const std::string two = region.running("w2");
  for (const std::string& list :
       {"&InstanceId.1=" + one + "&InstanceId.2=" + two, "&InstanceId.0=" + one + "&InstanceId.1=" + two,
        "&InstanceId.3=" + one + "&InstanceId.9=" + two, "&InstanceId=" + one + "&InstanceId.1=" + two,
        "&InstanceId=" + one + "&InstanceId=" + two}) {
    const Heard heard = region.ask("DescribeInstances" + list);
    EXPECT_EQ(heard.texts("//instanceId"), (sim::Log{one, two})) << list;
  }
  region.ask("CreateTags&ResourceId.0=" + one + "&Tag.0.Key=a&Tag.0.Value=1");
  EXPECT_EQ(region.ask("DescribeInstances&Filter.0.Name=tag:a&Filter.0.Value.0=1").texts("//instanceId"),
            (sim::Log{one}));
  EXPECT_EQ(region.ask("DescribeInstances&Filter.1.Name=tag:a&Filter.1.Value=1").texts("//instanceId"),
            (sim::Log{one}));
  EXPECT_EQ(region.ask("StartInstances&InstanceId=" + one).code(), "none");
}

TEST(QueryRequest, IsDecoded) {
  WiredRegion region;
  const std::string id = region.running("w1");
  region.ask("CreateTags&ResourceId.1=" + id + "&Tag.1.Key=a%20b+c&Tag.1.Value=%C3%A9%26%3C%3D100%25%");
  const Heard heard = region.ask("DescribeTags&Filter.1.Name=key&Filter.1.Value.1=a+b%20c");
  EXPECT_EQ(heard.text("//value"), "\xC3\xA9&<=100%%");
}

TEST(QueryRequest, IsSignedForARegionOrForNone) {
  WiredRegion region;
  Request request = posted("Action=DescribeAvailabilityZones");
  const auto zone = [&](const std::string& scope) {
    request.headers = {{"authorization", "AWS4-HMAC-SHA256 Credential=" + scope + ", SignedHeaders=host"}};
    return Heard{region.serve(request)}.text("//zoneName");
  };
  EXPECT_EQ(zone("AKID/20260519/eu-west-1/ec2/aws4_request"), "eu-west-1a");
  EXPECT_EQ(zone("AKID/20260519/0/127/aws4_request"), "us-east-1a") << "as boto2 signs for an address";
  EXPECT_EQ(zone("AKID"), "us-east-1a");
  const Heard presigned{region.serve(
      got("/?Action=DescribeAvailabilityZones&X-Amz-Credential=AKID%2F20260519%2Fap-south-1%2Fec2%2Faws4_request"))};
  EXPECT_EQ(presigned.text("//zoneName"), "ap-south-1a");
  const Heard old{
      region.serve(got("/?Action=DescribeRegions&AWSAccessKeyId=a&SignatureVersion=2&SignatureMethod=HmacSHA256"
                       "&Timestamp=2026-05-19T00%3A00%3A00Z&Signature=s%3D"))};
  EXPECT_EQ(old.answer.status, 200);
}

TEST(QueryErrors, AreEc2sOwnDocuments) {
  WiredRegion region;
  const Heard heard = region.ask("NoSuchThing");
  EXPECT_EQ(heard.answer.status, 400);
  EXPECT_EQ(heard.code(), "InvalidAction");
  EXPECT_EQ(heard.message(), "The action NoSuchThing is not valid for this web service.");
  EXPECT_EQ(heard.text("/Response/RequestID").size(), 36U);
  EXPECT_EQ(heard.answer.body.substr(0, 38), "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
  EXPECT_EQ(heard.answer.headers.front().second, "text/xml;charset=UTF-8");
}

struct Refused {
  std::string query;
  std::string code;
  std::string message;
};

TEST(QueryErrors, SayWhatIsWrongInEc2sWords) {
  WiredRegion region;
  for (const Refused& refused : std::vector<Refused>{
           {"", "MissingAction", "The request is missing an action or a required parameter."},
           {"TerminateInstances", "MissingParameter", "The request must contain the parameter InstanceId"},
           {"CreateSnapshot", "MissingParameter", "The request must contain the parameter VolumeId"},
           {"CreateSnapshot&VolumeID=vol-1", "UnknownParameter", "The parameter VolumeID is not recognized"},
           {"DescribeInstances&InstanceIds.1=i-1", "UnknownParameter", "The parameter InstanceIds.1 is not recognized"},
           {"DescribeInstances&MaxResults=4", "InvalidParameterValue",
            "Value (4) for parameter MaxResults is invalid. Expecting a value greater than or equal to 5."},
           {"DescribeInstances&MaxResults=1001", "InvalidParameterValue",
            "Value (1001) for parameter MaxResults is invalid. Expecting a value less than or equal to 1000."},
           {"DescribeInstances&MaxResults=ten", "InvalidParameterValue",
            "Value (ten) for parameter MaxResults is invalid. It must be an integer."},
           {"StopInstances&InstanceId.1=i-12345678&Force=perhaps", "InvalidParameterValue",
            "Value (perhaps) for parameter Force is invalid. It must be true or false."},
           {"DescribeInstances&InstanceId.1=i-12345678&MaxResults=5", "InvalidParameterCombination",
            "The parameter instancesSet cannot be used with the parameter maxResults"},
           {"DescribeInstances&NextToken=abc", "InvalidNextToken", "The specified NextToken is not valid."},
           {"DescribeInstances&InstanceId.1=i-xyz", "InvalidInstanceID.Malformed", "Invalid id: \"i-xyz\""},
           {"DescribeInstances&InstanceId.1=i-12345678", "InvalidInstanceID.NotFound",
            "The instance ID 'i-12345678' does not exist"},
           {"DescribeInstances&InstanceId.1=i-12345678&InstanceId.2=i-87654321", "InvalidInstanceID.NotFound",
            "The instance IDs 'i-12345678, i-87654321' do not exist"},
           {"DescribeVolumes&VolumeId.1=vol-12345678", "InvalidVolume.NotFound",
            "The volume 'vol-12345678' does not exist."},
           {"DescribeSnapshots&SnapshotId.1=snap-12345678", "InvalidSnapshot.NotFound",
            "The snapshot 'snap-12345678' does not exist."},
           {"DescribeInstances&Filter.1.Name=colour&Filter.1.Value.1=red", "InvalidParameterValue",
            "The filter 'colour' is invalid"},
           {"DescribeInstances&Filter.1.Name=image-id", "InvalidParameterValue", "The filter 'image-id' has no values"},
       }) {
    const Heard heard = region.ask(refused.query);
    EXPECT_EQ(heard.answer.status, 400) << refused.query;
    EXPECT_EQ(heard.code(), refused.code) << refused.query;
    EXPECT_EQ(heard.message(), refused.message) << refused.query;
  }
}

TEST(QueryErrors, OfAVersionThatIsNoDate) {
  WiredRegion region;
  EXPECT_EQ(Heard{region.serve(posted("Action=DescribeRegions&Version=latest"))}.code(), "NoSuchVersion");
}

TEST(QueryErrors, OfADryRunIsThatItWouldHaveWorked) {
  WiredRegion region;
  const Heard heard = region.ask("TerminateInstances&InstanceId.1=i-12345678&DryRun=true");
  EXPECT_EQ(heard.answer.status, 412);
  EXPECT_EQ(heard.code(), "DryRunOperation");
}

TEST(QueryErrors, LeaveOutWhatXmlCannotHold) {
  WiredRegion region;
  const std::string id = region.running("w1");
  for (const std::string value : {"a%00b", "%FF", "%0B", "%EF%BF%BE", "%ED%A0%80"}) {
    const Heard heard = region.ask("CreateTags&ResourceId.1=" + id + "&Tag.1.Key=k&Tag.1.Value=" + value);
    EXPECT_EQ(heard.code(), "InvalidParameterValue") << value;
    const Heard named = region.ask("Describe" + value);
    EXPECT_EQ(named.code(), "InvalidAction");
    EXPECT_TRUE(named.parsed);
  }
  EXPECT_EQ(region.ask("CreateTags&ResourceId.1=" + id + "&Tag.1.Key=k&Tag.1.Value=a%0A%09b").code(), "none");
}

TEST(QueryAnswers, AreTheSameForTheSameRequests) {
  const auto play = [] {
    WiredRegion region;
    std::string bodies;
    const std::string id = region.launched();
    region.pass(1min);
    for (const std::string& query : {"DescribeInstances&InstanceId.1=" + id, std::string{"DescribeVolumes"},
                                     std::string{"NoSuchThing"}, "TerminateInstances&InstanceId.1=" + id}) {
      bodies += region.ask(query).answer.body;
    }
    return bodies;
  };
  EXPECT_EQ(play(), play());
}

TEST(QueryAnswers, HaveIdsOfTheirOwn) {
  WiredRegion region;
  const std::string first = region.ask("DescribeRegions").text("//requestId");
  const std::string second = region.ask("DescribeRegions").text("//requestId");
  EXPECT_EQ(first.size(), 36U);
  EXPECT_NE(first, second);
}

// --- faults -----------------------------------------------------------------------------------

struct Lost {
  std::string error;
  int status;
  Ending ending;
};

TEST(QueryFaults, EndTheAnswerAsTheySay) {
  for (const Lost& lost : {Lost{"reset", 200, Ending::reset}, Lost{"closed", 200, Ending::closed},
                           Lost{"cut", 200, Ending::cut}, Lost{"timeout", 200, Ending::silent},
                           Lost{"http-429", 429, Ending::whole}, Lost{"http-502", 502, Ending::whole}}) {
    WiredRegion region;
    const std::string id = region.launched();
    sim::Verdict verdict;
    verdict.what = sim::Verdict::What::fail;
    verdict.error = lost.error;
    region.puppet.next("ec2.DescribeInstances", sim::FaultPoint::before_reply, verdict);
    const Answer answer = region.ask("DescribeInstances").answer;
    EXPECT_EQ(answer.status, lost.status) << lost.error;
    EXPECT_EQ(answer.ending, lost.ending) << lost.error;
    EXPECT_EQ(answer.body.empty(), lost.error != "cut") << lost.error;
  }
}

TEST(QueryFaults, AreTheErrorsThatTheyName) {
  WiredRegion region;
  sim::Verdict verdict;
  verdict.what = sim::Verdict::What::fail;
  verdict.error = "RequestLimitExceeded";
  region.puppet.next("ec2.DescribeInstances", sim::FaultPoint::before_effect, verdict);
  const Heard heard = region.ask("DescribeInstances");
  EXPECT_EQ(heard.answer.status, 503);
  EXPECT_EQ(heard.code(), "RequestLimitExceeded");
  EXPECT_EQ(heard.message(), "Request limit exceeded.");
}

TEST(QueryFaults, ThatLoseAReplyAreASilenceUntilTheContextEnds) {
  WiredRegion region;
  sim::Verdict verdict;
  verdict.what = sim::Verdict::What::lose;
  region.puppet.next("ec2.RunInstances", sim::FaultPoint::before_reply, verdict);
  sim::Context context;
  context.until = sim::kTimeZero + 60s;
  const Heard heard = region.ask("RunInstances&ImageId=ami-12345678&MinCount=1&MaxCount=1", context);
  EXPECT_EQ(heard.answer.ending, Ending::silent);
  EXPECT_EQ(region.rig.now(), 60s);
  EXPECT_EQ(region.ec2.instances().size(), 1U) << "it took effect";
}

// --- parts ------------------------------------------------------------------------------------

TEST(FilterPattern, MatchesAsAGlob) {
  for (const auto& [pattern, text] : std::vector<std::pair<std::string, std::string>>{{"", ""},
                                                                                      {"*", ""},
                                                                                      {"*", "abc"},
                                                                                      {"a*c", "abbc"},
                                                                                      {"a?c", "abc"},
                                                                                      {"*b*", "abc"},
                                                                                      {"\\*", "*"},
                                                                                      {"a\\?", "a?"},
                                                                                      {"**a", "ba"},
                                                                                      {"a*b*c", "aXbYbZc"}}) {
    EXPECT_TRUE(matches_pattern(pattern, text)) << pattern << " " << text;
  }
  for (const auto& [pattern, text] : std::vector<std::pair<std::string, std::string>>{
           {"", "a"}, {"a", ""}, {"a", "A"}, {"a?", "a"}, {"\\*", "a"}, {"*a", "ab"}, {"a*b", "ac"}}) {
    EXPECT_FALSE(matches_pattern(pattern, text)) << pattern << " " << text;
  }
}

TEST(QueryBase64, IsReadAndWritten) {
  for (const std::string text : {"", "f", "fo", "foo", "foob", "#!/bin/sh\necho \xC3\xA9\n"}) {
    EXPECT_EQ(from_base64(to_base64(text)), text);
  }
  EXPECT_EQ(to_base64("foob"), "Zm9vYg==");
  EXPECT_EQ(from_base64("Zm9v\nYg"), "foob");
  for (const std::string bad : {"Z", "Zm9v!", "Zg=g"}) EXPECT_FALSE(from_base64(bad)) << bad;
}

TEST(QueryActions, StandUnderTheirNames) {
  for (const QueryAction* action : all_actions()) {
    EXPECT_EQ(find_action(action->name), action) << action->name;
    EXPECT_NE(action->serve == nullptr, action->tell == nullptr) << action->name;
  }
}

// --- documents ------------------------------------------------------------------------------------------------------

constexpr const char* kDocumentHead = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

TEST(Document, IsIndentedAndEndsWhatWasBegun) {
  Document document;
  Element root = document.root("Answer");
  root.attribute("xmlns", "http://x/");
  root.text("id", "1");
  Element item = root.child("set").child("item");
  item.number("n", 18'446'744'073'709'551'615U);
  item.child("empty");
  item.flag("is", true);
  root.text("none", "");
  root.text_unless_empty("left", "");
  EXPECT_EQ(document.finish(), std::string{kDocumentHead} +
                                   "<Answer xmlns=\"http://x/\">\n"
                                   "    <id>1</id>\n"
                                   "    <set>\n"
                                   "        <item>\n"
                                   "            <n>18446744073709551615</n>\n"
                                   "            <empty />\n"
                                   "            <is>true</is>\n"
                                   "        </item>\n"
                                   "    </set>\n"
                                   "    <none />\n"
                                   "</Answer>\n");
}

TEST(Document, IsWellFormedThoughNothingWasWritten) {
  Document document;
  static_cast<void>(document.root("Answer"));
  EXPECT_EQ(document.finish(), std::string{kDocumentHead} + "<Answer />\n");
}

TEST(Document, HoldsWhateverTextIsWritten) {
  const std::string text = "a<b>&\"c'\r\n\t\xC3\xA4 ]]>";
  Document document;
  Element root = document.root("Answer");
  root.attribute("of", text.substr(0, 9));
  root.text("text", text);
  root.text("cut", std::string{"a\0b\x01\xFF\xEF\xBF\xBE", 8} + "c");
  const std::string written = document.finish();
  pugi::xml_document read;
  ASSERT_TRUE(read.load_buffer(written.data(), written.size(), pugi::parse_default | pugi::parse_ws_pcdata_single));
  EXPECT_EQ(read.child("Answer").child_value("text"), text);
  EXPECT_EQ(std::string{read.child("Answer").attribute("of").value()}, text.substr(0, 9));
  EXPECT_TRUE(fits_xml(read.child("Answer").child_value("cut")));
  EXPECT_EQ(std::string{read.child("Answer").child_value("cut")}.substr(0, 2), "ab");
}

TEST(Document, RefusesWhatComesTooLate) {
  Document document;
  Element root = document.root("Answer");
  Element first = root.child("first");
  Element second = root.child("second");
  EXPECT_THROW(first.text("late", "x"), sim::InternalError);
  EXPECT_THROW(static_cast<void>(first.child("late")), sim::InternalError);
  second.text("in", "time");
  EXPECT_THROW(second.attribute("late", "x"), sim::InternalError);
}

}  // namespace
}  // namespace drydock::cloud::query
