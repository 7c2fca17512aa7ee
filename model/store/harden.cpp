#include "model/store/harden.hpp"

#include <sqlite3.h>

#include "sim/check.hpp"

namespace drydock::model {

void harden(sqlite3* handle) {
  struct Switch {
    int name{};
    int on{};
  };
  for (const Switch one :
       {Switch{SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0}, Switch{SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0},
        Switch{SQLITE_DBCONFIG_DEFENSIVE, 1}, Switch{SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0}}) {
    int is_on = -1;
    const int done = sqlite3_db_config(handle, one.name, one.on, &is_on);
    DRYDOCK_CHECK(done == SQLITE_OK && is_on == one.on, "SQLite does not set its switch {} to {}", one.name, one.on);
  }
  const char* kept[] = {"json_each", "json_tree", nullptr};
  DRYDOCK_CHECK(sqlite3_drop_modules(handle, kept) == SQLITE_OK, "SQLite keeps its virtual tables");
}

}  // namespace drydock::model
