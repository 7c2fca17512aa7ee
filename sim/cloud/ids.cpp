#include "sim/cloud/ids.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/hash.hpp"

namespace drydock::cloud {

bool well_formed_id(std::string_view prefix, std::string_view id) {
  if (!id.starts_with(prefix)) return false;
  const std::string_view digits = id.substr(prefix.size());
  const bool hex = digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  return hex && (digits.size() == 8 || digits.size() == 17);
}

bool well_formed_token(std::string_view token) {
  const auto ascii = [](char c) { return c >= 0x21 && c <= 0x7E; };
  return token.size() <= 64 && std::all_of(token.begin(), token.end(), ascii);
}

std::string make_id(std::string_view prefix, std::string_view workspace, std::uint64_t number) {
  // A volume does not carry the digits of the instance that it came with.
  const std::uint64_t kind = prefix == "i-" ? 0 : sim::hash_text(prefix);
  const std::uint64_t digits = sim::mix(sim::hash_text(workspace) ^ kind, number);
  return fmt::format("{}{:016x}{:x}", prefix, digits, number % 16);
}

}  // namespace drydock::cloud
