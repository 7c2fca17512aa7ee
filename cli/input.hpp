#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/console.hpp"
#include "scenarios/files/diagnostic.hpp"

namespace drydock::cli {

using scenarios::Diagnostic;

/// Holds a file's text or, where that is empty, why it could not be read.
struct Input {
  std::optional<std::string> text;
  Diagnostic error;
};

/// Reads a file that the user named. Where no such file exists, a bare name is a built-in
/// scenario's: `reprov-thrash` is scenarios/reprov-thrash.json as it was when this binary was
/// built.
[[nodiscard]] Input read_input(const std::string& name);

/// Reads a file and nothing but a file. Throws scenarios::WaitEnded where the user interrupts while it
/// waits for the other end of a pipe.
[[nodiscard]] Input read_file(const std::string& path);
/// Reads standard input to its end, and at most as much of it as of a file. Throws
/// scenarios::WaitEnded likewise.
[[nodiscard]] Input read_standard_input();

/// Return the scenarios inside the binary: their bare names, and the text of one, which is empty where there is none of
/// this name.
[[nodiscard]] std::vector<std::string> built_in_names();
[[nodiscard]] std::optional<std::string_view> built_in_text(std::string_view name);

/// Prints what is wrong with the user's input: to stderr as text, or to stdout as JSON. Returns
/// exit code 2.
int report_errors(const std::vector<Diagnostic>& errors, Format format, Console& console);
void report_warnings(const std::vector<Diagnostic>& warnings, Console& console);

}  // namespace drydock::cli
