#include "bench/sqlite_tape.hpp"

namespace drydock::bench {

SqliteTape& SqliteTape::instance() {
  static SqliteTape tape;
  return tape;
}

}  // namespace drydock::bench

using drydock::bench::SqliteTape;
using Op = SqliteTape::Op;

// The names are the linker's: --wrap=sqlite3_step sends calls of sqlite3_step to __wrap_sqlite3_step, and the real one
// is __real_sqlite3_step (cmake/targets.cmake lists them).
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" {

int __real_sqlite3_bind_int64(sqlite3_stmt*, int, sqlite3_int64);
int __real_sqlite3_bind_text(sqlite3_stmt*, int, const char*, int, void (*)(void*));
int __real_sqlite3_bind_double(sqlite3_stmt*, int, double);
int __real_sqlite3_bind_null(sqlite3_stmt*, int);
int __real_sqlite3_step(sqlite3_stmt*);
int __real_sqlite3_reset(sqlite3_stmt*);
int __real_sqlite3_clear_bindings(sqlite3_stmt*);
sqlite3_int64 __real_sqlite3_column_int64(sqlite3_stmt*, int);
const unsigned char* __real_sqlite3_column_text(sqlite3_stmt*, int);
int __real_sqlite3_column_bytes(sqlite3_stmt*, int);
double __real_sqlite3_column_double(sqlite3_stmt*, int);
int __real_sqlite3_column_type(sqlite3_stmt*, int);
int __real_sqlite3_changes(sqlite3*);

static void note(Op op, sqlite3_stmt* statement, int index = 0, std::int64_t integer = 0, double real = 0) {
  auto& tape = SqliteTape::instance();
  if (tape.recording()) tape.add({op, index, statement, nullptr, integer, real, {}});
}

int __wrap_sqlite3_bind_int64(sqlite3_stmt* s, int i, sqlite3_int64 v) {
  note(Op::bind_integer, s, i, v);
  return __real_sqlite3_bind_int64(s, i, v);
}
int __wrap_sqlite3_bind_text(sqlite3_stmt* s, int i, const char* text, int length, void (*destroy)(void*)) {
  auto& tape = SqliteTape::instance();
  if (tape.recording()) {
    tape.add({Op::bind_text, i, s, nullptr, 0, 0, std::string(text, static_cast<std::size_t>(length))});
  }
  return __real_sqlite3_bind_text(s, i, text, length, destroy);
}
int __wrap_sqlite3_bind_double(sqlite3_stmt* s, int i, double v) {
  note(Op::bind_real, s, i, 0, v);
  return __real_sqlite3_bind_double(s, i, v);
}
int __wrap_sqlite3_bind_null(sqlite3_stmt* s, int i) {
  note(Op::bind_null, s, i);
  return __real_sqlite3_bind_null(s, i);
}
int __wrap_sqlite3_step(sqlite3_stmt* s) {
  note(Op::step, s);
  return __real_sqlite3_step(s);
}
int __wrap_sqlite3_reset(sqlite3_stmt* s) {
  note(Op::reset, s);
  return __real_sqlite3_reset(s);
}
int __wrap_sqlite3_clear_bindings(sqlite3_stmt* s) {
  note(Op::clear, s);
  return __real_sqlite3_clear_bindings(s);
}
sqlite3_int64 __wrap_sqlite3_column_int64(sqlite3_stmt* s, int i) {
  note(Op::integer, s, i);
  return __real_sqlite3_column_int64(s, i);
}
const unsigned char* __wrap_sqlite3_column_text(sqlite3_stmt* s, int i) {
  note(Op::text, s, i);
  return __real_sqlite3_column_text(s, i);
}
int __wrap_sqlite3_column_bytes(sqlite3_stmt* s, int i) {
  note(Op::bytes, s, i);
  return __real_sqlite3_column_bytes(s, i);
}
double __wrap_sqlite3_column_double(sqlite3_stmt* s, int i) {
  note(Op::real, s, i);
  return __real_sqlite3_column_double(s, i);
}
int __wrap_sqlite3_column_type(sqlite3_stmt* s, int i) {
  note(Op::type, s, i);
  return __real_sqlite3_column_type(s, i);
}
int __wrap_sqlite3_changes(sqlite3* db) {
  auto& tape = SqliteTape::instance();
  if (tape.recording()) tape.add({Op::changes, 0, nullptr, db, 0, 0, {}});
  return __real_sqlite3_changes(db);
}
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

namespace drydock::bench {

void SqliteTape::play() const {
  for (const Call& call : calls_) {
    switch (call.op) {
      case Op::bind_integer:
        __real_sqlite3_bind_int64(call.statement, call.index, call.integer);
        break;
      case Op::bind_text:
        __real_sqlite3_bind_text(call.statement, call.index, call.text.data(), static_cast<int>(call.text.size()),
                                 SQLITE_TRANSIENT);
        break;
      case Op::bind_real:
        __real_sqlite3_bind_double(call.statement, call.index, call.real);
        break;
      case Op::bind_null:
        __real_sqlite3_bind_null(call.statement, call.index);
        break;
      case Op::step:
        __real_sqlite3_step(call.statement);
        break;
      case Op::reset:
        __real_sqlite3_reset(call.statement);
        break;
      case Op::clear:
        __real_sqlite3_clear_bindings(call.statement);
        break;
      case Op::integer:
        __real_sqlite3_column_int64(call.statement, call.index);
        break;
      case Op::text:
        __real_sqlite3_column_text(call.statement, call.index);
        break;
      case Op::bytes:
        __real_sqlite3_column_bytes(call.statement, call.index);
        break;
      case Op::real:
        __real_sqlite3_column_double(call.statement, call.index);
        break;
      case Op::type:
        __real_sqlite3_column_type(call.statement, call.index);
        break;
      case Op::changes:
        __real_sqlite3_changes(call.handle);
        break;
    }
  }
}

}  // namespace drydock::bench
