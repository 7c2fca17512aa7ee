#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/commands.hpp"
#include "cli/input.hpp"
#include "cli/interrupt.hpp"
#include "cli/options.hpp"
#include "reports/layout.hpp"
#include "reports/rows.hpp"
#include "reports/words.hpp"
#include "scenarios/trace/sql_guard.hpp"
#include "scenarios/trace/sql_reading.hpp"
#include "scenarios/trace/trace_file.hpp"
#include "sim/record.hpp"

namespace drydock::cli {
namespace {

using reports::Cell;
using reports::Cells;
using scenarios::NamedQuery;
using scenarios::SqlReading;
using scenarios::TraceFile;
using scenarios::TraceKind;

constexpr Usage kQueryUsage{"drydock query FILE [SQL] [options]",
                            "  drydock run reprov-thrash --case pre-1556 --report trace=pre.db\n"
                            "  drydock query pre.db                       the tables that there are\n"
                            "  drydock query pre.db --named why\n"
                            "  drydock query pre.db --schema event\n"
                            "  drydock query pre.db \"SELECT at_s, kind FROM events ORDER BY seq\"\n"
                            "  drydock query pre.db @slow-boots.sql --format csv > slow-boots.csv\n",
                            "FILE is a trace database, which `--report trace=FILE` writes: of one run, or, by\n"
                            "`explore`, of the runs of a search. It is only read: a statement that would\n"
                            "change anything is refused. SQL is one statement, @FILE one in a file, - one on\n"
                            "standard input. docs/trace.md has the tables, their units and more questions.\n\n"
                            "Exit codes: 0 the rows were printed, however many, 2 bad command line or input,\n"
                            "3 there are more rows than are printed, 130 interrupted.\n"};

enum class RowFormat : unsigned char { table, json, csv };

struct QueryRequest {
  std::string file;
  std::optional<std::string> sql;  // as it was given
  std::optional<std::string> named;
  std::optional<std::string> schema;
  RowFormat format = RowFormat::table;
};

std::vector<std::string> names_of(TraceKind kind) {
  std::vector<std::string> names;
  for (const NamedQuery& query : scenarios::named_queries(kind)) names.emplace_back(query.name);
  return names;
}

po::options_description query_options() {
  const std::string names =
      fmt::format("ask a question that has a name: {}; of the runs of a search: {}",
                  reports::joined(names_of(TraceKind::run)), reports::joined(names_of(TraceKind::runs)));
  return described({{"named", "NAME", names},
                    {"schema", "TABLE", "print how a table or view is declared, and what its columns are"},
                    {"format", "table|json|csv", "how to print (default: table, cut to fit 80 columns)"}});
}

QueryRequest query_request(const po::variables_map& values) {
  QueryRequest request;
  const auto words = operands_of(values);
  request.file = words.front();
  if (words.size() > 1) request.sql = words[1];
  request.named = one_of(values, "named");
  request.schema = one_of(values, "schema");
  if (request.sql.has_value() + request.named.has_value() + request.schema.has_value() > 1)
    throw UsageError("one question at a time: SQL, --named or --schema", "");
  const std::string format = one_of(values, "format").value_or("table");
  need_word("--format", format, {"table", "json", "csv"});
  if (format == "json") request.format = RowFormat::json;
  if (format == "csv") request.format = RowFormat::csv;
  if (request.schema && request.format != RowFormat::table)
    throw UsageError("--schema prints SQL: it does not go with --format", "");
  return request;
}

int fail(const QueryRequest& request, const Diagnostic& error, Console& console) {
  const bool json = request.format == RowFormat::json;
  return report_errors({error}, json ? Format::json : Format::text, console);
}

// ---- the statement ----

/// Holds a statement, and where it comes from, for messages.
struct Statement {
  std::string sql;
  std::string source;
};

struct ReadStatement {
  std::optional<Statement> statement;
  Diagnostic error;
};

ReadStatement statement_of(const QueryRequest& request, TraceKind kind) {
  if (request.named) {
    need_word("--named", *request.named, names_of(kind));
    const auto all = scenarios::named_queries(kind);
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const NamedQuery& query) { return query.name == *request.named; });
    return {Statement{std::string{found->sql}, "--named " + *request.named}, {}};
  }
  const std::string& text = *request.sql;
  const bool is_file = text.starts_with('@');
  if (text != "-" && !is_file) return {Statement{text, "SQL"}, {}};
  Input input = is_file ? read_file(text.substr(1)) : read_standard_input();
  if (!input.text) return {std::nullopt, input.error};
  return {Statement{*std::move(input.text), is_file ? text.substr(1) : "standard input"}, {}};
}

// ---- rows ----

