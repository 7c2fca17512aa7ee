#include "scenarios/logs/imported_log.hpp"

#include <utility>

#include "scenarios/logs/template.hpp"

namespace drydock::scenarios {

Diagnostic problem_at(const LogPlace& place, std::string message, std::string hint) {
  return {place.file, place.line, place.column, {}, std::move(message), std::move(hint)};
}

std::string detail_text(const LogEvent& event, const char* key) {
  const auto found = event.detail.find(key);
  return found == event.detail.end() ? std::string{} : plain_text(*found);
}

}  // namespace drydock::scenarios
