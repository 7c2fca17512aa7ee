#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/console.hpp"
#include "cli/usage.hpp"

namespace drydock::cli {

/// Returns the options that stand without a command.
[[nodiscard]] po::options_description main_options();

/// An option of a command is a row of its table.
struct Option {
  std::string name;                     // `policy`; `output,o` where it has a letter
  std::string value;                    // what may stand for its value (cli/values.hpp); empty: it takes none
  std::string meaning;                  // where it begins with `+ `, the option may be repeated
  std::vector<std::string> kinds = {};  // which there are, where the value is `KIND=PATH`
};

/// Makes the options of a command from their table.
[[nodiscard]] po::options_description described(const std::vector<Option>& table);

/// Most commands print one of these.
inline constexpr std::array kTextOrJson{Format::text, Format::json};
/// A command that plays cases prints one of these.
inline constexpr std::array kRunFormats{Format::text, Format::json, Format::ndjson, Format::junit};

// Several tables have these rows in common.
[[nodiscard]] Option set_option();
[[nodiscard]] Option tape_option();
[[nodiscard]] Option deviate_option();
/// Is `--seed N|none`, where a case may have a seed of its own.
[[nodiscard]] Option case_seed_option();
/// `verb` says what is done on the threads, `otherwise` on how many without the option.
[[nodiscard]] Option jobs_option(std::string_view verb, std::string_view otherwise);
[[nodiscard]] Option strict_option();
/// Is `--full-calm`, which stands wherever runs may end once their world rests.
[[nodiscard]] Option full_calm_option();
/// Is `--invariant FILE.sql`, which stands beside --set wherever cases are played.
[[nodiscard]] Option invariant_option();
/// `kinds` are the reports that this command can write.
[[nodiscard]] Option report_option(const std::vector<std::string>& kinds);
[[nodiscard]] Option format_option(std::span<const Format> formats = kTextOrJson);
[[nodiscard]] Option colour_option();

/// Reads a command's own arguments: the second stage, the first being the command's name. A value
/// is checked where its name says all that it may be (cli/values.hpp). Empty when help was asked
/// for, which is then printed, and when describe() asks. Throws UsageError.
[[nodiscard]] std::optional<po::variables_map> read_options(const Arguments& arguments, const Usage& usage,
                                                            const po::options_description& options,
                                                            const Operands& operands, Console& console);

/// Returns the words without dashes.
[[nodiscard]] std::vector<std::string> operands_of(const po::variables_map& values);
/// Return the values of an option that may be repeated, and the value of one that may not; empty when it was not given.
[[nodiscard]] std::vector<std::string> all_of(const po::variables_map& values, const char* option);
[[nodiscard]] std::optional<std::string> one_of(const po::variables_map& values, const char* option);

/// Reads `--format`, which takes the names of `formats`; without the option, the format is text.
[[nodiscard]] Format format_of(const po::variables_map& values, std::span<const Format> formats = kTextOrJson);
/// Tells whether the raw arguments ask for JSON. That is known even where they cannot be read.
[[nodiscard]] bool asks_for_json(const Arguments& arguments);

/// Reads `--color`: `auto` follows the terminal and NO_COLOR, `always` and `never` say it outright.
[[nodiscard]] bool colour_of(const po::variables_map& values, const Terminal& terminal);

/// Reads a whole number without sign, of at most `most`. Throws UsageError with the name of the option.
[[nodiscard]] std::uint64_t number_of(std::string_view option, const std::string& text, std::uint64_t most);

/// Reads a whole number from 1 to `most`. Throws UsageError likewise.
[[nodiscard]] std::uint64_t positive_of(std::string_view option, const std::string& text, std::uint64_t most);

/// Reads `--jobs N`, from 1 to 256; without the option there are `otherwise` threads. Throws UsageError.
[[nodiscard]] unsigned jobs_of(const po::variables_map& values, unsigned otherwise);
/// Returns as many threads as there are processors: the default of commands that play many runs.
[[nodiscard]] unsigned all_threads();
/// Reads `--seed N`; empty without the option. Throws UsageError.
[[nodiscard]] std::optional<std::uint64_t> seed_of(const po::variables_map& values);
/// Tells whether `--seed none` was given.
[[nodiscard]] bool asks_for_no_seed(const po::variables_map& values);

/// Reads a duration of wall time that is not 0, and returns it in seconds. Throws UsageError.
[[nodiscard]] double wall_seconds_of(std::string_view option, const std::string& text);

/// Throws UsageError, with the nearest of the words, where `word` is none of them.
void need_word(std::string_view what, const std::string& word, const std::vector<std::string>& words);

}  // namespace drydock::cli
