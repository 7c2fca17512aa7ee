#include "cli/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "cli/common.hpp"
#include "cli/input.hpp"
#include "cli/interrupt.hpp"
#include "cli/options.hpp"
#include "reports/layout.hpp"
#include "reports/sweep_html.hpp"
#include "reports/sweep_json.hpp"
#include "reports/sweep_svg.hpp"
#include "reports/sweep_text.hpp"
#include "scenarios/metrics.hpp"
#include "scenarios/whatif/measure.hpp"

namespace drydock::cli {
namespace {

using reports::SweepReport;
using scenarios::Axis;
using scenarios::Varied;

constexpr Usage kSweepUsage{"drydock sweep FILE --vary KEY=VALUES [--vary KEY=VALUES] [options]",
                            "  drydock sweep reprov-thrash --vary restart.debounce_window=0s..40s:10s \\\n"
                            "    --metric violations:no-healthy-kill\n"
                            "  drydock sweep reprov-thrash --vary restart.debounce_window=0s..60s:20s \\\n"
                            "    --vary cloud.pending=20s..60s:20s --metric starts --report html=grid.html\n"
                            "  drydock sweep deprovision-split-write --vary faults.spell-1.for=10s..40s:10s \\\n"
                            "    --metric orphan_instance_hours --runs 8 --format csv\n",
                            "FILE is a scenario, or the name of a built-in one. KEY is a knob or a cloud.…\n"
                            "path (drydock list knobs), or a place in the scenario: horizon, calm,\n"
                            "faults.NAME.KEY, steps.ID.KEY, traffic.N.KEY, workspaces.ID.KEY. VALUES are\n"
                            "LO..HI:STEP, of durations or of numbers, or a list: a,b,c.\n\n"
                            "The k-th run of every cell plays the same tape, so cells differ by what was\n"
                            "varied and not by luck. docs/whatif.md tells when a cell is decided.\n\n"
                            "Exit codes: 0 the grid was played, whatever it says; 2 bad command line or\n"
                            "input, 3 a bound ended some run, 4 nothing selected, 70 internal error, 130\n"
                            "interrupted.\n"};

constexpr std::size_t kMostCells = 10'000;
constexpr std::uint64_t kMostRuns = 100'000;

enum class SweepFormat : unsigned char { text, json, csv };

struct SweepRequest {
  SelectionRequest wanted;
  std::vector<Axis> axes;
  std::vector<std::string> vary;  // as written
  std::string metric;
  bool full_calm = false;
  scenarios::SweepOptions options;
  bool compare_seeds = false;
  std::vector<ReportFile> report_files;
  SweepFormat format = SweepFormat::text;
  reports::TextStyle style;
  bool quiet = false;
};

// ---- the command line ----

po::options_description sweep_options() {
  return described(
      {{"vary", "KEY=VALUES", "+ an axis of the grid: one, or two"},
       {"metric", "METRIC",
        "what is measured (drydock list metrics), a kind of event, or violations:ID (default: violations)"},
       {"policy", "NAME|FILE", "play it under this policy (default: the first case)"},
       {"case", "PATTERN", "play this case of the file: its policy, settings and faults"},
       set_option(),
       {"runs", "N", "runs of a cell, at most (default: 64)"},
       {"seed", "N", "the first run's seed; the others follow it (default: 1)"},
       {"precision", "P",
        "a cell is decided once its interval is within ±P, or ±P% of its value; 0: play all runs "
        "(default: 5%, of promises 0.1)"},
       {"threshold", "SHARE", "the share of runs that may break a promise (default: 0)"},
       {"resolution", "DURATION", "how finely the cliff is located (default: a hundredth of a step)"},
       {"independent", "", "each cell has seeds of its own"},
       {"compare-seeds", "", "play both, and say what common seeds gain"},
       full_calm_option(),
       jobs_option("play", "all"),
       {"quiet", "", "print no warnings and no progress"},
       report_option({"json", "csv", "html", "svg"}),
       {"format", "text|json|csv", "how to print (default: text)"},
       colour_option()});
}

double decimal_of(std::string_view option, std::string_view text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
  if (error != std::errc{} || last != end || !(value >= 0) || value > 1e12)
    throw UsageError(fmt::format("{} takes a number from 0, not '{}'", option, text), "");
  return value;
}

scenarios::Precision precision_of(const po::variables_map& values, bool promise) {
  const auto text = one_of(values, "precision");
  if (!text) return promise ? scenarios::Precision{0.1, false} : scenarios::Precision{0.05, true};
  if (text->ends_with('%')) return {decimal_of("--precision", text->substr(0, text->size() - 1)) / 100, true};
  return {decimal_of("--precision", *text), false};
}

std::vector<Axis> axes_of(const std::vector<std::string>& texts) {
  if (texts.empty()) throw UsageError("--vary is missing: what is to vary?", "");
  if (texts.size() > 2)
    throw UsageError(fmt::format("a grid has two sides: at most two --vary, not {}", texts.size()), "");
  std::vector<Axis> axes;
  std::size_t cells = 1;
  for (const std::string& text : texts) {
    auto parsed = scenarios::parse_axis(text);
    if (!parsed.axis) {
      throw UsageError(fmt::format("--vary {}{}", parsed.error, parsed.hint.empty() ? "" : " (" + parsed.hint + ")"),
                       "");
    }
    if (!axes.empty() && axes.front().key == parsed.axis->key)
      throw UsageError("--vary has " + parsed.axis->key + " twice", "");
    cells *= parsed.axis->values.size();
    axes.push_back(*std::move(parsed.axis));
  }
  if (cells > kMostCells)
    throw UsageError(fmt::format("the grid has {} cells; at most {} are played", cells, kMostCells), "");
  return axes;
}

std::string metric_of(const po::variables_map& values) {
  std::string metric = one_of(values, "metric").value_or("violations");
  const auto names = scenarios::metric_names();
  if (std::find(names.begin(), names.end(), metric) == names.end()) {
    throw UsageError(fmt::format("there is no metric '{}' (see drydock list metrics)", metric),
                     scenarios::nearest(metric, names));
  }
  return metric;
}

/// `--threshold` and `--resolution`: of a promise's cliff.
void read_cliff(const po::variables_map& values, SweepRequest& request) {
  for (const char* option : {"threshold", "resolution"}) {
    if (values.count(option) != 0 && !request.options.promise)
      throw UsageError(fmt::format("--{} is for a metric of broken promises: violations, or "
                                   "violations:ID",
                                   option),
                       "");
  }
  if (const auto text = one_of(values, "threshold")) {
    request.options.threshold = decimal_of("--threshold", *text);
    if (request.options.threshold >= 1) throw UsageError("--threshold takes a share below 1", "");
  }
  const auto text = one_of(values, "resolution");
  if (!text) return;
  const Axis& axis = request.axes.front();
  const auto resolution = scenarios::parse_position(axis.scale, *text);
  if (!resolution || *resolution == 0) {
    throw UsageError(fmt::format("--resolution takes a distance on the scale of {}, not '{}'", axis.key, *text), "");
  }
  request.options.resolution = resolution;
}

std::uint64_t runs_of(const po::variables_map& values) {
  const auto text = one_of(values, "runs");
  return text ? positive_of("--runs", *text, kMostRuns) : scenarios::SweepOptions{}.runs;
}

SweepFormat sweep_format_of(const po::variables_map& values) {
  const std::string word = one_of(values, "format").value_or("text");
  need_word("--format", word, {"text", "json", "csv"});
  return word == "json" ? SweepFormat::json : word == "csv" ? SweepFormat::csv : SweepFormat::text;
}

scenarios::SweepOptions options_of(const po::variables_map& values, const SweepRequest& request) {
  scenarios::SweepOptions options;
  options.promise = scenarios::is_promise_metric(request.metric);
  options.runs = runs_of(values);
  options.first_seed = seed_of(values).value_or(1);
  const std::uint64_t seeds = options.runs * kMostCells;
  if (options.first_seed > std::numeric_limits<std::uint64_t>::max() - seeds)
    throw UsageError("--seed: there are not enough seeds after it", "");
  options.independent = values.count("independent") > 0;
  options.jobs = jobs_of(values, all_threads());
  options.precision = request.compare_seeds ? scenarios::Precision{} : precision_of(values, options.promise);
  options.interrupted = interrupted;
  return options;
}

SweepRequest sweep_request(const po::variables_map& values, const Console& console) {
  SweepRequest request;
  request.wanted = requested_case(values);
  request.vary = all_of(values, "vary");
  request.axes = axes_of(request.vary);
  request.metric = metric_of(values);
  request.compare_seeds = values.count("compare-seeds") > 0;
  if (request.compare_seeds) {
    for (const char* option : {"independent", "precision"}) {
      if (values.count(option) != 0)
        throw UsageError(fmt::format("--compare-seeds plays every run of both: it does not go with "
                                     "--{}",
                                     option),
                         "");
    }
  }
  request.full_calm = values.count("full-calm") > 0;
  request.options = options_of(values, request);
  read_cliff(values, request);
  request.report_files = read_report_files(values, {"json", "csv", "html", "svg"});
  request.format = sweep_format_of(values);
  request.style.colour = colour_of(values, console.terminal);
  request.quiet = values.count("quiet") > 0;
  return request;
}

// ---- the grid ----

std::vector<scenarios::Change> changes_of(const std::vector<Axis>& axes, const std::vector<std::string>& values) {
  std::vector<scenarios::Change> changes;
  for (std::size_t i = 0; i < values.size(); ++i) changes.push_back({axes[i].key, values[i]});
  return changes;
}

/// Returns what is wrong with the values of the axes, each alone; the same message is said once.
std::vector<Diagnostic> errors_of(const Varied& base, const std::string& file, const std::vector<Axis>& axes) {
  std::vector<Diagnostic> errors;
  for (const Axis& axis : axes) {
    for (const std::string& value : axis.values) {
      const scenarios::Change change{axis.key, value};
      for (Diagnostic& error : scenarios::vary(base, file, {&change, 1}).errors) {
        error.message = "--vary " + error.message;
        if (std::find(errors.begin(), errors.end(), error) == errors.end()) errors.push_back(std::move(error));
      }
    }
  }
  return errors;
}

// ---- what is said ----

std::string rendered(const SweepReport& report, std::string_view kind) {
  if (kind == "csv") return reports::sweep_csv(report);
  if (kind == "html") return reports::sweep_html(report);
  if (kind == "svg") return reports::sweep_svg(report, reports::SvgPlace::file);
  return reports::sweep_json(report);
}

int say(const SweepRequest& request, const SweepReport& report, Console& console) {
  switch (request.format) {
    case SweepFormat::text:
      console.out << reports::sweep_text(report, request.style);
      break;
    case SweepFormat::json:
      console.out << rendered(report, "json");
      break;
    case SweepFormat::csv:
      console.out << rendered(report, "csv");
      break;
  }
  console.out << std::flush;
  write_each(request.report_files, [&](const ReportFile& file) { return rendered(report, file.kind); });
  if (report.sweep.interrupted) {
    console.err << "drydock: interrupted; this is what was known by then\n";
    return kInterrupted;
  }
  return reports::runs_cut_short(report.sweep) == 0 ? kHeld : kInconclusive;
}

std::string command_of(const SweepRequest& request) {
  const auto quoted = [](std::string_view word) { return reports::shell_quote(word); };
  std::string line = "drydock sweep " + quoted(request.wanted.files.front());
  const auto add = [&](std::string_view option, const std::string& value) {
    line += fmt::format(" --{} {}", option, quoted(value));
  };
  for (const auto& policy : request.wanted.policies) add("policy", policy);
  for (const auto& pattern : request.wanted.cases) add("case", pattern);
  for (const auto& setting : request.wanted.set) add("set", setting);
  for (const auto& axis : request.vary) add("vary", axis);
  add("metric", request.metric);
  const scenarios::SweepOptions& options = request.options;
  add("runs", std::to_string(options.runs));
  if (options.first_seed != 1) add("seed", std::to_string(options.first_seed));
  if (options.threshold > 0) add("threshold", fmt::format("{}", options.threshold));
  if (options.resolution) add("resolution", request.axes.front().text_at(*options.resolution));
  if (request.compare_seeds) {
    line += " --compare-seeds";
  } else {
    const auto& precision = options.precision;
    add("precision",
        fmt::format("{}{}", precision.half_width * (precision.relative ? 100 : 1), precision.relative ? "%" : ""));
  }
  if (options.independent) line += " --independent";
  return line;
}

class Sweeper {
 public:
  Sweeper(const SweepRequest& request, const Job& job, const PointMaker& point_of, Console& console)
      : request_(request),
        base_{job.scenario, job.played},
        file_(job.invocation.file),
        point_of_(point_of),
        console_(console),
        trials_(request.options.jobs) {}

