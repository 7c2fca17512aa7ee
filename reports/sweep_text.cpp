#include "reports/sweep_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/layout.hpp"
#include "reports/rows.hpp"

namespace drydock::reports {
namespace {

using scenarios::Axis;
using scenarios::CliffLine;
using scenarios::SweepCell;

constexpr std::string_view kMargin = "  ";
constexpr std::size_t kWidestHead = 30;

std::string padded_left(const std::string& text, std::size_t width) {
  const std::size_t used = display_width(text);
  return std::string(used < width ? width - used : 0, ' ') + text;
}

/// Gives the values of an axis, each cut to what a table has room for.
std::vector<std::string> heads_of(const Axis& axis) {
  std::vector<std::string> heads;
  for (const std::string& value : axis.values) heads.push_back(fit_ends(printable(value), kWidestHead));
  return heads;
}

std::size_t widest_text(const std::vector<std::string>& texts) {
  std::size_t width = 0;
  for (const std::string& text : texts) width = std::max(width, display_width(text));
  return width;
}

void add_line(std::string& out, std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  out += line + "\n";
}

std::string title(const SweepReport& report) {
  const std::string what = report.sweep.promise ? fmt::format("{}: the share of runs that break it", report.metric)
                                                : fmt::format("{} ({}): the mean of a run", report.metric, report.unit);
  return paragraph("sweep ", fmt::format("{} / {}", printable(report.scenario), printable(report.case_name))) +
         paragraph("  ", what);
}

// ---- one axis ----

std::string listing_of(const SweepReport& report) {
  const Axis& axis = report.sweep.axes.front();
  const auto heads = heads_of(axis);
  const std::string key = fit_ends(printable(axis.key), kWidestHead);
  const std::size_t width = std::max(widest_text(heads), display_width(key)) + 2;
  std::string out;
  add_line(out, std::string{kMargin} + pad(key, width) + padded_left("value", 9) + "   " + pad("interval", 22) +
                    padded_left("runs", 6));
  for (std::size_t i = 0; i < heads.size(); ++i) {
    const SweepCell& cell = report.sweep.cells[i];
    add_line(out, std::string{kMargin} + pad(heads[i], width) + padded_left(cell_text(report, cell), 9) + "   " +
                      pad(interval_text(cell.estimate), 22) + padded_left(std::to_string(cell.samples.size()), 6));
  }
  return out;
}

// ---- two axes ----

class Grid {
 public:
  explicit Grid(const SweepReport& report)
      : report_(report),
        across_(heads_of(report.sweep.axes[0])),
        down_(heads_of(report.sweep.axes[1])),
        head_(widest_text(down_)) {
    for (const std::string& head : across_) column_ = std::max(column_, display_width(head));
    for (const SweepCell& cell : report.sweep.cells)
      column_ = std::max(column_, display_width(cell_text(report, cell)));
    column_ += 1;
  }

  std::string text() const {
    const std::size_t room = kWidth - kMargin.size() - head_;
    const std::size_t columns = std::max<std::size_t>(1, room / column_);
    std::string out = paragraph(kMargin, fmt::format("across: {}; down: {}", printable(report_.sweep.axes[0].key),
                                                     printable(report_.sweep.axes[1].key)));
    for (std::size_t from = 0; from < across_.size(); from += columns) {
      out += "\n";
      add_block(out, from, std::min(across_.size(), from + columns));
    }
    return out;
  }

 private:
  void add_block(std::string& out, std::size_t from, std::size_t to) const {
    std::string line = std::string{kMargin} + pad("", head_);
    for (std::size_t i = from; i < to; ++i) line += padded_left(across_[i], column_);
    add_line(out, line);
    for (std::size_t row = 0; row < down_.size(); ++row) {
      line = std::string{kMargin} + pad(down_[row], head_);
      for (std::size_t i = from; i < to; ++i)
        line += padded_left(cell_text(report_, report_.sweep.cells[i * down_.size() + row]), column_);
      add_line(out, line);
    }
  }

  const SweepReport& report_;
  std::vector<std::string> across_;
  std::vector<std::string> down_;
  std::size_t head_;
  std::size_t column_ = 0;
};

std::string cliff_of(const SweepReport& report, TextStyle style) {
  const auto& sweep = report.sweep;
  if (sweep.cliff.empty()) return {};
  std::string out = "\n" + heading(fmt::format("where it holds, along {}:", printable(sweep.axes.front().key)), style);
  std::vector<Entry> entries;
  for (const CliffLine& line : sweep.cliff) {
    const std::string body = cliff_words(report, line);
    if (!line.at) {
      out += paragraph("    ", body);
    } else {
      entries.push_back({"    " + fit_ends(printable(sweep.axes[1].values[*line.at]), kWidestHead), body});
    }
  }
  return out + listing(entries);
}

std::string csv_number(double value) { return std::isfinite(value) ? fmt::format("{}", value) : std::string{}; }

}  // namespace

std::string sweep_text(const SweepReport& report, TextStyle style) {
  std::string out = title(report) + "\n";
  out += report.sweep.axes.size() == 1 ? listing_of(report) : Grid(report).text();
  if (report.sweep.promise) out += "\n  · is a promise that no run broke\n";
  out += cliff_of(report, style) + "\n";
  for (const std::string& note : sweep_notes(report)) out += paragraph("  ", note);
  return out;
}

std::string sweep_csv(const SweepReport& report) {
  std::string out;
  for (const Axis& axis : report.sweep.axes) out += csv_text(axis.key) + ",";
  out += "value,low,high,runs,decided\r\n";
  for (const SweepCell& cell : report.sweep.cells) {
    for (const std::string& value : report.sweep.values_of(cell)) out += csv_text(value) + ",";
    out += fmt::format("{},{},{},{},{}\r\n", csv_number(cell.estimate.value), csv_number(cell.estimate.low),
                       csv_number(cell.estimate.high), cell.samples.size(), cell.decided ? 1 : 0);
  }
  return out;
}

}  // namespace drydock::reports
