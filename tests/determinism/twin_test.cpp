// A run is a function of scenario, policy and tape. So every scenario, under its own cases and
// under every preset, without a seed and with some, is played again where something else differs:
// what the process did before, the workbench, the record, the thread. A mismatch names the first
// differing event.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/determinism/catalogue.hpp"

namespace drydock::determinism {
namespace {

constexpr std::uint64_t kSeeds = kFastBuild ? 2 : 0;
constexpr std::size_t kOthers = kFastBuild ? 300 : 30;

Jobs usual_jobs(const std::string& scenario) { return with_seeds(cases_of(scenario), kSeeds); }

Jobs all_jobs(const std::string& scenario) {
  return with_seeds(cases_of(scenario) + under_every_preset(scenario), kFastBuild ? 5 : 1);
}

/// Again on the same workbench, on a fresh one, and without its record.
void expect_the_same_wherever_it_is_played(const Jobs& jobs) {
  Workbench used;
  for (const Job& job : jobs) {
    SCOPED_TRACE(name_of(job));
    const Outcome first = play(job, used);
    EXPECT_EQ(difference(first, play(job, used)), "") << "played again";
    EXPECT_EQ(difference(first, play(job)), "") << "on a fresh workbench";
    const Outcome unkept = play(job, used, false);
    if (first.trace_hash != unkept.trace_hash) ADD_FAILURE() << difference_by_record(job);
    EXPECT_EQ(unkept.counts, first.counts);
    EXPECT_TRUE(unkept.events.empty());
  }
}

/// Runs of all kinds, some of them cut short in the middle, on one workbench.
void play_others(Workbench& workbench, std::size_t runs) {
  Jobs jobs;
  for (const std::string& name : some_names()) {
    jobs = std::move(jobs) + cases_of(name) + under_every_preset(name);
  }
  for (std::size_t i = 0; i < runs; ++i) {
    Job job = jobs[i * 17 % jobs.size()];
    job.tape.set_seed(i);
    scenarios::RunOptions options;
    options.keep_record = i % 2 == 0;
    if (i % 5 == 0) options.limits.steps = 10 + i;
    if (i % 7 == 0) options.event_limit = 10 + i;
    (void)scenarios::run(*job.scenario, job.played, job.tape, options, workbench);
  }
}

void expect_the_same_after(std::size_t others) {
  Jobs jobs;
  for (const std::string& name : some_names()) {
    jobs = std::move(jobs) + with_seeds(cases_of(name), 2);
  }
  Workbench workbench;
  std::vector<Outcome> first;
  for (const Job& job : jobs) first.push_back(play(job, workbench));
  play_others(workbench, others);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    EXPECT_EQ(difference(first[i], play(jobs[i], workbench)), "") << name_of(jobs[i]);
  }
}

using Hashes = std::vector<std::string>;

/// As `drydock run --jobs N` plays them.
Hashes hashes_on(unsigned threads, const Jobs& jobs) {
  Hashes hashes(jobs.size());
  cli::PlayOptions options;
  options.jobs = threads;
  cli::play_all(jobs, options, cli::play_job, [&hashes](std::size_t index, const cli::JobResult& played) {
    hashes[index] = played.outcome ? hex(played.outcome->trace_hash) : played.internal_error;
  });
  return hashes;
}

void expect_the_same_on_threads(const Jobs& jobs) {
  // Every job four times in a row: the threads play the same at the same time.
  Jobs copies;
  for (const Job& job : jobs) copies.insert(copies.end(), 4, job);
  const Hashes alone = hashes_on(1, jobs);
  const Hashes together = hashes_on(4, copies);
  for (std::size_t i = 0; i < copies.size(); ++i) {
    EXPECT_EQ(together[i], alone[i / 4]) << name_of(copies[i]);
  }
}

class TwinTest : public testing::TestWithParam<std::string> {};
class TwinTestSlow : public testing::TestWithParam<std::string> {};

TEST_P(TwinTest, IsTheSameWhereverItIsPlayed) {
  if (!kFastBuild) GTEST_SKIP() << "a fast build plays it, and the golden hashes compare the two";
  expect_the_same_wherever_it_is_played(usual_jobs(GetParam()));
}

TEST_P(TwinTest, IsTheSameOnOneAndOnFourThreads) {
  expect_the_same_on_threads(with_seeds(cases_of(GetParam()), kFastBuild ? 2 : 0));
}

TEST_P(TwinTest, IsAskedTwiceAndSaysNothing) {
  for (const Job& job : cases_of(GetParam())) EXPECT_EQ(said_by_twice(job, cli::play_job), "");
}

TEST_P(TwinTestSlow, IsTheSameWhereverItIsPlayed) { expect_the_same_wherever_it_is_played(all_jobs(GetParam())); }

TEST_P(TwinTestSlow, IsTheSameOnOneAndOnFourThreads) {
  expect_the_same_on_threads(with_seeds(cases_of(GetParam()) + under_every_preset(GetParam()), kFastBuild ? 5 : 1));
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '-' || c == '.'; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Catalogue, TwinTest, testing::ValuesIn(scenario_names()), test_name);
INSTANTIATE_TEST_SUITE_P(Catalogue, TwinTestSlow, testing::ValuesIn(scenario_names()), test_name);

TEST(Workbenches, LeaveNoTraceOfAThousandOtherRuns) { expect_the_same_after(kOthers); }

TEST(WorkbenchesSlow, LeaveNoTraceOfAThousandOtherRuns) { expect_the_same_after(1000); }

TEST(Records, HaveTheSameHeadsKeptOrNot) {
  for (const Job& job : cases_of("busy")) {
    EXPECT_EQ(difference_by_record(job), "no head differs: a detail or a decision does");
  }
}

TEST(Seeds, AreNotAllTheSameRun) {
  // Or else the rest of this file compares nothing with nothing.
  for (const std::string& name : scenario_names()) {
    std::map<std::string, int> seen;
    Workbench workbench;
    for (const Job& job : with_seeds({cases_of(name).front()}, 5)) {
      ++seen[hex(play(job, workbench, false).trace_hash)];
    }
    EXPECT_EQ(seen.size(), 6U) << name;
  }
}

}  // namespace
}  // namespace drydock::determinism
