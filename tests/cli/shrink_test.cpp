#include "cli/shrink.hpp"

#include "scenarios/files/tape_file.hpp"
#include "tests/cli/support.hpp"

namespace drydock::cli {
namespace {

using scenarios::Finding;
using scenarios::Outcome;
using scenarios::ShownViolation;

ShownViolation violation(const std::string& invariant, const std::string& signature) {
  ShownViolation made;
  made.invariant = invariant;
  made.signature = signature;
  made.message = "it broke";
  return made;
}

class ShrinkTest : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    before_.violations = {violation("settles", "settles:a"), violation("no-orphan", "no-orphan:a"),
                          violation("no-orphan", "no-orphan:b")};
    before_.unlisted = {1, 2};
    before_.tape = {{{}, "pm/agent.boot", 1, 9, 8, "25s"}, {{}, "world/order", 2, 3, 1, "x"}};
    tape_ = write_tape("found.tape.json", "null");
  }

  std::string write_tape(const std::string& name, const std::string& finding) const {
    return write(name, R"({"format":"drydock.tape/1","policy":"latest","decisions":[
      {"site":"pm/agent.boot","occurrence":1,"value":8},
      {"site":"world/order","occurrence":2,"value":1}],"finding":)" +
                           finding + R"(,"scenario":)" + kSmall + "}");
  }

  Said shrink(const Arguments& arguments) {
    const Shrinker shrinker{.play = [this](const Job&, scenarios::Workbench&) { return before_; },
                            .shrink = [this](const auto&, const auto&, const sim::Tape& tape,
                                             const std::string& invariant, const std::string& signature,
                                             const scenarios::ShrinkOptions& options) -> std::optional<Finding> {
                              EXPECT_FALSE(options.stop());
                              full_calm_ = options.full_calm;
                              EXPECT_EQ(tape.entries().size(), 2U);
                              asked_ = invariant + "/" + signature;
                              if (fails_) return std::nullopt;
                              Finding finding;
                              finding.invariant = invariant;
                              finding.signature = signature;
                              finding.shrink_runs = 12;
                              finding.minimal = true;
                              finding.outcome = before_;
                              finding.outcome.tape.pop_back();
                              finding.outcome.violations = {violation(invariant, signature)};
                              finding.explained = {{finding.outcome.tape[0], "any from 20s to 25s", 8, 3}};
                              return finding;
                            }};
    std::ostringstream out;
    std::ostringstream err;
    Console console{out, err, {}};
    const int code = shrink_with(arguments, console, shrinker);
    return {code, out.str(), err.str()};
  }

  Outcome before_;
  bool fails_ = false;
  bool full_calm_ = false;
  std::string asked_;
  std::string tape_;
};

TEST_F(ShrinkTest, WritesTheSmallerTapeBesideTheOther) {
  const Said said = shrink({tape_});
  EXPECT_EQ(said.code, kHeld) << said.err;
  EXPECT_TRUE(contains(said.out, "2 decisions became 1, in 12 runs")) << said.out;
  EXPECT_TRUE(contains(said.out, "varies: any from 20s to 25s (3 of 8 tried break it too)"));
  const std::string smaller = path("found.min.tape.json");
  EXPECT_TRUE(contains(said.out, "saved      " + smaller + "\n")) << said.out;
  EXPECT_TRUE(contains(said.out, "drydock replay " + smaller + "\n")) << said.out;
  const auto decoded = scenarios::decode_tape(smaller, read(smaller));
  ASSERT_TRUE(decoded.value);
  EXPECT_EQ(decoded.value->tape.entries().size(), 1U);
  EXPECT_EQ(decoded.value->finding["signature"], "no-orphan:a");
}

TEST_F(ShrinkTest, TheDefaultNameKeepsWhatThereIs) {
  const std::string plain = write("plain.json", read(tape_));
  EXPECT_EQ(shrink({plain, "--quiet"}).out, path("plain.min.tape.json") + "\n");
  const std::string bare = write("bare", read(tape_));
  EXPECT_EQ(shrink({bare, "--quiet"}).out, path("bare.min.tape.json") + "\n");
}

TEST_F(ShrinkTest, OutputSaysWhere) {
  const std::string output = path("small.json");
  EXPECT_EQ(shrink({tape_, "--output", output}).code, kHeld);
  EXPECT_TRUE(std::filesystem::exists(output));
  EXPECT_EQ(files(), 2U);
  EXPECT_EQ(drydock({"shrink", tape_, "--output", path("no/dir")}).code, kBadInput);
}

TEST_F(ShrinkTest, KeepsThePromiseThatIsMeant) {
  shrink({tape_});
  EXPECT_EQ(asked_, "no-orphan/no-orphan:a") << "the first that the case does not list";
  shrink({tape_, "--promise", "settles"});
  EXPECT_EQ(asked_, "settles/settles:a");
  const std::string kept =
      write_tape("kept.json", R"({"invariant":"no-orphan","signature":"no-orphan:b","message":""})");
  shrink({kept});
  EXPECT_EQ(asked_, "no-orphan/no-orphan:b") << "the one that the tape was kept for";
  shrink({kept, "--promise", "settles"});
  EXPECT_EQ(asked_, "settles/settles:a");
  const std::string changed =
      write_tape("changed.json", R"({"invariant":"settles","signature":"settles:other","message":""})");
  shrink({changed});
  EXPECT_EQ(asked_, "settles/settles:a") << "broken in another way by now";
}

TEST_F(ShrinkTest, ATapeThatBreaksNothingIsOne) {
  const Said other = shrink({tape_, "--promise", "comes-back"});
  EXPECT_EQ(other.code, kFailed);
  EXPECT_TRUE(contains(other.err, "does not break comes-back")) << other.err;
  fails_ = true;
  EXPECT_EQ(shrink({tape_}).code, kFailed);
  fails_ = false;
  before_.violations.clear();
  before_.unlisted.clear();
  const Said nothing = shrink({tape_});
  EXPECT_EQ(nothing.code, kFailed);
  EXPECT_TRUE(contains(nothing.err, "breaks no promise")) << nothing.err;
  EXPECT_EQ(files(), 1U) << "and nothing is written";
}

TEST_F(ShrinkTest, JsonIsTheFinding) {
  const Json json = shrink({tape_, "--format", "json"}).json();
  EXPECT_EQ(json["format"], "drydock.finding/1");
  EXPECT_EQ(json["invariant"], "no-orphan");
  EXPECT_EQ(json["size_found"], 2);
  EXPECT_EQ(json["size"], 1);
  EXPECT_EQ(json["saved"], path("found.min.tape.json"));
}

TEST_F(ShrinkTest, PlaysAllOfTheCalmWhereThatIsAsked) {
  shrink({tape_});
  EXPECT_FALSE(full_calm_);
  shrink({tape_, "--full-calm"});
  EXPECT_TRUE(full_calm_);
}

TEST_F(ShrinkTest, BadInputIsTwo) {
  EXPECT_EQ(drydock({"shrink"}).code, kBadInput);
  EXPECT_EQ(drydock({"shrink", path("missing.json")}).code, kBadInput);
  EXPECT_EQ(drydock({"shrink", write("s.json", kSmall)}).code, kBadInput) << "not a tape";
  const Said said = drydock({"shrink", tape_, "--promise", "no-orphn"});
  EXPECT_EQ(said.code, kBadInput);
  EXPECT_TRUE(contains(said.err, "did you mean no-orphan?")) << said.err;
  EXPECT_EQ(files(), 2U);
}

}  // namespace
}  // namespace drydock::cli
