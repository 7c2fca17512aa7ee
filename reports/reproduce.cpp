#include "reports/reproduce.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "reports/layout.hpp"

namespace drydock::reports {
namespace {

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view{"_-./=:,+@%"}.find(c) != std::string_view::npos;
}

/// Quotes a word in bash's `$'…'`: no other quoting can write a character that must not be printed.
std::string ansi_quote(std::string_view word) {
  std::string out = "$'";
  for (const char c : word) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7F) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      if (c == '\'' || c == '\\') out += '\\';
      out += c;
    }
  }
  return out + "'";
}

void add(std::string& line, std::string_view option, std::string_view value) {
  line += fmt::format(" {} {}", option, shell_quote(value));
}

}  // namespace

std::string shell_quote(std::string_view word) {
  if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain)) return std::string{word};
  if (printable(word) != word) return ansi_quote(word);
  std::string out = "'";
  for (const char c : word) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

std::string as_pattern(std::string_view case_name) {
  std::string out;
  for (const char c : case_name) {
    if (c == '*' || c == '?' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string reproduce_command(const scenarios::Outcome& outcome, const Invocation& invocation) {
  if (!invocation.command.empty()) return invocation.command;
  std::string line = "drydock run";
  if (!invocation.file.empty()) {
    line += " " + shell_quote(invocation.file);
    // Under --policy there is one case per policy, named after it.
    if (!invocation.policy) add(line, "--case", as_pattern(outcome.case_name));
  }
  if (invocation.policy) add(line, "--policy", *invocation.policy);
  if (invocation.tape) add(line, "--tape", *invocation.tape);
  if (invocation.seed) add(line, "--seed", std::to_string(*invocation.seed));
  if (invocation.no_seed) add(line, "--seed", "none");
  for (const std::string& setting : invocation.set) add(line, "--set", setting);
  for (const std::string& deviation : invocation.deviate) add(line, "--deviate", deviation);
  for (const std::string& file : invocation.invariants) add(line, "--invariant", file);
  return line;
}

}  // namespace drydock::reports
