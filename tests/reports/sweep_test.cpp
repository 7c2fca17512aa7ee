#include "reports/sweep.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "reports/layout.hpp"
#include "reports/sweep_html.hpp"
#include "reports/sweep_json.hpp"
#include "reports/sweep_svg.hpp"
#include "reports/sweep_text.hpp"

namespace drydock::reports {
namespace {

using scenarios::Axis;
using scenarios::SweepCell;

Axis axis_of(const std::string& text) { return scenarios::parse_axis(text).axis.value(); }

/// A grid whose cells have these values in order.
SweepReport sweep_report(std::vector<Axis> axes, bool promise) {
  SweepReport report;
  report.scenario = "thrash <b>";
  report.case_name = "pre";
  report.metric = promise ? "violations:settles" : "starts";
  report.unit = promise ? "share of runs" : "instances";
  report.meaning = "launches";
  report.runs = 8;
  report.first_seed = 1;
  report.command = "drydock sweep x --vary 'a=1'";
  report.sweep.promise = promise;
  std::size_t count = 1;
  for (const Axis& axis : axes) count *= axis.values.size();
  const std::size_t fast = axes.size() == 2 ? axes[1].values.size() : 1;
  for (std::size_t i = 0; i < count; ++i) {
    SweepCell cell;
    cell.at = axes.size() == 2 ? std::vector{i / fast, i % fast} : std::vector{i};
    cell.samples.assign(8, promise ? static_cast<double>(i % 2) : static_cast<double>(i));
    const double value = promise ? static_cast<double>(i % 2) : static_cast<double>(i);
    cell.estimate = {value, value - 0.5, value + 0.5};
    report.sweep.cells.push_back(std::move(cell));
  }
  report.sweep.axes = std::move(axes);
  return report;
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(SweepText, WideGridsAreCutIntoBlocksOf80Columns) {
  const auto report = sweep_report({axis_of("a=0s..200s:10s"), axis_of("b=x,yy")}, false);
  const std::string text = sweep_text(report, {});
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), kWidth) << line;
  EXPECT_EQ(count_of(text, "\n  yy "), 2U) << text;
  EXPECT_TRUE(has(text, "across: a; down: b"));
  EXPECT_TRUE(has(text, " 3m20s\n"));
}

TEST(SweepText, NamesCannotMoveTheCursor) {
  auto report = sweep_report({axis_of("a=1,2")}, false);
  report.sweep.axes[0].values[0] = "\033[2Jx";
  report.case_name = "a\nb";
  const std::string text = sweep_text(report, {});
  EXPECT_FALSE(has(text, "\033"));
  EXPECT_FALSE(has(text, "a\nb"));
}

TEST(SweepText, SaysEveryChangeOfSide) {
  auto report = sweep_report({axis_of("a=0s..30s:10s")}, true);
  scenarios::CliffLine line;
  line.crossings = {{{5'000'000, true, 0, 8}, {6'000'000, false, 3, 8}},
                    {{9'000'000, false, 1, 8}, {10'000'000, true, 0, 8}}};
  report.sweep.cliff = {line};
  EXPECT_EQ(cliff_words(report, line),
            "held at 5s, broken (3 of 8 runs) at 6s; broken (1 of 8 runs) at 9s, held at 10s: 2 changes "
            "of side");
  EXPECT_TRUE(has(sweep_text(report, {}), "where it holds, along a:"));
}

TEST(SweepJson, WhatIsNotKnownIsNull) {
  auto report = sweep_report({axis_of("a=1,2")}, false);
  report.sweep.cells[0].estimate = {1, -std::numeric_limits<double>::infinity(),
                                    std::numeric_limits<double>::infinity()};
  report.narrowing = {{0, 1, 1, std::numeric_limits<double>::infinity(), 3}};
  const auto json = nlohmann::json::parse(sweep_json(report));
  EXPECT_TRUE(json["cells"][0]["low"].is_null());
  EXPECT_EQ(json["cells"][1]["high"], 1.5);
  EXPECT_TRUE(json["narrowing"][0]["median"].is_null());
  EXPECT_FALSE(json.contains("cliff"));
  EXPECT_FALSE(json.contains("threshold"));
}

TEST(SweepSvg, HasACellWithItsNumberForEachCellAndTheCliffAsALine) {
  auto report = sweep_report({axis_of("a=0s..30s:10s"), axis_of("b=x,yy")}, true);
  for (std::size_t row = 0; row < 2; ++row) {
    scenarios::CliffLine line;
    line.at = row;
    line.crossings = {{{14'000'000, false, 2, 8}, {16'000'000, true, 0, 8}}};
    report.sweep.cliff.push_back(line);
  }
  const std::string svg = sweep_svg(report, SvgPlace::file);
  EXPECT_EQ(count_of(sweep_svg(report, SvgPlace::page), "class=\"cell\" tabindex=\"0\""), 8U);
  EXPECT_EQ(count_of(svg, "<g><title>"), 8U);
  EXPECT_EQ(count_of(svg, "<title>"), 8U);
  EXPECT_TRUE(has(svg, "a = 10s, b = yy: 1 (0.5 to 1.5), 8 runs"));
  EXPECT_EQ(count_of(svg, "text-anchor=\"middle\" fill=\"#fff\">1</text>"), 4U);
  EXPECT_EQ(count_of(svg, "text-anchor=\"middle\" fill=\"#12181f\">·</text>"), 4U);
  // Half way between the middles of the second and the third cell, in both rows.
  EXPECT_EQ(count_of(svg, "stroke=\"#d55e00\""), 1U);
  const auto path = svg.find("<path d=\"M");
  ASSERT_NE(path, std::string::npos);
  const std::string x = svg.substr(path + 10, svg.find(' ', path + 10) - path - 10);
  EXPECT_EQ(count_of(svg.substr(path, svg.find("fill", path) - path), "M" + x + " "), 3U);
  EXPECT_EQ(svg.find("style="), std::string::npos);
}

TEST(SweepSvg, ManyColumnsGetNoNumbersAndEveryFewAHead) {
  const auto report = sweep_report({axis_of("a=0s..200s:1s"), axis_of("b=x,yy")}, false);
  const std::string svg = sweep_svg(report, SvgPlace::page);
  EXPECT_EQ(count_of(svg, "class=\"cell\""), 402U);
  EXPECT_LT(count_of(svg, "<text"), 402U);
  EXPECT_FALSE(has(svg, "<style>"));
}

TEST(SweepHtml, IsOneFileAndNamesAreHarmless) {
  auto report = sweep_report({axis_of("a=0s,10s"), axis_of("b=x,yy")}, false);
  report.sweep.axes[1].values[0] = "</script><img src=x onerror=alert(1)>";
  report.command = "drydock sweep '<script>'";
  const std::string html = sweep_html(report);
  EXPECT_TRUE(has(html, "default-src 'none'"));
  EXPECT_FALSE(has(html, "<img"));
  EXPECT_FALSE(has(html, "'<script>'"));
  EXPECT_TRUE(has(html, "thrash &lt;b&gt;"));
  EXPECT_EQ(count_of(html, "src="), count_of(html, "&lt;img src=") + count_of(html, "\\u003cimg src="));
  for (const char* outside : {"href=", "@import", "url("}) EXPECT_EQ(count_of(html, outside), 0U) << outside;
  EXPECT_TRUE(has(html, "<td>10s</td><td>yy</td><td>3</td><td>2.5 to 3.5</td><td>8</td>"));
}

}  // namespace
}  // namespace drydock::reports
