#include "sim/cloud/query/base64.hpp"

#include <cstdint>

namespace drydock::cloud::query {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::optional<std::string> from_base64(std::string_view text) {
  std::string bytes;
  std::uint32_t bits = 0;
  std::uint32_t held = 0;
  bool padded = false;
  for (const char c : text) {
    if (c == '\n' || c == '\r') continue;
    const std::size_t digit = kAlphabet.find(c);
    if (c == '=') {
      padded = true;
    } else if (padded || digit == std::string_view::npos) {
      return std::nullopt;
    } else {
      bits = bits << 6U | static_cast<std::uint32_t>(digit);
      held += 6;
      if (held >= 8) bytes += static_cast<char>(bits >> (held -= 8) & 0xFFU);
    }
  }
  if (held == 6) return std::nullopt;  // one digit is no byte
  return bytes;
}

std::string to_base64(std::string_view bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::string_view group = bytes.substr(i, 3);
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      bits = bits << 8U | (k < group.size() ? static_cast<unsigned char>(group[k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text += k <= group.size() ? kAlphabet[bits >> (18 - 6 * k) & 0x3FU] : '=';
    }
  }
  return text;
}

}  // namespace drydock::cloud::query
