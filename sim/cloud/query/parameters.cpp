#include "sim/cloud/query/parameters.hpp"

#include <algorithm>
#include <charconv>

#include "sim/hex.hpp"

namespace drydock::cloud::query {
namespace {

std::string decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size();
    const int high = escape ? sim::hex_digit(text[i + 1]) : -1;
    const int low = escape ? sim::hex_digit(text[i + 2]) : -1;
    if (high >= 0 && low >= 0) {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

/// Takes the text up to the separator off the front of `rest`, and the separator with it.
std::string_view take_part(std::string_view& rest, char separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

const ParameterTree kNoParameters;
const std::string kNoText;

}  // namespace

void read_form(std::string_view form, FlatParameters& out) {
  while (!form.empty()) {
    std::string_view value = take_part(form, '&');
    if (value.empty()) continue;
    const std::string_view name = take_part(value, '=');
    out.emplace_back(decoded(name), decoded(value));
  }
}

FlatParameters parameters_of(const Request& request) {
  FlatParameters parameters;
  const std::size_t query = request.target.find('?');
  if (query != std::string::npos) read_form(std::string_view{request.target}.substr(query + 1), parameters);
  std::string_view body = request.body;
  while (body.ends_with('\n') || body.ends_with('\r')) body.remove_suffix(1);
  read_form(body, parameters);
  return parameters;
}

std::optional<std::uint32_t> list_index(std::string_view part) {
  if (part.size() > 9) return std::nullopt;
  return read_number(part);
}

std::optional<std::uint32_t> read_number(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<bool> read_flag(std::string_view text) {
  const auto is = [&](std::string_view word) {
    return std::equal(text.begin(), text.end(), word.begin(), word.end(), [](char a, char b) { return (a | 32) == b; });
  };
  if (text == "1" || is("true")) return true;
  if (text == "0" || is("false")) return false;
  return std::nullopt;
}

ParameterTree& ParameterTree::below(std::string_view part) {
  const std::optional<std::uint32_t> index = list_index(part);
  if (index) return items_[*index];
  const auto known = members_.find(part);
  return known != members_.end() ? known->second : members_[std::string{part}];
}

bool ParameterTree::add(std::string_view name, std::string value) {
  if (static_cast<std::size_t>(std::count(name.begin(), name.end(), '.')) >= kDepth) return false;
  ParameterTree* node = this;
  while (!name.empty()) node = &node->below(take_part(name, '.'));
  node->values_.push_back(std::move(value));
  return true;
}

const ParameterTree& ParameterTree::at(std::string_view path) const {
  const ParameterTree* node = this;
  while (!path.empty()) {
    const auto found = node->members_.find(take_part(path, '.'));
    if (found == node->members_.end()) return kNoParameters;
    node = &found->second;
  }
  return *node;
}

const std::string& ParameterTree::text(std::string_view path) const {
  const ParameterTree& node = at(path);
  if (!node.values_.empty()) return node.values_.front();
  // A single value may come as a list of one.
  if (!node.items_.empty()) return node.items_.begin()->second.text("");
  return kNoText;
}

std::optional<std::string> ParameterTree::given(std::string_view path) const {
  const std::string& value = text(path);
  return value.empty() ? std::nullopt : std::optional{value};
}

std::optional<std::uint32_t> ParameterTree::number(std::string_view path) const { return read_number(text(path)); }

std::optional<bool> ParameterTree::flag(std::string_view path) const { return read_flag(text(path)); }

std::vector<std::string> ParameterTree::list(std::string_view path) const {
  const ParameterTree& node = at(path);
  std::vector<std::string> values = node.values_;
  for (const auto& [index, item] : node.items_) values.insert(values.end(), item.values_.begin(), item.values_.end());
  return values;
}

std::vector<const ParameterTree*> ParameterTree::items(std::string_view path) const {
  std::vector<const ParameterTree*> found;
  for (const auto& [index, item] : at(path).items_) found.push_back(&item);
  return found;
}

}  // namespace drydock::cloud::query
