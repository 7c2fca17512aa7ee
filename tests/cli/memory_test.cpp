// What happens where there is no more memory: exit code 70 and a word, whatever the command.

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iostream>

#include "cli/interrupt.hpp"
#include "tests/cli/support.hpp"
#include "tests/support/sanitized.hpp"

namespace drydock::cli {
namespace {

/// A run that never stops growing.
constexpr const char* kGrowing = R"json({
  "format": "drydock.scenario/1", "name": "growing", "title": "Calls, and calls", "horizon": "1000h",
  "workspaces": [{"id": "pm"}],
  "traffic": [{"kind": "a2a", "to": "pm", "every": "1ms"}],
  "cases": [{"policy": "latest", "expect": []}]
})json";

/// From here on this process may have so much more address space than it has.
void limit_memory(std::size_t more) {
  std::ifstream statm("/proc/self/statm");
  rlim_t pages = 0;
  statm >> pages;
  const rlim_t most = pages * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE)) + more;
  const rlimit limit{most, most};
  ::setrlimit(RLIMIT_AS, &limit);
}

class MemoryTest : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    if (test::kSanitized) GTEST_SKIP() << "the sanitizer needs the address space";
  }

  void expect_70(const Arguments& arguments) {
    const Said said = in_little_memory(arguments);
    EXPECT_EQ(said.code, kInternalError) << arguments.front() << ": " << said.err;
    EXPECT_NE(said.err, "") << arguments.front();
  }

 private:
  /// Plays the command in a process that has little memory; returns its exit code, or the negative signal that ended
  /// it, and what it said to standard error.
  Said in_little_memory(const Arguments& arguments) {
    const std::string said = path("stderr");
    const pid_t child = ::fork();
    if (child == 0) {
      limit_memory(std::size_t{12} << 20U);
      std::ofstream out("/dev/null");
      std::ofstream err(said);
      const int code = drydock_main(arguments, out, err, {});
      err.close();
      ::_exit(code);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status), "", read(said)};
  }
};

using MemoryTestSlow = MemoryTest;

TEST_F(MemoryTest, ThatThereIsNoneIsExitCode70) {
  const std::string file = write("growing.json", kGrowing);
  std::string lines;
  for (int i = 0; i < 100'000; ++i) {
    lines += R"({"at_s": 1, "kind": "stop.failed", "workspace": "pm"})";
    lines += '\n';
  }
  const std::string log = write("large.ndjson", lines);
  const std::string trace = path("small.db");
  ASSERT_EQ(drydock({"run", write("small.json", kSmall), "--quiet", "--report", "trace=" + trace}).code, kHeld);
  const std::string large =
      "WITH RECURSIVE x(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM x LIMIT 30) "
      "SELECT hex(zeroblob(500000)) AS v FROM x";
  for (const Arguments& arguments : {Arguments{"run", file}, {"import", log}, {"query", trace, large}})
    expect_70(arguments);
}

TEST_F(MemoryTestSlow, SoItIsForEveryCommandThatPlays) {
  const std::string file = write("growing.json", kGrowing);
  const std::string tape =
      write("growing.tape.json", R"({"format": "drydock.tape/1", "policy": "latest", "decisions": [], "scenario": )" +
                                     std::string{kGrowing} + "}");
  for (const Arguments& arguments : {Arguments{"replay", tape},
                                     {"shrink", tape},
                                     {"odds", tape},
                                     {"fix", tape},
                                     {"compare", file, "--policy", "latest", "--policy", "pre-1556"},
                                     {"compare", file, "--policy", "latest", "--policy", "pre-1556", "--runs", "1"},
                                     {"sweep", file, "--vary", "restart.debounce_window=1s,2s", "--jobs", "1"},
                                     {"explore", file, "--runs", "1"}}) {
    expect_70(arguments);
  }
}

}  // namespace
}  // namespace drydock::cli
