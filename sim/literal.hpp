#pragma once

#include <cstddef>
#include <string_view>

namespace drydock::sim {

/// A string literal, and nothing else: unlike a string_view it may be a coroutine's parameter, as what it points to
/// outlives every task.
class Literal {
 public:
  template <std::size_t N>
  consteval Literal(const char (&text)[N]) : text_(text, N - 1) {}  // NOLINT(google-explicit-constructor)

  operator std::string_view() const { return text_; }  // NOLINT(google-explicit-constructor)

 private:
  std::string_view text_;
};

}  // namespace drydock::sim
