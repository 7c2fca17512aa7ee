#include "cli/cpus.hpp"

#include <sched.h>

#include <thread>

#include "cli/options.hpp"
#include "tests/cli/support.hpp"

namespace drydock::cli {
namespace {

class CpusTest : public CliTest {
 protected:
  void put(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories(std::filesystem::path{path(name)}.parent_path());
    (void)write(name, text);
  }
  [[nodiscard]] std::optional<double> quota(const std::string& groups) const { return cpu_quota(groups, path("")); }
};

TEST_F(CpusTest, TakeTheSmallestQuotaOfTheGroupAndThoseAboveIt) {
  put("cpu.max", "max 100000\n");
  put("a/cpu.max", "150000 100000\n");
  put("a/b/cpu.max", "400000 100000\n");
  EXPECT_EQ(quota("0::/a/b\n"), 1.5);
  EXPECT_EQ(quota("0::/a\n"), 1.5);
  EXPECT_EQ(quota("0::/\n"), std::nullopt);
  EXPECT_EQ(quota("0::/a/gone/from/here\n"), 1.5) << "a container does not see the groups below which it lies";
}

TEST_F(CpusTest, ReadVersionOne) {
  put("cpu,cpuacct/job/cpu.cfs_quota_us", "50000\n");
  put("cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
  put("cpu,cpuacct/free/cpu.cfs_quota_us", "-1\n");
  put("cpu,cpuacct/free/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(quota("5:memory:/job\n4:cpu,cpuacct:/job\n0::/\n"), 0.5);
  EXPECT_EQ(quota("4:cpu,cpuacct:/free\n"), std::nullopt);
  EXPECT_EQ(quota("4:cpuset:/job\n"), std::nullopt);
}

TEST_F(CpusTest, TakeNothingFromWhatTheyDoNotUnderstand) {
  put("cpu.max", "many\n");
  put("a/cpu.max", "0 100000\n");
  EXPECT_EQ(quota("0::/a\nnonsense\n"), std::nullopt);
  EXPECT_EQ(quota(""), std::nullopt);
}

/// On two CPUs of which one is allowed, the library's hardware_concurrency() says 2.
TEST_F(CpusTest, ObeyTheAffinity) {
  cpu_set_t before;
  ASSERT_EQ(sched_getaffinity(0, sizeof before, &before), 0);
  unsigned on_one = 0;
  std::thread([&] {
    cpu_set_t one;
    CPU_ZERO(&one);
    for (int cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++cpu) {
      if (CPU_ISSET(cpu, &before)) CPU_SET(cpu, &one);
    }
    if (sched_setaffinity(0, sizeof one, &one) == 0) on_one = all_threads();
  }).join();
  EXPECT_EQ(on_one, 1U);
  EXPECT_LE(all_threads(), static_cast<unsigned>(CPU_COUNT(&before)));
  EXPECT_GE(all_threads(), 1U);
}

}  // namespace
}  // namespace drydock::cli
