#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/time.hpp"

namespace drydock::sim {

/// Handle of an interned site. It is valid only for the `Choices` that gave it.
enum class Site : std::uint32_t {};

/// Says what the value of a decision stands for, so that it can be put into words later and need not be formatted now.
struct Meaning {
  enum class Kind : std::uint8_t { plain, delay, order, happens, fault, request };
  Kind kind = Kind::plain;
  /// delay: the drawn delay in microseconds. Unused in every other kind.
  std::int64_t amount = 0;
  /// happens, fault, request: what happens, in words. order: the label of the task that goes first. The text must
  /// outlive the run.
  std::string_view what;
};

/// A decision as it was asked for and answered in this run.
struct Asked {
  Site site{};
  std::uint32_t occurrence = 0;
  std::uint32_t bound = 0;
  std::uint32_t value = 0;
  Instant at{};
  Meaning meaning;
};

/// Holds the decisions of a run in the order in which they were asked. A run asks several at each event: all but the
/// last few thousand are packed, some five bytes each.
class AskedLog {
 public:
  [[nodiscard]] bool empty() const { return size() == 0; }
  [[nodiscard]] std::size_t size() const { return packed() + recent_.size(); }
  /// Returns a decision; of one that is packed it unpacks those around it as well.
  [[nodiscard]] Asked operator[](std::size_t place) const;
  [[nodiscard]] Asked front() const { return (*this)[0]; }
  [[nodiscard]] const Asked& back() const { return recent_.back(); }
  /// The decision that was asked last may still be completed.
  [[nodiscard]] Asked& back() { return recent_.back(); }

  void push_back(const Asked& asked) {
    if (recent_.size() == kPlain) pack_recent();
    recent_.push_back(asked);
  }

  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Asked;
    using difference_type = std::ptrdiff_t;
    using pointer = const Asked*;
    using reference = const Asked&;

    Iterator(const AskedLog& log, std::size_t place) : log_(&log), place_(place) {}
    [[nodiscard]] reference operator*() const;
    Iterator& operator++() {
      ++place_;
      return *this;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.place_ == b.place_; }

   private:
    const AskedLog* log_;
    std::size_t place_;
    mutable std::vector<Asked> block_;  // what was unpacked last
    mutable std::size_t begin_ = 0;     // the place of its first
  };
  [[nodiscard]] Iterator begin() const { return {*this, 0}; }
  [[nodiscard]] Iterator end() const { return {*this, size()}; }

 private:
  static constexpr std::size_t kPlain = 16'384;  // a multiple of kBlock
  static constexpr std::size_t kBlock = 64;      // are packed together

  [[nodiscard]] std::size_t packed() const { return blocks_.size() * kBlock; }
  void pack_recent();
  [[nodiscard]] std::string pack(const Asked* block);
  [[nodiscard]] std::vector<Asked> unpack(const std::string& packed) const;
  [[nodiscard]] std::size_t word(std::string_view what);

  std::vector<std::string> blocks_;  // the oldest first
  std::vector<Asked> recent_;
  std::map<std::string_view, std::size_t> word_places_;
  std::vector<std::string_view> words_;  // that packed decisions mean
};

}  // namespace drydock::sim
