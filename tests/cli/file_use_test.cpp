// Nothing that a command reads is replaced by what it writes, whatever it is called.

#include "scenarios/files/file_use.hpp"
#include "cli/output.hpp"
#include "tests/cli/support.hpp"

namespace drydock::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPolicy =
    R"json({"format": "drydock.policy/1", "name": "mine", "extends": "latest", "set": {}})json";

class FileUseTest : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    policy_ = write("mine.json", kPolicy);
    base_ =
        write("derived.json", R"json({"format": "drydock.policy/1", "name": "derived", "extends": "mine.json"})json");
    Json scenario = Json::parse(kSmall);
    scenario["cases"] = Json::array({{{"policy", "mine.json"}, {"expect", Json::array()}}});
    scenario_ = write("world.json", scenario.dump());
  }

  /// Fails unless the command is exit 2, says that the file is read, and leaves it as it was.
  void expect_kept(const Arguments& arguments, const std::string& file) const {
    const std::string before = read(file);
    const Said said = drydock(arguments);
    EXPECT_EQ(said.code, kBadInput) << arguments.front() << " " << arguments.back() << said.out << said.err;
    EXPECT_TRUE(contains(said.err, "which is read")) << said.err;
    EXPECT_EQ(read(file), before) << arguments.back();
  }

  std::string policy_;
  std::string base_;
  std::string scenario_;
};

TEST_F(FileUseTest, APolicyThatIsNamedAnywhereIsKept) {
  expect_kept({"run", scenario_, "--report", "json=" + policy_}, policy_);
  expect_kept({"run", scenario_, "--policy", policy_, "--report", "json=" + policy_}, policy_);
  expect_kept({"run", scenario_, "--policy", base_, "--report", "json=" + policy_}, policy_);
  expect_kept({"compare", scenario_, "--policy", "latest", "--policy", policy_, "--report", "json=" + policy_},
              policy_);
  expect_kept({"explore", scenario_, "--policy", policy_, "--runs", "1", "--report", "json=" + policy_}, policy_);
}

TEST_F(FileUseTest, ALinkIsTheFileThatItNames) {
  fs::create_symlink(policy_, path("soft"));
  fs::create_hard_link(policy_, path("hard"));
  fs::create_symlink(scenario_, path("world-soft"));
  fs::create_hard_link(scenario_, path("world-hard"));
  for (const char* link : {"soft", "hard"}) expect_kept({"run", scenario_, "--report", "json=" + path(link)}, policy_);
  for (const char* link : {"world-soft", "world-hard"}) {
    expect_kept({"run", scenario_, "--report", "json=" + path(link)}, scenario_);
    expect_kept({"run", path(link), "--report", "junit=" + scenario_}, scenario_);
  }
}

TEST_F(FileUseTest, ATapeAndAShardAreKept) {
  const std::string tape = write("t.tape.json", std::string{R"({"format":"drydock.tape/1","policy":"latest",)"} +
                                                    R"("decisions":[],"scenario":)" + kSmall + "}");
  expect_kept({"shrink", tape, "--output", tape}, tape);
  expect_kept({"replay", tape, "--report", "json=" + tape}, tape);
  fs::create_hard_link(tape, path("t2"));
  expect_kept({"shrink", tape, "--output", path("t2")}, tape);
  const std::string shard = write("shard.json", "{}");
  expect_kept({"explore", "--merge", shard, "--report", "json=" + shard}, shard);
}

TEST_F(FileUseTest, TheWorldThatConformReadsIsKept) {
  const std::string log = write("log.ndjson", "{\"at_s\": 1, \"kind\": \"agent.heartbeat\", \"workspace\": \"pm\"}\n");
  fs::rename(scenario_, path("found.scenario.json"));
  const std::string world = path("found.scenario.json");
  expect_kept({"conform", log, "--scenario", world, "--save", path("found.tape.json")}, world);
  expect_kept({"conform", log, "--save", log}, log);
  expect_kept({"import", log, "--output", log}, log);
}

/// What no option names is refused when it is written.
TEST_F(FileUseTest, NothingIsWrittenOverWhatWasRead) {
  ASSERT_EQ(drydock({"validate", scenario_}).code, kHeld);
  EXPECT_THROW(write_whole(policy_, "new"), CannotWrite);
  EXPECT_THROW(write_whole(scenario_, "new"), CannotWrite);
  write_whole(path("other"), "new");
  scenarios::forget_file_use();
  write_whole(policy_, "new");
  EXPECT_EQ(read(policy_), "new");
}

TEST_F(FileUseTest, DevicesAreReadAndWritten) {
  EXPECT_EQ(drydock({"run", scenario_, "--report", "json=/dev/null"}).code, kHeld);
}

TEST_F(FileUseTest, ALoopOfLinksIsToldAsOne) {
  fs::create_symlink(path("loop.json"), path("loop.json"));
  const Said said = drydock({"run", scenario_, "--policy", path("loop.json")});
  EXPECT_EQ(said.code, kBadInput);
  EXPECT_TRUE(contains(said.err, "symbolic links")) << said.err;
  EXPECT_FALSE(contains(said.err, "no such file")) << said.err;
}

}  // namespace
}  // namespace drydock::cli
