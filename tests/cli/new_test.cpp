#include "scenarios/files/presets.hpp"
#include "tests/cli/support.hpp"

namespace drydock::cli {
namespace {

using NewTest = CliTest;

TEST_F(NewTest, WritesAValidScenario) {
  const Said said = drydock({"new", "my-incident", "--dir", path("")});
  EXPECT_EQ(said.code, kHeld) << said.err;
  EXPECT_TRUE(contains(said.out, "drydock run "));
  const Said valid = drydock({"validate", path("my-incident.json")});
  EXPECT_EQ(valid.code, kHeld) << valid.err;
  EXPECT_EQ(valid.err, "");
  EXPECT_TRUE(contains(read(path("my-incident.json")), R"("name": "my-incident")"));
}

TEST_F(NewTest, ItHoldsAsItIsAndRunsUnderEveryPreset) {
  ASSERT_EQ(drydock({"new", "my-incident", "--dir", path("")}).code, kHeld);
  const std::string file = path("my-incident.json");
  const Said said = drydock({"run", file});
  EXPECT_EQ(said.code, kHeld) << said.out << said.err;
  Arguments arguments{"run", file, "--twice", "--quiet"};
  for (const std::string& preset : scenarios::preset_names()) {
    arguments.insert(arguments.end(), {"--policy", preset});
  }
  const Said everywhere = drydock(arguments);
  EXPECT_TRUE(everywhere.code == kHeld || everywhere.code == kFailed) << everywhere.out << everywhere.err;
  EXPECT_EQ(everywhere.err, "");
}

TEST_F(NewTest, NeverOverwrites) {
  const std::string file = write("mine.json", "mine");
  EXPECT_EQ(drydock({"new", "mine", "--dir", path("")}).code, kBadInput);
  EXPECT_EQ(read(file), "mine");
  std::filesystem::create_symlink(path("nowhere"), path("link.json"));
  EXPECT_EQ(drydock({"new", "link", "--dir", path("")}).code, kBadInput);
}

TEST_F(NewTest, NamesAreKebabCase) {
  for (const char* name : {"My Incident", "-x", "x-", "a--b", "Ab", "a_b", "../x", "", "grün"}) {
    EXPECT_EQ(drydock({"new", "--dir", path(""), "--", name}).code, kBadInput) << name;
  }
  EXPECT_EQ(files(), 0U);
  EXPECT_TRUE(contains(drydock({"new", "My Incident"}).err, "did you mean my-incident?"));
  EXPECT_EQ(drydock({"new", "1556", "--dir", path("")}).code, kHeld);
}

TEST_F(NewTest, NeedsADirectory) {
  const Said said = drydock({"new", "x", "--dir", path("nowhere")});
  EXPECT_EQ(said.code, kBadInput);
  EXPECT_TRUE(contains(said.err, "there is no directory")) << said.err;
  EXPECT_EQ(drydock({"new"}).code, kBadInput);
}

}  // namespace
}  // namespace drydock::cli
