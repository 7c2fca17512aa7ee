#include "cli/selection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "cli/glob.hpp"
#include "cli/input.hpp"
#include "cli/options.hpp"
#include "model/invariants/catalogue.hpp"
#include "scenarios/bench.hpp"
#include "scenarios/files/decode.hpp"
#include "scenarios/files/decode_cloud.hpp"
#include "scenarios/files/json_source.hpp"
#include "scenarios/files/presets.hpp"
#include "scenarios/files/tape_file.hpp"
#include "scenarios/session/log.hpp"
#include "scenarios/trace/sql_invariants.hpp"

namespace drydock::cli {
namespace {

using scenarios::CaseSpec;
using scenarios::Scenario;

/// Holds a scenario, and the cases of it that are to be played.
struct Source {
  std::string file;  // empty: the tape's own
  std::shared_ptr<const Scenario> scenario;
  std::vector<CaseSpec> cases;
  std::optional<scenarios::TapeFile> tape;  // the file was a tape: this one
};

/// Holds what `--policy` names: a policy, or a variant of one, `POLICY,KNOB=VALUE,…`.
struct NamedPolicy {
  std::string argument;  // as the user wrote it
  std::string name;      // `latest`, `latest,restart.debounce_window=5s`
  model::Policy policy;
  std::vector<std::string> settings;
};

bool is_built_in_invariant(std::string_view name) {
  const auto all = model::invariant_catalogue();
  return std::any_of(all.begin(), all.end(), [&](const auto& info) { return info.name == name; });
}

constexpr std::string_view kTapeFormat = "drydock.tape/";

/// Returns what a file says that it is; empty where it says nothing or cannot be read.
std::string format_named_in(const std::string& text) {
  if (scenarios::is_session_log(text)) return std::string{kTapeFormat};  // it is read as one
  const scenarios::JsonSource source(text);
  if (source.error()) return {};
  const scenarios::Node* format = source.root().find("format");
  return format != nullptr && format->json->is_string() ? format->json->get<std::string>() : std::string{};
}

class Selector {
 public:
  explicit Selector(const SelectionRequest& wanted) : wanted_(wanted) {}

  Selection select() && {
    read_tape();
    read_policies();
    read_deviations();
    read_invariants();
    for (const std::string& file : wanted_.files) read_path(file);
    if (wanted_.files.empty() && tape_) add_tape_as_source();
    for (const Source& source : sources_) add_jobs(source);
    return std::move(selection_);
  }

 private:
  template <typename T>
  std::optional<T> take(scenarios::Decoded<T> decoded) {
    std::move(decoded.errors.begin(), decoded.errors.end(), std::back_inserter(selection_.errors));
    std::move(decoded.warnings.begin(), decoded.warnings.end(), std::back_inserter(selection_.warnings));
    return decoded.errors.empty() ? std::move(decoded.value) : std::nullopt;
  }

  void add_error(std::string message, std::string hint = "") {
    add_error(scenarios::problem(std::move(message), std::move(hint)));
  }

  /// A setting that is wrong is wrong for every case; once is enough.
  void add_error(const Diagnostic& error) {
    auto& errors = selection_.errors;
    if (std::find(errors.begin(), errors.end(), error) == errors.end()) errors.push_back(error);
  }

  void read_tape() {
    if (!wanted_.tape) return;
    const Input input = read_file(*wanted_.tape);
    if (!input.text) return add_error(input.error);
    tape_ = take(scenarios::decode_recording(*wanted_.tape, *input.text));
  }

  void read_policies() {
    std::set<std::string> names;
    for (const std::string& argument : wanted_.policies) {
      std::vector<std::string> parts = scenarios::variant_parts(argument);
      auto policy = take(scenarios::load_policy(parts.front()));
      if (!policy) continue;
      NamedPolicy named{argument, policy->name, *policy, {parts.begin() + 1, parts.end()}};
      for (const std::string& setting : named.settings) named.name += "," + setting;
      if (!names.insert(named.name).second) {
        add_error("--policy " + argument + ": there is already a policy named " + named.name);
      }
      policies_.push_back(std::move(named));
    }
  }

