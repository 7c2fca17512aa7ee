#include "reports/sweep_svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "reports/html/page.hpp"
#include "reports/layout.hpp"
#include "reports/words.hpp"

namespace drydock::reports {
namespace {

using scenarios::Axis;
using scenarios::Crossing;
using scenarios::SweepCell;

struct Colour {
  int red = 0;
  int green = 0;
  int blue = 0;
};

/// The ramp goes from nothing to the most, as light as paper to dark: it reads the same without any colour.
constexpr std::array<Colour, 6> kRamp{{{0xf4, 0xf7, 0xfb},
                                       {0xcf, 0xe1, 0xf2},
                                       {0x93, 0xc4, 0xde},
                                       {0x4b, 0x97, 0xc9},
                                       {0x1f, 0x64, 0xac},
                                       {0x0a, 0x36, 0x72}}};

Colour shade(double share) {
  const double at = std::clamp(share, 0.0, 1.0) * (kRamp.size() - 1);
  const auto left = std::min(static_cast<std::size_t>(at), kRamp.size() - 2);
  const double part = at - static_cast<double>(left);
  const auto between = [part](int a, int b) { return static_cast<int>(std::lround(a + (b - a) * part)); };
  const Colour& a = kRamp[left];
  const Colour& b = kRamp[left + 1];
  return {between(a.red, b.red), between(a.green, b.green), between(a.blue, b.blue)};
}

std::string hex(const Colour& colour) {
  return fmt::format("#{:02x}{:02x}{:02x}", colour.red, colour.green, colour.blue);
}

constexpr double kCellHeight = 30;
constexpr double kWidestCell = 64;
constexpr double kNarrowestCell = 10;
constexpr double kGridWidth = 840;
constexpr double kCharacter = 6.7;  // of 12 px text
constexpr double kBold = 1.12;
constexpr double kTop = 30;
constexpr double kLegendHeight = 58;
constexpr int kScaleSteps = 24;  // of the scale
constexpr double kStep = 7;
constexpr double kScale = kStep * kScaleSteps;

double text_width(std::string_view text) { return static_cast<double>(display_width(printable(text))) * kCharacter; }

double widest(const std::vector<std::string>& texts) {
  double width = 0;
  for (const std::string& text : texts) width = std::max(width, text_width(text));
  return width;
}

class Picture {
 public:
  Picture(const SweepReport& report, SvgPlace place)
      : report_(report), place_(place), across_(report.sweep.axes.front()) {
    if (report.sweep.axes.size() > 1) down_ = &report.sweep.axes[1];
    rows_ = down_ == nullptr ? 1 : down_->values.size();
    left_ = down_ == nullptr ? 12 : std::max(text_width(fit_ends(down_->key, 40)) * kBold, widest(down_->values)) + 14;
    const auto columns = static_cast<double>(across_.values.size());
    cell_ = std::clamp(kGridWidth / columns, kNarrowestCell, kWidestCell);
    for (const SweepCell& cell : report.sweep.cells) {
      if (!std::isfinite(cell.estimate.value)) continue;
      least_ = std::min(least_, cell.estimate.value);
      most_ = std::max(most_, cell.estimate.value);
    }
    if (report.sweep.promise) most_ = 1;
  }

  std::string text() && {
    add_cells();
    add_heads();
    add_cliff();
    add_legend();
    return head() + body_ + "</svg>\n";
  }

 private:
  // ---- where things stand ----

  [[nodiscard]] double right() const { return left_ + cell_ * static_cast<double>(across_.values.size()); }
  [[nodiscard]] double bottom() const { return kTop + kCellHeight * static_cast<double>(rows_); }
  [[nodiscard]] double x_of(std::size_t column) const { return left_ + cell_ * static_cast<double>(column); }
  /// Gives the upper edge of a row. Rows go upwards: the first value of the second axis is the lowest row.
  [[nodiscard]] double y_of(std::size_t row) const { return bottom() - kCellHeight * static_cast<double>(row + 1); }
  [[nodiscard]] double width() const {
    const double legend = std::max(text_width(report_.metric) * kBold, text_width(legend_words()));
    return std::max(right() + 24, left_ + kScale + 14 + legend + 8);
  }
  [[nodiscard]] double height() const { return bottom() + 46 + kLegendHeight; }

  [[nodiscard]] double share_of(double value) const { return most_ > least_ ? (value - least_) / (most_ - least_) : 0; }

  // ---- the parts ----

  [[nodiscard]] std::string head() const {
    std::string out = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {:.0f} {:.0f}\" width=\"{:.0f}\" "
        "role=\"img\" aria-label=\"{}\" font-family=\"system-ui, DejaVu Sans, sans-serif\" "
        "font-size=\"12\" fill=\"currentColor\">\n",
        width(), height(), width(), html_text(fmt::format("{} over {}", report_.metric, axes_words())));
    if (place_ == SvgPlace::file) {
      out +=
          "<style>svg{color:#1c222a;background:#fff}@media "
          "(prefers-color-scheme:dark){svg{color:#e2e6eb;background:#14171c}}</style>\n";
    }
    return out;
  }

  [[nodiscard]] std::string axes_words() const {
    return down_ == nullptr ? across_.key : across_.key + " and " + down_->key;
  }

