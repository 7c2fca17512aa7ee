#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

namespace drydock::cli {

/// Returns how many CPUs this process may use: those that its affinity allows (sched_getaffinity), and no more than the
/// quota of its control group, rounded up.
[[nodiscard]] unsigned usable_cpus();

/// Returns the smallest quota, in CPUs, of a control group and those above it; empty where none has one. `groups` is
/// the text of /proc/self/cgroup, `root` where the hierarchies are mounted: that of version 2, and below it `cpu` or
/// `cpu,cpuacct` of version 1.
[[nodiscard]] std::optional<double> cpu_quota(std::string_view groups, const std::filesystem::path& root);

}  // namespace drydock::cli