  void read_deviations() {
    for (const std::string& text : wanted_.deviate) {
      const scenarios::Deviation deviation = scenarios::parse_deviation(text);
      if (!deviation.decision) {
        add_error("--deviate " + text + ": " + deviation.error, deviation.hint);
      } else {
        deviations_.push_back(*deviation.decision);
      }
    }
  }

  void read_invariants() {
    if (auto read = take(cli::read_invariants(wanted_.invariants))) invariants_ = *std::move(read);
  }

  void read_path(const std::string& path) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) return read_directory(path);
    const Input input = wanted_.only_tapes ? read_file(path) : read_input(path);
    if (!input.text) return add_error(input.error);
    if (wanted_.only_tapes || format_named_in(*input.text).starts_with(kTapeFormat)) return add_tape(path, *input.text);
    read_scenario(path, *input.text);
  }

  /// Reads the scenarios and tapes of a directory, in the order of their names; other JSON may lie beside them.
  void read_directory(const std::string& path) {
    std::vector<std::string> files;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
      if (entry.path().extension() == ".json") files.push_back(entry.path().string());
    }
    std::sort(files.begin(), files.end());
    const std::size_t before = sources_.size() + selection_.errors.size();
    for (const std::string& file : files) {
      const Input input = read_file(file);
      if (!input.text) {
        add_error(input.error);
      } else if (const std::string format = format_named_in(*input.text); format.starts_with(kTapeFormat)) {
        add_tape(file, *input.text);
      } else if (format.starts_with("drydock.scenario/") && !wanted_.only_tapes) {
        read_scenario(file, *input.text);
      }
    }
    if (sources_.size() + selection_.errors.size() > before) return;
    const char* none = wanted_.only_tapes ? "holds no tape" : "holds neither a scenario nor a tape";
    add_error(scenarios::problem_in(path, none));
  }

  void add_tape(const std::string& file, const std::string& text) {
    auto tape = take(scenarios::decode_recording(file, text));
    if (!tape) return;
    auto scenario = std::make_shared<const Scenario>(tape->scenario);
    std::vector<CaseSpec> cases{tape->played};
    sources_.push_back({file, std::move(scenario), std::move(cases), std::move(tape)});
  }

  void read_scenario(const std::string& file, const std::string& text) {
    auto scenario = take(scenarios::decode_scenario(file, text));
    if (!scenario) return;
    const auto shared = std::make_shared<const Scenario>(*std::move(scenario));
    sources_.push_back({file, shared, shared->cases, std::nullopt});
  }

  void add_tape_as_source() {
    sources_.push_back({"", std::make_shared<const Scenario>(tape_->scenario), {tape_->played}, std::nullopt});
  }

  void add_jobs(const Source& source) {
    if (policies_.empty()) {
      for (const CaseSpec& played : source.cases) add_job(source, played, nullptr);
    }
    for (const NamedPolicy& named : policies_) {
      add_job(source, case_of(source, named), &named);
    }
  }

  /// Makes the case that --policy puts in place of the file's own.
  CaseSpec case_of(const Source& source, const NamedPolicy& named) {
    CaseSpec made = scenarios::case_under(*source.scenario, named.policy);
    made.name = named.name;
    apply_settings(made, named.settings, "--policy " + named.argument + ": ");
    return made;
  }

  bool is_selected(const Scenario& scenario, const CaseSpec& played) const {
    if (wanted_.cases.empty()) return true;
    const std::string full = scenario.name + "/" + played.name;
    return std::any_of(wanted_.cases.begin(), wanted_.cases.end(), [&](const std::string& pattern) {
      return glob_matches(pattern, played.name) || glob_matches(pattern, full);
    });
  }

  void add_job(const Source& source, CaseSpec played, const NamedPolicy* named) {
    selection_.candidates.push_back(source.scenario->name + "/" + played.name);
    // Settings are checked for every case: an unknown knob is an error even where nothing is
    // selected.
    apply_settings(played, wanted_.set, "--set ");
    if (!is_selected(*source.scenario, played)) return;
    played.sql_invariants = invariants_;
    if (wanted_.seed) played.seed = wanted_.seed;
    if (wanted_.no_seed) played.seed.reset();
    Job job;
    const scenarios::TapeFile* tape = source.tape ? &*source.tape : tape_ ? &*tape_ : nullptr;
    job.scenario = source.scenario;
    job.tape = tape_for(played, tape);
    job.invocation = invocation(source, named);
    job.judges_expectations = named == nullptr;
    if (tape != nullptr) job.recorded_finding = tape->finding;
    if (tape != nullptr && is_untouched(source)) job.recorded_hash = tape->trace_hash;
    job.played = std::move(played);
    selection_.jobs.push_back(std::move(job));
  }

  /// `where` says where the settings stand, for messages.
  void apply_settings(CaseSpec& played, const std::vector<std::string>& settings, const std::string& where) {
    for (const std::string& setting : settings) {
      const auto parts = scenarios::split_setting(setting);
      if (!parts) {
        add_error(fmt::format("{}a setting is KEY=VALUE, not '{}'", where, setting));
        continue;
      }
      const auto& [key, value] = *parts;
      if (auto wrong = scenarios::apply_setting(played.policy, played.cloud, key, value)) {
        wrong->message = where + setting + ": " + wrong->message;
        add_error(*wrong);
      } else {
        played.set.emplace_back(key, value);
      }
    }
  }

  /// A tape that is given wins over the case's seed: it holds every decision of its run already.
  sim::Tape tape_for(const CaseSpec& played, const scenarios::TapeFile* recorded) const {
    sim::Tape tape;
    if (recorded != nullptr) {
      tape = recorded->tape;
      if (wanted_.seed) tape.set_seed(wanted_.seed);
    } else {
      tape.set_seed(played.seed);
    }
    for (const sim::Decision& decision : deviations_) {
      tape.set(decision.site, decision.occurrence, decision.value);
    }
    return tape;
  }

  reports::Invocation invocation(const Source& source, const NamedPolicy* named) const {
    reports::Invocation made;
    if (named != nullptr) made.policy = named->argument;
    if (source.tape) {
      made.tape = source.file;
    } else {
      made.file = source.file;
      made.tape = wanted_.tape;
    }
    made.seed = wanted_.seed;
    made.no_seed = wanted_.no_seed;
    made.set = wanted_.set;
    made.deviate = wanted_.deviate;
    made.invariants = wanted_.invariants;
    return made;
  }

  /// Tells whether the tape's own run is played as it was recorded.
  bool is_untouched(const Source& source) const {
    return (source.tape || wanted_.files.empty()) && policies_.empty() && wanted_.set.empty() && !wanted_.seed &&
           deviations_.empty();
  }

  const SelectionRequest& wanted_;
  Selection selection_;
  std::optional<scenarios::TapeFile> tape_;
  std::vector<NamedPolicy> policies_;
  std::vector<sim::Decision> deviations_;
  std::vector<scenarios::SqlInvariant> invariants_;
  std::vector<Source> sources_;
};

}  // namespace

scenarios::Decoded<std::vector<scenarios::SqlInvariant>> read_invariants(const std::vector<std::string>& files) {
  scenarios::Decoded<std::vector<scenarios::SqlInvariant>> all;
  std::set<std::string> names;
  std::vector<scenarios::SqlInvariant> promises;
  for (const std::string& file : files) {
    Input input = read_file(file);
    if (!input.text) {
      if (is_built_in_invariant(file))
        input.error.hint = "it is built in and always judged; --invariant takes a file of SQL";
      all.errors.push_back(input.error);
      continue;
    }
    auto decoded = scenarios::decode_sql_invariant(file, *input.text);
    std::move(decoded.errors.begin(), decoded.errors.end(), std::back_inserter(all.errors));
    if (!decoded.value) continue;
    if (!names.insert(decoded.value->name).second) {
      all.errors.push_back(scenarios::problem_in(file, "there is already an invariant named " + decoded.value->name));
    }
    promises.push_back(*std::move(decoded.value));
  }
  if (all.errors.empty()) all.value = std::move(promises);
  return all;
}

Selection select(const SelectionRequest& wanted) { return Selector(wanted).select(); }

}  // namespace drydock::cli
