#include "scenarios/files/presets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <tuple>

#include "scenarios/files/decode_cloud.hpp"
#include "scenarios/files/embedded.hpp"
#include "scenarios/files/fields.hpp"
#include "scenarios/files/file_use.hpp"

namespace drydock::scenarios {
namespace {

constexpr std::string_view kFolder = "policies/";
constexpr std::string_view kSuffix = ".json";
constexpr std::size_t kLongestChain = 32;

Decoded<model::Policy> failure(std::string file, std::string message, std::string hint = {}) {
  Decoded<model::Policy> out;
  out.errors.push_back(problem_in(std::move(file), std::move(message), std::move(hint)));
  return out;
}

/// What the order of the presets is made of.
struct Dated {
  std::string date;     // empty: of no day
  std::string extends;  // another preset; empty: none
};
using Presets = std::map<std::string, Dated>;  // by name

Json preset_json(std::string_view text) { return Json::parse(text, nullptr, false, true); }

std::optional<std::string_view> preset_text(std::string_view name) {
  for (const EmbeddedFile& file : embedded_files()) {
    if (file.path == fmt::format("{}{}{}", kFolder, name, kSuffix)) return file.text;
  }
  return std::nullopt;
}

Presets read_presets() {
  Presets presets;
  for (const EmbeddedFile& file : embedded_files()) {
    if (!file.path.starts_with(kFolder) || !file.path.ends_with(kSuffix)) continue;
    const auto stem = file.path.substr(kFolder.size());
    const Json json = preset_json(file.text);
    presets[std::string{stem.substr(0, stem.size() - kSuffix.size())}] = {json.value("date", ""),
                                                                          json.value("extends", "")};
  }
  return presets;
}

/// Counts a preset and those that it extends, one through another.
std::size_t depth_of(const Presets& presets, const std::string& name) {
  std::size_t depth = 0;
  for (auto at = presets.find(name); at != presets.end() && depth < kLongestChain; ++depth)
    at = presets.find(at->second.extends);
  return depth;
}

Decoded<model::Policy> load(const std::string& name, std::vector<std::string>& chain);

/// Resolves a path that stands in a file: beside that file, or else as it stands.
std::string beside(const std::string& directory, const std::string& path) {
  if (!is_policy_path(path) || directory.empty() || path.front() == '/') return path;
  const std::string candidate = directory + "/" + path;
  std::error_code error;
  return std::filesystem::exists(candidate, error) ? candidate : path;
}

void extend(DiagnosticSink& report, const Node& node, const std::string& directory, std::vector<std::string>& chain,
            model::Policy& policy) {
  const auto name = read_line(report, node);
  if (!name) return;
  const std::string base = beside(directory, *name);
  if (std::find(chain.begin(), chain.end(), base) != chain.end() || chain.size() >= kLongestChain) {
    std::string loop;
    for (const auto& link : chain) loop += link + " → ";
    return report.error(node, "extends itself: " + loop + base);
  }
  auto loaded = load(base, chain);
  if (loaded.value) {
    policy = *loaded.value;
    return;
  }
  const bool unknown = loaded.errors.size() == 1 && loaded.errors.front().line == 0;
  if (unknown) {
    report.error(node, loaded.errors.front().message, loaded.errors.front().hint);
  } else {
    report.error(node, fmt::format("{} has errors", in_quotes(*name)));
    report.add(std::move(loaded.errors));
  }
}

void check_date(DiagnosticSink& report, const Node& node) {
  const auto text = read_line(report, node);
  if (text && !sim::parse_rfc3339(*text + "T00:00:00Z"))
    report.error(node, fmt::format("{} is not a day", in_quotes(*text)), "for instance 2026-05-19");
}

model::Policy read_policy(DiagnosticSink& report, const Node& root, const std::string& directory,
                          std::vector<std::string>& chain) {
  model::Policy policy;
  if (!is_format(report, root, "drydock.policy/1")) return policy;
  const Fields fields(report, root, shape::policy);
  if (const Node* base = fields.find("extends")) extend(report, *base, directory, chain, policy);
  if (const Node* name = fields.find("name")) policy.name = read_name(report, *name).value_or("");
  if (const Node* date = fields.find("date")) check_date(report, *date);
  if (const Node* story = fields.find("story")) (void)read_prose(report, *story);
  if (const Node* set = fields.find("set")) decode_knobs(report, *set, policy);
  return policy;
}

Decoded<model::Policy> decode(const std::string& file, std::string_view text, std::vector<std::string>& chain) {
  return decode_text<model::Policy>(file, text, [&](DiagnosticSink& report, const Node& root) {
    return read_policy(report, root, folder_of(file), chain);
  });
}

Decoded<model::Policy> load(const std::string& name, std::vector<std::string>& chain) {
  chain.push_back(name);
  Decoded<model::Policy> out;
  std::string reason;
  if (!is_policy_path(name)) {
    const auto text = preset_text(name);
    out = text ? decode(fmt::format("{}{}{}", kFolder, name, kSuffix), *text, chain)
               : failure({}, fmt::format("unknown policy {}", in_quotes(name)), suggestion(name, preset_names()));
  } else if (const auto text = read_file(name, reason)) {
    out = decode(name, *text, chain);
  } else {
    out = failure(name, fmt::format("policy file {}: {}", in_quotes(name), reason));
  }
  chain.pop_back();
  return out;
}

/// Says why a file cannot be read.
std::string why_unreadable(int error) {
  if (error == ENOENT) return "no such file";
  if (error == EISDIR) return "is a folder";
  return fmt::format("cannot be read: {}", std::strerror(error));
}

}  // namespace

std::vector<std::string> variant_parts(std::string_view variant) {
  std::vector<std::string> parts(1);
  int depth = 0;
  bool quoted = false;
  for (const char c : variant) {
    if (c == '"') quoted = !quoted;
    if (!quoted && (c == '{' || c == '[')) ++depth;
    if (!quoted && (c == '}' || c == ']')) --depth;
    if (c == ',' && depth == 0 && !quoted) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

std::optional<std::string> read_file(const std::string& path, std::string& reason) {
  const OpenFile file(path);
  if (file.get() < 0) {
    reason = why_unreadable(errno);
    return std::nullopt;
  }
  std::optional<std::string> text;
  if (const std::string output = note_read(path, file.get()); !output.empty()) {
    reason = fmt::format("{} would replace this file, which is read", output);
  } else {
    // Of a file that is too long, whoever reads its text says so.
    text = read_to_end(file.get(), JsonSource::kMostBytes);
    if (!text) reason = why_unreadable(errno);
  }
  return text;
}

bool is_policy_path(std::string_view name) {
  return name.find('/') != std::string_view::npos || name.ends_with(kSuffix);
}

std::string folder_of(const std::string& file) {
  const auto slash = file.rfind('/');
  if (slash == std::string::npos) return {};
  return slash == 0 ? "/" : file.substr(0, slash);
}

const Decoded<model::Policy>& PolicyLoader::load(const std::string& name_or_path) {
  const std::string name = full_name(name_or_path);
  const auto found = loaded_.find(name);
  if (found != loaded_.end()) return found->second;
  return loaded_.emplace(name, load_policy(name)).first->second;
}

std::string PolicyLoader::full_name(const std::string& name_or_path) const { return beside(directory_, name_or_path); }

Decoded<model::Policy> decode_policy(const std::string& file, std::string_view text) {
  std::vector<std::string> chain{file};
  return decode(file, text, chain);
}

Decoded<model::Policy> load_policy(const std::string& name_or_path) {
  std::vector<std::string> chain;
  return load(name_or_path, chain);
}

std::string preset_date(std::string_view name) {
  const auto text = preset_text(name);
  return text ? preset_json(*text).value("date", "") : "";
}

std::vector<std::string> preset_names() {
  const Presets presets = read_presets();
  std::vector<std::string> names;
  names.reserve(presets.size());
  for (const auto& [name, preset] : presets) names.push_back(name);
  const auto place = [&](const std::string& name) {
    const std::string& date = presets.at(name).date;
    return std::tuple(date.empty(), std::string_view{date}, depth_of(presets, name), std::string_view{name});
  };
  std::sort(names.begin(), names.end(), [&](const auto& a, const auto& b) { return place(a) < place(b); });
  return names;
}

}  // namespace drydock::scenarios
