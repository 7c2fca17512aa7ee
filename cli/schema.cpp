#include "scenarios/files/schema.hpp"
#include "cli/commands.hpp"
#include "cli/options.hpp"

namespace drydock::cli {
namespace {

constexpr Usage kSchemaUsage{"drydock schema WHAT",
                             "  drydock schema scenario > scenario.schema.json\n"
                             "  drydock schema result\n",
                             "Prints a JSON Schema: of what you write (scenario, policy, tape, mapping), for\n"
                             "editors, or of what a command prints with --format json: result (run, replay),\n"
                             "exploration (explore), comparison (compare), sweep, odds, fix, conformance\n"
                             "(conform), findings.\n"};

}  // namespace

int schema_command(const Arguments& arguments, Console& console) {
  const auto values =
      read_options(arguments, kSchemaUsage, described({}), {"WHAT", 1, 1, scenarios::schema_names()}, console);
  if (!values) return kHeld;
  const std::string which = operands_of(*values).front();
  const std::string text = scenarios::schema_text(which);
  console.out << text << (text.ends_with('\n') ? "" : "\n");
  return kHeld;
}

}  // namespace drydock::cli
