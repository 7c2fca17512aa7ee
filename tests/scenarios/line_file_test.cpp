#include "scenarios/explore/line_file.hpp"

#include <gtest/gtest.h>

#include <cstddef>
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
  SearchDecision each;
  each.decision = {site, occurrence, value};
  each.bound = 9;
  each.kind = sim::Meaning::Kind::fault;
  each.at = sim::kTimeZero + 1500ms;
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
  tally.witnesses[3] = {{.tape = {decision("pm/request", 2, 2)}, .verdict = UINT64_MAX - 1, .run = 12301}};
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
  EXPECT_EQ(last.alike, 2U);
  EXPECT_EQ(last.family, 3U);
  EXPECT_EQ(tally.uses.at(3).noticed, 7U);
  EXPECT_EQ(tally.use_runs.at(3), 8U);
  EXPECT_EQ(tally.witnesses.at(3)[0].run, 12301U);
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
  EXPECT_FALSE(changed(",9,4,1500000", ",9,99,1500000").line);
  EXPECT_FALSE(changed("\"sites\":[\"pm/request\",", "\"sites\":[").line);
  EXPECT_FALSE(changed("\"ways\":[[", "\"ways\":[],\"other\":[[").line) << "a row names what is not there";
  EXPECT_FALSE(changed("\"rows\":[[12301,4", "\"rows\":[[12301,9").line) << "no strategy";
}

}  // namespace
}  // namespace drydock::scenarios
