#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace drydock::reports {

/// A `Cell` is a value of a row that a query gives.
struct Cell {
  enum class Kind : std::uint8_t { null, number, text, blob };
  Kind kind = Kind::null;
  std::string text;  // a number as JSON writes it; of a blob its bytes
};
using Cells = std::vector<Cell>;

/// Writes a line of CSV as RFC 4180 has it, line break included: NULL is nothing, an empty text `""`, a blob `x'…'`.
[[nodiscard]] std::string csv_line(const Cells& cells);
[[nodiscard]] std::string csv_head(const std::vector<std::string>& columns);

/// Writes the text as a field of CSV, quoted where it must be. One that a spreadsheet would run as a formula begins
/// with an apostrophe; a number does not.
[[nodiscard]] std::string csv_text(std::string_view text);

/// Writes the text as a quoted field of CSV.
[[nodiscard]] std::string csv_quoted(std::string_view text);

/// Writes a row as a JSON object in one line; a blob is a text `x'…'`. The columns must have different names
/// (`distinct`).
[[nodiscard]] std::string json_row(const std::vector<std::string>& columns, const Cells& cells);
/// Makes the names different: `a`, `b`, `a:2` where SQL has two columns of one name.
[[nodiscard]] std::vector<std::string> distinct(std::vector<std::string> columns);

/// Holds a table for people, and says whether values were cut to fit 80 columns. Where not even cut values fit, the
/// table is one block per row.
struct TableText {
  std::string text;
  bool cut = false;
};
[[nodiscard]] TableText table_text(const std::vector<std::string>& columns, const std::vector<Cells>& rows);

}  // namespace drydock::reports
