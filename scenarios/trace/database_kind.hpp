#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace drydock::scenarios {

/// Says by what a database of ours is told from others: two numbers in the head of its file.
struct DatabaseKind {
  std::int32_t application_id = 0;
  std::int32_t version = 0;  // the newest that is read
  std::string_view name;     // `trace`
  std::string_view made_by;  // the option that writes one
};

/// Tells whether the file is an SQLite database with this number in its head.
[[nodiscard]] bool has_application_id(const std::string& path, std::int32_t application_id);

/// Says why the file is no database of the kind; empty where it is one. Only the head is read.
[[nodiscard]] std::string why_not_database(const std::string& path, const DatabaseKind& kind);

}  // namespace drydock::scenarios
