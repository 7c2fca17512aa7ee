// Whatever the bytes, a file is a trace database that can be asked, or it is refused with a reason.

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "scenarios/trace/sql_reading.hpp"
#include "scenarios/trace/trace_file.hpp"

namespace {

using drydock::scenarios::SqlReading;
using drydock::scenarios::TraceFile;

/// No statement over a small file takes so many rows.
constexpr int kMostRows = 10'000;

void ask(const TraceFile& file, std::string_view sql) {
  SqlReading rows(file.handle(), sql);
  for (int row = 0; row < kMostRows && rows.step(); ++row) (void)rows.row();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const int memory = ::memfd_create("fuzz", MFD_CLOEXEC);
  if (memory < 0 || ::write(memory, data, size) != static_cast<ssize_t>(size)) std::abort();
  int looked = 0;
  const auto opened = TraceFile::open(fmt::format("/proc/self/fd/{}", memory), [&looked] { return ++looked > 1000; });
  if ((opened.file == nullptr) == opened.error.message.empty()) std::abort();
  if (opened.file != nullptr) {
    for (const TraceFile::Table& table : opened.file->tables())
      ask(*opened.file, "SELECT * FROM \"" + table.name + '"');
    for (const auto& named : drydock::scenarios::named_queries(opened.file->kind())) ask(*opened.file, named.sql);
  }
  ::close(memory);
  return 0;
}
