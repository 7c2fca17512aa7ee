#include "scenarios/trace/sql_invariants.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <utility>

#include "model/invariants/catalogue.hpp"
#include "scenarios/files/names.hpp"
#include "scenarios/signature.hpp"
#include "scenarios/trace/sql_reading.hpp"
#include "scenarios/trace/trace_database.hpp"

namespace drydock::scenarios {
namespace {

using Type = SqlReading::Type;

/// Each is a violation with a chain of causes of its own, and nobody reads a thousand.
constexpr std::size_t kMostCounterexamples = 1000;

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// Joins the comments above the statement into one line.
std::string first_comments(std::string_view text) {
  std::string sentence;
  while (!text.empty()) {
    const std::string_view line = trimmed(text.substr(0, text.find('\n')));
    if (!line.empty() && !line.starts_with("--")) break;
    const std::string_view words = line.empty() ? line : trimmed(line.substr(2));
    if (!words.empty()) sentence += (sentence.empty() ? "" : " ") + std::string{words};
    if (text.find('\n') == std::string_view::npos) break;
    text.remove_prefix(text.find('\n') + 1);
  }
  return sentence;
}

/// Says what is wrong with the name; empty when nothing is.
std::string name_problem(const std::string& name) {
  if (!is_kebab_case(name))
    return fmt::format("the file's name is the invariant's, and '{}' is not in kebab-case", name);
  for (const model::InvariantInfo& info : model::invariant_catalogue()) {
    if (info.name == name) return "there is a built-in invariant " + name;
  }
  return {};
}

/// A row of a user's invariant, by the names of its columns.
class Counterexample {
 public:
  explicit Counterexample(const SqlReading& row) : row_(row) {}

  [[nodiscard]] std::string text(std::string_view name) const {
    const auto at = column(name);
    return at ? row_.text(*at) : std::string{};
  }
  [[nodiscard]] bool has(std::string_view name) const { return column(name).has_value(); }

  [[nodiscard]] std::optional<std::size_t> event(const Outcome& outcome) const {
    for (const char* name : {"event", "seq"}) {
      const auto at = column(name);
      if (!at || row_.type(*at) != Type::integer) continue;
      const std::int64_t seq = row_.integer(*at);
      if (seq >= 1 && seq <= static_cast<std::int64_t>(outcome.events.size())) return static_cast<std::size_t>(seq);
    }
    return std::nullopt;
  }

  [[nodiscard]] std::optional<sim::Instant> at() const {
    if (const auto us = column("at_us"); us && row_.type(*us) == Type::integer)
      return sim::kTimeZero + sim::Duration{row_.integer(*us)};
    constexpr double kLatest = 1e12;  // s; far beyond any run
    if (const auto s = column("at_s"); s && is_number(*s) && std::abs(row_.real(*s)) < kLatest)
      return sim::kTimeZero + sim::Duration{std::llround(row_.real(*s) * 1e6)};
    return std::nullopt;
  }

 private:
  [[nodiscard]] bool is_number(int at) const { return row_.type(at) == Type::integer || row_.type(at) == Type::real; }
  [[nodiscard]] std::optional<int> column(std::string_view name) const {
    for (int at = 0; at < row_.columns(); ++at) {
      if (row_.name(at) == name && row_.type(at) != Type::null) return at;
    }
    return std::nullopt;
  }

  const SqlReading& row_;
};

/// A violation at the end of the run, about nothing in particular.
ShownViolation broken(const SqlInvariant& promise, const Outcome& outcome) {
  ShownViolation violation;
  violation.invariant = promise.name;
  violation.promise = promise.promise;
  violation.at = sim::kTimeZero + outcome.virtual_length;
  return violation;
}

ShownViolation violation_of(const SqlInvariant& promise, const SqlReading& row, const Outcome& outcome) {
  const Counterexample example(row);
  ShownViolation violation = broken(promise, outcome);
  violation.workspace = example.text("workspace");
  violation.instance = example.text("instance");
  if (const auto seq = example.event(outcome)) {
    const ShownEvent& event = outcome.events[*seq - 1];
    violation.event = event.seq;
    violation.at = event.at;
    if (violation.workspace.empty()) violation.workspace = event.workspace;
    if (violation.instance.empty()) violation.instance = event.instance;
    for (std::uint32_t next = event.seq; next != 0; next = outcome.events[next - 1].cause)
      violation.causes.push_back(outcome.events[next - 1]);
  }
  violation.at = example.at().value_or(violation.at);
  violation.message = example.has("message") ? example.text("message") : row.row();
  violation.signature = signature_of(promise.name, violation.causes);
  return violation;
}

/// Makes the violation of an invariant that cannot be judged: its promise has not been kept.
ShownViolation not_judged(const SqlInvariant& promise, const std::string& why, const Outcome& outcome) {
  ShownViolation violation = broken(promise, outcome);
  violation.message = "it cannot be judged: " + why;
  violation.signature = signature_of(promise.name, {});
  return violation;
}

/// Says that there are more counterexamples than are kept.
ShownViolation and_more(const SqlInvariant& promise, const Outcome& outcome) {
  ShownViolation violation = broken(promise, outcome);
  violation.message = fmt::format("there are more than {} counterexamples; these are the first", kMostCounterexamples);
  violation.signature = signature_of(promise.name, {});
  return violation;
}

std::vector<ShownViolation> counterexamples(const SqlInvariant& promise, const Outcome& outcome) {
  SqlReading rows(outcome.trace->handle(), promise.sql);
  std::vector<ShownViolation> found;
  std::set<std::pair<std::string, std::string>> known;  // workspace and instance
  while (rows.step()) {
    ShownViolation next = violation_of(promise, rows, outcome);
    if (!known.emplace(next.workspace, next.instance).second) continue;
    if (found.size() == kMostCounterexamples) {
      found.push_back(and_more(promise, outcome));
      return found;
    }
    found.push_back(std::move(next));
  }
  if (rows.error()) found.push_back(not_judged(promise, rows.error()->message, outcome));
  return found;
}

}  // namespace

std::string sql_invariant_name(std::string_view file) {
  file.remove_prefix(file.rfind('/') + 1);  // npos + 1 is 0
  return std::string{file.substr(0, file.rfind('.'))};
}

Decoded<SqlInvariant> decode_sql_invariant(const std::string& file, std::string_view text) {
  Decoded<SqlInvariant> decoded;
  SqlInvariant promise{.name = sql_invariant_name(file), .promise = first_comments(text), .sql = std::string{text}};
  if (promise.promise.empty()) promise.promise = fmt::format("{} has no rows.", file);
  if (std::string wrong = name_problem(promise.name); !wrong.empty())
    decoded.errors.push_back(problem_in(file, std::move(wrong)));
  const TraceDatabase empty;
  if (const auto error = find_problem(empty.handle(), text))
    decoded.errors.push_back(to_diagnostic(file, text, *error));
  if (decoded.errors.empty()) decoded.value = std::move(promise);
  return decoded;
}

bool is_own_invariant(const CaseSpec& played, std::string_view name) {
  return std::any_of(played.sql_invariants.begin(), played.sql_invariants.end(),
                     [&](const SqlInvariant& promise) { return promise.name == name; });
}

void judge_sql_invariants(const CaseSpec& played, Outcome& outcome) {
  for (const SqlInvariant& promise : played.sql_invariants) {
    // All of one are found before any is in the table that the next one may ask.
    for (ShownViolation& violation : counterexamples(promise, outcome)) {
      outcome.trace->add(violation);
      outcome.violations.push_back(std::move(violation));
    }
  }
}

}  // namespace drydock::scenarios
