#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/files/decoded.hpp"
#include "scenarios/files/diagnostic.hpp"
#include "scenarios/files/json_source.hpp"
#include "scenarios/files/keys.hpp"

namespace drydock::scenarios {

/// Collects what is wrong with one file, each with its place.
class DiagnosticSink {
 public:
  /// More than these are counted, not listed.
  static constexpr std::size_t kMostErrors = 200;

  DiagnosticSink(std::string file, const JsonSource& source) : file_(std::move(file)), source_(source) {}

  /// At the value, at its key, or at the place of a missing key's object.
  void error(const Node& node, std::string message, std::string hint = {});
  /// At a byte of the text that the node holds.
  void error_within(const Node& text, std::size_t byte, std::string message, std::string hint = {});
  void error_at_key(const Node& node, std::string message, std::string hint = {});
  void warning(const Node& node, std::string message, std::string hint = {});
  /// `unknown <what> "<word>"`, with the nearest candidate as hint.
  void unknown(const Node& node, std::string_view what, const std::string& word,
               const std::vector<std::string>& candidates);
  void unknown_key(const Node& node, const std::vector<std::string>& candidates);
  void wrong_type(const Node& node, std::string_view wanted, std::string hint = {});
  /// Errors of another file that this one names.
  void add(std::vector<Diagnostic> others);

  /// True once nothing more is listed: whoever would do work for a message can skip it.
  [[nodiscard]] bool full() const { return errors_.size() >= kMostErrors; }
  [[nodiscard]] std::size_t count() const { return errors_.size() + uncounted_; }
  [[nodiscard]] const JsonSource& source() const { return source_; }
  [[nodiscard]] const std::string& file() const { return file_; }

  /// Reports what the reader found: a syntax error (false: there is nothing to decode), duplicate
  /// keys.
  bool check_source();
  /// Everything found, in the order of the file.
  [[nodiscard]] std::vector<Diagnostic> take_errors();
  [[nodiscard]] std::vector<Diagnostic> take_warnings();

 private:
  void place(std::size_t offset, std::string pointer, std::string message, std::string hint);
  [[nodiscard]] Diagnostic placed(std::size_t offset, std::string pointer, std::string message, std::string hint) const;

  std::string file_;
  const JsonSource& source_;
  std::vector<Diagnostic> errors_;
  std::vector<Diagnostic> warnings_;
  std::size_t uncounted_ = 0;
};

/// Lists words between which a user chooses: `"a", "b" or "c"`.
[[nodiscard]] std::string quoted_list(std::span<const std::string_view> words);
/// Gives the hint `did you mean "x"?`; empty when nothing is near.
[[nodiscard]] std::string did_you_mean(const std::string& word, const std::vector<std::string>& candidates);
/// Gives the same hint, or else all candidates when they are few.
[[nodiscard]] std::string suggestion(const std::string& word, const std::vector<std::string>& candidates);

/// Readers of one value. Each reports what is wrong and then returns nothing.
[[nodiscard]] std::optional<std::string> read_string(DiagnosticSink& report, const Node& node);
/// A string without line breaks and control characters, not empty.
[[nodiscard]] std::optional<std::string> read_line(DiagnosticSink& report, const Node& node);
/// A kebab-case id: `flaky-stop`.
[[nodiscard]] std::optional<std::string> read_name(DiagnosticSink& report, const Node& node);
/// A string, or a list of strings: its lines.
[[nodiscard]] std::optional<std::string> read_prose(DiagnosticSink& report, const Node& node);
[[nodiscard]] std::optional<Duration> read_duration(DiagnosticSink& report, const Node& node, Duration least = {});
[[nodiscard]] std::optional<std::uint64_t> read_count(DiagnosticSink& report, const Node& node, std::uint64_t least,
                                                      std::uint64_t most);
[[nodiscard]] std::optional<std::string> read_word(DiagnosticSink& report, const Node& node,
                                                   std::span<const std::string_view> words);
/// Tells whether the node is a list of at most `most` elements; reports it otherwise.
[[nodiscard]] bool is_list(DiagnosticSink& report, const Node& node, std::size_t most = JsonSource::kMostValues);
[[nodiscard]] bool is_object(DiagnosticSink& report, const Node& node);
/// A map of the user's own keys to texts.
[[nodiscard]] std::map<std::string, std::string> read_texts(DiagnosticSink& report, const Node& node);
/// A map of the user's own keys to any values.
[[nodiscard]] std::map<std::string, Json> read_values(DiagnosticSink& report, const Node& node);

/// Gives a hint towards a duration for a text that is none.
[[nodiscard]] std::string duration_hint(std::string_view text);

/// False, with an error, when the file says that it is of another format: then its keys are not judged by this one.
[[nodiscard]] bool is_format(DiagnosticSink& report, const Node& node, std::string_view wanted);

/// An object of fixed keys. Made from its shape, it reports keys that are unknown (`x-…` ones are
/// the user's) and required ones that are missing; then its values are read by name.
class Fields {
 public:
  Fields(DiagnosticSink& report, const Node& node, const Shape& shape);

  [[nodiscard]] const Node& node() const { return node_; }
  [[nodiscard]] const Node* find(std::string_view key) const;
  [[nodiscard]] bool has(std::string_view key) const { return find(key) != nullptr; }

  [[nodiscard]] std::optional<std::string> string(std::string_view key) const;
  [[nodiscard]] std::optional<std::string> line(std::string_view key) const;
  [[nodiscard]] std::optional<Duration> duration(std::string_view key, Duration least = {}) const;
  [[nodiscard]] std::optional<std::uint64_t> count(std::string_view key, std::uint64_t least, std::uint64_t most) const;
  [[nodiscard]] std::optional<std::uint32_t> count32(std::string_view key, std::uint32_t least = 0,
                                                     std::uint32_t most = 1'000'000'000) const;
  [[nodiscard]] std::optional<std::string> word(std::string_view key, std::span<const std::string_view> words) const;

 private:
  DiagnosticSink& report_;
  const Node& node_;
};

[[nodiscard]] bool is_users_key(std::string_view key);
[[nodiscard]] std::vector<std::string> key_names(const Shape& shape);

/// Reads a text of strict JSON. `read(report, root)` makes the value of it and reports what is wrong; a syntax error
/// ends the reading before that.
template <typename T, typename Read>
Decoded<T> decode_text(const std::string& file, std::string_view text, Read read) {
  const JsonSource source(text);
  DiagnosticSink report(file, source);
  Decoded<T> out;
  if (report.check_source()) {
    T value = read(report, source.root());
    if (report.count() == 0) out.value = std::move(value);
  }
  out.errors = report.take_errors();
  out.warnings = report.take_warnings();
  return out;
}

/// Copies views into the strings that `nearest` takes.
template <typename Range>
std::vector<std::string> to_strings(const Range& range) {
  return std::vector<std::string>(std::begin(range), std::end(range));
}

}  // namespace drydock::scenarios
