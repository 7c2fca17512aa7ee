#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "tests/tidy/lint.hpp"

// A rule is tested on snippets: BAD ones, in which it finds something, and GOOD ones, in which no rule finds anything.
namespace drydock::tidy {

struct Snippet {
  std::string_view rule;
  std::string_view code;
  std::string_view path = "model/x.cpp";
};

inline Findings lint_one(const Snippet& snippet) {
  const std::vector<SourceFile> files = {{std::string(snippet.path), std::string(snippet.code) + "\n"}};
  return lint(files);
}

inline std::string listing(const Findings& findings) {
  std::string text;
  for (const Finding& finding : findings) text += to_string(finding) + "\n";
  return text;
}

inline void expect_bad(const std::vector<Snippet>& snippets) {
  for (const Snippet& snippet : snippets) {
    const Findings findings = lint_one(snippet);
    const bool found =
        std::any_of(findings.begin(), findings.end(), [&](const Finding& f) { return f.rule == snippet.rule; });
    EXPECT_TRUE(found) << snippet.rule << " not found in: " << snippet.code << "\n" << listing(findings);
  }
}

inline void expect_good(const std::vector<Snippet>& snippets) {
  for (const Snippet& snippet : snippets) {
    EXPECT_EQ(listing(lint_one(snippet)), "") << snippet.code;
  }
}

}  // namespace drydock::tidy
