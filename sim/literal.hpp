#pragma once

#include <cstddef>
#include <string_view>

namespace drydock::sim {

/// Holds a string literal and nothing else. Unlike a string_view it may be the parameter of a coroutine, because its
/// text outlives every task.
class Literal {
 public:
  template <std::size_t N>
  consteval Literal(const char (&text)[N]) : text_(text, N - 1) {}  // NOLINT(google-explicit-constructor)

  operator std::string_view() const { return text_; }  // NOLINT(google-explicit-constructor)

 private:
  std::string_view text_;
};

}  // namespace drydock::sim
