#include "cli/input.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "reports/json.hpp"
#include "reports/layout.hpp"
#include "scenarios/files/embedded.hpp"
#include "scenarios/files/file_use.hpp"

namespace drydock::cli {
namespace {

// Larger than any scenario that a person or a program would write; an endless device must not eat
// the memory.
constexpr std::size_t kLargestFile = 64U << 20U;

Input failed(const std::string& file, std::string message, std::string hint = "") {
  return {std::nullopt, scenarios::problem_in(file, std::move(message), std::move(hint))};
}

Input read_descriptor(const std::string& path, int descriptor) {
  auto text = scenarios::read_to_end(descriptor, kLargestFile);
  if (!text) return failed(path, fmt::format("cannot be read: {}", std::strerror(errno)));
  if (text->size() > kLargestFile) return failed(path, "is larger than 64 MiB");
  return {std::move(text), {}};
}

bool exists(const std::string& path) {
  struct stat found {};
  return ::stat(path.c_str(), &found) == 0 || errno != ENOENT;
}

}  // namespace

Input read_file(const std::string& path) {
  const scenarios::OpenFile file(path);
  if (file.get() < 0) return failed(path, fmt::format("cannot be read: {}", std::strerror(errno)));
  if (const std::string output = scenarios::note_read(path, file.get()); !output.empty())
    return failed(path, fmt::format("{} would replace this file, which is read", output));
  return read_descriptor(path, file.get());
}

Input read_standard_input() { return read_descriptor("standard input", STDIN_FILENO); }

std::vector<std::string> built_in_names() {
  std::vector<std::string> names;
  for (const auto& file : scenarios::embedded_files()) {
    if (file.path.find('/') != std::string_view::npos || !file.path.ends_with(".json")) continue;
    names.emplace_back(file.path.substr(0, file.path.size() - std::string_view{".json"}.size()));
  }
  return names;
}

std::optional<std::string_view> built_in_text(std::string_view name) {
  for (const auto& file : scenarios::embedded_files()) {
    if (file.path == std::string{name} + ".json") return file.text;
  }
  return std::nullopt;
}

Input read_input(const std::string& name) {
  if (exists(name)) return read_file(name);
  if (name.find('/') == std::string::npos) {
    if (const auto text = built_in_text(name)) return {std::string{*text}, {}};
  }
  const std::string near = scenarios::nearest(name, built_in_names());
  return failed(name, "there is no such file, and no built-in scenario of this name",
                near.empty() ? "drydock list scenarios" : "did you mean " + near + "?");
}

int report_errors(const std::vector<Diagnostic>& errors, Format format, Console& console) {
  if (format == Format::json) {
    console.out << reports::errors_json(errors);
    return kBadInput;
  }
  for (const Diagnostic& error : errors) {
    console.err << reports::printable(scenarios::to_text(error)) << "\n";
  }
  return kBadInput;
}

void report_warnings(const std::vector<Diagnostic>& warnings, Console& console) {
  for (const Diagnostic& warning : warnings) {
    console.err << "warning: " << reports::printable(scenarios::to_text(warning)) << "\n";
  }
}

}  // namespace drydock::cli
