#pragma once

#include <cstdint>
#include <functional>

namespace drydock::sim::search {

using SharedJob = std::function<void(unsigned worker, std::uint64_t index)>;

/// Does the jobs 0…count-1, each once, on `workers` threads (numbered from 0), and returns when all are done, or, once
/// `stop` says so, when those that were begun are: the jobs that were done are then 0…n-1 for the n that is returned.
/// Rethrows the failure of the lowest job that failed. `stop` and `while_waiting` are called now and then on the
/// calling thread; both may be empty.
std::uint64_t share_out(std::uint64_t count, unsigned workers, const SharedJob& job, const std::function<bool()>& stop,
                        const std::function<void()>& while_waiting = {});

}  // namespace drydock::sim::search
