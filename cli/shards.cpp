#include "cli/shards.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <string_view>

#include "cli/usage.hpp"
#include "scenarios/files/diagnostic.hpp"

namespace drydock::cli {
namespace {

constexpr std::uint64_t kMostShards = 100'000;
constexpr const char* kOwnIndex = "DRYDOCK_SHARD_INDEX";
constexpr const char* kOwnCount = "DRYDOCK_SHARD_COUNT";

/// Reads the variables of one scheduler. Everything that it throws names the scheduler.
class Variables {
 public:
  Variables(std::string_view scheduler, const VariableOf& environment)
      : scheduler_(scheduler), environment_(environment) {}

  [[noreturn]] void fail(const std::string& message) const {
    throw UsageError(fmt::format("--shard {}: {}", scheduler_, message), "");
  }

  [[nodiscard]] std::optional<std::string> text(const char* name) const { return environment_(name); }
  [[nodiscard]] std::optional<std::uint64_t> maybe(const char* name) const {
    const auto value = text(name);
    return value ? std::optional{number_in(name, *value)} : std::nullopt;
  }
  /// Returns the number that the variable holds. `otherwise` says what it means that there is none.
  [[nodiscard]] std::uint64_t number(const char* name, std::string_view otherwise) const {
    const auto value = maybe(name);
    if (!value) fail(fmt::format("{} is not set: {}", name, otherwise));
    return *value;
  }

  /// Makes a shard of an index that counts from `first`.
  [[nodiscard]] Shard shard(const char* index_name, std::uint64_t index, std::uint64_t first, const char* count_name,
                            std::uint64_t count) const {
    if (count == 0 || count > kMostShards) fail(fmt::format("{} is {}, not 1 to {}", count_name, count, kMostShards));
    if (index < first || index - first >= count) {
      fail(fmt::format("{} is {}, and {} is {}: the index goes from {} to {}", index_name, index, count_name, count,
                       first, first + count - 1));
    }
    return {static_cast<std::uint32_t>(index - first + 1), static_cast<std::uint32_t>(count)};
  }

 private:
  [[nodiscard]] std::uint64_t number_in(const char* name, const std::string& text) const {
    std::uint64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [last, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || last != end || value > UINT32_MAX)
      fail(fmt::format("{} is '{}', which is no number", name, text));
    return value;
  }