  int run() {
    const auto errors = errors_of(base_, file_, request_.axes);
    if (!errors.empty()) return report_errors(errors, error_format(), console_);
    SweepReport report = empty_report();
    if (request_.compare_seeds) {
      scenarios::SweepOptions independent = request_.options;
      independent.independent = true;
      const scenarios::Sweep other = play(independent);
      report.sweep = play(request_.options);
      if (!other.interrupted && !report.sweep.interrupted)
        report.narrowing = scenarios::narrowing_of(report.sweep, other);
    } else {
      report.sweep = play(request_.options);
    }
    return say(request_, report, console_);
  }

 private:
  [[nodiscard]] Format error_format() const {
    return request_.format == SweepFormat::json ? Format::json : Format::text;
  }

  [[nodiscard]] SweepReport empty_report() const {
    SweepReport report;
    report.scenario = base_.scenario->name;
    report.case_name = base_.played.name;
    report.policy = base_.played.policy_name;
    report.metric = request_.metric;
    report.unit = request_.options.promise ? "share of runs" : "events";
    for (const scenarios::MetricInfo& info : scenarios::metric_table()) {
      if (info.name != request_.metric || request_.options.promise) continue;
      report.unit = info.unit;
      report.meaning = info.meaning;
    }
    report.runs = request_.options.runs;
    report.first_seed = request_.options.first_seed;
    report.command = command_of(request_);
    return report;
  }

