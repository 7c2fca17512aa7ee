#include "cli/logs.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iostream>
#include <iterator>

#include "cli/input.hpp"
#include "scenarios/files/embedded.hpp"

namespace drydock::cli {
namespace {

using scenarios::Diagnostic;

template <typename T>
void append(std::vector<T>& all, std::vector<T> more) {
  std::move(more.begin(), more.end(), std::back_inserter(all));
}

scenarios::VisibleKind visible_of(const std::string& text) {
  const scenarios::ParsedVisible parsed = scenarios::parse_visible(text);
  if (parsed.value) return *parsed.value;
  const std::string hint = parsed.hint.empty() ? "" : " (" + parsed.hint + ")";
  throw UsageError(fmt::format("--visible: {}{}", parsed.error, hint), "");
}

/// Kinds separated by commas, or one kind with a detail in braces.
std::vector<scenarios::VisibleKind> visible_in(const po::variables_map& values) {
  std::vector<scenarios::VisibleKind> visible;
  for (const std::string& text : all_of(values, "visible")) {
    if (text.find('{') != std::string::npos) {
      visible.push_back(visible_of(text));
      continue;
    }
    std::size_t from = 0;
    while (from <= text.size()) {
      const auto comma = std::min(text.find(',', from), text.size());
      visible.push_back(visible_of(text.substr(from, comma - from)));
      from = comma + 1;
    }
  }
  return visible;
}

/// Reads a mapping file; where there is no such file, a bare name is a built-in mapping's.
Input read_mapping_file(const std::string& name) {
  Input input = read_file(name);
  if (input.text) return input;
  for (const auto& file : scenarios::embedded_files()) {
    if (file.path == "mappings/" + name + ".json") return {std::string{file.text}, {}};
  }
  return input;
}

/// Reads a log, or standard input, which is called `-`.
Input read_log_file(const std::string& name) { return name == "-" ? read_standard_input() : read_file(name); }

std::optional<scenarios::Mapping> read_mapping(const po::variables_map& values, std::vector<Diagnostic>& errors) {
  const auto file = one_of(values, "mapping");
  if (!file) return std::nullopt;
  const Input input = read_mapping_file(*file);
  if (!input.text) {
    errors.push_back(input.error);
    return std::nullopt;
  }
  auto decoded = scenarios::decode_mapping(*file, *input.text);
  append(errors, std::move(decoded.errors));
  return std::move(decoded.value);
}

}  // namespace

Option mapping_option() {
  return {"mapping", "FILE", "how lines become events (drydock schema mapping); platform: its own log lines"};
}

Option log_kind_option() {
  return {"from", "KIND",
          fmt::format("what the logs are: {} (default: by content)", fmt::join(scenarios::log_kind_names(), ", "))};
}

Option visible_option() {
  return {"visible", "KIND,…",
          "+ events that the log would show had they happened; KIND:{\"key\":value} those with this detail"};
}

ReadLogs read_logs(const po::variables_map& values) {
  ReadLogs read;
  scenarios::ImportOptions options;
  if (const auto kind = one_of(values, "from")) {
    options.kind = scenarios::parse_log_kind(*kind);
  }
  options.visible = visible_in(values);
  const auto mapping = read_mapping(values, read.errors);
  if (mapping) options.mapping = &*mapping;
  std::vector<scenarios::LogInput> inputs;
  const std::vector<std::string> files = operands_of(values);
  if (std::count(files.begin(), files.end(), "-") > 1)
    throw UsageError("standard input (-) can be read once", "name it once");
  for (const std::string& file : files) {
    Input input = read_log_file(file);
    if (input.text) {
      inputs.push_back({file == "-" ? "standard input" : file, *std::move(input.text)});
    } else {
      read.errors.push_back(input.error);
    }
  }
  auto imported = scenarios::import_logs(inputs, options);
  append(read.errors, std::move(imported.errors));
  if (read.errors.empty()) read.log = std::move(imported.value);
  return read;
}

}  // namespace drydock::cli
