#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/check.hpp"

namespace drydock::scenarios {

/// One INSERT statement, used for many rows. Texts are not copied: they outlive the row's `insert()`.
class Inserter {
 public:
  Inserter(sqlite3* handle, const char* sql) {
    const int prepared = sqlite3_prepare_v2(handle, sql, -1, &statement_, nullptr);
    DRYDOCK_CHECK(prepared == SQLITE_OK, "{}: {}", sqlite3_errmsg(handle), sql);
  }
  Inserter(const Inserter&) = delete;
  Inserter& operator=(const Inserter&) = delete;
  ~Inserter() { sqlite3_finalize(statement_); }

  Inserter& add(std::int64_t value) {
    sqlite3_bind_int64(statement_, ++bound_, value);
    return *this;
  }
  Inserter& add(std::string_view text) {
    sqlite3_bind_text(statement_, ++bound_, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
    return *this;
  }
  /// A temporary would be gone before the row is inserted.
  Inserter& add(std::string&& text) = delete;
  Inserter& add(double value) {
    sqlite3_bind_double(statement_, ++bound_, value);
    return *this;
  }
  Inserter& add(std::optional<std::int64_t> value) { return value ? add(*value) : add_null(); }
  Inserter& add(const sqlite3_value* value) {
    sqlite3_bind_value(statement_, ++bound_, value);
    return *this;
  }
  /// An empty text is NULL.
  Inserter& add_or_null(std::string_view text) { return text.empty() ? add_null() : add(text); }
  Inserter& add_null() {
    sqlite3_bind_null(statement_, ++bound_);
    return *this;
  }
  /// Every column has been given a value.
  void insert() {
    const int done = sqlite3_step(statement_);
    DRYDOCK_CHECK(done == SQLITE_DONE, "{}", sqlite3_errmsg(sqlite3_db_handle(statement_)));
    sqlite3_reset(statement_);
    bound_ = 0;
  }

 private:
  sqlite3_stmt* statement_ = nullptr;
  int bound_ = 0;
};

}  // namespace drydock::scenarios
