#include "cli/shards.hpp"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>

#include "cli/usage.hpp"
#include "tests/cli/support.hpp"

namespace drydock::cli {
namespace {

using Set = std::map<std::string, std::string>;

VariableOf environment_of(const Set& set) {
  return [set](const char* name) {
    const auto found = set.find(name);
    return found == set.end() ? std::nullopt : std::optional{found->second};
  };
}

/// Returns `2/3`, or what is wrong.
std::string shard_text(const std::string& scheduler, const Set& set) {
  try {
    const Shard shard = shard_of(scheduler, environment_of(set));
    return std::to_string(shard.index) + "/" + std::to_string(shard.of);
  } catch (const UsageError& error) {
    return error.what();
  }
}

void expect_refused(const std::string& scheduler, const Set& set, const std::string& part) {
  const std::string text = shard_text(scheduler, set);
  EXPECT_TRUE(text.starts_with("--shard " + scheduler + ": ") && contains(text, part)) << text;
}

Set slurm_array(const std::string& id, const std::string& count, const std::string& min, const std::string& max,
                const std::string& step) {
  return {{"SLURM_JOB_ID", "81"},         {"SLURM_ARRAY_JOB_ID", "80"},
          {"SLURM_ARRAY_TASK_ID", id},    {"SLURM_ARRAY_TASK_COUNT", count},
          {"SLURM_ARRAY_TASK_MIN", min},  {"SLURM_ARRAY_TASK_MAX", max},
          {"SLURM_ARRAY_TASK_STEP", step}};
}

/// What Slurm 22.05 was seen to set: `0-3%2`, `1-10:3` and `5,9,20`.
TEST(ShardsOfSlurm, AreRanksInTheArray) {
  EXPECT_EQ(shard_text("slurm", slurm_array("0", "4", "0", "3", "1")), "1/4");
  EXPECT_EQ(shard_text("slurm", slurm_array("3", "4", "0", "3", "1")), "4/4");
  EXPECT_EQ(shard_text("slurm", slurm_array("1", "7", "1", "7", "1")), "1/7");
  EXPECT_EQ(shard_text("slurm", slurm_array("1", "4", "1", "10", "3")), "1/4");
  EXPECT_EQ(shard_text("slurm", slurm_array("7", "4", "1", "10", "3")), "3/4");
  EXPECT_EQ(shard_text("slurm", slurm_array("10", "4", "1", "11", "3")), "4/4") << "the end need not be an element";
}

TEST(ShardsOfSlurm, OfAListAreNotGuessed) {
  expect_refused("slurm", slurm_array("9", "3", "5", "20", "1"), "3 elements between 5 and 20");
  expect_refused("slurm", slurm_array("9", "3", "5", "20", "1"), "--array=0-2");
}

TEST(ShardsOfSlurm, AreRefusedWhereVariablesMakeNoSense) {
  expect_refused("slurm", {}, "no element of a job array");
  expect_refused("slurm", {{"SLURM_JOB_ID", "5"}, {"SLURM_PROCID", "0"}}, "SLURM_ARRAY_TASK_ID is not set");
  expect_refused("slurm", {{"SLURM_JOB_ID", "5"}, {"SLURM_ARRAY_TASK_ID", "77"}}, "SLURM_ARRAY_TASK_COUNT is not set");
  Set no_job = slurm_array("1", "4", "0", "3", "1");
  no_job.erase("SLURM_JOB_ID");
  expect_refused("slurm", no_job, "left over from another job");
  expect_refused("slurm", slurm_array("77", "4", "0", "3", "1"), "no element of the array from 0 to 3 by 1");
  expect_refused("slurm", slurm_array("2", "4", "1", "10", "3"), "no element of the array from 1 to 10 by 3");
  expect_refused("slurm", slurm_array("x", "4", "0", "3", "1"), "SLURM_ARRAY_TASK_ID is 'x', which is no number");
  expect_refused("slurm", slurm_array("0", "4", "0", "3", "0"), "which no array does");
  expect_refused("slurm", slurm_array("3", "4", "5", "2", "1"), "the array goes from 5 to 2 by 1, which no array does");
  for (const char* name : {"SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_MAX"}) {
    Set half = slurm_array("1", "4", "0", "3", "1");
    half.erase(name);
    expect_refused("slurm", half, std::string{name} + " is not set: half of an array's variables");
  }
  Set tasks = slurm_array("1", "4", "0", "3", "1");
  tasks["SLURM_STEP_NUM_TASKS"] = "4";
  expect_refused("slurm", tasks, "would all search the same shard");
  tasks["SLURM_STEP_NUM_TASKS"] = "1";
  EXPECT_EQ(shard_text("slurm", tasks), "2/4");
}

Set sge_array(const std::string& id, const std::string& first, const std::string& last, const std::string& step) {
  return {{"SGE_TASK_ID", id}, {"SGE_TASK_FIRST", first}, {"SGE_TASK_LAST", last}, {"SGE_TASK_STEPSIZE", step}};
}

/// What Grid Engine 8.1.9 was seen to set: `-t 2-11:3`, and no array.
TEST(ShardsOfGridEngine, AreRanksInTheArray) {
  EXPECT_EQ(shard_text("sge", sge_array("2", "2", "11", "3")), "1/4");
  EXPECT_EQ(shard_text("sge", sge_array("11", "2", "11", "3")), "4/4");
  EXPECT_EQ(shard_text("sge", sge_array("1", "1", "1", "1")), "1/1");
  EXPECT_EQ(shard_text("sge", sge_array("8", "2", "10", "3")), "3/3");
  expect_refused("sge", sge_array("undefined", "undefined", "undefined", "undefined"), "the word 'undefined'");
  expect_refused("sge", sge_array("3", "2", "11", "3"), "no element of the array");
  expect_refused("sge", {{"SGE_TASK_ID", "3"}}, "SGE_TASK_FIRST is not set");
  expect_refused("sge", {}, "no task of an array job");
  expect_refused("sge", sge_array("3", "4", "2", "1"), "which no array does");
  expect_refused("sge", sge_array("2", "2", "11", "0"), "the array goes from 2 to 11 by 0, which no array does");
  expect_refused("sge", sge_array("2", "undefined", "11", "3"), "SGE_TASK_FIRST is the word 'undefined'");
  expect_refused("sge", sge_array("2", "2", "11", "undefined"), "SGE_TASK_STEPSIZE is the word 'undefined'");
}

TEST(ShardsOfOthers, CountFromTheirOwnFirstIndex) {
  EXPECT_EQ(shard_text("kubernetes", {{"JOB_COMPLETION_INDEX", "0"}, {"DRYDOCK_SHARD_COUNT", "5"}}), "1/5");
  EXPECT_EQ(shard_text("kubernetes", {{"JOB_COMPLETION_INDEX", "4"}, {"DRYDOCK_SHARD_COUNT", "5"}}), "5/5");
  EXPECT_EQ(shard_text("gitlab", {{"CI_NODE_INDEX", "1"}, {"CI_NODE_TOTAL", "4"}}), "1/4");
  EXPECT_EQ(shard_text("gitlab", {{"CI_NODE_TOTAL", "1"}}), "1/1") << "a job without parallel:";
  EXPECT_EQ(shard_text("gtest", {{"GTEST_SHARD_INDEX", "0"}, {"GTEST_TOTAL_SHARDS", "2"}}), "1/2");
  EXPECT_EQ(shard_text("parallel", {{"PARALLEL_SEQ", "7"}, {"DRYDOCK_SHARD_COUNT", "7"}}), "7/7");
  EXPECT_EQ(shard_text("openmpi", {{"OMPI_COMM_WORLD_RANK", "1"}, {"OMPI_COMM_WORLD_SIZE", "2"}}), "2/2");
  EXPECT_EQ(shard_text("mpich", {{"PMI_RANK", "0"}, {"PMI_SIZE", "3"}}), "1/3");
  EXPECT_EQ(shard_text("environment", {{"DRYDOCK_SHARD_INDEX", "2"}, {"DRYDOCK_SHARD_COUNT", "3"}}), "2/3");
}

TEST(ShardsOfOthers, AreRefusedWithWhatWasFound) {
  expect_refused("kubernetes", {{"JOB_COMPLETION_INDEX", "0"}}, "DRYDOCK_SHARD_COUNT is not set");
  expect_refused("kubernetes", {{"DRYDOCK_SHARD_COUNT", "3"}}, "no pod of an Indexed Job");
  expect_refused("kubernetes", {{"JOB_COMPLETION_INDEX", "5"}, {"DRYDOCK_SHARD_COUNT", "5"}}, "goes from 0 to 4");
  expect_refused("gitlab", {{"CI_NODE_INDEX", "0"}, {"CI_NODE_TOTAL", "4"}}, "goes from 1 to 4");
  expect_refused("gitlab", {{"CI_NODE_TOTAL", "4"}}, "CI_NODE_INDEX is not set");
  expect_refused("gitlab", {{"CI_NODE_INDEX", "1"}}, "CI_NODE_TOTAL is not set");
  expect_refused("gtest", {{"GTEST_SHARD_INDEX", "0"}}, "GTEST_TOTAL_SHARDS is not set");
  expect_refused("parallel", {{"PARALLEL_SEQ", "8"}, {"DRYDOCK_SHARD_COUNT", "7"}}, "goes from 1 to 7");
  expect_refused("openmpi", {{"PMI_RANK", "0"}, {"PMI_SIZE", "3"}}, "no rank that Open MPI's");
  expect_refused("mpich", {{"OMPI_COMM_WORLD_RANK", "1"}, {"OMPI_COMM_WORLD_SIZE", "2"}}, "no rank that MPICH's");
  expect_refused("environment", {{"DRYDOCK_SHARD_INDEX", "0"}, {"DRYDOCK_SHARD_COUNT", "3"}}, "goes from 1 to 3");
  expect_refused("environment", {{"DRYDOCK_SHARD_INDEX", "1"}}, "takes both");
  for (const char* text : {"", "-1", "1x", "4294967296", "18446744073709551617"}) {
    expect_refused("environment", {{"DRYDOCK_SHARD_INDEX", text}, {"DRYDOCK_SHARD_COUNT", "3"}},
                   std::string{"DRYDOCK_SHARD_INDEX is '"} + text + "', which is no number");
  }
  expect_refused("environment", {{"DRYDOCK_SHARD_INDEX", "1"}, {"DRYDOCK_SHARD_COUNT", "0"}}, "is 0, not 1 to");
  expect_refused("environment", {{"DRYDOCK_SHARD_INDEX", "1"}, {"DRYDOCK_SHARD_COUNT", "200000"}}, "is 200000");
}

TEST(Shards, AreNumbersOrANameAndNeverGuessed) {
  const Set all = slurm_array("1", "4", "0", "3", "1");
  EXPECT_EQ(shard_text("2/4", all), "2/4") << "the environment is not asked";
  EXPECT_TRUE(contains(shard_text("0/4", {}), "counts from 1: 1/4 is the first part, and 4/4 the last"));
  EXPECT_TRUE(contains(shard_text("5/4", {}), "at most 4"));
  EXPECT_TRUE(contains(shard_text("2", {}), "for instance 2/4"));
  EXPECT_TRUE(contains(shard_text("pbs", {}), "slurm, sge, kubernetes"));
  const Said said = drydock({"explore", "open-world", "--shard", "slrm"});
  EXPECT_EQ(said.code, kBadInput);
  EXPECT_TRUE(contains(said.err, "did you mean slurm?")) << said.err;
}

}  // namespace
}  // namespace drydock::cli
