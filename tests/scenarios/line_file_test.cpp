#include "scenarios/explore/line_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace drydock::scenarios {
namespace {

using namespace std::chrono_literals;
using sim::search::Coverage;
using sim::search::Line;
using sim::search::SearchDecision;

constexpr std::uint64_t kSearch = 0xF00D;

SearchDecision decision(const std::string& site, std::uint32_t occurrence, std::uint32_t value) {
  SearchDecision each;  // at another instant than its neighbours
  each.decision = {site, occurrence, value};
  each.bound = 9;
  each.kind = sim::Meaning::Kind::fault;
  each.at = sim::kTimeZero + occurrence * 500ms;
  each.alike = 2;
  each.family = 3;
  return each;
}

/// A line with something in every place.
Line full_line() {
  Line line{.number = 12, .next = 640};
  line.wall_s = 1.25;
  auto& tally = line.played.tally;
  tally.runs = 640;
  tally.cut_short = 1;
  tally.pruned = 2;
  tally.hashes = {1, UINT64_MAX, 77};
  tally.found = {{.broken = {"no-orphan", "no-orphan:a<b"},
                  .first_run = 12300,
                  .times = 4,
                  .after_s = 0.5,
                  .tape = {decision("pm/request", 1, 2), decision("cp/stop.fault", 3, 1)}}};
  tally.known_runs = 5;
  tally.independent_runs = 600;
  tally.broken_runs = {{"no-orphan", 4}};
  tally.uses = {{3, {3, 9, 7}}};
  tally.use_runs = {{3, 8}};
  const auto tape = std::make_shared<const std::vector<SearchDecision>>(1, decision("pm/request", 2, 2));
  tally.witnesses[3] = {{.tape = tape, .verdict = UINT64_MAX - 1, .run = 12301}};
  tally.coverage = Coverage({{5, {1, 12300, "online url | running | live 1 | run"}}, {UINT64_MAX, {640, 12288, ""}}},
                            {{6, {2, 12299, {5, UINT64_MAX, "stop failed"}}}});
  tally.rows = {{.number = 12301,
                 .strategy = sim::search::Strategy::coverage,
                 .hash = UINT64_MAX - 3,
                 .cut_short = true,
                 .decisions = 2,
                 .broken = {{"no-orphan", "no-orphan:a<b"}},
                 .added = {{3, sim::kTimeZero + 1500ms, 2, 1}},
                 .states = {5, UINT64_MAX},
                 .transitions = {6},
                 .measures = {4, -1},
                 .tape = R"([["pm/request",1,2]])"}};
  tally.contention = {11, 13};
  line.played.sites["pm/request"] = {4, 9};
  line.played.hash = UINT64_MAX - 2;
  line.played.section_runs = {{std::uint64_t{1} << 60U, 17}};
  line.corpus = {{{decision("pm/request", 1, 2)}, {}}, 514};
  return line;
}

TEST(LineFile, KeepsEverything) {
  const std::string text = encode_line(full_line(), kSearch, false);
  const DecodedLine decoded = decode_line(text, kSearch, 12);
  ASSERT_TRUE(decoded.line) << decoded.error;
  EXPECT_EQ(encode_line(*decoded.line, kSearch, false), text);
  const Line& line = *decoded.line;
  EXPECT_EQ(line.next, 640U);
  EXPECT_EQ(line.wall_s, 1.25);
  const auto& tally = line.played.tally;
  EXPECT_EQ(tally.hashes, full_line().played.tally.hashes);
  ASSERT_EQ(tally.found.size(), 1U);
  const SearchDecision& last = tally.found[0].tape.back();
  EXPECT_EQ(last.decision, (sim::Decision{"cp/stop.fault", 3, 1}));
  EXPECT_EQ(last.bound, 9U);
  EXPECT_EQ(last.kind, sim::Meaning::Kind::fault);
  EXPECT_EQ(last.at, sim::kTimeZero + 1500ms);
  EXPECT_EQ(tally.found[0].tape.front().at, sim::kTimeZero + 500ms);
  EXPECT_EQ(last.alike, 2U);
  EXPECT_EQ(last.family, 3U);
  EXPECT_EQ(tally.uses.at(3).noticed, 7U);
  EXPECT_EQ(tally.use_runs.at(3), 8U);
  EXPECT_FALSE(tally.found[0].drawn);
  const sim::search::Witness& witness = tally.witnesses.at(3)[0];
  EXPECT_EQ(witness.run, 12301U);
  EXPECT_EQ(witness.verdict, UINT64_MAX - 1);
  EXPECT_FALSE(witness.drawn);
  ASSERT_TRUE(witness.tape);
  EXPECT_EQ(witness.tape->at(0).decision, (sim::Decision{"pm/request", 2, 2}));
  EXPECT_EQ(tally.coverage.seen_states().at(UINT64_MAX).runs, 640U);
  EXPECT_EQ(tally.coverage.seen_states().at(5).name, "online url | running | live 1 | run");
  EXPECT_EQ(tally.coverage.seen_states().at(5).first, 12300U);
  EXPECT_EQ(tally.coverage.seen_transitions().at(6).step, (sim::search::StateStep{5, UINT64_MAX, "stop failed"}));
  EXPECT_EQ(tally.rows, full_line().played.tally.rows);
  EXPECT_EQ(tally.contention.orderings(), 11U);
  EXPECT_EQ(tally.contention.tasks(), 13U);
  EXPECT_EQ(line.played.sites.at("pm/request").bound, 9U);
  EXPECT_EQ(line.played.section_runs, full_line().played.section_runs);
  EXPECT_EQ(line.corpus.added(), 514U);
  EXPECT_EQ(line.corpus.tapes().size(), 2U);
}

TEST(LineFile, LeavesTheTapesOfDrawnRunsToTheirNumbers) {
  Line line = full_line();
  auto& tally = line.played.tally;
  const std::size_t before = encode_line(line, kSearch, true).size();
  tally.found[0].drawn = true;
  tally.witnesses.at(3)[0].drawn = true;
  const std::string text = encode_line(line, kSearch, true);
  EXPECT_LT(text.size(), before);
  EXPECT_NE(text.find("\"tapes\":[]"), std::string::npos) << text;
  const DecodedLine decoded = decode_line(text, kSearch, 12);
  ASSERT_TRUE(decoded.line) << decoded.error;
  const auto& read = decoded.line->played.tally;
  EXPECT_TRUE(read.found[0].drawn && read.found[0].tape.empty());
  EXPECT_TRUE(read.witnesses.at(3)[0].drawn && !read.witnesses.at(3)[0].tape);
  EXPECT_EQ(encode_line(*decoded.line, kSearch, true), text);
}

/// A run that is a witness of several families, and a finding, has its tape in the line once.
TEST(LineFile, HasTheTapeOfARunOnce) {
  Line line = full_line();
  auto& witnesses = line.played.tally.witnesses;
  for (std::uint32_t family = 4; family < 40; ++family) witnesses[family] = witnesses.at(3);
  line.played.tally.found[0].first_run = witnesses.at(3)[0].run;
  line.corpus = {};
  const std::string text = encode_line(line, kSearch, false);
  const auto tapes = text.substr(text.find("\"tapes\":"));
  EXPECT_EQ(std::count(tapes.begin(), tapes.end(), '['), 2) << tapes;
  const DecodedLine decoded = decode_line(text, kSearch, 12);
  ASSERT_TRUE(decoded.line) << decoded.error;
  EXPECT_EQ(decoded.line->played.tally.witnesses.at(39)[0].tape->size(), 2U);
}

/// Version 1 had each tape where it is used, and those of all runs.
TEST(LineFile, OfVersionOneIsRead) {
  std::string text = encode_line(full_line(), kSearch, false);
  const auto replace = [&](const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from << " is not in " << text;
    text.replace(at, from.size(), to);
  };
  replace("drydock.line/2", "drydock.line/1");
  replace("\"corpus\":{\"added\":514,\"tapes\":[2,3]}",
          "\"corpus\":{\"added\":514,\"tapes\":[[[0,1,2,9,4,500000,2,3]],[]]}");
  replace("\"tape\":0", "\"tape\":[[0,1,2,9,4,500000,2,3],[1,3,1,9,4,1500000,2,3]]");
  replace("[3,12301,18446744073709551614,1]", "[3,12301,18446744073709551614,[[0,2,2,9,4,1000000,2,3]]]");
  text.replace(text.rfind(",\"tapes\":[["), std::string::npos, "}\n");
  EXPECT_EQ(next_of_line(text.substr(0, kLineHead), "}\n", kSearch, 12), 640U);
  const DecodedLine decoded = decode_line(text, kSearch, 12);
  ASSERT_TRUE(decoded.line) << decoded.error;
  EXPECT_EQ(encode_line(*decoded.line, kSearch, false), encode_line(full_line(), kSearch, false));
}

TEST(LineFile, OfALineThatIsOverHasNoCorpus) {
  const DecodedLine decoded = decode_line(encode_line(full_line(), kSearch, true), kSearch, 12);
  ASSERT_TRUE(decoded.line) << decoded.error;
  EXPECT_TRUE(decoded.line->corpus.empty());
}

TEST(LineFile, SaysInItsHeadHowFarTheLineWasPlayed) {
  const std::string text = encode_line(full_line(), kSearch, false);
  const std::string_view tail = std::string_view{text}.substr(text.size() - 2);
  const std::string_view head = std::string_view{text}.substr(0, kLineHead);
  EXPECT_EQ(next_of_line(head, tail, kSearch, 12), 640U);
  EXPECT_EQ(next_of_line(head, tail, kSearch, 13), std::nullopt);
  EXPECT_EQ(next_of_line(head, tail, kSearch + 1, 12), std::nullopt);
  EXPECT_EQ(next_of_line(head, "],", kSearch, 12), std::nullopt);
}

TEST(LineFile, ThatIsCutOffOrAnothersIsNone) {
  const std::string text = encode_line(full_line(), kSearch, false);
  for (std::size_t size = 0; size < text.size(); ++size)
    ASSERT_FALSE(decode_line(std::string_view{text}.substr(0, size), kSearch, 12).line) << size;
  EXPECT_EQ(decode_line(text.substr(0, 100), kSearch, 12).error, "is cut off");
  EXPECT_EQ(decode_line(text, kSearch, 11).error, "belongs to another search");
  EXPECT_EQ(decode_line(text, 1, 12).error, "belongs to another search");
}

TEST(LineFile, ThatSaysTheImpossibleIsNone) {
  const std::string text = encode_line(full_line(), kSearch, false);
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string other = text;
    const auto at = other.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return decode_line(other.replace(at, from.size(), to), kSearch, 12);
  };
  EXPECT_FALSE(changed("\"runs\":640", "\"runs\":\"x\"").line);
  EXPECT_FALSE(changed("\"added\":514", "\"added\":1").line);
  EXPECT_FALSE(changed(",9,4,500000", ",9,99,500000").line) << "no kind of decision";
  EXPECT_FALSE(changed(",9,4,500000", ",9,4,1,500000").line) << "a tape is of eight numbers a decision";
  EXPECT_FALSE(changed("\"tape\":0", "\"tape\":7").line) << "a tape that is not there";
  EXPECT_FALSE(changed("\"sites\":[\"pm/request\",", "\"sites\":[").line);
  EXPECT_FALSE(changed("\"ways\":[[", "\"ways\":[],\"other\":[[").line) << "a row names what is not there";
  EXPECT_FALSE(changed("\"rows\":[[12301,4", "\"rows\":[[12301,9").line) << "no strategy";
}

}  // namespace
}  // namespace drydock::scenarios
