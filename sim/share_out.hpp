#pragma once

#include <cstdint>
#include <functional>

namespace drydock::sim {

/// Does the job of this index. `worker` is the number of the thread that does it, from 0.
using SharedJob = std::function<void(unsigned worker, std::uint64_t index)>;

/// Does the jobs 0…count-1, each once, on `workers` threads, and returns when all are done, or, once `stop` says so,
/// when those that were begun are: the jobs that were done are then 0…n-1 for the n that is returned. Rethrows the
/// failure of the lowest job that failed. `stop` and `while_waiting` are called now and then on the calling thread;
/// both may be empty.
std::uint64_t share_out(std::uint64_t count, unsigned workers, const SharedJob& job, const std::function<bool()>& stop,
                        const std::function<void()>& while_waiting = {});

/// Does the jobs as share_out does, and calls `done` for each on the calling thread, in the order of the jobs, as soon
/// as the job and all before it are done. `stop` is asked before each job, by the thread that would do it, so several
/// threads may ask at a time; what was begun by then is done, and given to `done`. It may be empty. Where a job fails,
/// `done` is called for the jobs before it, and then its failure is rethrown. Where `done` throws, no further job is
/// begun.
void share_out_in_order(std::uint64_t count, unsigned workers, const SharedJob& job, const std::function<bool()>& stop,
                        const std::function<void(std::uint64_t index)>& done);

}  // namespace drydock::sim
