#include "cli/options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <regex>
#include <sstream>

#include "cli/cpus.hpp"
#include "cli/values.hpp"
#include "reports/layout.hpp"
#include "scenarios/files/diagnostic.hpp"
#include "scenarios/files/file_use.hpp"
#include "sim/is_one_of.hpp"
#include "sim/time.hpp"

namespace drydock::cli {
namespace {

constexpr const char* kOperands = "operands";

bool asks_for_help(const Arguments& arguments) {
  const auto end = std::find(arguments.begin(), arguments.end(), "--");
  return std::any_of(arguments.begin(), end,
                     [](const std::string& argument) { return argument == "--help" || argument == "-h"; });
}

/// Returns the options as the library lays them out, without the spaces that it leaves at the ends of lines.
std::string options_text(const po::options_description& options) {
  std::ostringstream text;
  text << options;
  return std::regex_replace(text.str(), std::regex(" +\n"), "\n");
}

void print_usage(const Usage& usage, const po::options_description& options, std::ostream& out) {
  out << "Examples:\n" << usage.examples << "\nUsage: " << usage.synopsis << "\n\n" << options_text(options);
  if (!usage.notes.empty()) out << "\n" << usage.notes;
}

std::vector<std::string> option_names(const po::options_description& options) {
  std::vector<std::string> names;
  for (const auto& option : options.options()) names.push_back("--" + option->long_name());
  return names;
}

/// Returns an option's name without its value: `--polcy=x` was meant as `--policy`.
std::string bare(const std::string& option) { return option.substr(0, option.find('=')); }

po::variables_map parse(const Arguments& arguments, const po::options_description& options) {
  po::options_description everything;
  everything.add(options);
  everything.add_options()(kOperands, po::value<std::vector<std::string>>());
  po::positional_options_description positional;
  positional.add(kOperands, -1);
  // Guessing would make `--pol` an interface that breaks with the next option that begins so.
  const int style = po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
  po::variables_map values;
  try {
    po::store(po::command_line_parser(arguments).options(everything).positional(positional).style(style).run(), values);
    po::notify(values);
  } catch (const po::unknown_option& error) {
    const std::string option = bare(error.get_option_name());
    throw UsageError("unrecognised option '" + option + "'", scenarios::nearest(option, option_names(options)));
  } catch (const po::error& error) {
    throw UsageError(error.what(), "");
  }
  return values;
}

std::string word_of(Format format) {
  switch (format) {
    case Format::text:
      return "text";
    case Format::json:
      return "json";
    case Format::ndjson:
      return "ndjson";
    case Format::junit:
      return "junit";
  }
  return {};
}

std::vector<std::string> words_of(std::span<const Format> formats) {
  std::vector<std::string> words;
  for (const Format format : formats) words.push_back(word_of(format));
  return words;
}

void check_operands(const po::variables_map& values, const Operands& operands) {
  const auto words = operands_of(values);
  if (words.size() < operands.least) {
    throw UsageError(fmt::format("{} is missing", operands.name), "");
  }
  if (words.size() > operands.most) {
    throw UsageError(fmt::format("unexpected '{}'", words[operands.most]), "");
  }
  if (operands.words.empty()) return;
  if (!words.empty()) need_word(operands.name, words.front(), operands.words);
}

bool is_marked(const Option& option) { return option.meaning.starts_with("+ "); }

/// Returns what the library wants to know of an option's value; the library frees it.
po::value_semantic* semantic_of(const Option& option) {
  if (option.value.empty()) return new po::untyped_value(true);
  if (!option.kinds.empty()) return (new KindsValue(option.kinds))->value_name(option.value);
  if (is_marked(option)) return po::value<std::vector<std::string>>()->value_name(option.value);
  return po::value<std::string>()->value_name(option.value);
}

/// Returns what was given for an option, whether it may be repeated or not.
std::vector<std::string> texts_of(const po::variable_value& value) {
  if (const auto* text = boost::any_cast<std::string>(&value.value())) return {*text};
  if (const auto* texts = boost::any_cast<std::vector<std::string>>(&value.value())) return *texts;
  return {};
}

void check_words(const po::variables_map& values, const po::options_description& options) {
  for (const auto& option : options.options()) {
    const auto given = values.find(option->long_name());
    if (given == values.end() || !has_only_words(value_name(*option))) continue;
    const Value value = value_of(*option);
    for (const std::string& text : texts_of(given->second)) need_word("--" + option->long_name(), text, value.words);
  }
}

}  // namespace

po::options_description main_options() {
  return described({{"help,h", "", "this text"}, {"version", "", "the version"}});
}

po::options_description described(const std::vector<Option>& table) {
  const bool marked = std::any_of(table.begin(), table.end(), is_marked);
  po::options_description options(marked ? "Options (those marked + may be repeated)" : "Options", 80, 48);
  for (const Option& option : table)
    options.add_options()(option.name.c_str(), semantic_of(option), option.meaning.c_str());
  return options;
}

Option set_option() { return {"set", "KEY=VALUE", "+ change a knob or a cloud.… value (drydock list knobs)"}; }

Option tape_option() {
  return {"tape", "FILE", "+ take the decisions from a tape file; several: each plays its own scenario"};
}

Option deviate_option() {
  return {"deviate", "SITE#N=VALUE", "+ one decision that goes another way (drydock list sites)"};
}

Option case_seed_option() {
  return {"seed", "N|none", "fill the tape from N, instead of the case's own seed or the calm run; none: the calm run"};
}

Option jobs_option(std::string_view verb, std::string_view otherwise) {
  return {"jobs", "N", fmt::format("{} on N threads; never changes a result (default: {})", verb, otherwise)};
}

Option strict_option() { return {"strict", "", "what was not exercised is exit code 3"}; }

Option full_calm_option() {
  return {"full-calm", "", "play each run to its end, also when nothing changes any more; never changes a result"};
}

Option invariant_option() {
  return {"invariant", "FILE.sql", "+ a promise of your own: SQL whose rows break it (docs/trace.md)"};
}

Option report_option(const std::vector<std::string>& kinds) {
  return {"report", "KIND=PATH", fmt::format("+ also write a report to a file; KIND is {}", fmt::join(kinds, ", ")),
          kinds};
}

Option format_option(std::span<const Format> formats) {
  return {"format", fmt::format("{}", fmt::join(words_of(formats), "|")), "how to print (default: text)"};
}

Option colour_option() { return {"color", "auto|always|never", "default: auto, which honours NO_COLOR"}; }

std::optional<po::variables_map> read_options(const Arguments& arguments, const Usage& usage,
                                              const po::options_description& options, const Operands& operands,
                                              Console& console) {
  po::options_description all(options);
  all.add_options()("help,h", "this text");
  if (console.describe != nullptr) {
    console.describe->emplace(Description{usage, all, operands});
    return std::nullopt;
  }
  if (asks_for_help(arguments)) {
    print_usage(usage, all, console.out);
    return std::nullopt;
  }
  scenarios::forget_file_use();
  po::variables_map values = parse(arguments, all);
  check_operands(values, operands);
  check_words(values, all);
  return values;
}

std::vector<std::string> operands_of(const po::variables_map& values) { return all_of(values, kOperands); }

std::vector<std::string> all_of(const po::variables_map& values, const char* option) {
  if (values.count(option) == 0) return {};
  return values[option].as<std::vector<std::string>>();
}

std::optional<std::string> one_of(const po::variables_map& values, const char* option) {
  if (values.count(option) == 0) return std::nullopt;
  return values[option].as<std::string>();
}

Format format_of(const po::variables_map& values, std::span<const Format> formats) {
  const std::string word = one_of(values, "format").value_or("text");
  const std::vector<std::string> words = words_of(formats);
  const auto found = std::find(words.begin(), words.end(), word);
  return formats[static_cast<std::size_t>(found - words.begin())];
}

bool asks_for_json(const Arguments& arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--format=json") return true;
    if (arguments[i] == "--format" && i + 1 < arguments.size() && arguments[i + 1] == "json") {
      return true;
    }
  }
  return false;
}

