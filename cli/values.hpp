#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/usage.hpp"

namespace drydock::cli {

/// Says what may stand for a value on the command line. The value's name in help tells it: `text|json`
/// is one of two words, `FILE` a path, `NAME|FILE` a policy or a path. The names in capitals are in a table
/// (values.cpp).
struct Value {
  std::vector<std::string> words;  // one that ends in '=' is the beginning of `KEY=VALUE`
  bool files = false;              // a path; behind a word that ends in '=' where there are any
  bool directories = false;        // a directory's path
};

/// Returns what the name stands for. Empty where a part in capitals is not in the table.
[[nodiscard]] std::optional<Value> value_named(std::string_view name);
/// Tells whether nothing else than the words is a value, as for `text|json` and some names of the table.
[[nodiscard]] bool has_only_words(std::string_view name);

/// Returns the value of an option: what its name stands for, or its own kinds. The name must be known.
[[nodiscard]] Value value_of(const po::option_description& option);
/// Returns the name of an option's value, as help shows it; empty for an option without a value.
[[nodiscard]] std::string value_name(const po::option_description& option);
[[nodiscard]] bool is_repeatable(const po::option_description& option);

/// Returns what may stand for a command's operands.
[[nodiscard]] Value value_of(const Operands& operands);

/// Is the value `KIND=PATH`, where the kinds differ from command to command.
class KindsValue : public po::typed_value<std::vector<std::string>> {
 public:
  explicit KindsValue(std::vector<std::string> kinds) : typed_value(nullptr), kinds_(std::move(kinds)) {}

  [[nodiscard]] const std::vector<std::string>& kinds() const { return kinds_; }

 private:
  std::vector<std::string> kinds_;
};

}  // namespace drydock::cli
