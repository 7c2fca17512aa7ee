// A process of its own for each signal: this test forks, and the child is what main() would be.

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <iostream>
#include <thread>
#include <tuple>

#include "cli/mutate.hpp"
#include "cli/output.hpp"
#include "tests/cli/processes.hpp"
#include "tests/cli/support.hpp"

namespace drydock::cli {
namespace {

using namespace std::chrono_literals;

/// Two cases; the first takes longer than any test waits, unless it is ended.
constexpr const char* kEndless = R"json({
  "format": "drydock.scenario/1", "name": "endless", "title": "A call a millisecond", "horizon": "1000h",
  "workspaces": [{"id": "pm"}],
  "traffic": [{"kind": "a2a", "to": "pm", "every": "1ms"}],
  "cases": [{"policy": "latest", "expect": []}, {"name": "other", "policy": "latest", "expect": []}]
})json";

class SignalsTest : public CliTest {
 protected:
  static pid_t start_drydock(const Arguments& arguments) {
    return start_quietly([&] { return drydock_main(arguments, std::cout, std::cerr, {}); });
  }

  /// Returns what waitpid says; ends the child, and the test, where it does not end.
  static int wait_for(pid_t child) {
    int status = 0;
    for (int i = 0; i < 1500; ++i) {
      if (waitpid(child, &status, WNOHANG) == child) return status;
      std::this_thread::sleep_for(20ms);
    }
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    ADD_FAILURE() << "the process did not end";
    return status;
  }
  static int exit_code_of(pid_t child) {
    const int status = wait_for(child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  static int code_after(pid_t child, int signal) {
    std::this_thread::sleep_for(300ms);
    kill(child, signal);
    return exit_code_of(child);
  }
};

TEST_F(SignalsTest, EachEndsARunWithItsOwnCodeAndWhatWasKnownIsReported) {
  const std::string file = write("endless.json", kEndless);
  for (const auto& [signal, code] : {std::pair{SIGINT, 130}, {SIGTERM, 143}, {SIGHUP, 129}}) {
    const std::string report = path("result" + std::to_string(signal) + ".json");
    EXPECT_EQ(code_after(start_drydock({"run", file, "--report", "json=" + report}), signal), code);
    const Json result = Json::parse(read(report));
    EXPECT_EQ(result["interrupted"], true);
    EXPECT_EQ(result["results"].size(), 0U) << "the case that was being played says nothing";
  }
}

TEST_F(SignalsTest, EveryCommandThatPlaysEndsSo) {
  const std::string file = write("endless.json", kEndless);
  const std::string tape =
      write("endless.tape.json", R"({"format": "drydock.tape/1", "policy": "latest", "decisions": [], "scenario": )" +
                                     std::string{kEndless} + "}");
  const std::string log = std::string{DRYDOCK_SOURCE_DIR} + "/docs/logs/1932.ndjson";
  for (const Arguments& arguments : {Arguments{"replay", tape},
                                     {"shrink", tape},
                                     {"odds", tape},
                                     {"fix", tape},
                                     {"compare", file},
                                     {"compare", file, "--runs", "4"},
                                     {"sweep", file, "--vary", "cloud.pending=20s,60s", "--metric", "violations"},
                                     {"explore", file, "--time", "1h", "--jobs", "1"},
                                     {"explore", file, "--strategy", "exhaustive"},
                                     {"conform", log, "--policy", "hardened", "--time", "1h"}}) {
    EXPECT_EQ(code_after(start_drydock(arguments), SIGTERM), 143) << arguments.front() << " " << arguments.back();
  }
}

/// SQL that a run is judged by ends with it: it may take seconds, and a search asks it of many runs.
TEST_F(SignalsTest, AStatementEndsSo) {
  const std::string file = write("small.json", kSmall);
  const std::string sql = write("endless.sql",
                                "WITH RECURSIVE x(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM x) "
                                "SELECT i FROM x WHERE i < 0 ORDER BY i\n");
  for (const Arguments& arguments : {Arguments{"run", file, "--invariant", sql},
                                     {"explore", file, "--invariant", sql, "--runs", "64", "--jobs", "1"},
                                     {"explore", file, "--invariant", sql, "--strategy", "exhaustive"}}) {
    const auto started = std::chrono::steady_clock::now();
    EXPECT_EQ(code_after(start_drydock(arguments), SIGTERM), 143) << arguments.front();
    EXPECT_LT(std::chrono::steady_clock::now() - started, 10s) << "each statement takes seconds";
  }
}

/// timeout(1) signals its child, and then its group with the child in it; systemd may send SIGHUP after SIGTERM.
TEST_F(SignalsTest, TheSameRequestTwiceIsOne) {
  const std::string file = write("endless.json", kEndless);
  for (const auto& [signal, again, code] :
       {std::tuple{SIGTERM, SIGTERM, 143}, {SIGTERM, SIGHUP, 143}, {SIGINT, SIGINT, 130}}) {
    const pid_t child = start_drydock({"run", file});
    std::this_thread::sleep_for(300ms);
    kill(child, signal);
    std::this_thread::sleep_for(5ms);
    kill(child, again);
    EXPECT_EQ(exit_code_of(child), code);
  }
}

TEST_F(SignalsTest, ASecondCtrlCEndsAtOnceAndLeavesNoTemporaryFile) {
  const std::string temporary = write(".half.tmp", "half");
  const pid_t child = start_quietly([&] {
    const RemovedWhenKilled guard(temporary.c_str());
    while (true) std::this_thread::sleep_for(1s);
    return 0;
  });
  std::this_thread::sleep_for(100ms);
  kill(child, SIGTERM);
  std::this_thread::sleep_for(1200ms);
  EXPECT_EQ(files(), 1U) << "the first one only asks";
  kill(child, SIGTERM);
  std::this_thread::sleep_for(200ms);
  EXPECT_EQ(waitpid(child, nullptr, WNOHANG), 0) << "whoever sends SIGTERM has SIGKILL";
  kill(child, SIGINT);
  EXPECT_EQ(exit_code_of(child), -SIGINT);
  EXPECT_EQ(files(), 0U);
}

TEST_F(SignalsTest, AHangupThatIsIgnoredStaysSo) {
  const pid_t child = start_quietly([] {
    std::signal(SIGHUP, SIG_IGN);
    watch_for_interrupt();
    std::this_thread::sleep_for(600ms);
    return interrupted() ? 1 : 0;
  });
  EXPECT_EQ(code_after(child, SIGHUP), 0);
}

TEST_F(SignalsTest, APipeIsNotAwaitedForEver) {
  ASSERT_EQ(mkfifo(path("fifo").c_str(), 0600), 0);
  EXPECT_EQ(code_after(start_drydock({"run", path("fifo")}), SIGINT), 130);
  EXPECT_EQ(code_after(start_drydock({"validate", path("fifo")}), SIGTERM), 143);
  EXPECT_EQ(code_after(start_drydock({"import", path("fifo")}), SIGHUP), 129);
  EXPECT_EQ(code_after(start_drydock({"run", "reprov-thrash", "--policy", path("fifo")}), SIGTERM), 143);
  const std::string small = write("small.json", kSmall);
  EXPECT_EQ(code_after(start_drydock({"run", small, "--report", "json=" + path("fifo")}), SIGINT), kCannotWrite)
      << "what nobody reads was not said";
}

TEST_F(SignalsTest, WhatAPipeHoldsIsRead) {
  ASSERT_EQ(mkfifo(path("fifo").c_str(), 0600), 0);
  const pid_t child = start_drydock({"run", path("fifo")});
  std::this_thread::sleep_for(200ms);
  const int fifo = open(path("fifo").c_str(), O_WRONLY);
  const std::string_view text = kSmall;
  EXPECT_EQ(::write(fifo, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  close(fifo);
  EXPECT_EQ(exit_code_of(child), kHeld);
}

TEST_F(SignalsTest, AChildGetsTheSignalAndItsCodeIsOurs) {
  const std::string script = "trap 'exit 7' TERM; while :; do sleep 0.05; done";
  const pid_t child = start_quietly([&] { return run_program("/bin/sh", {"-c", script}); });
  EXPECT_EQ(code_after(child, SIGTERM), 7);
}

TEST_F(SignalsTest, AChildDoesNotOutliveItsParent) {
  const std::string script = "trap 'touch " + path("ended") + "; exit' TERM; while :; do sleep 0.05; done";
  const pid_t child = start_quietly([&] { return run_program("/bin/sh", {"-c", script}); });
  EXPECT_EQ(code_after(child, SIGKILL), -SIGKILL);
  for (int i = 0; i < 100 && files() == 0; ++i) std::this_thread::sleep_for(20ms);
  EXPECT_EQ(files(), 1U);
}

TEST_F(SignalsTest, AReaderThatHasEnoughIsNoTrouble) {
  for (const bool gone : {false, true}) {
    const pid_t child = start_quietly([gone] {
      std::array<int, 2> ends{};
      if (pipe(ends.data()) != 0) return 9;
      dup2(ends[1], STDOUT_FILENO);
      if (gone) close(ends[0]);
      return reader_is_gone() ? 1 : 0;
    });
    EXPECT_EQ(exit_code_of(child), gone ? 1 : 0);
  }
}

}  // namespace
}  // namespace drydock::cli
