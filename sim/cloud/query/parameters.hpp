#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/cloud/query/message.hpp"

namespace drydock::cloud::query {

/// The parameters of a request in the order in which they came, decoded: the query's first, then the body's.
using FlatParameters = std::vector<std::pair<std::string, std::string>>;

/// Reads the parameters of a form: `a=b&c=d`, with `+` for a space and `%41` for a byte. A broken escape stands for
/// itself; a name without `=` has the value "".
void read_form(std::string_view form, FlatParameters& out);

/// Reads the parameters of a request. The path is ignored, and so is what the headers say of the body's type.
[[nodiscard]] FlatParameters parameters_of(const Request& request);

/// A parameter with the parameters below it: the tree that dotted names describe (`Filter.1.Value.2`).
///
/// A list is a node whose members are numbers, in their order and with gaps. Some clients count from 1 and some from 0,
/// and some name a single member by the list's own name (docs/cloud.md §7.1).
class ParameterTree {
 public:
  /// The deepest name that is kept: no parameter of EC2 has so many parts.
  static constexpr std::size_t kDepth = 12;

  /// Adds a parameter. Returns false, and adds nothing, when its name has more than `kDepth` parts.
  bool add(std::string_view name, std::string value);

  /// Returns the node at a dotted path below this one; an empty one where there is none.
  [[nodiscard]] const ParameterTree& at(std::string_view path) const;
  /// Returns the first value at the path; an empty text where there is none.
  [[nodiscard]] const std::string& text(std::string_view path) const;
  /// Returns the value at the path; nothing where it is missing or empty.
  [[nodiscard]] std::optional<std::string> given(std::string_view path) const;
  /// Returns the value of a number that the action's rules have checked; nothing where it is missing or empty.
  [[nodiscard]] std::optional<std::uint32_t> number(std::string_view path) const;
  /// Returns the value of a flag that the action's rules have checked; nothing where it is missing or empty.
  [[nodiscard]] std::optional<bool> flag(std::string_view path) const;
  /// Returns the values of a list of texts.
  [[nodiscard]] std::vector<std::string> list(std::string_view path) const;
  /// Returns the members of a list of structures.
  [[nodiscard]] std::vector<const ParameterTree*> items(std::string_view path) const;

  [[nodiscard]] bool empty() const { return values_.empty() && members_.empty() && items_.empty(); }

 private:
  ParameterTree& below(std::string_view part);

  std::vector<std::string> values_;
  std::map<std::string, ParameterTree, std::less<>> members_;
  std::map<std::uint32_t, ParameterTree> items_;
};

/// Returns the number that a part of a name is in a list, or nothing when the part is a name: a number has at most nine
/// digits.
[[nodiscard]] std::optional<std::uint32_t> list_index(std::string_view part);

/// Reads a flag as clients write it: `true`, `false` in any case, `1`, `0`.
[[nodiscard]] std::optional<bool> read_flag(std::string_view text);
/// Reads a decimal number below 2^32.
[[nodiscard]] std::optional<std::uint32_t> read_number(std::string_view text);

}  // namespace drydock::cloud::query
