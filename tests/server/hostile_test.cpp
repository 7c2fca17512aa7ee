// What programs send that were not written by anybody: requests whose bytes were changed at random. Whatever they are,
// each gets an answer that can be read or the end of its connection, others are served meanwhile, and the session is a
// run that can be played again.

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <pugixml.hpp>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <vector>

#include "scenarios/files/decode.hpp"
#include "server/front.hpp"
#include "server/http_server.hpp"
#include "server/live_session.hpp"
#include "sim/cloud/query/xml.hpp"
#include "tests/server/raw_client.hpp"

namespace drydock::server {
namespace {

using namespace std::chrono_literals;
using scenarios::Json;
using test::Heard;
using test::RawClient;

constexpr int kClients = 4;

constexpr const char* kHostileRegion =
    R"({"format":"drydock.scenario/1","name":"hostile","horizon":"1h","workspaces":[{"id":"w"}],
        "cases":[{"policy":"latest","expect":[]}]})";

/// Forms that EC2 would answer, and targets of the other floors.
constexpr std::array kForms{
    "Action=RunInstances&Version=2016-11-15&ImageId=ami-0abcdef1234567890&MinCount=1&MaxCount=2&InstanceType=t3.micro"
    "&ClientToken=token&TagSpecification.1.ResourceType=instance&TagSpecification.1.Tag.1.Key=Name"
    "&TagSpecification.1.Tag.1.Value=a%3Cb%26c%3E&BlockDeviceMapping.1.DeviceName=%2Fdev%2Fsdf"
    "&BlockDeviceMapping.1.Ebs.VolumeSize=8&UserData=aGVsbG8%3D",
    "Action=DescribeInstances&MaxResults=5&Filter.1.Name=instance-state-name&Filter.1.Value.1=running",
    "Action=DescribeInstances&InstanceId.1=i-00000000000000001",
    "Action=DescribeInstanceStatus&IncludeAllInstances=true",
    "Action=StopInstances&InstanceId.1=i-00000000000000001&Force=true",
    "Action=StartInstances&InstanceId.0=i-00000000000000001",
    "Action=RebootInstances&InstanceId=i-00000000000000001",
    "Action=TerminateInstances&InstanceId.1=i-00000000000000001&InstanceId.2=i-00000000000000002",
    "Action=CreateVolume&AvailabilityZone=us-east-1a&Size=8&VolumeType=gp3",
    "Action=AttachVolume&VolumeId=vol-00000000000000001&InstanceId=i-00000000000000001&Device=%2Fdev%2Fsdg",
    "Action=DetachVolume&VolumeId=vol-00000000000000001",
    "Action=DeleteVolume&VolumeId=vol-00000000000000001",
    "Action=DescribeVolumes&MaxResults=5&Filter.1.Name=tag:a&Filter.1.Value.1=%3F*",
    "Action=CreateSnapshot&VolumeId=vol-00000000000000001&Description=x+y%20z",
    "Action=CopySnapshot&SourceRegion=us-east-1&SourceSnapshotId=snap-00000000000000001",
    "Action=DescribeSnapshots&Owner.1=self&Filter.0.Name=status&Filter.0.Value=completed",
    "Action=DeleteSnapshot&SnapshotId=snap-00000000000000001",
    "Action=CreateTags&ResourceId.1=i-00000000000000001&Tag.1.Key=k&Tag.1.Value=%26%3C%5D%5D%3E",
    "Action=DeleteTags&ResourceId.1=i-00000000000000001&Tag.1.Key=k",
    "Action=DescribeTags&Filter.1.Name=key&Filter.1.Value.1=Name",
    "Action=DescribeImages&Owner.1=amazon&Filter.1.Name=name&Filter.1.Value.1=al2023*",
    "Action=DescribeInstanceTypes&InstanceType.1=t3.micro",
    "Action=DescribeInstanceAttribute&InstanceId=i-00000000000000001&Attribute=userData",
    "Action=ModifyInstanceAttribute&InstanceId=i-00000000000000001&DisableApiTermination.Value=true",
    "Action=GetConsoleOutput&InstanceId=i-00000000000000001&Latest=true",
    "Action=DescribeRegions",
};
constexpr std::array kTargets{"/",
                              "/",
                              "/",
                              "/",
                              "/ec2/path",
                              "/workspaces/w",
                              "/workspaces/w/restart",
                              "/cp/workspaces/w/start",
                              "/_drydock/status"};
constexpr std::array kMethods{"POST", "POST", "POST", "GET", "PUT", "DELETE", "PATCH", "OPTIONS"};
/// What parsers stumble over.
constexpr std::array<std::string_view, 16> kMorsels{"%00",
                                                    "%",
                                                    "%f",
                                                    "&",
                                                    "=",
                                                    "<",
                                                    "]]>",
                                                    "&#0;",
                                                    "\xc3",
                                                    "\xed\xa0\x80",
                                                    "18446744073709551616",
                                                    "-1",
                                                    ".1.1.1",
                                                    "\r\n",
                                                    "1e999",
                                                    std::string_view{"\0", 1}};

/// Changes texts at random.
class Mutator {
 public:
  explicit Mutator(std::uint32_t seed) : random_(seed) {}

  [[nodiscard]] std::size_t below(std::size_t bound) { return random_() % bound; }
  template <typename List>
  [[nodiscard]] auto one_of(const List& list) {
    return list[below(list.size())];
  }

