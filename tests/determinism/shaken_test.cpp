// SQLite may give the rows of a SELECT without ORDER BY in any order. It is made to give them in
// another one than usual, and to plan as it never does: no run of the catalogue may notice. What
// the lint believes of the statements' text, this shows of their rows.

#include "tests/determinism/shaken.hpp"

#include <gtest/gtest.h>

#include "tests/determinism/catalogue.hpp"

namespace drydock::determinism {
namespace {

using Rows = std::vector<std::int64_t>;

Rows unordered_rows(Workbench& workbench) {
  model::Database& database = workbench.database();
  database.begin_run();
  database.query("CREATE TABLE three (key INTEGER PRIMARY KEY) STRICT").run();
  database.query("INSERT INTO three VALUES (1), (2), (3)").run();
  Rows rows;
  {
    model::Query query = database.query("SELECT key FROM three");
    while (query.step()) rows.push_back(query.integer(0));
  }
  database.end_run();
  return rows;
}

TEST(ShakenDatabase, ReallyGivesUnorderedRowsInAnotherOrder) {
  Workbench workbench;
  EXPECT_EQ(unordered_rows(workbench), (Rows{1, 2, 3}));
  shake(workbench.database(), Shake::reverse_unordered_rows);
  EXPECT_EQ(unordered_rows(workbench), (Rows{3, 2, 1}));
}

/// Plays each run as it is, and in a database that is shaken.
void expect_no_difference(const Jobs& jobs, Workbench& plain, Workbench& shaken) {
  for (const Job& job : jobs) {
    EXPECT_EQ(difference(play(job, plain), play(job, shaken)), "") << name_of(job);
  }
}

class ShakenTest : public testing::TestWithParam<Shake> {};

TEST_P(ShakenTest, ChangesNoRunOfTheCatalogue) {
  if (!kFastBuild) GTEST_SKIP() << "a fast build plays it, and the golden hashes compare the two";
  Workbench plain;
  Workbench shaken;
  shake(shaken.database(), GetParam());
  for (const std::string& name : scenario_names()) expect_no_difference(with_seeds(cases_of(name), 1), plain, shaken);
}

class ShakenSlow : public testing::TestWithParam<Shake> {};

TEST_P(ShakenSlow, ChangesNoRunUnderAnyPreset) {
  Workbench plain;
  Workbench shaken;
  shake(shaken.database(), GetParam());
  for (const std::string& name : scenario_names()) expect_no_difference(under_every_preset(name), plain, shaken);
}

std::string name_of_shake(const testing::TestParamInfo<Shake>& info) { return std::string{to_text(info.param)}; }
const auto kShakes = testing::Values(Shake::reverse_unordered_rows, Shake::plain_plans);

INSTANTIATE_TEST_SUITE_P(Sqlite, ShakenTest, kShakes, name_of_shake);
INSTANTIATE_TEST_SUITE_P(Sqlite, ShakenSlow, kShakes, name_of_shake);

}  // namespace
}  // namespace drydock::determinism
