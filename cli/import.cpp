#include <fmt/format.h>

#include <limits>

#include "cli/commands.hpp"
#include "cli/common.hpp"
#include "cli/input.hpp"
#include "cli/logs.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "reports/log_report.hpp"
#include "scenarios/logs/suggest.hpp"

namespace drydock::cli {
namespace {

constexpr Usage kImportUsage{"drydock import LOG… [options]",
                             "  drydock import docs/logs/1990.json\n"
                             "  drydock import docs/logs/1991.json --mapping docs/logs/1991.mapping.json\n"
                             "  drydock import a.jsonl b.json.gz --mapping my.json --output events.ndjson\n"
                             "  logcli query '{app=\"tenant\"}' --output=jsonl | drydock import - --suggest\n",
                             "LOG is what Loki, logcli or Grafana gives, what CloudTrail, Athena or CloudTrail\n"
                             "Lake gives, lines of text with a time, or one JSON event a line; gzip is read as\n"
                             "it is, - is standard input. What is printed is one event a line, by time, with\n"
                             "the file and line it comes from. Lines that no rule knows are counted and shown\n"
                             "on stderr; --suggest writes a first mapping of them. docs/conform.md has all.\n\n"
                             "Exit codes: 0 done, 2 bad command line or input, 74 cannot write.\n"};

po::options_description import_options() {
  return described({mapping_option(),
                    log_kind_option(),
                    visible_option(),
                    {"suggest", "", "print a first mapping of the lines that nothing matched, and no events"},
                    {"output,o", "FILE", "where the events go (default: stdout)"},
                    format_option()});
}

}  // namespace

int import_command(const Arguments& arguments, Console& console) {
  const Operands files{"LOG", 1, std::numeric_limits<std::size_t>::max()};
  const auto values = read_options(arguments, kImportUsage, import_options(), files, console);
  if (!values) return kHeld;
  const Format format = format_of(*values);
  const auto output = one_of(*values, "output");
  if (output) need_writable("--output " + *output, *output);
  const ReadLogs read = read_logs(*values);
  if (!read.log) return report_errors(read.errors, format, console);
  const bool suggest = values->count("suggest") > 0;
  const std::string text = suggest                  ? scenarios::suggest_mapping(read.log->unmatched)
                           : format == Format::json ? reports::log_json(*read.log)
                                                    : reports::log_ndjson(*read.log);
  if (output) {
    write_whole(*output, text);
  } else {
    console.out << text << std::flush;
  }
  if (!suggest) console.err << reports::unmatched_text(*read.log);
  return kHeld;
}

}  // namespace drydock::cli
