// The program plays the same runs where its process may not have the addresses that arenas take.

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "nlohmann/json.hpp"
#include "tests/cli/support.hpp"
#include "tests/support/sanitized.hpp"

namespace drydock::cli {
namespace {

using nlohmann::json;

class ArenasTest : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    if (test::kSanitized) GTEST_SKIP() << "a sanitizer needs addresses of its own";
  }

  /// What the program prints, but for how long it took.
  [[nodiscard]] json said(const std::string& limit, const std::string& arguments) const {
    const std::string out = path("out.json");
    const std::string line =
        limit + " cd " DRYDOCK_SOURCE_DIR " && " DRYDOCK_BINARY " " + arguments + " --format json >" + out;
    const int code = std::system(("(" + line + ")").c_str());  // NOLINT(cert-env33-c,concurrency-mt-unsafe): our words
    EXPECT_LE(WEXITSTATUS(code), 1) << line;
    json result = json::parse(read(out));
    drop_times(result);
    return result;
  }
  static void drop_times(json& part) {
    if (part.is_object()) {
      for (const char* time : {"wall_s", "shrink_s", "runs_per_s", "found_after_s"}) part.erase(time);
    }
    if (!part.is_structured()) return;
    for (json& inner : part) drop_times(inner);
  }

  void expect_same(const std::string& arguments) const {
    EXPECT_EQ(said("", arguments), said("ulimit -v 3000000;", arguments));
  }
};

TEST_F(ArenasTest, AnEnumerationIsTheSameWithoutThem) {
  expect_same("explore docs/proofs/proof-1556.json --policy post-1556 --strategy exhaustive --deviations 2 --time 1h");
}

TEST_F(ArenasTest, ASearchIsTheSameWithoutThem) {
  expect_same("explore open-world --policy pre-1990 --runs 60 --seed 7 --until first --jobs 2");
}

TEST_F(ArenasTest, OddsAreTheSameWithoutThem) {
  expect_same("odds tests/regress/settles-crash-after-verdict.tape.json --runs 5 --jobs 2");
}

}  // namespace
}  // namespace drydock::cli
