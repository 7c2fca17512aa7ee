#include <gtest/gtest.h>

#include "reports/html/page.hpp"

namespace drydock::reports {
namespace {

TEST(HtmlPage, HoldsEverythingItNeedsAndAsksForNothing) {
  const std::string page = html_page({.title = "A title", .body = "<main>body</main>", .data = "{}"});
  EXPECT_TRUE(page.starts_with("<!doctype html>"));
  EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
  EXPECT_EQ(page.find("unsafe-"), std::string::npos);
  for (const char* outside : {"http://", "https://", " src=", " href=", "@import", "url("})
    EXPECT_EQ(page.find(outside), std::string::npos) << outside;
  EXPECT_NE(page.find("<main>body</main>"), std::string::npos);
}

TEST(HtmlPage, LetsInItsOwnStylesAndScriptsByTheirDigests) {
  const std::string page = html_page({.title = "t", .body = "", .data = ""});
  const auto policy = page.substr(page.find("default-src"), 400);
  // 'sha256-' and 44 digits in base64, once for the style sheet and once for the script.
  const auto style = policy.find("style-src 'sha256-");
  const auto script = policy.find("script-src 'sha256-");
  ASSERT_NE(style, std::string::npos);
  ASSERT_NE(script, std::string::npos);
  EXPECT_EQ(policy.substr(script + 19 + 43, 2), "='");
}

TEST(HtmlPage, DataCannotEndItsScript) {
  const std::string page = html_page({.title = "t", .body = "", .data = R"({"name":"</script><!--<script>&\u2028"})"});
  EXPECT_EQ(page.find("</script><!--"), std::string::npos);
  EXPECT_NE(page.find(R"(\u003c/script\u003e\u003c!--\u003cscript\u003e\u0026)"), std::string::npos);
}

TEST(HtmlPage, TitlesAndTextAreText) {
  EXPECT_EQ(html_text("<b>&\"'"), "&lt;b&gt;&amp;&quot;&#39;");
  const std::string page = html_page({.title = "</title><script>", .body = "", .data = ""});
  EXPECT_EQ(page.find("</title><script>"), std::string::npos);
  EXPECT_NE(page.find("<title>&lt;/title&gt;&lt;script&gt;</title>"), std::string::npos);
}

TEST(HtmlPage, TextThatReordersOrIsNoUtf8IsWrittenAsWhatItIs) {
  EXPECT_EQ(html_text("a\u202Eb"), "a\\u202eb");
  EXPECT_EQ(html_text("a\xFF"
                      "b"),
            "a\uFFFDb");
  EXPECT_EQ(html_text("a\nb"), "a\\nb");
  EXPECT_EQ(html_text("🚢"), "🚢");
}

}  // namespace
}  // namespace drydock::reports
