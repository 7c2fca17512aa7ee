#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/files/diagnostic.hpp"
#include "scenarios/trace/named_query.hpp"

struct sqlite3;

namespace drydock::scenarios {

/// Says what a database holds: one run, or rows of the runs of a search.
enum class TraceKind : std::uint8_t { run, runs };

/// A database that was written to a file, a run's trace or the runs of a search, opened to be read and nothing else.
class TraceFile {
 public:
  struct Opened {
    std::unique_ptr<TraceFile> file;  // null: `error` says why
    Diagnostic error;
  };
  /// A statement that runs while `interrupted` says true ends with an error; it is asked every few milliseconds.
  [[nodiscard]] static Opened open(const std::string& path, std::function<bool()> interrupted);

  TraceFile(const TraceFile&) = delete;
  TraceFile& operator=(const TraceFile&) = delete;
  ~TraceFile();

  /// A table or view, as the file's own schema describes it.
  struct Table {
    std::string name;
    bool is_view = false;
    std::uint64_t rows = 0;  // of a table
    std::vector<std::string> columns;
    std::string meaning;  // the first comment in its statement
    std::string sql;      // the statement, comments and all
  };
  /// All of them, in the order of the schema. Empty where the file is damaged.
  [[nodiscard]] std::vector<Table> tables() const;

  [[nodiscard]] TraceKind kind() const { return kind_; }
  /// For SqlReading.
  [[nodiscard]] sqlite3* handle() const { return handle_; }

 private:
  explicit TraceFile(std::function<bool()> interrupted) : interrupted_(std::move(interrupted)) {}

  std::function<bool()> interrupted_;
  sqlite3* handle_ = nullptr;
  TraceKind kind_ = TraceKind::run;
};

/// Returns the questions that have names and are asked of such a database.
[[nodiscard]] std::span<const NamedQuery> named_queries(TraceKind kind);

}  // namespace drydock::scenarios
