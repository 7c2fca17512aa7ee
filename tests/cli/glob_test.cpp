#include "cli/glob.hpp"

#include <gtest/gtest.h>

#include <string>

namespace drydock::cli {
namespace {

TEST(Glob, MatchesWholeTexts) {
  EXPECT_TRUE(glob_matches("pre-1556", "pre-1556"));
  EXPECT_FALSE(glob_matches("pre", "pre-1556"));
  EXPECT_FALSE(glob_matches("1556", "pre-1556"));
  EXPECT_TRUE(glob_matches("", ""));
  EXPECT_FALSE(glob_matches("", "x"));
}

TEST(Glob, StarsMatchAnything) {
  EXPECT_TRUE(glob_matches("*", ""));
  EXPECT_TRUE(glob_matches("pre-*", "pre-1556"));
  EXPECT_TRUE(glob_matches("*/pre-*", "reprov-thrash/pre-1556"));
  EXPECT_TRUE(glob_matches("a*b*c", "aXbYbZc"));
  EXPECT_FALSE(glob_matches("a*b*c", "aXbYbZ"));
  EXPECT_TRUE(glob_matches("**", "x"));
}

TEST(Glob, QuestionMarksMatchOneCharacter) {
  EXPECT_TRUE(glob_matches("p?e", "pre"));
  EXPECT_FALSE(glob_matches("p?e", "pe"));
  EXPECT_TRUE(glob_matches("gr?n", "grün"));
  EXPECT_TRUE(glob_matches("?", "日"));
}

TEST(Glob, BackslashesTakeTheNextCharacterLiterally) {
  EXPECT_TRUE(glob_matches("what\\?", "what?"));
  EXPECT_FALSE(glob_matches("what\\?", "whatX"));
  EXPECT_TRUE(glob_matches("\\*", "*"));
  EXPECT_TRUE(glob_matches("a\\\\b", "a\\b"));
  EXPECT_TRUE(glob_matches("end\\", "end\\"));
}

TEST(Glob, ManyStarsTakeNoTime) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*a";
  EXPECT_FALSE(glob_matches(pattern + "b", std::string(20'000, 'a')));
}

}  // namespace
}  // namespace drydock::cli