std::string number_text(double value) {
  if (!std::isfinite(value)) return std::isnan(value) ? "null" : value > 0 ? "9e999" : "-9e999";
  const std::string text = fmt::format("{}", value);
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

Cell cell_of(const SqlReading& row, int column) {
  switch (row.type(column)) {
    case SqlReading::Type::null:
      break;
    case SqlReading::Type::integer:
      return {Cell::Kind::number, fmt::format("{}", row.integer(column))};
    case SqlReading::Type::real:
      return {Cell::Kind::number, number_text(row.real(column))};
    case SqlReading::Type::text:
      return {Cell::Kind::text, row.text(column)};
    case SqlReading::Type::blob:
      return {Cell::Kind::blob, row.text(column)};
  }
  return {};
}

Cells cells_of(const SqlReading& row) {
  Cells cells;
  for (int at = 0; at < row.columns(); ++at) cells.push_back(cell_of(row, at));
  return cells;
}

std::vector<std::string> columns_of(const SqlReading& rows) {
  std::vector<std::string> names;
  names.reserve(static_cast<std::size_t>(rows.columns()));
  for (int at = 0; at < rows.columns(); ++at) names.push_back(rows.name(at));
  return names;
}

/// A table is measured before its first line is printed, and nobody reads one that is longer.
constexpr std::size_t kMostTableRows = 100'000;

/// Prints row by row: the answer is never held whole.
void print_csv(SqlReading& rows, std::ostream& out) {
  out << reports::csv_head(columns_of(rows));
  while (out && rows.step()) out << reports::csv_line(cells_of(rows));
}

/// All rows or none: what is half a document is no document.
void print_json(SqlReading& rows, std::ostream& out) {
  const std::vector<std::string> columns = reports::distinct(columns_of(rows));
  std::string text = "{\"columns\": [";
  for (std::size_t at = 0; at < columns.size(); ++at) text += (at == 0 ? "" : ", ") + sim::json_quote(columns[at]);
  text += "], \"rows\": [";
  for (bool first = true; rows.step(); first = false)
    text += (first ? "\n" : ",\n") + reports::json_row(columns, cells_of(rows));
  if (!rows.error()) out << text << "]}\n";
}

void print_table(SqlReading& rows, Console& console) {
  std::vector<Cells> all;
  while (rows.step()) all.push_back(cells_of(rows));
  if (rows.error() && !rows.error()->too_large) return;
  const reports::TableText table = reports::table_text(columns_of(rows), all);
  console.out << table.text;
  if (all.empty()) console.err << "note: no rows\n";
  if (table.cut) {
    console.out << std::flush;
    console.err << "note: values are cut to fit; --format csv and json have them whole\n";
  }
}

int answer(const QueryRequest& request, const TraceFile& file, const Statement& statement, Console& console) {
  SqlReading rows(file.handle(), statement.sql);
  rows.bound_rows(request.format == RowFormat::table ? kMostTableRows : scenarios::kMostSqlRows);
  if (!rows.error()) {
    if (request.format == RowFormat::csv) print_csv(rows, console.out);
    if (request.format == RowFormat::json) print_json(rows, console.out);
    if (request.format == RowFormat::table) print_table(rows, console);
  }
  if (interrupted()) throw Interrupted();
  if (!rows.error()) return kHeld;
  console.out << std::flush;
  const int code = fail(request, scenarios::to_diagnostic(statement.source, statement.sql, *rows.error()), console);
  return rows.error()->too_large ? kInconclusive : code;
}

// ---- what there is ----

/// Anybody may have made the file: its text is printed, and not obeyed.
std::string printable_lines(std::string_view text) {
  std::string out;
  while (true) {
    const auto end = text.find('\n');
    out += reports::printable(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    out += '\n';
    text.remove_prefix(end + 1);
  }
}

int print_schema(const QueryRequest& request, const TraceFile& file, Console& console) {
  std::vector<std::string> names;
  for (const TraceFile::Table& table : file.tables()) {
    if (table.name == *request.schema) {
      console.out << printable_lines(table.sql) << ";\n";
      return kHeld;
    }
    names.push_back(table.name);
  }
  throw UsageError(fmt::format("{} has no table or view '{}'", request.file, *request.schema),
                   scenarios::nearest(*request.schema, names));
}

int print_tables_as_json(const TraceFile& file, Console& console) {
  std::string text;
  for (const TraceFile::Table& table : file.tables()) {
    std::string columns;
    for (const std::string& column : table.columns) columns += (columns.empty() ? "" : ", ") + sim::json_quote(column);
    text +=
        fmt::format(R"({}{{"name": {}, "view": {}, "rows": {}, "columns": [{}], "meaning": {}}})",
                    text.empty() ? "\n" : ",\n", sim::json_quote(table.name), table.is_view,
                    table.is_view ? "null" : fmt::format("{}", table.rows), columns, sim::json_quote(table.meaning));
  }
  console.out << "{\"tables\": [" << text << "]}\n";
  return kHeld;
}

int print_tables(const TraceFile& file, Console& console) {
  std::vector<reports::Entry> entries;
  for (const TraceFile::Table& table : file.tables()) {
    const std::string head =
        fmt::format("{}  {}", reports::printable(table.name), table.is_view ? "view" : fmt::format("{}", table.rows));
    entries.push_back({head, reports::printable(table.meaning + " (" + reports::joined(table.columns) + ")")});
  }
  console.out << reports::listing(entries) << "\n"
              << reports::paragraph("",
                                    "A number is how many rows. `--schema TABLE` tells what "
                                    "the columns are; `--named NAME` asks:")
              << "\n";
  entries.clear();
  for (const NamedQuery& query : scenarios::named_queries(file.kind()))
    entries.push_back({"  " + std::string{query.name}, std::string{query.meaning}});
  console.out << reports::listing(entries);
  return kHeld;
}

}  // namespace

int query_command(const Arguments& arguments, Console& console) {
  const auto values = read_options(arguments, kQueryUsage, query_options(), {"FILE", 1, 2}, console);
  if (!values) return kHeld;
  const QueryRequest request = query_request(*values);
  const TraceFile::Opened opened = TraceFile::open(request.file, interrupted);
  if (!opened.file) return fail(request, opened.error, console);
  if (request.schema) return print_schema(request, *opened.file, console);
  if (request.sql || request.named) {
    const ReadStatement read = statement_of(request, opened.file->kind());
    if (!read.statement) return fail(request, read.error, console);
    return answer(request, *opened.file, *read.statement, console);
  }
  if (request.format == RowFormat::csv) throw UsageError("the list of tables has no CSV: give SQL, or --named", "");
  if (request.format == RowFormat::json) return print_tables_as_json(*opened.file, console);
  return print_tables(*opened.file, console);
}

}  // namespace drydock::cli
