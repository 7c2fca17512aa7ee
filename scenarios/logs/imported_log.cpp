#include "scenarios/logs/imported_log.hpp"

#include <algorithm>
#include <utility>

#include "scenarios/logs/template.hpp"

namespace drydock::scenarios {

void keep_earlier(std::optional<LogTime>& kept, const std::optional<LogTime>& other) {
  if (other && (!kept || other->us < kept->us)) kept = other;
}

void keep_later(std::optional<LogTime>& kept, const std::optional<LogTime>& other) {
  if (other && (!kept || other->us > kept->us)) kept = other;
}

Diagnostic problem_at(const LogPlace& place, std::string message, std::string hint) {
  return {place.file, place.line, place.column, {}, std::move(message), std::move(hint)};
}

std::string detail_text(const LogEvent& event, const char* key) {
  const auto found = event.detail.find(key);
  return found == event.detail.end() ? std::string{} : plain_text(*found);
}

bool holds_detail(const Json& wanted, const Json& actual) {
  if (wanted.is_object()) {
    if (!actual.is_object()) return false;
    return std::all_of(wanted.items().begin(), wanted.items().end(), [&](const auto& item) {
      const auto found = actual.find(item.key());
      return found != actual.end() && holds_detail(item.value(), *found);
    });
  }
  return wanted == actual || (!wanted.is_array() && plain_text(wanted) == plain_text(actual));
}

}  // namespace drydock::scenarios