  void add_text(double x, double y, std::string_view anchor, std::string_view text, std::string_view more = {}) {
    body_ += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\"{}>{}</text>\n", x, y, anchor, more,
                         html_text(text));
  }

  void add_cells() {
    for (const SweepCell& cell : report_.sweep.cells) {
      const double x = x_of(cell.at[0]);
      const double y = y_of(down_ == nullptr ? 0 : cell.at[1]);
      const std::string about = html_text(cell_sentence(report_, cell));
      const double share = share_of(cell.estimate.value);
      // A page says what a cell is also to whoever steps to it; a file is for looking at.
      const std::string spoken =
          place_ == SvgPlace::file
              ? std::string{}
              : fmt::format(" class=\"cell\" tabindex=\"0\" role=\"img\" aria-label=\"{}\"", about);
      body_ += fmt::format(
          "<g{}><title>{}</title>"
          "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"{}\"/>",
          spoken, about, x, y, cell_ - 1, kCellHeight - 1, hex(shade(share)));
      const std::string text = cell_text(report_, cell);
      if (text_width(text) + 2 <= cell_) {
        body_ +=
            fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\" fill=\"{}\">{}</text>", x + cell_ / 2,
                        y + kCellHeight / 2 + 4, share > 0.55 ? "#fff" : "#12181f", html_text(text));
      }
      body_ += "</g>\n";
    }
  }

  void add_heads() {
    const double widest_head = widest(across_.values) + 8;
    const auto every = static_cast<std::size_t>(std::max(1.0, std::ceil(widest_head / cell_)));
    for (std::size_t i = 0; i < across_.values.size(); i += every)
      add_text(x_of(i) + cell_ / 2, bottom() + 16, "middle", across_.values[i]);
    add_text((left_ + right()) / 2, bottom() + 36, "middle", across_.key, " font-weight=\"600\"");
    if (down_ == nullptr) return;
    for (std::size_t i = 0; i < rows_; ++i)
      add_text(left_ - 8, y_of(i) + kCellHeight / 2 + 4, "end", fit_ends(down_->values[i], 28));
    add_text(left_ - 8, kTop - 12, "end", fit_ends(down_->key, 40), " font-weight=\"600\"");
  }

  /// Gives the place of a crossing, between the middles of two cells.
  [[nodiscard]] double x_of(const Crossing& crossing) const {
    const auto place = static_cast<double>(crossing.left.position + crossing.right.position) / 2;
    const auto& positions = across_.positions;
    std::size_t left = 0;
    while (left + 2 < positions.size() && static_cast<double>(positions[left + 1]) <= place) ++left;
    const auto from = static_cast<double>(positions[left]);
    const auto to = static_cast<double>(positions[left + 1]);
    return x_of(left) + cell_ / 2 + cell_ * (place - from) / (to - from);
  }

  /// Draws the cliff: upright where the side changes within a row, and across between two rows that change once each.
  void add_cliff() {
    std::string path;
    const auto& cliff = report_.sweep.cliff;
    for (std::size_t row = 0; row < cliff.size(); ++row) {
      for (const Crossing& crossing : cliff[row].crossings)
        path += fmt::format("M{:.1f} {:.1f}v{:.1f}", x_of(crossing), y_of(row) - 0.5, kCellHeight);
      if (row == 0 || cliff[row].crossings.size() != 1 || cliff[row - 1].crossings.size() != 1) continue;
      path += fmt::format("M{:.1f} {:.1f}H{:.1f}", x_of(cliff[row - 1].crossings.front()), y_of(row - 1) - 0.5,
                          x_of(cliff[row].crossings.front()));
    }
    if (path.empty()) return;
    body_ += fmt::format(
        "<path d=\"{0}\" fill=\"none\" stroke=\"#fff\" stroke-width=\"6\" stroke-linecap=\"round\"/>"
        "<path d=\"{0}\" fill=\"none\" stroke=\"#d55e00\" stroke-width=\"3\" "
        "stroke-linecap=\"round\"/>\n",
        path);
  }

  [[nodiscard]] std::string legend_words() const {
    if (!report_.sweep.promise) return report_.unit + ", mean of a run";
    return report_.sweep.cliff.empty() ? "share of runs that break the promise"
                                       : "share of runs that break it; the line: where it stops holding";
  }

  void add_legend() {
    const double y = bottom() + 58;
    for (int i = 0; i < kScaleSteps; ++i) {
      body_ += fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"10\" fill=\"{}\"/>\n",
                           left_ + kStep * i, y, kStep + 0.5, hex(shade(i / (kScaleSteps - 1.0))));
    }
    const double end = left_ + kScale;
    add_text(left_, y + 26, "start", short_number(std::isfinite(least_) ? least_ : 0));
    add_text(end, y + 26, "end", short_number(std::isfinite(most_) ? most_ : 0));
    add_text(end + 14, y + 9, "start", report_.metric, " font-weight=\"600\"");
    add_text(end + 14, y + 26, "start", legend_words());
  }

  const SweepReport& report_;
  SvgPlace place_;
  const Axis& across_;
  const Axis* down_ = nullptr;
  std::size_t rows_ = 1;
  double left_ = 0;
  double cell_ = 0;
  double least_ = 0;
  double most_ = 0;
  std::string body_;
};

}  // namespace

std::string sweep_svg(const SweepReport& report, SvgPlace place) { return Picture(report, place).text(); }

}  // namespace drydock::reports
