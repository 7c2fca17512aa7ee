#define XXH_INLINE_ALL
#include "scenarios/files/names.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <array>

namespace drydock::scenarios {
namespace {

constexpr std::size_t kLongestName = 100;
constexpr std::array<std::string_view, 4> kActors{"platform", "cp", "cloud", "world"};

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

}  // namespace

bool is_kebab_case(std::string_view text) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !text.empty() && text.size() <= kLongestName && text.front() != '-' && text.back() != '-' &&
         text.find("--") == std::string_view::npos && std::all_of(text.begin(), text.end(), fits);
}

bool is_alias(std::string_view text) {
  if (text.empty() || text.size() > kLongestName || !is_letter_or_digit(text.front())) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_letter_or_digit(c) || c == '_' || c == '-' || c == '.'; });
}

bool is_actor(std::string_view text) { return std::find(kActors.begin(), kActors.end(), text) != kActors.end(); }

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const char c = text[i];
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (dash ? c != '-' : !hex) return false;
  }
  return true;
}

std::string uuid_of_alias(std::string_view alias) {
  const std::string name = "drydock:" + std::string{alias};
  XXH128_canonical_t hash;
  XXH128_canonicalFromHash(&hash, XXH3_128bits(name.data(), name.size()));
  auto& bytes = hash.digest;
  // Version 8 of RFC 9562 (the maker's own scheme), variant 10.
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0FU) | 0x80U);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3FU) | 0x80U);
  std::string text;
  for (std::size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += fmt::format("{:02x}", bytes[i]);
  }
  return text;
}

}  // namespace drydock::scenarios
