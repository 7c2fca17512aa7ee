#include "sim/share_out.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

namespace drydock::sim {
namespace {

using Indices = std::vector<std::uint64_t>;

Indices first(std::uint64_t count) {
  Indices indices;
  for (std::uint64_t index = 0; index < count; ++index) indices.push_back(index);
  return indices;
}

TEST(ShareOut, EachJobIsDoneOnce) {
  for (const unsigned workers : {1U, 3U}) {
    std::vector<std::atomic<int>> times(100);
    EXPECT_EQ(share_out(100, workers, [&](unsigned, std::uint64_t index) { ++times[index]; }, {}), 100U);
    for (const auto& time : times) EXPECT_EQ(time.load(), 1);
  }
}

TEST(ShareOut, ResultsComeInTheOrderOfTheJobs) {
  for (const unsigned workers : {1U, 4U}) {
    std::vector<std::uint64_t> squares(50);
    Indices order;
    const SharedJob job = [&](unsigned, std::uint64_t index) {
      if (index % 7 == 0) std::this_thread::sleep_for(std::chrono::milliseconds{2});
      squares[index] = index * index;
    };
    share_out_in_order(50, workers, job, {}, [&](std::uint64_t index) {
      EXPECT_EQ(squares[index], index * index);
      order.push_back(index);
    });
    EXPECT_EQ(order, first(50));
  }
}

TEST(ShareOut, NothingToDoIsDone) {
  share_out_in_order(
      0, 0, [](unsigned, std::uint64_t) { FAIL(); }, {}, [](std::uint64_t) { FAIL(); });
}

// With one thread nothing is begun after the job that asked for the end.
TEST(ShareOut, WhatWasBegunBeforeTheEndIsHandedOver) {
  std::atomic<bool> enough = false;
  Indices order;
  const SharedJob job = [&](unsigned, std::uint64_t index) { enough = index == 2; };
  share_out_in_order(
      10, 1, job, [&] { return enough.load(); }, [&](std::uint64_t index) { order.push_back(index); });
  EXPECT_EQ(order, first(3));
}

TEST(ShareOut, AFailureComesAfterWhatWasDoneBeforeIt) {
  Indices order;
  const SharedJob job = [](unsigned, std::uint64_t index) {
    if (index == 5) throw std::runtime_error("the fifth");
  };
  const auto play = [&] { share_out_in_order(10, 3, job, {}, [&](std::uint64_t index) { order.push_back(index); }); };
  EXPECT_THROW(play(), std::runtime_error);
  EXPECT_EQ(order, first(5));
}

TEST(ShareOut, AReaderThatFailsEndsTheWork) {
  std::atomic<std::uint64_t> begun = 0;
  const SharedJob job = [&](unsigned, std::uint64_t) {
    ++begun;
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  };
  const auto play = [&] {
    share_out_in_order(100'000, 2, job, {}, [](std::uint64_t) { throw std::runtime_error("a full disk"); });
  };
  EXPECT_THROW(play(), std::runtime_error);
  EXPECT_LT(begun, 100'000U);
}

}  // namespace
}  // namespace drydock::sim
