#include "reports/layout.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace drydock::reports {
namespace {

TEST(Printable, KeepsOrdinaryTextOfAnyScript) {
  EXPECT_EQ(printable("plain, Grüße, 日本, 🚢"), "plain, Grüße, 日本, 🚢");
}

TEST(Printable, ShowsWhatWouldMoveTheCursor) {
  EXPECT_EQ(printable("a\033[2Jb"), "a\\x1b[2Jb");
  EXPECT_EQ(printable("a\nb\tc\rd"), "a\\nb\\tc\\rd");
  EXPECT_EQ(printable(std::string_view("\0\x7f", 2)), "\\x00\\x7f");
  EXPECT_EQ(printable("\xC2\x9B"), "\\u009b");
}

TEST(Printable, ShowsWhatTurnsTheReadingDirection) {
  EXPECT_EQ(printable("\u202Egnp.exe"), "\\u202egnp.exe");
  EXPECT_EQ(printable("a\u200Bb\u2028c"), "a\\u200bb\\u2028c");
}

TEST(Printable, ShowsWhatNobodyWouldSee) {
  for (const auto& [text, shown] :
       {std::pair{"a\u061Cb", "a\\u061cb"}, std::pair{"a\u00ADb", "a\\u00adb"}, std::pair{"a\u3164b", "a\\u3164b"},
        std::pair{"a\u115Fb", "a\\u115fb"}, std::pair{"a\uFFA0b", "a\\uffa0b"}, std::pair{"a\u2800b", "a\\u2800b"},
        std::pair{"a\u034Fb", "a\\u034fb"}, std::pair{"a\u180Eb", "a\\u180eb"}, std::pair{"a\u206Ab", "a\\u206ab"},
        std::pair{"a\uFFF9b", "a\\ufff9b"}, std::pair{"a\U000E0041b", "a\\ue0041b"}, std::pair{"a\u200Db", "a\\u200db"},
        std::pair{"a\uFE0Fb", "a\\ufe0fb"}})
    EXPECT_EQ(printable(text), shown);
  // They belong to what stands before them.
  EXPECT_EQ(printable("👩\u200D💻 ✅\uFE0F می\u200Cخواهم"), "👩\u200D💻 ✅\uFE0F می\u200Cخواهم");
}

TEST(Printable, ReplacesInvalidUtf8) { EXPECT_EQ(printable("a\xFFz"), "a\uFFFDz"); }

TEST(DisplayWidth, CountsCells) {
  EXPECT_EQ(display_width(""), 0U);
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("Grüße"), 5U);
  EXPECT_EQ(display_width("e\u0301"), 1U);
  EXPECT_EQ(display_width("日本"), 4U);
  EXPECT_EQ(display_width("🚢"), 2U);
}

TEST(Fit, CutsAtACharacterBoundary) {
  EXPECT_EQ(fit("abcdef", 6), "abcdef");
  EXPECT_EQ(fit("abcdef", 5), "abcd…");
  EXPECT_EQ(fit("日本語", 5), "日本…");
  EXPECT_EQ(fit("日本語", 4), "日…");
}

TEST(FitEnds, KeepsBothEndsOfAName) {
  EXPECT_EQ(fit_ends("abcdef", 6), "abcdef");
  EXPECT_EQ(fit_ends("abcdefghij", 6), "a…ghij");
  EXPECT_EQ(fit_ends("abcdef", 2), "a…");
  const std::string cut = fit_ends("latest,restart.debounce_window=30s", 22);
  EXPECT_TRUE(cut.starts_with("lates…")) << cut;
  EXPECT_TRUE(cut.ends_with("…window=30s") || cut.ends_with("…indow=30s")) << cut;
  EXPECT_EQ(display_width(cut), 22U) << cut;
  EXPECT_LE(display_width(fit_ends("日本語日本語日本語日本語", 17)), 17U);
}

/// Names that differ only in the part that is cut do not look alike.
TEST(FitEnds, KeepsNamesApart) {
  for (const std::size_t width : {7U, 8U, 15U, 16U, 22U, 30U, 60U}) {
    std::set<std::string> shown;
    for (int i = 0; i < 100; ++i) {
      const std::string name = std::string(40, 'a') + "-" + std::to_string(i) + "-" + std::string(40, 'z');
      shown.insert(fit_ends(name, width));
      EXPECT_EQ(display_width(fit_ends(name, width)), width);
      EXPECT_EQ(fit_ends(name, width), fit_ends(name, width));
    }
    EXPECT_EQ(shown.size(), 100U) << width;
  }
}

TEST(Wrap, BreaksAtSpacesAndCutsLongWords) {
  EXPECT_EQ(wrap("", 10), (std::vector<std::string>{""}));
  EXPECT_EQ(wrap("one two three", 7), (std::vector<std::string>{"one two", "three"}));
  EXPECT_EQ(wrap("a  b", 10), (std::vector<std::string>{"a b"}));
  EXPECT_EQ(wrap("abcdefghij x", 4), (std::vector<std::string>{"abcd", "efgh", "ij x"}));
  EXPECT_EQ(wrap("日本語", 4), (std::vector<std::string>{"日本", "語"}));
}

TEST(Paragraph, HangsItsLines) {
  const std::string text = paragraph("  ab  ", std::string(70, 'x') + " tail");
  EXPECT_EQ(text, "  ab  " + std::string(70, 'x') + "\n      tail\n");
}

TEST(Listing, PutsBodiesBelowLongHeads) {
  EXPECT_EQ(listing({{"a", "one"}, {"long", "two"}}), "a     one\nlong  two\n");
  const std::string head(31, 'h');
  EXPECT_EQ(listing({{head, "body"}}), head + "\n    body\n");
}

}  // namespace
}  // namespace drydock::reports