bool colour_of(const po::variables_map& values, const Terminal& terminal) {
  const std::string word = one_of(values, "color").value_or("auto");
  return word == "always" || (word == "auto" && terminal.out && !terminal.no_colour);
}

std::uint64_t number_of(std::string_view option, const std::string& text, std::uint64_t most) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || last != end || value > most) {
    throw UsageError(fmt::format("{} takes a whole number of at most {}, not '{}'", option, most, text), "");
  }
  return value;
}

std::uint64_t positive_of(std::string_view option, const std::string& text, std::uint64_t most) {
  const auto value = number_of(option, text, most);
  if (value == 0) throw UsageError(fmt::format("{} takes a number from 1", option), "");
  return value;
}

unsigned jobs_of(const po::variables_map& values, unsigned otherwise) {
  const auto text = one_of(values, "jobs");
  return text ? static_cast<unsigned>(positive_of("--jobs", *text, 256)) : otherwise;
}

unsigned all_threads() { return std::clamp(usable_cpus(), 1U, 256U); }

std::optional<std::uint64_t> seed_of(const po::variables_map& values) {
  const auto text = one_of(values, "seed");
  if (!text) return std::nullopt;
  return number_of("--seed", *text, std::numeric_limits<std::uint64_t>::max());
}

bool asks_for_no_seed(const po::variables_map& values) { return one_of(values, "seed") == "none"; }

double wall_seconds_of(std::string_view option, const std::string& text) {
  const auto duration = sim::parse_duration(text);
  if (!duration || duration->count() == 0) {
    throw UsageError(fmt::format("{} takes a duration such as 60s or 5m, not '{}'", option, text), "");
  }
  return static_cast<double>(duration->count()) / 1e6;
}

void need_word(std::string_view what, const std::string& word, const std::vector<std::string>& words) {
  if (sim::is_one_of(word, words)) return;
  throw UsageError(fmt::format("{} is one of {}, not '{}'", what, fmt::join(words, ", "), word),
                   scenarios::nearest(word, words));
}

}  // namespace drydock::cli
