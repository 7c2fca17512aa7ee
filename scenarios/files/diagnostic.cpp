#include "scenarios/files/diagnostic.hpp"

#include <algorithm>
#include <utility>

namespace drydock::scenarios {
namespace {

constexpr std::size_t kLongestWord = 64;
constexpr std::size_t kMostCandidates = 5000;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Edit distance (insert, delete, replace, swap of neighbours), case ignored; `limit + 1` stands
/// for anything larger.
std::size_t distance(const std::string& a, const std::string& b, std::size_t limit) {
  const std::size_t gap = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (gap > limit) return limit + 1;
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> previous(b.size() + 1);
  std::vector<std::size_t> current(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) previous[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    std::size_t best = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = previous[j - 1] + (lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1);
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, replace});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1])) {
        current[j] = std::min(current[j], before[j - 2] + 1);
      }
      best = std::min(best, current[j]);
    }
    if (best > limit) return limit + 1;
    std::swap(before, previous);
    std::swap(previous, current);
  }
  return previous[b.size()];
}

}  // namespace

Diagnostic problem(std::string message, std::string hint) {
  return problem_in({}, std::move(message), std::move(hint));
}

Diagnostic problem_in(std::string file, std::string message, std::string hint) {
  return {std::move(file), 0, 0, {}, std::move(message), std::move(hint)};
}

std::string to_text(const Diagnostic& diagnostic) {
  std::string text = diagnostic.file;
  if (diagnostic.line != 0) {
    text += ':' + std::to_string(diagnostic.line) + ':' + std::to_string(diagnostic.column);
  }
  if (!text.empty()) text += ": ";
  if (!diagnostic.pointer.empty()) text += diagnostic.pointer + ": ";
  text += diagnostic.message;
  if (!diagnostic.hint.empty()) text += " (" + diagnostic.hint + ")";
  return text;
}

std::string nearest(const std::string& word, const std::vector<std::string>& candidates) {
  if (word.empty() || word.size() > kLongestWord) return {};
  // A third of the word may be wrong, and at least one letter of a short one must be right.
  std::size_t limit = std::min<std::size_t>(word.size() - 1, std::max<std::size_t>(1, word.size() / 3));
  std::string best;
  bool found = false;
  const std::size_t end = std::min(candidates.size(), kMostCandidates);
  for (std::size_t i = 0; i < end; ++i) {
    const std::size_t d = distance(word, candidates[i], limit);
    if (d > limit || (found && d == limit)) continue;
    best = candidates[i];
    found = true;
    limit = d;
    if (d == 0) break;
  }
  return best;
}

}  // namespace drydock::scenarios
