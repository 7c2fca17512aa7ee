#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace drydock::sim {

/// Those that are ready at an instant, in the order in which they became so. Who leaves from the front or the back is
/// taken out at once, however many stand in line: at an instant it may be every workspace of the world.
template <typename T>
class ReadyLine {
 public:
  [[nodiscard]] bool empty() const { return size() == 0; }
  [[nodiscard]] std::size_t size() const { return line_.size() - gone_; }
  [[nodiscard]] T& operator[](std::size_t place) const { return *line_[gone_ + place]; }

  void push(T& added) { line_.push_back(&added); }

  /// Takes out the one at this place, below size().
  T& take(std::size_t place) {
    const auto from = line_.begin() + static_cast<std::ptrdiff_t>(gone_);
    const auto at = from + static_cast<std::ptrdiff_t>(place);
    T& taken = **at;
    if (place <= size() / 2) {
      std::move_backward(from, at, at + 1);
      ++gone_;
      forget_gone();
    } else {
      line_.erase(at);
    }
    return taken;
  }

  /// Takes this one out; who is not in the line is left alone.
  void remove(const T& removed) {
    const auto from = line_.begin() + static_cast<std::ptrdiff_t>(gone_);
    const auto at = std::find(from, line_.end(), &removed);
    if (at != line_.end()) take(static_cast<std::size_t>(at - from));
  }

 private:
  /// The places of those that are gone are half of the line at most.
  void forget_gone() {
    constexpr std::size_t kFew = 64;
    if (gone_ != line_.size() && (gone_ < kFew || gone_ * 2 < line_.size())) return;
    line_.erase(line_.begin(), line_.begin() + static_cast<std::ptrdiff_t>(gone_));
    gone_ = 0;
  }

  std::vector<T*> line_;
  std::size_t gone_ = 0;  // at the front of `line_`
};

}  // namespace drydock::sim
