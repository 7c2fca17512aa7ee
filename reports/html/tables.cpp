#include "reports/html/tables.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <initializer_list>
#include <set>
#include <string_view>
#include <vector>

#include "reports/html/page.hpp"
#include "reports/json_parts.hpp"
#include "reports/words.hpp"
#include "scenarios/metrics.hpp"

namespace drydock::reports {
namespace {

using scenarios::Json;
using scenarios::Outcome;

/// A `Table` is written as HTML. Its cells are texts; the cells of a column of numbers are aligned to the right.
class Table {
 public:
  explicit Table(std::initializer_list<std::string> head) {
    for (const std::string& name : head) add_column(name);
  }

  void add_column(const std::string& name, bool numbers = false) {
    head_ += fmt::format("<th{}>{}</th>", numbers ? " class=\"number\"" : "", html_text(name));
    numbers_.push_back(numbers);
  }

  void add_row(const std::vector<std::string>& cells) {
    body_ += "<tr>";
    for (std::size_t i = 0; i < cells.size(); ++i)
      body_ += fmt::format("<td{}>{}</td>", numbers_[i] ? " class=\"number\"" : "", html_text(cells[i]));
    body_ += "</tr>\n";
    ++rows_;
  }

  /// Writes the table under a heading. `kind` is a class of report.css beside "part". Empty where the table has no
  /// rows.
  [[nodiscard]] std::string under(std::string_view heading, std::string_view kind = "") const {
    if (rows_ == 0) return {};
    return fmt::format(
        "<div class=\"part {}\"><h2>{}</h2><div class=\"scroll\"><table><thead><tr>{}</tr></thead>"
        "<tbody>\n{}</tbody></table></div></div>\n",
        kind, heading, head_, body_);
  }

 private:
  std::string head_;
  std::string body_;
  std::vector<bool> numbers_;
  std::size_t rows_ = 0;
};

std::string text_of(const Json& value) {
  if (value.is_null()) return "";
  return value.is_string() ? value.get<std::string>() : compact_json(Ordered(value));
}

/// Writes whole numbers as they are, others to six digits.
std::string number_text(double value) { return short_number(value, 6); }

/// Writes a heading and an empty place that a script fills.
std::string place(std::string_view name, std::string_view heading, std::size_t count) {
  if (count == 0) return {};
  return fmt::format(
      "<div class=\"part wide\"><h2>{} <span class=\"soft\">{}</span></h2><div "
      "class=\"{}\"></div></div>\n",
      heading, count, name);
}

std::string decisions(const Outcome& outcome) {
  if (outcome.tape.empty()) {
    return fmt::format(
        "<div class=\"part\"><h2>Decisions</h2><p>This is the calm run: none of its {} decisions "
        "went another way.</p></div>\n",
        outcome.decisions);
  }
  return place("decisions", "Decisions that went another way than in the calm run", outcome.tape.size());
}

std::string misaligned(const Outcome& outcome) {
  Table table{"site", "occurrence", "value"};
  for (const auto& decision : outcome.misaligned)
    table.add_row({decision.site, std::to_string(decision.occurrence), std::to_string(decision.value)});
  return table.under("Entries of the tape that met no question of this run");
}

std::string expectations(const Outcome& outcome) {
  Table table{"", "expected", "actual"};
  for (const auto& expectation : outcome.expectations)
    table.add_row({expectation.passed ? "met" : "not met", expectation.text, expectation.actual});
  return table.under("Expectations");
}

std::string faults(const Outcome& outcome) {
  Table table{"fault", "planned"};
  table.add_column("fired", true);
  table.add_column("noticed", true);
  table.add_column("mattered");
  for (const auto& fault : outcome.faults) {
    const std::string mattered = !fault.mattered ? "" : *fault.mattered ? "yes" : "no";
    table.add_row({fault.name, fault.planned ? "yes" : "no", std::to_string(fault.fired), std::to_string(fault.noticed),
                   mattered});
  }
  return table.under("Faults");
}

bool says_something(const Json& value) {
  return !value.is_null() && value != Json(0) && value != Json("") && value != Json(0.0);
}

/// Names the columns in which any row has more to say than a default.
std::set<std::string> telling_columns(const Outcome& outcome) {
  std::set<std::string> columns;
  for (const auto& workspace : outcome.final) {
    for (const auto& [name, value] : workspace.columns) {
      if (says_something(value)) columns.insert(name);
    }
  }
  for (const char* shown : {"status", "instance_id", "alias", "id", "name"}) columns.erase(shown);
  return columns;
}

std::string final_rows(const Outcome& outcome) {
  Table table{"workspace", "status", "instance_id", "instance is"};
  const auto columns = telling_columns(outcome);
  for (const std::string& name : columns) table.add_column(name);
  for (const auto& workspace : outcome.final) {
    const auto column = [&](const std::string& name) {
      const auto found = workspace.columns.find(name);
      return found == workspace.columns.end() ? std::string{} : text_of(found->second);
    };
    const std::string status = workspace.columns.empty() ? "(no row)" : column("status");
    std::vector<std::string> cells = {workspace.workspace, status, column("instance_id"), workspace.instance_state};
    for (const std::string& name : columns) cells.push_back(column(name));
    table.add_row(cells);
  }
  return table.under("Workspaces at the end", "rows");
}

std::string metrics(const Outcome& outcome) {
  Table table{"metric"};
  table.add_column("value", true);
  table.add_column("unit");
  for (const scenarios::MetricInfo& metric : scenarios::metric_table())
    table.add_row(
        {std::string{metric.name}, number_text(*scenarios::metric_of(outcome, metric.name)), std::string{metric.unit}});
  return table.under("Metrics");
}

std::string counts(const Outcome& outcome) {
  Table table{"event"};
  table.add_column("times", true);
  for (const auto& [kind, count] : outcome.counts) table.add_row({kind, std::to_string(count)});
  return table.under("Events by kind");
}

/// Names the metrics and the kinds of event that either run counts.
std::vector<std::string> names_to_count(const Outcome& a, const Outcome& b) {
  std::vector<std::string> names;
  for (const scenarios::MetricInfo& metric : scenarios::metric_table()) names.emplace_back(metric.name);
  std::set<std::string> kinds;
  for (const Outcome* outcome : {&a, &b}) {
    for (const auto& [kind, count] : outcome->counts) kinds.insert(kind);
  }
  names.insert(names.end(), kinds.begin(), kinds.end());
  return names;
}

}  // namespace

std::string run_tables(const Outcome& outcome) {
  return "<div class=\"parts\">\n" + decisions(outcome) + misaligned(outcome) + expectations(outcome) +
         faults(outcome) + place("responses", "Answers to the steps", outcome.responses.size()) + final_rows(outcome) +
         metrics(outcome) + counts(outcome) + "</div>\n";
}

std::string differences_table(const Outcome& a, const Outcome& b) {
  Table table{"what differs"};
  table.add_column("A", true);
  table.add_column("B", true);
  for (const std::string& name : names_to_count(a, b)) {
    const double one = scenarios::metric_of(a, name).value_or(0);
    const double other = scenarios::metric_of(b, name).value_or(0);
    if (one != other) table.add_row({name, number_text(one), number_text(other)});
  }
  return "<div class=\"parts\">\n" + table.under("Metrics and counts") + "</div>\n";
}

}  // namespace drydock::reports
