#include "reports/rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "reports/layout.hpp"
#include "sim/record.hpp"

namespace drydock::reports {
namespace {

constexpr std::string_view kBetween = "  ";
/// A column is not made narrower than this.
constexpr std::size_t kNarrowest = 8;

std::string blob_text(std::string_view bytes) {
  std::string text = "x'";
  for (const char byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text + "'";
}

bool is_number(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

std::string shown(const Cell& cell) {
  switch (cell.kind) {
    case Cell::Kind::null:
      return "NULL";
    case Cell::Kind::blob:
      return blob_text(cell.text);
    case Cell::Kind::number:
    case Cell::Kind::text:
      break;
  }
  return printable(cell.text);
}

class Table {
 public:
  Table(const std::vector<std::string>& columns, const std::vector<Cells>& rows) {
    for (const std::string& column : columns) head_.push_back(printable(column));
    for (const Cells& cells : rows) {
      std::vector<std::string>& line = rows_.emplace_back();
      for (const Cell& cell : cells) line.push_back(shown(cell));
    }
    numeric_.assign(columns.size(), true);
    for (const Cells& cells : rows) {
      for (std::size_t at = 0; at < cells.size(); ++at) {
        const bool fits = cells[at].kind == Cell::Kind::number || cells[at].kind == Cell::Kind::null;
        numeric_[at] = numeric_[at] && fits;
      }
    }
    measure();
  }

  TableText text() && {
    if (!narrow()) return blocks();
    for (std::size_t at = 0; at < head_.size(); ++at) {
      if (display_width(head_[at]) > widths_[at]) out_.cut = true;
      head_[at] = fit_ends(head_[at], widths_[at]);
    }
    add_line(head_);
    std::vector<std::string> rule;
    for (const std::size_t width : widths_) rule.emplace_back(width, '-');
    add_line(rule);
    for (const auto& row : rows_) add_line(row);
    return std::move(out_);
  }

 private:
  void measure() {
    for (std::size_t at = 0; at < head_.size(); ++at) {
      std::size_t widest = display_width(head_[at]);
      for (const auto& row : rows_) widest = std::max(widest, display_width(row[at]));
      widths_.push_back(widest);
    }
  }

  [[nodiscard]] std::size_t total() const {
    return std::accumulate(widths_.begin(), widths_.end(),
                           kBetween.size() * (std::max<std::size_t>(widths_.size(), 1) - 1));
  }

  /// Takes from the widest columns what is too much; false where the table does not fit even so.
  bool narrow() {
    while (total() > kWidth) {
      const auto widest = std::max_element(widths_.begin(), widths_.end());
      if (*widest <= kNarrowest) return false;
      --*widest;
    }
    return true;
  }

  void add_line(const std::vector<std::string>& cells) {
    std::string line;
    for (std::size_t at = 0; at < cells.size(); ++at) {
      if (display_width(cells[at]) > widths_[at]) out_.cut = true;
      const std::string cell = fit(cells[at], widths_[at]);
      const std::string margin(widths_[at] - display_width(cell), ' ');
      line += at == 0 ? "" : kBetween;
      line += numeric_[at] ? margin + cell : cell + margin;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out_.text += line + "\n";
  }

  TableText blocks() {
    std::size_t widest = 0;
    for (const std::string& name : head_) widest = std::max(widest, display_width(name));
    widest = std::min<std::size_t>(widest, kWidth / 2);
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      out_.text += fmt::format("row {}\n", row + 1);
      for (std::size_t at = 0; at < head_.size(); ++at)
        out_.text += paragraph("  " + pad(fit_ends(head_[at], widest), widest) + "  ", rows_[row][at]);
    }
    out_.cut = false;
    return std::move(out_);
  }

  std::vector<std::string> head_;
  std::vector<std::vector<std::string>> rows_;
  std::vector<bool> numeric_;
  std::vector<std::size_t> widths_;
  TableText out_;
};

}  // namespace

std::string csv_quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

std::string csv_text(std::string_view text) {
  // What a spreadsheet takes for the beginning of a formula (OWASP, *CSV Injection*).
  const bool runs = !text.empty() && std::string_view{"=+-@\t\r"}.find(text.front()) != std::string_view::npos;
  const std::string held = (runs && !is_number(text) ? "'" : "") + std::string{text};
  const bool plain =
      !held.empty() && held.find_first_of(",\"\r\n") == std::string::npos && held.front() != ' ' && held.back() != ' ';
  return plain ? held : csv_quoted(held);
}

std::string csv_line(const Cells& cells) {
  std::string line;
  for (std::size_t at = 0; at < cells.size(); ++at) {
    if (at != 0) line += ',';
    const Cell& cell = cells[at];
    if (cell.kind == Cell::Kind::blob) line += blob_text(cell.text);
    if (cell.kind == Cell::Kind::number) line += cell.text;
    if (cell.kind == Cell::Kind::text) line += csv_text(cell.text);
  }
  return line + "\r\n";
}

std::string csv_head(const std::vector<std::string>& columns) {
  Cells cells;
  for (const std::string& column : columns) cells.push_back({Cell::Kind::text, column});
  return csv_line(cells);
}

std::string json_row(const std::vector<std::string>& columns, const Cells& cells) {
  std::string row;
  for (std::size_t at = 0; at < cells.size(); ++at) {
    row += at == 0 ? "{" : ", ";
    row += sim::json_quote(columns[at]) + ": ";
    const Cell& cell = cells[at];
    if (cell.kind == Cell::Kind::null) row += "null";
    if (cell.kind == Cell::Kind::number) row += cell.text;
    if (cell.kind == Cell::Kind::text) row += sim::json_quote(cell.text);
    if (cell.kind == Cell::Kind::blob) row += sim::json_quote(blob_text(cell.text));
  }
  return row + (cells.empty() ? "{}" : "}");
}

std::vector<std::string> distinct(std::vector<std::string> columns) {
  std::set<std::string> taken;
  for (std::string& column : columns) {
    const std::string name = column;
    for (int nth = 2; !taken.insert(column).second; ++nth) column = fmt::format("{}:{}", name, nth);
  }
  return columns;
}

TableText table_text(const std::vector<std::string>& columns, const std::vector<Cells>& rows) {
  return Table(columns, rows).text();
}

}  // namespace drydock::reports
