#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

struct sqlite3;

namespace drydock::scenarios {

/// Says who asks a statement of a trace database, and with that what it may call.
enum class SqlUse : std::uint8_t {
  /// `drydock query`: somebody looks at a database, and may ask for the time, or for chance.
  question,
  /// An expectation, or an invariant: it has the same answer each time, for the same run.
  promise,
};

/// No value, and so no row, is longer than this, in bytes.
inline constexpr std::size_t kLongestSqlValue = 1U << 20U;

/// No answer to a question has more rows than these, nor more bytes of values.
inline constexpr std::size_t kMostSqlRows = 1'000'000;
inline constexpr std::size_t kMostSqlBytes = 64U << 20U;

/// From here on the connection's statements may read its tables, and call the functions and virtual tables of a list
/// (docs/trace.md): they attach nothing, write nothing, load nothing, turn no knob, and hold no value longer than
/// kLongestSqlValue.
void allow_reading_only(sqlite3* handle, SqlUse use);
/// Takes back what binds the statements that come next; the functions stay as they are.
void allow_everything(sqlite3* handle);

/// Tells whether statements of this use may call the function of this name. Its name is in lower case.
[[nodiscard]] bool may_call(std::string_view function, SqlUse use);
/// Tells whether the function's answer is another one each time, or each moment.
[[nodiscard]] bool is_unsteady(std::string_view function);

}  // namespace drydock::scenarios
