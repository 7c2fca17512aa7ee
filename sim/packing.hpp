#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "sim/check.hpp"

// Numbers and texts in as few bytes as they take, for what a run keeps by the million.

namespace drydock::sim {

/// Appends to a text: a number takes a byte for each seven bits that it has.
class Packer {
 public:
  explicit Packer(std::string& out) : out_(out) {}

  Packer& number(std::uint64_t value) {
    while (value >= kMore) {
      out_ += static_cast<char>((value & (kMore - 1)) | kMore);
      value >>= kBits;
    }
    out_ += static_cast<char>(value);
    return *this;
  }
  /// Small numbers are short below zero too.
  Packer& integer(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    return number((bits << 1U) ^ (value < 0 ? ~std::uint64_t{0} : 0));
  }
  Packer& text(std::string_view value) {
    number(value.size());
    out_ += value;
    return *this;
  }

  static constexpr unsigned kBits = 7;
  static constexpr std::uint64_t kMore = 0x80;

 private:
  std::string& out_;
};

/// Reads what a Packer appended, in the same order.
class Unpacker {
 public:
  explicit Unpacker(std::string_view in) : in_(in) {}

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += Packer::kBits) {
      DRYDOCK_CHECK(at_ < in_.size(), "what was packed ends too early");
      const auto byte = static_cast<unsigned char>(in_[at_++]);
      value |= (byte & (Packer::kMore - 1)) << shift;
      if (byte < Packer::kMore) return value;
    }
  }
  std::int64_t integer() {
    const std::uint64_t bits = number();
    return static_cast<std::int64_t>((bits >> 1U) ^ ((bits & 1U) != 0 ? ~std::uint64_t{0} : 0));
  }
  /// The text lies where it was packed.
  std::string_view text() {
    const std::uint64_t size = number();
    DRYDOCK_CHECK(size <= in_.size() - at_, "what was packed ends too early");
    const std::string_view value = in_.substr(at_, size);
    at_ += size;
    return value;
  }

 private:
  std::string_view in_;
  std::size_t at_ = 0;
};

}  // namespace drydock::sim
