// Which fault stands behind a line of a log, and which lines have none.

#include "scenarios/conform/log_faults.hpp"

#include <gtest/gtest.h>

#include <string>

#include "scenarios/logs/import.hpp"

namespace drydock::scenarios {
namespace {

using namespace std::chrono_literals;

class FaultsOfALog : public testing::Test {
 protected:
  void read(const std::string& lines) {
    auto decoded = import_logs({{"a.log", lines}}, {});
    ASSERT_TRUE(decoded.value) << to_text(decoded.errors.front());
    log_ = *std::move(decoded.value);
    faults_.emplace(log_, 2s);
  }
  /// The fault behind a line, `on error`; empty where it has none.
  [[nodiscard]] std::string at(std::size_t place) const {
    const auto fault = faults_->of(place, Duration{log_.events[place].at.us});
    return fault ? fault->at("on").get<std::string>() + " " + fault->at("error").get<std::string>() : "";
  }
  [[nodiscard]] std::string down(std::size_t place) const {
    return faults_->of(place, Duration{log_.events[place].at.us})->at("down");
  }

  ImportedLog log_;
  std::optional<LogFaults> faults_;
};

/// A refusal of EC2 explains the failures of its workspace, or of all where it names none, within 9 s: a call that took
/// 5 s, and twice the skew.
TEST_F(FaultsOfALog, ARefusalExplainsWhatFailsNearIt) {
  read(R"({"at_s":90.999,"kind":"stop.failed","workspace":"w"}
{"at_s":91,"kind":"stop.failed","workspace":"w"}
{"at_s":99,"kind":"stop.failed","workspace":"v"}
{"at_s":100,"kind":"ec2.error","workspace":"w","detail":{"action":"TerminateInstances","code":"Odd"}}
{"at_s":109,"kind":"stop.failed","workspace":"w"}
{"at_s":109.001,"kind":"stop.failed","workspace":"w"}
{"at_s":200,"kind":"ec2.error","detail":{"action":"CreateSnapshot","code":"Odd"}}
{"at_s":201,"kind":"backup.failed","workspace":"v"}
{"at_s":202,"kind":"stop.failed","workspace":"v"})");
  EXPECT_EQ(at(0), "cp.stop http-500");
  EXPECT_EQ(at(1), "");
  EXPECT_EQ(at(2), "cp.stop http-500");
  EXPECT_EQ(at(4), "");
  EXPECT_EQ(at(5), "cp.stop http-500");
  EXPECT_EQ(at(7), "");
  EXPECT_EQ(at(8), "cp.stop http-500") << "of another call";
}

TEST_F(FaultsOfALog, AProcessIsDownUntilItsNextStart) {
  read(R"({"at_s":10,"kind":"process.start","detail":{"process":"platform"}}
{"at_s":10,"kind":"process.crash","detail":{"process":"platform"}}
{"at_s":11,"kind":"process.start","detail":{"process":"cp"}}
{"at_s":14,"kind":"process.start","detail":{"process":"platform"}}
{"at_s":20,"kind":"process.start","detail":{"process":"platform"}}
{"at_s":30,"kind":"process.crash","detail":{"process":"platform"}})");
  EXPECT_EQ(down(1), "4s");
  EXPECT_EQ(down(5), "5s") << "no start is logged";
}

TEST_F(FaultsOfALog, AnInstanceDiesOnce) {
  const auto state = [](const std::string& at, const std::string& instance, const std::string& to) {
    return "{\"at_s\":" + at + R"(,"kind":"ec2.state","workspace":"w","instance":")" + instance +
           R"(","detail":{"to":")" + to + "\",\"reason\":\"Server.ScheduledStop\"}}\n";
  };
  read(state("10", "i-1", "stopping") + state("11", "i-2", "stopped") + state("40", "i-1", "stopped"));
  EXPECT_EQ(at(0), "instance dies");
  EXPECT_EQ(at(1), "instance dies");
  EXPECT_EQ(at(2), "");
  EXPECT_FALSE(faults_->ends_a_death(0));
  EXPECT_TRUE(faults_->ends_a_death(2));
}

}  // namespace
}  // namespace drydock::scenarios
