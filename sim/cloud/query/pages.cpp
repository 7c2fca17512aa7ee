#include "sim/cloud/query/pages.hpp"

#include <fmt/format.h>

#include <charconv>

#include "sim/hash.hpp"

namespace drydock::cloud::query {
namespace {

constexpr std::size_t kHalfToken = 16;
/// Tokens are meant to look like nothing that a client could count with.
constexpr std::uint64_t kTokenMask = 0x5A17C0DE3B91F284ULL;

std::uint64_t seal_of(std::string_view action, std::uint64_t after) { return sim::mix(sim::hash_text(action), after); }

std::optional<std::uint64_t> read_half(std::string_view text) {
  std::uint64_t word = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), word, 16);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return word;
}

std::optional<std::uint64_t> read_token(std::string_view action, std::string_view token) {
  if (token.size() != 2 * kHalfToken) return std::nullopt;
  const std::optional<std::uint64_t> masked = read_half(token.substr(0, kHalfToken));
  const std::optional<std::uint64_t> seal = read_half(token.substr(kHalfToken));
  if (!masked || !seal || *seal != seal_of(action, *masked ^ kTokenMask)) return std::nullopt;
  return *masked ^ kTokenMask;
}

}  // namespace

std::string page_token(std::string_view action, std::uint64_t after) {
  return fmt::format("{:016x}{:016x}", after ^ kTokenMask, seal_of(action, after));
}

Result<Page> read_page(const ParameterTree& parameters, std::string_view list, std::string_view ids) {
  const std::optional<std::uint32_t> limit = parameters.number("MaxResults");
  if (limit && !ids.empty() && !parameters.at(ids).empty()) {
    return tl::unexpected(Error{"InvalidParameterCombination", 400,
                                fmt::format("The parameter {} cannot be used with the parameter maxResults", list)});
  }
  Page page;
  page.limit = limit.value_or(0);
  const std::optional<std::string> token = parameters.given("NextToken");
  if (!token) return page;
  const std::optional<std::uint64_t> after = read_token(parameters.text("Action"), *token);
  if (!after) return tl::unexpected(Error{"InvalidNextToken", 400, "The specified NextToken is not valid."});
  page.after = *after;
  return page;
}

}  // namespace drydock::cloud::query