  scenarios::Sweep play(scenarios::SweepOptions options) {
    ProgressLine line(console_, !request_.quiet);
    options.progress = [&line](const scenarios::SweepProgress& progress) {
      line.show(progress.open == 0
                    ? fmt::format("{} runs, looking for the cliff", progress.runs)
                    : fmt::format("{} runs, {} of {} cells to decide", progress.runs, progress.open, progress.cells));
    };
    const scenarios::Points points = [&](const std::vector<std::string>& values) {
      const auto varied = scenarios::vary(base_, file_, changes_of(request_.axes, values));
      return varied.value ? point_of_(*varied.value, {request_.metric, request_.full_calm}) : scenarios::Point{};
    };
    return scenarios::sweep(request_.axes, points, options, trials_);
  }

  const SweepRequest& request_;
  Varied base_;
  std::string file_;
  const PointMaker& point_of_;
  Console& console_;
  scenarios::Trials trials_;
};

}  // namespace

int sweep_with(const Arguments& arguments, Console& console, const PointMaker& point_of) {
  const auto values = read_options(arguments, kSweepUsage, sweep_options(), {"FILE", 1, 1}, console);
  if (!values) return kHeld;
  const SweepRequest request = sweep_request(*values, console);
  const Selection selection = select(request.wanted);
  const Format errors = request.format == SweepFormat::json ? Format::json : Format::text;
  if (!selection.errors.empty()) return report_errors(selection.errors, errors, console);
  if (!request.quiet) report_warnings(selection.warnings, console);
  if (selection.jobs.empty()) return report_nothing_selected("sweep", request.wanted, selection, errors, console);
  const bool first = request.wanted.cases.empty();
  const Job& job = first ? selection.jobs.front() : only_job(selection, request.wanted);
  return Sweeper(request, job, point_of, console).run();
}

int sweep_command(const Arguments& arguments, Console& console) {
  return sweep_with(arguments, console, scenarios::point_of);
}

}  // namespace drydock::cli
