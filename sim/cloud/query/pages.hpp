#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/cloud/ec2.hpp"
#include "sim/cloud/query/parameters.hpp"

// The pages of Describe calls: MaxResults and NextToken.

namespace drydock::cloud::query {

/// A page that is asked for. Resources have numbers in the order of their creation, from 1; so a page begins where the
/// one before ended, whatever was made or deleted in between.
struct Page {
  std::uint64_t after = 0;  // the number of the last resource of the page before
  std::size_t limit = 0;    // of resources on the page; 0: none
};

/// Reads which page is asked for. `list` and `ids` are what EC2 calls the list of the resources' ids and its parameter:
/// a page cannot be asked for of resources that are named.
[[nodiscard]] Result<Page> read_page(const ParameterTree& parameters, std::string_view list, std::string_view ids);

/// Returns the token of the page that begins after the resource of that number. A token belongs to one action.
[[nodiscard]] std::string page_token(std::string_view action, std::uint64_t after);

/// Cuts the rows, which have a `number` and are in its order, to a page. Returns the token of the next page; empty: the
/// page is the last one.
template <typename Row>
[[nodiscard]] std::string cut_to_page(std::vector<Row>& rows, const Page& page, std::string_view action) {
  std::erase_if(rows, [&](const Row& row) { return row.number <= page.after; });
  if (page.limit == 0 || rows.size() <= page.limit) return {};
  rows.resize(page.limit);
  return page_token(action, rows.back().number);
}

}  // namespace drydock::cloud::query
