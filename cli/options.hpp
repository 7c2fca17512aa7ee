#pragma once

#include <array>
#include <boost/program_options.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/commands.hpp"
#include "cli/output.hpp"

namespace drydock::cli {

namespace po = boost::program_options;

/// The command line is wrong: exit 2. The hint says what was probably meant.
class UsageError : public std::runtime_error {
 public:
  UsageError(const std::string& message, const std::string& nearest_name)
      : std::runtime_error(message), hint_(nearest_name.empty() ? "" : "did you mean " + nearest_name + "?") {}

  [[nodiscard]] const std::string& hint() const { return hint_; }

 private:
  std::string hint_;
};

/// A command's help, examples first. Texts are laid out by hand for 80 columns.
struct Usage {
  std::string_view synopsis;  // `drydock run FILE… [options]`
  std::string_view examples;
  std::string_view notes;
};

/// What a command's words without dashes are called, and how many there may be.
struct Operands {
  std::string_view name;
  std::size_t least = 0;
  std::size_t most = 0;
  std::vector<std::string> words = {};  // each is one of these; none: anything
};

/// Everything that a command says of itself: what help, completion and the manual page are made of.
struct Description {
  Usage usage;
  po::options_description options;  // with --help
  Operands operands;
};

/// The options that stand without a command.
[[nodiscard]] po::options_description main_options();

/// Reads a command's own arguments: the second stage, the first being the command's name. A value
/// is checked where its name says all that it may be (cli/values.hpp). Empty when help was asked
/// for, which is then printed, and when describe() asks. Throws UsageError.
[[nodiscard]] std::optional<po::variables_map> read_options(const Arguments& arguments, const Usage& usage,
                                                            const po::options_description& options,
                                                            const Operands& operands, Console& console);

/// The words without dashes.
[[nodiscard]] std::vector<std::string> operands_of(const po::variables_map& values);
/// A repeatable option's values; none when it was not given.
[[nodiscard]] std::vector<std::string> all_of(const po::variables_map& values, const char* option);
[[nodiscard]] std::optional<std::string> one_of(const po::variables_map& values, const char* option);

enum class Format : unsigned char { text, json, ndjson, junit };
/// What most commands print.
inline constexpr std::array kTextOrJson{Format::text, Format::json};
/// What a command that plays cases prints.
inline constexpr std::array kRunFormats{Format::text, Format::json, Format::ndjson, Format::junit};
/// `--format`, of which this command has these.
void add_format(po::options_description& options, std::span<const Format> formats = kTextOrJson);
[[nodiscard]] Format format_of(const po::variables_map& values, std::span<const Format> formats = kTextOrJson);
/// Whether the raw arguments ask for JSON: known even where they cannot be read.
[[nodiscard]] bool asks_for_json(const Arguments& arguments);

void add_colour(po::options_description& options);
/// `auto` follows the terminal and NO_COLOR; `always` and `never` say it outright.
[[nodiscard]] bool colour_of(const po::variables_map& values, const Terminal& terminal);

/// A whole number without sign, at most `most`. Throws UsageError.
[[nodiscard]] std::uint64_t number_of(std::string_view option, const std::string& text, std::uint64_t most);

/// The same, from 1.
[[nodiscard]] std::uint64_t positive_of(std::string_view option, const std::string& text, std::uint64_t most);

/// A duration of wall time that is not 0, in seconds. Throws UsageError.
[[nodiscard]] double wall_seconds_of(std::string_view option, const std::string& text);

/// One of these words. Throws UsageError with the nearest one.
void need_word(std::string_view what, const std::string& word, const std::vector<std::string>& words);

}  // namespace drydock::cli
