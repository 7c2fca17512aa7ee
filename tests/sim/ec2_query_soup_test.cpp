#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "sim/cloud/query/actions.hpp"
#include "sim/cloud/query/xml.hpp"
#include "tests/sim/ec2_query_support.hpp"

// Whatever a client sends, the answer is a document of EC2's, and the region goes on.

namespace drydock::cloud::query {
namespace {

void expect_sound(const Answer& answer) {
  const Heard heard{answer};
  RC_ASSERT(heard.answer.status >= 200 && heard.answer.status <= 599);
  RC_ASSERT(bool{heard.parsed});
  RC_ASSERT(fits_xml(heard.answer.body));
  const std::string root = heard.document.document_element().name();
  const bool is_success = root.ends_with("Response") && root != "Response";
  RC_ASSERT(is_success == (heard.answer.status == 200));
}

TEST(QuerySoup, OfAnyBytesIsAnswered) {
  WiredRegion region;
  EXPECT_TRUE(rc::check([&](const std::string& target, const std::string& body) {
    Request request = posted(body);
    request.target = target;
    expect_sound(region.serve(std::move(request)));
  }));
}

/// Words of which requests are made, some right and most at the wrong place.
const std::vector<std::string>& words() {
  static const std::vector<std::string> all{"InstanceId",
                                            "VolumeId",
                                            "SnapshotId",
                                            "Filter",
                                            "Name",
                                            "Value",
                                            "MaxResults",
                                            "NextToken",
                                            "Tag",
                                            "Key",
                                            "ResourceId",
                                            "MinCount",
                                            "MaxCount",
                                            "ImageId",
                                            "1",
                                            "0",
                                            "999999999",
                                            "5",
                                            "i-12345678",
                                            "ami-12345678",
                                            "true",
                                            "us-east-1a",
                                            "Size",
                                            "Device",
                                            "/dev/sdf",
                                            "Ebs",
                                            "instance",
                                            "TagSpecification",
                                            "ResourceType",
                                            "BlockDeviceMapping",
                                            "DeviceName",
                                            "VolumeSize",
                                            "AvailabilityZone",
                                            "*",
                                            "%00",
                                            "%FF",
                                            "",
                                            "tag:a",
                                            "DryRun",
                                            "UserData",
                                            "Attribute",
                                            "GroupId",
                                            "Owner"};
  return all;
}

rc::Gen<std::string> any_word() { return rc::gen::elementOf(words()); }

std::string any_parameters() {
  std::string text;
  for (const auto& parts : *rc::gen::container<std::vector<std::vector<std::string>>>(
           rc::gen::container<std::vector<std::string>>(any_word()))) {
    std::string name;
    for (const std::string& part : parts) name += (name.empty() ? "" : ".") + part;
    text += "&" + name + "=" + *any_word();
  }
  return text;
}

TEST(QuerySoup, OfEveryActionsParametersIsAnswered) {
  WiredRegion region;
  for (const QueryAction* action : all_actions()) {
    EXPECT_TRUE(rc::check([&] {
      std::string query = std::string{action->name};
      for (const ParameterRule& rule : action->rules) {
        std::string name{rule.name};
        for (std::size_t at = name.find(".N"); at != std::string::npos; at = name.find(".N")) name.replace(at, 2, ".1");
        const bool is_name = rule.name.back() != '*' && *rc::gen::inRange(0, 3) == 0;
        if (is_name || rule.required) query += "&" + name + "=" + *any_word();
      }
      expect_sound(region.ask(query + (*rc::gen::arbitrary<bool>() ? any_parameters() : "")).answer);
    })) << action->name;
  }
}

TEST(QuerySoup, OfTagsComesBackAsItWasSent) {
  WiredRegion region;
  const std::string id = region.running("w1");
  EXPECT_TRUE(rc::check([&] {
    std::string value;
    const std::vector<std::string> pieces{"a",  " ",  "&",  "<",   ">", "\"", "'",
                                          "\n", "\t", "\r", "]]>", "%", "+",  "\xC3\xA9"};
    for (const auto& piece : *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(pieces))) value += piece;
    std::string encoded;
    for (const char c : value) encoded += fmt::format("%{:02x}", static_cast<unsigned char>(c));
    const Heard heard = region.ask("CreateTags&ResourceId.1=" + id + "&Tag.1.Key=k&Tag.1.Value=" + encoded);
    RC_ASSERT(heard.code() == "none");
    const Heard seen = region.ask("DescribeTags&Filter.1.Name=key&Filter.1.Value.1=k");
    RC_ASSERT(seen.text("//tagSet/item/value") == value);
  }));
}

}  // namespace
}  // namespace drydock::cloud::query
