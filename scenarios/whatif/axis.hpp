#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace drydock::scenarios {

/// One side of a sweep: a key that `vary` takes, and the values that it has there. Values that are numbers or durations
/// and ascend have a scale, so there is something between two of them.
struct Axis {
  enum class Scale : std::uint8_t { words, numbers, durations };
  std::string key;
  Scale scale = Scale::words;
  std::vector<std::string> values;
  std::vector<std::int64_t> positions;  // of the values: microseconds, or millionths; none for words

  /// Writes the value at a position as a user would.
  [[nodiscard]] std::string text_at(std::int64_t position) const;
  /// Gives the resolution between two neighbouring values where the user names none: the least of 1, 2 or 5 times
  /// a power of ten (milliseconds, or millionths) that is no less than a hundredth of their distance; 1 between whole
  /// numbers.
  [[nodiscard]] std::int64_t resolution_between(std::size_t left, std::size_t right) const;
};

/// The most values that one axis has.
inline constexpr std::size_t kMostAxisValues = 1000;

/// Reads `KEY=LO..HI:STEP` (durations, or numbers with up to six decimals), or `KEY=a,b,c` (a comma within braces or
/// brackets separates nothing). What the key is, and whether it takes these values, `vary` knows.
struct ParsedAxis {
  std::optional<Axis> axis;
  std::string error;  // what is wrong, where there is no axis
  std::string hint;
};
[[nodiscard]] ParsedAxis parse_axis(std::string_view text);

/// Reads a position from what a user writes on that scale: `1500ms`, or `0.25`. Empty for anything else.
[[nodiscard]] std::optional<std::int64_t> parse_position(Axis::Scale scale, std::string_view text);

}  // namespace drydock::scenarios
