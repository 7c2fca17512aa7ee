// golden.json holds the hashes of the catalogue's runs as they were when somebody last looked at
// them. `./dev test` runs this with g++ -O2 and with clang++ -O0 under ASan and UBSan, and
// `./dev test --full` with four further builds: one file, so two compilers at every optimisation
// level agree about every event and every decision of these runs. (A test that ran one compiler's
// binary against the other's would need both builds and say no more.)
//
// A change of the model moves hashes. Then this prints the new file and the command that writes it;
// the changed lines are part of the review.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "sim/hash.hpp"
#include "tests/determinism/catalogue.hpp"

namespace drydock::determinism {
namespace {

using Golden = nlohmann::ordered_json;

constexpr std::uint64_t kGoldenSeeds = 3;

std::filesystem::path golden_file() {
  return std::filesystem::path(DRYDOCK_SOURCE_DIR) / "tests/determinism/golden.json";
}

/// One line per case and seed; and one for each preset, which the cases may not name.
Golden hashes_now() {
  Golden hashes = Golden::object();
  Workbench workbench;
  for (const std::string& name : scenario_names()) {
    for (const Job& job : with_seeds(cases_of(name), kGoldenSeeds)) {
      hashes[name_of(job)] = hex(play(job, workbench, false).trace_hash);
    }
    for (const Job& job : under_every_preset(name)) {
      sim::RollingHash both;
      for (const Job& one : with_seeds({job}, 1)) both.add(play(one, workbench, false).trace_hash);
      hashes[name_of(job) + ", without a seed and with 1"] = hex(both.value());
    }
  }
  return hashes;
}

std::string text_of(const Golden& hashes) { return hashes.dump(2) + "\n"; }

Golden committed() {
  std::ifstream in(golden_file());
  Golden hashes = Golden::parse(in, nullptr, false);
  return hashes.is_object() ? hashes : Golden::object();
}

/// Those of the scenarios that this build plays; a fast one plays all.
Golden of_those_played(const Golden& hashes) {
  if (kFastBuild) return hashes;
  const std::vector<std::string> played = scenario_names();
  Golden kept = Golden::object();
  for (const auto& [name, hash] : hashes.items()) {
    const std::string scenario = name.substr(0, name.find(" / "));
    if (std::find(played.begin(), played.end(), scenario) != played.end()) kept[name] = hash;
  }
  return kept;
}

std::string value_or_none(const Golden& hashes, const std::string& key) {
  const auto found = hashes.find(key);
  return found == hashes.end() ? "not there" : found->dump();
}

/// `name: was → is`, for each line that moved.
std::string moved(const Golden& was, const Golden& is) {
  std::string lines;
  for (const auto& [name, hash] : is.items()) {
    if (value_or_none(was, name) == hash.dump()) continue;
    lines += fmt::format("  {}: was {}, is {}\n", name, value_or_none(was, name), hash.dump());
  }
  for (const auto& [name, hash] : was.items()) {
    if (!is.contains(name)) lines += fmt::format("  {}: was {}, is gone\n", name, hash.dump());
  }
  return lines;
}

/// The command for a shell that stands where this process was started.
std::string update_command() {
  std::error_code ignored;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", ignored);
  return fmt::format("DRYDOCK_UPDATE_GOLDEN=1 {} --gtest_filter=Golden.*",
                     ignored ? "build/dev/tests/determinism_tests" : self.string());
}

TEST(Golden, HashesAreThoseOfTheCommittedFile) {
  const Golden now = hashes_now();
  const char* update = std::getenv("DRYDOCK_UPDATE_GOLDEN");
  if (update != nullptr && std::string_view{update} == "1") {
    ASSERT_TRUE(kFastBuild) << "only a fast build plays everything";
    std::ofstream(golden_file()) << text_of(now);
    ASSERT_EQ(moved(committed(), now), "") << "golden.json was not written";
  }
  const std::string lines = moved(of_those_played(committed()), now);
  if (lines.empty()) return;
  ADD_FAILURE() << "hashes moved:\n"
                << lines << "\nthe new tests/determinism/golden.json:\n"
                << text_of(now) << "\nif that is meant, write it and say in the commit why:\n  " << update_command()
                << "\n";
}

TEST(Golden, MovedNamesEveryLineThatChangedCameOrWent) {
  const Golden was = {{"a", "1"}, {"b", "2"}, {"c", "3"}};
  const Golden is = {{"a", "1"}, {"b", "4"}, {"d", "5"}};
  EXPECT_EQ(moved(was, is),
            "  b: was \"2\", is \"4\"\n"
            "  d: was not there, is \"5\"\n"
            "  c: was \"3\", is gone\n");
  EXPECT_EQ(moved(was, was), "");
}

}  // namespace
}  // namespace drydock::determinism
