#include "cli/cpus.hpp"

#include <sched.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>
#include <thread>

namespace drydock::cli {
namespace {

namespace fs = std::filesystem;

/// Reads what `cpu.max` of version 2 says: `max 100000`, or `150000 100000`, both in microseconds.
std::optional<double> quota_of_v2(const fs::path& group) {
  std::ifstream file(group / "cpu.max");
  std::string quota;
  double period = 0;
  if (!(file >> quota >> period) || quota == "max" || period <= 0) return std::nullopt;
  std::istringstream number(quota);
  double us = 0;
  return number >> us && us > 0 ? std::optional{us / period} : std::nullopt;
}

/// Reads the two files of version 1; a quota of -1 is none.
std::optional<double> quota_of_v1(const fs::path& group) {
  std::ifstream quota(group / "cpu.cfs_quota_us");
  std::ifstream period(group / "cpu.cfs_period_us");
  double us = 0;
  double of = 0;
  if (!(quota >> us) || !(period >> of) || us <= 0 || of <= 0) return std::nullopt;
  return us / of;
}

using QuotaOf = std::optional<double> (*)(const fs::path& group);

/// Returns the smallest quota from this group up to the root of its hierarchy. A group that is not there (a container
/// sees its own group as the root) has none.
std::optional<double> smallest(const fs::path& root, std::string_view group, QuotaOf quota_of) {
  std::optional<double> least;
  fs::path below = fs::path{group}.relative_path();
  while (true) {
    if (const auto quota = quota_of(root / below)) least = std::min(least.value_or(*quota), *quota);
    if (below.empty()) return least;
    below = below.parent_path();
  }
}

bool has_cpu(std::string_view controllers) {
  std::istringstream words{std::string{controllers}};
  for (std::string word; std::getline(words, word, ',');) {
    if (word == "cpu") return true;
  }
  return false;
}

/// Returns the quota that one line of /proc/self/cgroup leads to: `0::/a` of version 2, `4:cpu,cpuacct:/a` of 1.
std::optional<double> quota_by(std::string_view line, const fs::path& root) {
  const auto first = line.find(':');
  const auto second = first == std::string_view::npos ? first : line.find(':', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const std::string_view controllers = line.substr(first + 1, second - first - 1);
  const std::string_view group = line.substr(second + 1);
  if (controllers.empty()) return smallest(root, group, quota_of_v2);
  if (!has_cpu(controllers)) return std::nullopt;
  for (const char* mounted : {"cpu,cpuacct", "cpu"}) {
    std::error_code error;
    if (fs::is_directory(root / mounted, error)) return smallest(root / mounted, group, quota_of_v1);
  }
  return std::nullopt;
}

unsigned allowed_by_affinity() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  // A machine of more CPUs than the set holds is asked in vain: what the library says is as good as anything then.
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return std::max(1U, std::thread::hardware_concurrency());
  return static_cast<unsigned>(std::max(1, CPU_COUNT(&allowed)));
}

}  // namespace

std::optional<double> cpu_quota(std::string_view groups, const fs::path& root) {
  std::optional<double> least;
  std::istringstream lines{std::string{groups}};
  for (std::string line; std::getline(lines, line);) {
    if (const auto quota = quota_by(line, root)) least = std::min(least.value_or(*quota), *quota);
  }
  return least;
}

unsigned usable_cpus() {
  const unsigned allowed = allowed_by_affinity();
  std::ostringstream groups;
  groups << std::ifstream("/proc/self/cgroup").rdbuf();
  const auto quota = cpu_quota(groups.str(), "/sys/fs/cgroup");
  if (!quota || *quota >= allowed) return allowed;
  return static_cast<unsigned>(std::max(1.0, std::ceil(*quota)));
}

}  // namespace drydock::cli
