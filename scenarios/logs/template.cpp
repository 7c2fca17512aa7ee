#include "scenarios/logs/template.hpp"

#include <algorithm>
#include <charconv>

namespace drydock::scenarios {
namespace {

using Kind = Template::Part::Kind;

Template::Part place(std::string_view name) {
  if (name.starts_with("$.")) return {Kind::field, std::string{name.substr(2)}};
  constexpr std::string_view kLabels = "labels.";
  if (name.starts_with(kLabels)) return {Kind::label, std::string{name.substr(kLabels.size())}};
  return {Kind::group, std::string{name}};
}

const Json* element(const Json& list, std::string_view index) {
  std::size_t at = 0;
  const char* end = index.data() + index.size();
  const auto [last, error] = std::from_chars(index.data(), end, at);
  if (error != std::errc{} || last != end || at >= list.size()) return nullptr;
  return &list[at];
}

const Json* member(const Json& value, std::string_view name) {
  if (value.is_array()) return element(value, name);
  if (!value.is_object()) return nullptr;
  const auto found = value.find(std::string{name});
  return found == value.end() ? nullptr : &*found;
}

}  // namespace

const Json* find_path(const Json& value, std::string_view path) {
  if (const Json* found = member(value, path)) return found;
  const auto dot = path.find('.');
  if (dot == std::string_view::npos) return nullptr;
  const Json* inner = member(value, path.substr(0, dot));
  return inner == nullptr ? nullptr : find_path(*inner, path.substr(dot + 1));
}

std::string plain_text(const Json& value) {
  if (value.is_null()) return {};
  if (value.is_string()) return value.get<std::string>();
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

ParsedTemplate parse_template(std::string_view text) {
  ParsedTemplate parsed;
  Template made;
  std::string literal;
  const auto flush = [&] {
    if (!literal.empty()) made.parts_.push_back({Kind::literal, literal});
    literal.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c != '{' && c != '}') {
      literal += c;
      continue;
    }
    if (i + 1 < text.size() && text[i + 1] == c) {
      literal += c;
      ++i;
      continue;
    }
    const auto close = c == '{' ? text.find('}', i) : std::string_view::npos;
    const auto length = close == std::string_view::npos ? 0 : close - i - 1;
    if (length == 0) {
      parsed.error = c == '{' ? "a { without a name and }" : "a } without its {";
      return parsed;
    }
    flush();
    made.parts_.push_back(place(text.substr(i + 1, length)));
    i = close;
  }
  flush();
  parsed.value = std::move(made);
  return parsed;
}

bool Template::is_constant() const {
  return std::all_of(parts_.begin(), parts_.end(), [](const Part& part) { return part.kind == Kind::literal; });
}

std::string Template::text(const Lookup& lookup) const {
  std::string out;
  for (const Part& part : parts_) {
    if (part.kind == Kind::literal) {
      out += part.text;
    } else if (const auto value = lookup(part)) {
      out += plain_text(*value);
    }
  }
  return out;
}

Json Template::value(const Lookup& lookup) const {
  if (parts_.size() != 1 || parts_.front().kind == Kind::literal) return text(lookup);
  return lookup(parts_.front()).value_or(Json(nullptr));
}

}  // namespace drydock::scenarios