  std::string_view scheduler_;
  const VariableOf& environment_;
};

/// An array of elements FIRST, FIRST + STEP, … as far as LAST.
struct Steps {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint64_t step = 1;
  [[nodiscard]] std::uint64_t count() const { return (last - first) / step + 1; }
};

/// Returns the rank of an element in its array.
Shard element(const Variables& variables, const char* name, std::uint64_t id, const Steps& steps) {
  if (id < steps.first || id > steps.last || (id - steps.first) % steps.step != 0) {
    variables.fail(
        fmt::format("{} is {}, which is no element of the array from {} to {} by {}: is it left over from "
                    "another job?",
                    name, id, steps.first, steps.last, steps.step));
  }
  const std::uint64_t rank = (id - steps.first) / steps.step;
  return variables.shard("the rank in the array", rank, 0, "the number of its elements", steps.count());
}

Shard slurm(const Variables& variables) {
  constexpr const char* kNoArray = "this is no element of a job array (sbatch --array)";
  constexpr const char* kHalf = "half of an array's variables are there; are they left over from another job?";
  const std::uint64_t id = variables.number("SLURM_ARRAY_TASK_ID", kNoArray);
  if (!variables.text("SLURM_JOB_ID")) variables.fail(fmt::format("SLURM_JOB_ID is not set: {}", kHalf));
  const std::uint64_t count = variables.number("SLURM_ARRAY_TASK_COUNT", kHalf);
  const Steps steps{.first = variables.number("SLURM_ARRAY_TASK_MIN", kHalf),
                    .last = variables.number("SLURM_ARRAY_TASK_MAX", kHalf),
                    .step = variables.maybe("SLURM_ARRAY_TASK_STEP").value_or(1)};
  if (steps.step == 0 || steps.last < steps.first) {
    variables.fail(
        fmt::format("the array goes from {} to {} by {}, which no array does", steps.first, steps.last, steps.step));
  }
  // A job of several tasks: each of them has the variables of the element.
  const std::uint64_t tasks = variables.maybe("SLURM_STEP_NUM_TASKS").value_or(1);
  if (tasks > 1) {
    variables.fail(
        fmt::format("the {} tasks of this step would all search the same shard (SLURM_STEP_NUM_TASKS); "
                    "start one task in each element",
                    tasks));
  }
  if (steps.count() != count) {
    variables.fail(
        fmt::format("the array has {} elements between {} and {}: Slurm does not tell which of a list this "
                    "is. Use --array=0-{}, or {} and {} with --shard environment",
                    count, steps.first, steps.last, count == 0 ? 0 : count - 1, kOwnIndex, kOwnCount));
  }
  return element(variables, "SLURM_ARRAY_TASK_ID", id, steps);
}

Shard sge(const Variables& variables) {
  constexpr const char* kNoArray = "this is no task of an array job (qsub -t)";
  for (const char* name : {"SGE_TASK_ID", "SGE_TASK_FIRST", "SGE_TASK_LAST", "SGE_TASK_STEPSIZE"}) {
    if (variables.text(name) == "undefined")
      variables.fail(fmt::format("{} is the word 'undefined': {}", name, kNoArray));
  }
  const std::uint64_t id = variables.number("SGE_TASK_ID", kNoArray);
  const Steps steps{.first = variables.number("SGE_TASK_FIRST", kNoArray),
                    .last = variables.number("SGE_TASK_LAST", kNoArray),
                    .step = variables.number("SGE_TASK_STEPSIZE", kNoArray)};
  if (steps.step == 0 || steps.last < steps.first) {
    variables.fail(
        fmt::format("the array goes from {} to {} by {}, which no array does", steps.first, steps.last, steps.step));
  }
  return element(variables, "SGE_TASK_ID", id, steps);
}

/// Reads a scheduler that has an index and does not say of how many.
Shard uncounted(const Variables& variables, const char* index, std::uint64_t first, std::string_view no_index,
                std::string_view no_count) {
  const std::uint64_t at = variables.number(index, no_index);
  return variables.shard(index, at, first, kOwnCount, variables.number(kOwnCount, no_count));
}

/// Reads a scheduler that has an index and a count.
Shard counted_by(const Variables& variables, const char* index, std::uint64_t first, const char* count,
                 std::string_view otherwise) {
  const std::uint64_t at = variables.number(index, otherwise);
  return variables.shard(index, at, first, count, variables.number(count, otherwise));
}

Shard kubernetes(const Variables& variables) {
  return uncounted(variables, "JOB_COMPLETION_INDEX", 0, "this is no pod of an Indexed Job (completionMode: Indexed)",
                   "Kubernetes does not tell a pod how many there are; set it to the job's completions");
}

Shard gitlab(const Variables& variables) {
  // A job without `parallel` has no index, and a total of 1.
  if (!variables.text("CI_NODE_INDEX") && variables.maybe("CI_NODE_TOTAL") == 1) return {};
  return counted_by(variables, "CI_NODE_INDEX", 1, "CI_NODE_TOTAL", "this is no job of GitLab CI with parallel:");
}

Shard gtest(const Variables& variables) {
  return counted_by(variables, "GTEST_SHARD_INDEX", 0, "GTEST_TOTAL_SHARDS",
                    "who runs shards of GoogleTest sets both it and its fellow");
}

Shard parallel(const Variables& variables) {
  return uncounted(variables, "PARALLEL_SEQ", 1, "this is no job of GNU parallel",
                   "GNU parallel does not tell a job how many there are; export it");
}

Shard openmpi(const Variables& variables) {
  return counted_by(variables, "OMPI_COMM_WORLD_RANK", 0, "OMPI_COMM_WORLD_SIZE",
                    "this is no rank that Open MPI's mpirun started");
}

Shard mpich(const Variables& variables) {
  return counted_by(variables, "PMI_RANK", 0, "PMI_SIZE", "this is no rank that MPICH's mpiexec started");
}

Shard own(const Variables& variables) {
  return counted_by(variables, kOwnIndex, 1, kOwnCount, "--shard environment takes both, and counts from 1");
}

struct KnownScheduler {
  const char* name = nullptr;
  Shard (*shard)(const Variables& variables) = nullptr;
};

constexpr auto kSchedulers = std::to_array<KnownScheduler>({{"slurm", slurm},
                                                            {"sge", sge},
                                                            {"kubernetes", kubernetes},
                                                            {"gitlab", gitlab},
                                                            {"gtest", gtest},
                                                            {"parallel", parallel},
                                                            {"openmpi", openmpi},
                                                            {"mpich", mpich},
                                                            {"environment", own}});

/// Reads a number of I/N.
std::uint32_t number_of_part(std::string_view what, const std::string& text, std::uint64_t most) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || last != end || value > most)
    throw UsageError(fmt::format("--shard's {} takes a whole number of at most {}, not '{}'", what, most, text), "");
  return static_cast<std::uint32_t>(value);
}

/// Reads I/N.
Shard numbered(const std::string& text, std::size_t slash) {
  const std::uint32_t of = number_of_part("N", text.substr(slash + 1), kMostShards);
  if (of == 0) throw UsageError("--shard's N takes a number from 1", "");
  const std::uint32_t index = number_of_part("I", text.substr(0, slash), of);
  if (index == 0) {
    throw UsageError(fmt::format("--shard counts from 1: 1/{} is the first part, and {}/{} the last (where a scheduler "
                                 "counts from 0, give its name: --shard kubernetes, …)",
                                 of, of, of),
                     "");
  }
  return {index, of};
}

}  // namespace

std::optional<std::string> variable_of_process(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing changes the environment
  return value == nullptr ? std::nullopt : std::optional<std::string>{value};
}

std::vector<std::string> scheduler_names() {
  std::vector<std::string> names;
  names.reserve(kSchedulers.size());
  for (const KnownScheduler& scheduler : kSchedulers) names.emplace_back(scheduler.name);
  return names;
}

Shard shard_of(const std::string& text, const VariableOf& environment) {
  if (const auto slash = text.find('/'); slash != std::string::npos) return numbered(text, slash);
  for (const KnownScheduler& scheduler : kSchedulers) {
    if (text == scheduler.name) return scheduler.shard(Variables(scheduler.name, environment));
  }
  const std::vector<std::string> names = scheduler_names();
  throw UsageError(
      fmt::format("--shard takes I/N, for instance 2/4, or one of {}, not '{}'", fmt::join(names, ", "), text),
      scenarios::nearest(text, names));
}

}  // namespace drydock::cli
