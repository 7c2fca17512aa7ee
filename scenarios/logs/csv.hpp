#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace drydock::scenarios {

/// A row of a CSV file (RFC 4180), and the line on which it begins.
struct CsvRow {
  std::vector<std::string> cells;
  std::size_t line = 1;
};

/// Reads CSV: cells between commas, in double quotes where they hold commas, quotes (doubled) or line breaks. Rows
/// without a character are left out.
[[nodiscard]] std::vector<CsvRow> read_csv(std::string_view text);

}  // namespace drydock::scenarios
