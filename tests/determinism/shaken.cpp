#include "tests/determinism/shaken.hpp"

#include "sim/check.hpp"

namespace drydock::determinism {

void shake(model::Database& database, Shake how) {
  switch (how) {
    case Shake::reverse_unordered_rows: {
      const int done =
          sqlite3_exec(database.handle(), "PRAGMA reverse_unordered_selects = ON", nullptr, nullptr, nullptr);
      DRYDOCK_CHECK(done == SQLITE_OK, "{}", sqlite3_errmsg(database.handle()));
      return;
    }
    case Shake::plain_plans:
      sqlite3_test_control(SQLITE_TESTCTRL_OPTIMIZATIONS, database.handle(), ~0U);
      return;
  }
}

std::string_view to_text(Shake how) { return how == Shake::plain_plans ? "plain_plans" : "reverse_unordered_rows"; }

}  // namespace drydock::determinism
