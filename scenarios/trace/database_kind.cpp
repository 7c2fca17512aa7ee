#include "scenarios/trace/database_kind.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace drydock::scenarios {
namespace {

// Where SQLite's file format has them (https://www.sqlite.org/fileformat2.html#the_database_header).
constexpr std::size_t kHeader = 100;
constexpr std::string_view kMagic{"SQLite format 3\0", 16};
constexpr std::size_t kUserVersionAt = 60;
constexpr std::size_t kApplicationIdAt = 68;

std::int32_t number_at(std::string_view header, std::size_t at) {
  std::uint32_t value = 0;
  for (const char byte : header.substr(at, 4)) value = (value << 8U) | static_cast<unsigned char>(byte);
  return static_cast<std::int32_t>(value);
}

/// Returns the head of a database; empty where the file has none.
std::string head_of(std::ifstream& file) {
  std::string head(kHeader, '\0');
  file.read(head.data(), kHeader);
  const bool is_database = file.gcount() == kHeader && head.starts_with(kMagic);
  return is_database ? head : std::string{};
}

bool is_on_disk(const std::string& path) {
  std::error_code ignored;
  return !std::filesystem::exists(path, ignored) || std::filesystem::is_regular_file(path, ignored) ||
         std::filesystem::is_directory(path, ignored);
}

}  // namespace

bool has_application_id(const std::string& path, std::int32_t application_id) {
  if (!is_on_disk(path)) return false;
  std::ifstream file(path, std::ios::binary);
  const std::string head = head_of(file);
  return !head.empty() && number_at(head, kApplicationIdAt) == application_id;
}

std::string why_not_database(const std::string& path, const DatabaseKind& kind) {
  if (!is_on_disk(path)) return "is no file on a disk: a database cannot be read from a pipe";
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return fmt::format("cannot be read: {}", std::strerror(errno));
  const std::string header = head_of(file);
  if (file.bad() || errno == EISDIR) return fmt::format("cannot be read: {}", std::strerror(errno));
  if (header.empty()) return "is no SQLite database";
  if (number_at(header, kApplicationIdAt) != kind.application_id)
    return fmt::format("is an SQLite database, but no {} of drydock's ({} writes one)", kind.name, kind.made_by);
  const std::int32_t version = number_at(header, kUserVersionAt);
  if (version > kind.version) {
    return fmt::format("was written by a newer drydock: it has version {}, and this one reads {}", version,
                       kind.version);
  }
  return version == kind.version ? "" : fmt::format("has no version of a {}: {}", kind.name, version);
}

}  // namespace drydock::scenarios
