#include "sim/utf8.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

namespace drydock::sim {
namespace {

using namespace std::string_literals;

constexpr auto kValid = std::string_view::npos;
const std::string kReplacement = "\xEF\xBF\xBD";

TEST(Utf8, ValidTextStaysItself) {
  for (const std::string& text : {""s, "plain"s, "grün"s, "日本"s, "🚢"s, "a\0b"s, "\x7F"s}) {
    EXPECT_EQ(find_invalid_utf8(text), kValid) << text;
    EXPECT_EQ(valid_utf8(text), text);
  }
}

TEST(Utf8, TheEdgesOfEachLengthAreValid) {
  // U+0080, U+07FF, U+0800, U+D7FF, U+E000, U+FFFF, U+10000, U+10FFFF.
  for (const std::string& text : {"\xC2\x80"s, "\xDF\xBF"s, "\xE0\xA0\x80"s, "\xED\x9F\xBF"s, "\xEE\x80\x80"s,
                                  "\xEF\xBF\xBF"s, "\xF0\x90\x80\x80"s, "\xF4\x8F\xBF\xBF"s}) {
    EXPECT_EQ(find_invalid_utf8(text), kValid);
    EXPECT_EQ(valid_utf8(text), text);
  }
}

TEST(Utf8, OverlongFormsSurrogatesAndWhatLiesBeyondUnicodeAreInvalid) {
  for (const std::string& text : {"\xC0\x80"s, "\xC1\xBF"s, "\xE0\x80\x80"s, "\xE0\x9F\xBF"s, "\xED\xA0\x80"s,
                                  "\xED\xBF\xBF"s, "\xF0\x80\x80\x80"s, "\xF0\x8F\xBF\xBF"s, "\xF4\x90\x80\x80"s,
                                  "\xF5\x80\x80\x80"s, "\xFE"s, "\xFF"s, "\x80"s, "\xBF"s}) {
    EXPECT_EQ(find_invalid_utf8(text), 0U);
  }
}

TEST(Utf8, ASequenceThatStopsShortIsInvalidWhereItBegins) {
  for (const std::string& text :
       {"ab\xC3"s, "ab\xE6\x97"s, "ab\xE6"s, "ab\xF0\x9F\x9A"s, "ab\xF0\x9F"s, "ab\xF0"s, "ab\xC3z"s, "ab\xE6\x97z"s}) {
    EXPECT_EQ(find_invalid_utf8(text), 2U);
  }
}

TEST(Utf8, EachInvalidByteIsReplacedAndTheRestIsKept) {
  EXPECT_EQ(valid_utf8("a\xFF"
                       "b"),
            "a" + kReplacement + "b");
  EXPECT_EQ(valid_utf8("\xE6\x97z"), kReplacement + kReplacement + "z");
  EXPECT_EQ(valid_utf8("\xC3\xC3\xBC"), kReplacement + "ü");
  EXPECT_EQ(valid_utf8("\xED\xA0\x80"), kReplacement + kReplacement + kReplacement);
}

RC_GTEST_PROP(Utf8, WhateverComesInWhatGoesOutIsValid, (const std::vector<unsigned char>& bytes)) {
  const std::string text(bytes.begin(), bytes.end());
  const std::string out = valid_utf8(text);
  RC_ASSERT(find_invalid_utf8(out) == kValid);
  RC_ASSERT((find_invalid_utf8(text) == kValid) == (out == text));
}

}  // namespace
}  // namespace drydock::sim
