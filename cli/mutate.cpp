#include "cli/mutate.hpp"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "cli/interrupt.hpp"

namespace drydock::cli {
namespace {

constexpr Usage kMutateUsage{"drydock mutate [MUTANT…] [options]",
                             "  drydock mutate --jobs 4\n"
                             "  drydock mutate stop-ignores-http-status\n"
                             "  drydock mutate --format json\n",
                             "Plays the platform with one deliberate mistake after the other: a write is left\n"
                             "out, a guard dropped, two effects swapped. A mutant is killed when a case of a\n"
                             "built-in scenario fails, or when a seeded run of one breaks a promise that the\n"
                             "program without the mistake keeps in that case. docs/mutants.md lists them.\n\n"
                             "The mutants are in a program of their own, drydock-mutants, which is built and\n"
                             "not installed.\n\n"
                             "With --known a survivor that is known and accepted is no failure.\n\n"
                             "Exit codes: 0 every mutant was killed or is argued equivalent, 1 one survived,\n"
                             "2 bad command line, or there is no drydock-mutants, 130 interrupted.\n"};

constexpr std::uint64_t kMostRuns = 1'000'000;

/// Returns the words as execv takes them. They must outlive what is returned.
std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// Becomes the program. It ends when its parent does, however that ends.
[[noreturn]] void become(const std::vector<char*>& argv, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() == parent) execv(argv.front(), argv.data());
  _exit(errno == ENOENT ? 127 : 126);
}

/// Waits for the child. Passes on the signal that interrupts us, once: the child then says what it knows.
int wait_for(pid_t child) {
  using namespace std::chrono_literals;
  bool told = false;
  int status = 0;
  while (waitpid(child, &status, WNOHANG) == 0) {
    if (interrupted() && !told) {
      kill(child, interrupted_exit_code() - 128);
      told = true;
    }
    std::this_thread::sleep_for(10ms);
  }
  return status;
}

}  // namespace

std::optional<MutateRequest> read_mutate(const Arguments& arguments, Console& console) {
  const auto options = described({{"runs", "N", "search each case with the seeds 1 to N (default: 20)"},
                                  jobs_option("play", "1"),
                                  known_option(),
                                  date_option(),
                                  format_option(),
                                  colour_option()});
  const auto values =
      read_options(arguments, kMutateUsage, options, {"MUTANT", 0, std::numeric_limits<std::size_t>::max()}, console);
  if (!values) return std::nullopt;
  MutateRequest request;
  request.names = operands_of(*values);
  request.runs = number_of("--runs", one_of(*values, "runs").value_or("20"), kMostRuns);
  request.jobs = jobs_of(*values, 1);
  request.known = known_request(*values);
  request.format = format_of(*values);
  request.colour = colour_of(*values, console.terminal);
  return request;
}

std::filesystem::path mutants_program() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? std::filesystem::path{} : self.parent_path() / "drydock-mutants";
}

int run_program(const std::filesystem::path& program, const Arguments& arguments) {
  std::vector<std::string> words{program.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  const std::vector<char*> argv = pointers_to(words);
  const pid_t self = getpid();
  const pid_t child = fork();
  if (child == 0) become(argv, self);
  if (child < 0) throw UsageError(fmt::format("cannot run {}: {}", program.string(), std::strerror(errno)), "");
  const int status = wait_for(child);
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  if (interrupted()) return kInterrupted;
  throw std::runtime_error(fmt::format("{} was ended by a signal", program.string()));
}

int mutate_command(const Arguments& arguments, Console& console) {
  if (!read_mutate(arguments, console)) return kHeld;
  const std::filesystem::path program = mutants_program();
  std::error_code error;
  if (!std::filesystem::exists(program, error)) {
    throw UsageError(fmt::format("there is no {}: it is part of the build tree, not of an "
                                 "installation",
                                 program.string()),
                     "");
  }
  console.out << std::flush;
  return run_program(program, arguments);
}

}  // namespace drydock::cli
