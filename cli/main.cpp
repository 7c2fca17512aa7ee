#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string_view>

#include "cli/commands.hpp"
#include "cli/interrupt.hpp"

namespace {

bool wants_no_colour() {
  const char* no_colour = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  return (no_colour != nullptr && *no_colour != '\0') || (term != nullptr && std::string_view{term} == "dumb");
}

}  // namespace

int main(int argc, char** argv) {
  // A reader that goes away must be an error that we report, not our silent death.
  std::signal(SIGPIPE, SIG_IGN);
  drydock::cli::watch_for_interrupt();
  const drydock::cli::Terminal terminal{
      .out = isatty(STDOUT_FILENO) != 0, .err = isatty(STDERR_FILENO) != 0, .no_colour = wants_no_colour()};
  char** const first = argc > 0 ? argv + 1 : argv;
  return drydock::cli::drydock_main({first, argv + argc}, std::cout, std::cerr, terminal);
}
