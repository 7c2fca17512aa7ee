#include <fmt/format.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/input.hpp"
#include "cli/options.hpp"
#include "reports/layout.hpp"
#include "reports/words.hpp"
#include "scenarios/files/decode.hpp"
#include "scenarios/files/presets.hpp"
#include "scenarios/logs/mapping.hpp"
#include "scenarios/session/log.hpp"

namespace drydock::cli {
namespace {

using Ordered = nlohmann::ordered_json;

constexpr Usage kValidateUsage{"drydock validate FILE… [options]",
                               "  drydock validate scenarios/*.json\n"
                               "  drydock validate scenarios/policies/latest.json found.tape.json\n"
                               "  drydock validate my.json --format json\n",
                               "A file is a scenario, policy, tape, session or mapping, by its \"format\".\n"
                               "Everything that is wrong is reported at once as file:line:column: /pointer:\n"
                               "message; exit code 2.\n"};

/// Stops a parse as soon as the top level's "format" is known: a file may be large, and need not be
/// valid.
class FormatFinder : public nlohmann::json_sax<nlohmann::json> {
 public:
  std::string found;

  bool null() override { return value(); }
  bool boolean(bool) override { return value(); }
  bool number_integer(number_integer_t) override { return value(); }
  bool number_unsigned(number_unsigned_t) override { return value(); }
  bool number_float(number_float_t, const string_t&) override { return value(); }
  bool binary(binary_t&) override { return value(); }
  bool string(string_t& text) override {
    if (wanted_) found = text;
    return value();
  }
  bool key(string_t& name) override {
    wanted_ = depth_ == 1 && name == "format";
    return true;
  }
  bool start_object(std::size_t) override { return enter(); }
  bool start_array(std::size_t) override { return depth_ > 0 && enter(); }
  bool end_object() override { return leave(); }
  bool end_array() override { return leave(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

 private:
  bool value() { return !wanted_; }
  bool enter() {
    if (wanted_) return false;
    return ++depth_ < 100;
  }
  bool leave() {
    --depth_;
    return true;
  }

  std::size_t depth_ = 0;
  bool wanted_ = false;
};

std::string format_in(const std::string& text) {
  FormatFinder finder;
  (void)nlohmann::json::sax_parse(text, &finder, nlohmann::json::input_format_t::json, true, true);
  return finder.found;
}

/// Says of a file that it is as it should be, in a line of text and as JSON.
struct Valid {
  std::string text;
  Ordered json;
};

class Validator {
 public:
  void check(const std::string& file) {
    const Input input = read_input(file);
    if (!input.text) return errors.push_back(input.error);
    const std::string format = format_in(*input.text);
    if (format.starts_with("drydock.policy/")) return check_policy(file, *input.text);
    if (format.starts_with("drydock.tape/") || scenarios::is_session_log(*input.text))
      return check_tape(file, *input.text);
    if (format.starts_with("drydock.mapping/")) return check_mapping(file, *input.text);
    // Anything else is a scenario that went wrong, and its decoder says how.
    check_scenario(file, *input.text);
  }

  std::vector<Valid> valid;
  std::vector<Diagnostic> errors;
  std::vector<Diagnostic> warnings;

 private:
  template <typename T>
  bool take(const scenarios::Decoded<T>& decoded) {
    errors.insert(errors.end(), decoded.errors.begin(), decoded.errors.end());
    warnings.insert(warnings.end(), decoded.warnings.begin(), decoded.warnings.end());
    return decoded.value.has_value();
  }

  void check_scenario(const std::string& file, const std::string& text) {
    const auto decoded = scenarios::decode_scenario(file, text);
    if (!take(decoded)) return;
    const std::size_t cases = decoded.value->cases.size();
    valid.push_back({fmt::format("{}: {}", file, reports::counted(cases, "case")),
                     {{"file", file}, {"kind", "scenario"}, {"name", decoded.value->name}, {"cases", cases}}});
  }

  void check_policy(const std::string& file, const std::string& text) {
    const auto decoded = scenarios::decode_policy(file, text);
    if (!take(decoded)) return;
    valid.push_back({fmt::format("{}: policy {}", file, decoded.value->name),
                     {{"file", file}, {"kind", "policy"}, {"name", decoded.value->name}}});
  }

  void check_mapping(const std::string& file, const std::string& text) {
    const auto decoded = scenarios::decode_mapping(file, text);
    if (!take(decoded)) return;
    const std::size_t rules = decoded.value->rules.size();
    valid.push_back({fmt::format("{}: mapping, {}", file, reports::counted(rules, "rule")),
                     {{"file", file}, {"kind", "mapping"}, {"rules", rules}}});
  }

  void check_tape(const std::string& file, const std::string& text) {
    const auto decoded = scenarios::decode_recording(file, text);
    if (!take(decoded)) return;
    const std::size_t decisions = decoded.value->tape.entries().size();
    const std::string& name = decoded.value->scenario.name;
    valid.push_back({fmt::format("{}: tape of {}, {}", file, name, reports::counted(decisions, "decision")),
                     {{"file", file}, {"kind", "tape"}, {"name", name}, {"decisions", decisions}}});
  }
};

Ordered warnings_json(const std::vector<Diagnostic>& warnings) {
  Ordered out = Ordered::array();
  for (const Diagnostic& warning : warnings) {
    out.push_back({{"file", warning.file},
                   {"line", warning.line},
                   {"column", warning.column},
                   {"pointer", warning.pointer},
                   {"message", warning.message},
                   {"hint", warning.hint}});
  }
  return out;
}

int print_json(const Validator& validator, Console& console) {
  if (!validator.errors.empty()) return report_errors(validator.errors, Format::json, console);
  Ordered files = Ordered::array();
  for (const Valid& valid : validator.valid) files.push_back(valid.json);
  const Ordered document{{"files", files}, {"warnings", warnings_json(validator.warnings)}};
  console.out << document.dump(2, ' ', false, Ordered::error_handler_t::replace) << "\n";
  return kHeld;
}

int print_text(const Validator& validator, Console& console) {
  for (const Valid& valid : validator.valid) console.out << "ok " << reports::printable(valid.text) << "\n";
  report_warnings(validator.warnings, console);
  if (validator.errors.empty()) return kHeld;
  return report_errors(validator.errors, Format::text, console);
}

}  // namespace

int validate_command(const Arguments& arguments, Console& console) {
  const Operands files{"FILE", 1, std::numeric_limits<std::size_t>::max()};
  const auto values = read_options(arguments, kValidateUsage, described({format_option()}), files, console);
  if (!values) return kHeld;
  const Format format = format_of(*values);
  Validator validator;
  for (const std::string& file : operands_of(*values)) validator.check(file);
  return format == Format::json ? print_json(validator, console) : print_text(validator, console);
}

}  // namespace drydock::cli
