#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/search/lines.hpp"

namespace drydock::scenarios {

/// Writes a line of a search that is kept (`drydock.line/2`): one JSON object and a line break. `search` is a hash of
/// the search to which the line belongs. A line that has `is_whole` needs its corpus no more, and is written without.
/// Tapes of runs that were drawn are not written: their numbers make them again.
[[nodiscard]] std::string encode_line(const sim::search::Line& line, std::uint64_t search, bool is_whole);

/// Holds a line, or says why the text is none.
struct DecodedLine {
  std::optional<sim::search::Line> line;
  std::string error;
};
/// Reads what `encode_line` wrote for this search and this number, now or in version 1 (`drydock.line/1`).
[[nodiscard]] DecodedLine decode_line(std::string_view text, std::uint64_t search, std::uint64_t number);

/// Returns how far the line was played, as the first bytes of its text say it: so that nobody needs to read all of a
/// line to see that it is finished. `tail` is the end of the text: empty is returned where the text is cut off, or
/// belongs to another search or line.
[[nodiscard]] std::optional<std::uint64_t> next_of_line(std::string_view head, std::string_view tail,
                                                        std::uint64_t search, std::uint64_t number);

/// `next_of_line` needs so many bytes of the beginning.
inline constexpr std::size_t kLineHead = 256;

}  // namespace drydock::scenarios
