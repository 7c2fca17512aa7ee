#include "reports/odds_html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/case_report.hpp"
#include "reports/html/page.hpp"
#include "reports/json_parts.hpp"
#include "reports/odds_json.hpp"
#include "reports/odds_text.hpp"
#include "reports/words.hpp"

namespace drydock::reports {
namespace {

using scenarios::Odds;
using scenarios::OddsPoint;

/// The picture has units of its own; the margin holds the numbers of the axes.
constexpr double kLeft = 50;
constexpr double kTop = 12;
constexpr double kOddsWide = 900;
constexpr double kHigh = 300;

/// A `Scale` says where time and probability lie in the picture.
class Scale {
 public:
  explicit Scale(const Odds& odds) : length_(std::max(1.0, seconds(odds.points.back().last.at))) {}

  [[nodiscard]] double x(sim::Instant at) const { return kLeft + kOddsWide * seconds(at) / length_; }
  [[nodiscard]] double x(double at_s) const { return kLeft + kOddsWide * at_s / length_; }
  [[nodiscard]] static double y(double probability) { return kTop + kHigh * (1 - probability); }
  [[nodiscard]] double length() const { return length_; }

 private:
  double length_;
};

std::string line(std::string_view kind, double x1, double y1, double x2, double y2) {
  return fmt::format(R"(<line class="{}" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>)", kind, x1, y1, x2, y2);
}

/// Gives a step between two marks of the axis so that there are at most ten marks: 1, 2 or 5 times a power of ten.
double step_of(double length) {
  const double raw = length / 10;
  const double power = std::pow(10, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= raw) return factor * power;
  }
  return 10 * power;
}

std::string axes(const Scale& scale) {
  std::string out;
  for (const double probability : {0.0, 0.25, 0.5, 0.75, 1.0}) {
    const double y = Scale::y(probability);
    out += line("axis", kLeft, y, kLeft + kOddsWide, y);
    out += fmt::format(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="end">{:.0f} %</text>)", kLeft - 6, y + 4,
                       100 * probability);
  }
  const double step = step_of(scale.length());
  for (int mark = 0; mark * step <= scale.length(); ++mark) {
    const double x = scale.x(mark * step);
    out += line("axis", x, kTop + kHigh, x, kTop + kHigh + 5);
    out += fmt::format(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="middle">+{:g}s</text>)", x, kTop + kHigh + 20,
                       mark * step);
  }
  return out + "\n";
}

/// Draws the curve in steps: between two points it stays where it was, because only a decision changes it.
template <typename Height>
std::string steps(const Odds& odds, const Scale& scale, Height height) {
  std::string out;
  double before = 0;
  for (const OddsPoint& point : odds.points) {
    const double x = scale.x(point.last.at);
    const double y = Scale::y(height(point.probability));
    if (!out.empty()) out += fmt::format("L{:.1f} {:.1f}", x, before);
    out += fmt::format("{}{:.1f} {:.1f}", out.empty() ? "M" : "L", x, y);
    before = y;
  }
  return out;
}

std::string band(const Odds& odds, const Scale& scale) {
  std::string forth;
  std::string back;
  const OddsPoint* previous = nullptr;
  for (const OddsPoint& point : odds.points) {
    const double x = scale.x(point.last.at);
    const auto add = [&](const scenarios::Estimate& estimate) {
      forth += fmt::format("{:.1f},{:.1f} ", x, Scale::y(estimate.high));
      back.insert(0, fmt::format("{:.1f},{:.1f} ", x, Scale::y(estimate.low)));
    };
    if (previous != nullptr) add(previous->probability);
    add(point.probability);
    previous = &point;
  }
  return fmt::format("<polygon class=\"band\" points=\"{}{}\"/>\n", forth, back);
}

std::string marks(const Odds& odds, const Scale& scale) {
  std::string out;
  for (std::size_t i = 0; i < odds.points.size(); ++i) {
    const OddsPoint& point = odds.points[i];
    const bool rise = i == odds.jump && i != 0;
    if (point.last.value == 0 && !rise) continue;
    const double x = scale.x(point.last.at);
    out += line(rise ? "rise" : "decision", x, kTop, x, kTop + kHigh);
  }
  return out + "\n";
}

std::string tip(const OddsPoint& point) {
  return fmt::format("{}: {} ({} to {}), after {}", since_start(point.last.at), percent(point.probability.value),
                     percent(point.probability.low), percent(point.probability.high), odds_cause(point));
}

std::string dots(const Odds& odds, const Scale& scale) {
  std::string out;
  for (const OddsPoint& point : odds.points) {
    out += fmt::format("<circle class=\"dot\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\"><title>{}</title></circle>\n",
                       scale.x(point.last.at), Scale::y(point.probability.value), html_text(tip(point)));
  }
  return out;
}

std::string curve(const Odds& odds) {
  const Scale scale(odds);
  const auto value = [](const scenarios::Estimate& estimate) { return estimate.value; };
  return fmt::format(
      "<svg class=\"odds-curve\" viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" "
      "aria-label=\"The odds over virtual time\">\n{}{}{}<path class=\"curve\" d=\"{}\"/>\n{}"
      "</svg>\n",
      kLeft + kOddsWide + 30, kTop + kHigh + 30, axes(scale), band(odds, scale), marks(odds, scale),
      steps(odds, scale, value), dots(odds, scale));
}

std::string row(const OddsPoint& point, bool rise) {
  return fmt::format(
      "<tr{}><td class=\"number\">{}</td><td class=\"number\">{}</td>"
      "<td class=\"number\">{} to {}</td><td>{}</td></tr>\n",
      rise ? " class=\"rise\"" : "", since_start(point.last.at), percent(point.probability.value),
      percent(point.probability.low), percent(point.probability.high), html_text(odds_cause(point)));
}

std::string table(const Odds& odds) {
  std::string out =
      "<table class=\"odds\"><thead><tr><th>virtual time</th><th>odds</th>"
      "<th>95 % interval</th><th>after</th></tr></thead><tbody>\n";
  for (std::size_t i = 0; i < odds.points.size(); ++i) out += row(odds.points[i], i == odds.jump && i != 0);
  return out + "</tbody></table>\n";
}

}  // namespace

std::string odds_html(const Odds& odds, const scenarios::Outcome& outcome, const std::string& reproduce) {
  const std::string title =
      fmt::format("{}: odds of {}", run_name(outcome.scenario, outcome.case_name), odds_title(odds.target));
  std::string body = fmt::format("<p>{}</p>\n", html_text(odds_sentence(odds)));
  body += curve(odds);
  body +=
      "<p class=\"soft\">The band is the 95 % interval of each point. Dashed lines are decisions of "
      "the tape; the solid one is the largest rise.</p>\n";
  body += "<h2>Every point that was played</h2>\n" + table(odds);
  body += fmt::format("<h2>What was asked</h2>\n<p>{}</p>\n", html_text(odds_law(odds)));
  body += fmt::format("<p class=\"copy\"><code>{}</code></p>\n", html_text(reproduce));
  return html_page(
      {.title = title, .body = body, .data = compact_json(odds_json(odds)), .scripts = {}, .styles = {"odds.css"}});
}

}  // namespace drydock::reports
