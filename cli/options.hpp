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