  [[nodiscard]] std::string changed(std::string text) {
    for (std::size_t left = below(4); left > 0; --left) change(text);
    return text;
  }

 private:
  void change(std::string& text) {
    const std::size_t at = below(text.size() + 1);
    switch (below(6)) {
      case 0:
        text.insert(at, one_of(kMorsels));
        break;
      case 1:
        text.erase(at, below(12));
        break;
      case 2:
        text.insert(at, text.substr(below(text.size() + 1), below(40)));
        break;
      case 3:
        text.insert(at, std::string(below(3000), 'a'));
        break;
      case 4:
        text += '&' + std::string{one_of(kForms)};
        break;
      default:
        if (at < text.size()) text[at] = static_cast<char>(below(256));
    }
  }

  std::mt19937 random_;
};

/// A query without the characters that end a line of HTTP or a word of it.
std::string escaped(std::string query) {
  for (char& c : query) {
    if (static_cast<unsigned char>(c) <= ' ') c = '+';
  }
  return query;
}

std::string form_request(Mutator& mutator) {
  const std::string body = mutator.changed(mutator.one_of(kForms));
  const std::string method = mutator.one_of(kMethods);
  std::string target = mutator.one_of(kTargets);
  if (method == "GET" || method == "OPTIONS")
    return method + ' ' + target + '?' + escaped(body) + " HTTP/1.1\r\nHost: x\r\n\r\n";
  return method + ' ' + target +
         " HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// Says what is wrong with an answer; nothing: a program that talks HTTP can read it.
std::string fault_of(std::string_view answer) {
  if (!answer.starts_with("HTTP/1.1 ")) return "no status line";
  const std::size_t end = answer.find("\r\n\r\n");
  if (end == std::string_view::npos) return "its headers have no end";
  const std::string_view body = answer.substr(end + 4);
  if (body.starts_with('<')) {
    pugi::xml_document document;
    if (!cloud::query::fits_xml(std::string{body})) return "characters that are none in XML";
    return document.load_buffer(body.data(), body.size()) ? "" : "XML that no parser reads";
  }
  const bool nothing = body.empty();
  return nothing || Json::accept(body) ? "" : "neither XML nor JSON";
}

/// A served region, and what a host of clients found wrong with it.
class Siege {
 public:
  explicit Siege(const SessionClock& clock)
      : log_(""),
        session_(scenario(), scenario().cases.front(), sim::Tape{}, clock, log_),
        front_(session_, false),
        server_({}, [this](cloud::query::Request request) { return front_.answer(std::move(request)); }) {}

  /// Has each client send so many requests, one of ten with its framing changed as well.
  void of(int requests, std::uint32_t seed) {
    std::vector<std::jthread> clients;
    for (std::uint32_t i = 0; i < kClients; ++i)
      clients.emplace_back([this, requests, each = seed * kClients + i] { besiege(requests, each); });
  }

  [[nodiscard]] std::string first_fault() const { return fault_; }
  [[nodiscard]] PlayedSession finish() { return session_.finish(); }

 private:
  static scenarios::Scenario scenario() { return *scenarios::decode_scenario("hostile", kHostileRegion).value; }

  void besiege(int requests, std::uint32_t seed) {
    Mutator mutator(seed);
    auto kept = std::make_unique<RawClient>(server_.port());
    for (int i = 0; i < requests; ++i) {
      const std::string request = form_request(mutator);
      if (mutator.below(10) == 0) {
        send_broken(mutator.changed(mutator.changed(request)));
        continue;
      }
      kept->send(request);
      const Heard heard = kept->hear_one();
      if (heard.silent) tell(request, "silence");
      if (heard.text.empty() || heard.text.find("Connection: close") != std::string::npos) {
        kept = std::make_unique<RawClient>(server_.port());
      }
      tell(request, heard.text.empty() ? "a closed connection" : fault_of(heard.text));
    }
  }

  /// Sends bytes that may be no HTTP. The answer may be nothing, and there may be several.
  void send_broken(const std::string& bytes) {
    const RawClient client(server_.port());
    client.send(bytes);
    client.end_sending();
    const Heard heard = client.hear();
    if (heard.silent) tell(bytes, "an open connection");
    if (!heard.text.empty() && !heard.text.starts_with("HTTP/1.1 ")) tell(bytes, "no status line");
  }

  void tell(const std::string& request, const std::string& fault) {
    if (fault.empty()) return;
    const std::scoped_lock lock(mutex_);
    if (fault_.empty()) fault_ = fault + " for " + request;
  }

  SessionLog log_;
  LiveSession session_;
  Front front_;
  HttpServer server_;
  std::mutex mutex_;
  std::string fault_;
};

void besiege_once(int requests, std::uint32_t seed) {
  Siege siege({.kind = SessionClock::Kind::step, .step = 1s, .scale = 1});
  siege.of(requests, seed);
  EXPECT_EQ(siege.first_fault(), "");
  EXPECT_NO_THROW(std::ignore = siege.finish()) << "played again, it is another run";
}

TEST(Hostile, RequestsOfRandomBytesGetAnAnswerThatCanBeRead) { besiege_once(500, 0); }

TEST(HostileSlow, AMillionRequestsOfRandomBytesGetAnAnswerThatCanBeRead) {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) besiege_once(1'000'000 / 20 / kClients, seed);
}

}  // namespace
}  // namespace drydock::server
