#include <gtest/gtest.h>

#include <sstream>

#include "reports/layout.hpp"
#include "reports/odds_html.hpp"
#include "reports/odds_json.hpp"
#include "reports/odds_text.hpp"
#include "tests/reports/outcomes.hpp"

namespace drydock::reports {
namespace {

using scenarios::Odds;
using scenarios::OddsPoint;

OddsPoint point(std::uint64_t decisions, std::int64_t ms, std::uint64_t hits, const std::string& site = "",
                std::uint32_t value = 0, const std::string& means = "no fault") {
  OddsPoint made;
  made.decisions = decisions;
  made.last = {.at = at_ms(ms),
               .site = site,
               .occurrence = site.empty() ? 0U : 2U,
               .bound = 9,
               .value = value,
               .means = site.empty() ? "" : means};
  made.hits = hits;
  made.tails = 100;
  made.probability = scenarios::proportion_of(hits, 100);
  return made;
}

/// The odds are nearly 0 at first; a crash makes them about a half, and a boot of usual length makes them 1.
Odds odds_of_a_crash() {
  Odds odds;
  odds.target = {"no-orphan", "w1", ""};
  odds.tails = 100;
  odds.questions = 400;
  odds.complete = true;
  odds.points = {point(0, 0, 3), point(10, 5'000, 4, "w1/request", 0, "no request"),
                 point(11, 5'001, 60, "platform/process.fault", 2, "platform crashes"),
                 point(300, 90'000, 62, "world/order", 0, "the first in line goes first"),
                 point(301, 91'500, 100, "w1/agent.boot", 0, "takes as long as usual")};
  odds.points.back().tails = 0;
  odds.points.back().hits = 0;
  odds.points.back().probability = {1, 1, 1};
  odds.likely = 2;
  odds.certain = 4;
  odds.jump = 2;
  return odds;
}

TEST(OddsText, SaysTheMomentsAndTheirDecisions) {
  EXPECT_EQ(odds_sentence(odds_of_a_crash()),
            "At time zero it was 3.0% likely (0.6% to 8.5%). It became likely at +5.001s, when "
            "platform crashes (platform/process.fault#2=2); certain at +91.500s, when "
            "w1/agent.boot#2=0 (takes as long as usual). The largest rise, from 4.0% to 60.0%, came "
            "at +5.001s, when platform crashes (platform/process.fault#2=2).");
}

TEST(OddsText, WhereNothingRose) {
  Odds odds = odds_of_a_crash();
  odds.points = {point(0, 0, 100), point(7, 1'000, 100, "w1/request")};
  odds.likely = odds.certain = odds.jump = 0;
  EXPECT_TRUE(odds_sentence(odds).ends_with("It was likely from the start, and certain. It never rose."));
  odds.points = {point(0, 0, 1), point(7, 1'000, 100, "w1/request")};
  odds.likely = odds.certain = odds.jump = 1;
  EXPECT_NE(odds_sentence(odds).find("(no fault), and certain with it. "), std::string::npos) << odds_sentence(odds);
}

TEST(OddsText, ShowsOnlyPointsThatTellSomething) {
  const std::string text = odds_text(odds_of_a_crash(), {});
  EXPECT_NE(text.find("  no-orphan of w1\n"), std::string::npos);
  EXPECT_NE(text.find("nothing was decided yet\n"), std::string::npos);
  EXPECT_EQ(text.find("w1/request#2=0"), std::string::npos) << "nothing changed there";
  EXPECT_EQ(text.find("world/order"), std::string::npos);
  EXPECT_NE(text.find("######....  platform crashes"), std::string::npos) << text;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), kWidth) << line;
}

TEST(OddsText, SaysWhatWasNotLookedAt) {
  Odds odds = odds_of_a_crash();
  EXPECT_NE(odds_law(odds).find("5 of 302 points were played"), std::string::npos);
  odds.complete = false;
  EXPECT_NE(odds_law(odds).find("Time ran out"), std::string::npos);
  // What nobody looked at is not claimed.
  EXPECT_EQ(odds_sentence(odds).find("likely at"), std::string::npos);
  EXPECT_NE(odds_sentence(odds).find("5 of 302"), std::string::npos);
  const Ordered json = odds_json(odds);
  for (const char* key : {"likely_at_s", "certain_at_s", "likely", "certain", "largest_rise"})
    EXPECT_EQ(json[key], nullptr) << key;
  odds.interrupted = true;
  EXPECT_NE(odds_law(odds).find("Interrupted"), std::string::npos);
}

TEST(OddsJson, HasEveryPoint) {
  const Ordered json = odds_json(odds_of_a_crash());
  EXPECT_EQ(json["points"].size(), 5U);
  EXPECT_EQ(json["points"][0]["last"], nullptr);
  EXPECT_EQ(json["points"][0]["event"], nullptr);
  EXPECT_EQ(json["points"][2]["hits"], 60);
  EXPECT_EQ(json["likely_at_s"], 5.001);
  EXPECT_EQ(json["certain_at_s"], 91.5);
  EXPECT_EQ(json["signature"], nullptr);
  EXPECT_EQ(json["largest_rise"]["decision"]["site"], "platform/process.fault");
}

TEST(OddsHtml, IsOneFileThatNoNameCanBreak) {
  Odds odds = odds_of_a_crash();
  odds.target.workspace = "</script><b>w</b>";
  odds.points[2].last.means = "<img src=x onerror=alert(1)>";
  const std::string page = odds_html(odds, held_outcome(), "drydock odds 'a&b.json'");
  EXPECT_EQ(page.find("<img"), std::string::npos);
  EXPECT_EQ(page.find("<b>w"), std::string::npos);
  EXPECT_NE(page.find("a&amp;b.json"), std::string::npos);
  EXPECT_EQ(page.find("://"), std::string::npos) << "nothing of another place";
  std::size_t dots = 0;
  for (auto at = page.find("<circle"); at != std::string::npos; at = page.find("<circle", at + 1)) ++dots;
  EXPECT_EQ(dots, odds.points.size());
}

}  // namespace
}  // namespace drydock::reports
